package process_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/internal/system/process"
)

func TestASpawnedProcessIsKnownSavedAndStopped(t *testing.T) {
	dir := t.TempDir()
	id, err := process.Spawn(filepath.Join(dir, "log"), []string{"/bin/sleep", "60"})
	if err != nil {
		t.Fatal(err)
	}
	pidFile := filepath.Join(dir, "pid")
	if err := id.Save(pidFile); err != nil {
		t.Fatal(err)
	}
	if loaded, alive, err := process.Load(pidFile); err != nil || !alive || loaded != id {
		t.Fatalf("Load = %+v, %v, %v", loaded, alive, err)
	}
	if err := id.Stop(t.Context(), 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if _, alive, err := process.Load(pidFile); err != nil || alive {
		t.Errorf("after Stop: alive = %v, %v", alive, err)
	}
}

func TestAProcessThatIgnoresTermIsKilled(t *testing.T) {
	id, err := process.Spawn(os.DevNull, []string{"/bin/sh", "-c", "trap '' TERM; while :; do read x </dev/zero; done"})
	if err != nil {
		t.Fatal(err)
	}
	if err := id.Stop(t.Context(), 50*time.Millisecond); err != nil || id.Alive() {
		t.Errorf("Stop = %v, alive = %v", err, id.Alive())
	}
}

func TestAnotherProcessUnderTheSameNumberIsNotOurs(t *testing.T) {
	self, err := process.Of(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	impostor := self
	impostor.Start++
	if impostor.Alive() {
		t.Error("a process with another start time was taken for ours")
	}
	if err := impostor.Signal(unix.SIGKILL); err != nil {
		t.Error(err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	self, err := process.Of(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := self.Wait(ctx); err == nil {
		t.Error("Wait returned nil for a process that runs")
	}
}

func TestNoFileIsNoProcess(t *testing.T) {
	if _, alive, err := process.Load(filepath.Join(t.TempDir(), "none")); alive || err != nil {
		t.Errorf("Load = %v, %v", alive, err)
	}
}
