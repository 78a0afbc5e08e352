package supervise

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// supervisor runs with a reaper of its own, as in PID 1.
func supervisor(t *testing.T) (*Supervisor, string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reaper, done := NewReaper(), make(chan struct{})
	go func() { defer close(done); reaper.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	dir := t.TempDir()
	return New(slog.New(slog.DiscardHandler), reaper, dir), dir
}

func shell(name, script string) Component {
	return Component{Name: name, Path: "/bin/sh", Args: []string{"-c", script}}
}

func TestComponentThatEndsIsStartedAgain(t *testing.T) {
	s, dir := supervisor(t)
	pipe := filepath.Join(dir, "runs")
	s.Keep(shell("flaky", "echo run >>"+pipe+"; exit 1"))
	waitFor(t, func() bool {
		raw, _ := os.ReadFile(pipe) // not there before the first run
		return strings.Count(string(raw), "run") >= 2
	})
	s.Stop(time.Second, "flaky")
}

func TestStopEndsWhatIgnoresTheSignal(t *testing.T) {
	s, dir := supervisor(t)
	s.Keep(shell("deaf", `trap "" TERM; echo up; while :; do read -r line; done </dev/zero`))
	waitFor(t, func() bool {
		raw, _ := os.ReadFile(filepath.Join(dir, "deaf.log")) // not there before the start
		return strings.Contains(string(raw), "up")
	})
	s.Stop(50*time.Millisecond, "deaf", "never kept")
}

func TestBackoffDoublesUpToALimit(t *testing.T) {
	for failures, want := range []time.Duration{firstDelay, 2 * firstDelay, 4 * firstDelay} {
		if got := backoff(failures); got != want {
			t.Errorf("after %d failures: got %s, want %s", failures, got, want)
		}
	}
	if got := backoff(1000); got != longestWait {
		t.Errorf("got %s, want %s", got, longestWait)
	}
}

func TestLongLogIsSetAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.log")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, logLimit+1); err != nil {
		t.Fatal(err)
	}
	file, err := openLog(dir, "x")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("the new log must be empty: %v, %v", info, err)
	}
	if _, err := os.Stat(path + ".1"); err != nil {
		t.Error(err)
	}
}

func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	limit := time.After(time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it did not come about within a minute")
		}
	}
}
