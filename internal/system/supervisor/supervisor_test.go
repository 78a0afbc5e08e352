package supervisor_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/internal/system/process"
	"github.com/pronto-platform/pronto/internal/system/supervisor"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// sleeper is a process that reports each start.
func sleeper(starts chan<- process.Identity) supervisor.Process {
	return supervisor.Process{Name: "sleeper", Start: func(context.Context) (process.Identity, error) {
		id, err := process.Spawn(os.DevNull, []string{"/bin/sleep", "120"})
		starts <- id
		return id, err
	}}
}

func TestAKilledProcessIsRestartedAndAllIsStoppedAtTheEnd(t *testing.T) {
	starts := make(chan process.Identity, 4)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	s := &supervisor.Supervisor{Dir: t.TempDir(), Processes: []supervisor.Process{sleeper(starts)}, Logger: quiet}
	go func() { done <- s.Run(ctx) }()

	first := <-starts
	if err := first.Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	second := <-starts
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if first.Alive() || second.Alive() {
		t.Error("a process was left behind")
	}
}

func TestWhatRunsAlreadyIsAdoptedNotDoubled(t *testing.T) {
	dir := t.TempDir()
	running, err := process.Spawn(os.DevNull, []string{"/bin/sleep", "120"})
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Save(supervisor.PIDFile(dir, "sleeper")); err != nil {
		t.Fatal(err)
	}
	starts := make(chan process.Identity, 4)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	s := &supervisor.Supervisor{Dir: dir, Processes: []supervisor.Process{sleeper(starts)}, Logger: quiet}
	go func() { done <- s.Run(ctx) }()

	// The next start happens only after the adopted one has ended.
	if err := running.Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	next := <-starts
	if running.Alive() {
		t.Error("a second process was started beside the one that ran")
	}
	cancel()
	if err := <-done; err != nil || next.Alive() {
		t.Errorf("Run = %v, alive = %v", err, next.Alive())
	}
}
