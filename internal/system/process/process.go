// Package process knows a process by its id and its start time together, so
// that a number which the kernel gave to somebody else is never mistaken for
// ours, and waits for processes that are not children, which is how a new
// supervisor adopts what an old one left running.
package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Identity is one process for as long as the machine is up.
type Identity struct {
	PID int `json:"pid"`
	// Start is the start time in clock ticks after boot (field 22 of proc_pid_stat(5)).
	Start uint64 `json:"start"`
	// Boot is the machine's boot id.
	Boot string `json:"boot"`
}

// Of identifies a process that runs now.
func Of(pid int) (Identity, error) {
	start, err := startTime(pid)
	if err != nil {
		return Identity{}, fmt.Errorf("identify process %d: %w", pid, err)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return Identity{}, fmt.Errorf("identify process %d: %w", pid, err)
	}
	return Identity{PID: pid, Start: start, Boot: string(bytes.TrimSpace(boot))}, nil
}

// Alive reports whether that very process still runs (a zombie does not).
func (id Identity) Alive() bool {
	now, err := Of(id.PID)
	return err == nil && now == id
}

func startTime(pid int) (uint64, error) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	// The command's name stands in parentheses and may hold spaces.
	end := bytes.LastIndexByte(raw, ')')
	fields := strings.Fields(string(raw[end+1:]))
	const state, start = 0, 19 // counted from field 3
	if len(fields) <= start {
		return 0, errors.New("unreadable /proc stat")
	}
	if fields[state] == "Z" {
		return 0, os.ErrProcessDone
	}
	return strconv.ParseUint(fields[start], 10, 64)
}

// Signal sends sig; a process that is gone is no error.
func (id Identity) Signal(sig unix.Signal) error {
	if !id.Alive() {
		return nil
	}
	if err := unix.Kill(id.PID, sig); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("signal process %d: %w", id.PID, err)
	}
	return nil
}

// Wait returns nil once the process has ended, or ctx's error.
func (id Identity) Wait(ctx context.Context) error {
	fd, err := unix.PidfdOpen(id.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("watch process %d: %w", id.PID, err)
	}
	defer func() { _ = unix.Close(fd) }() // it was only watched
	for id.Alive() {
		if err := ctx.Err(); err != nil {
			return err
		}
		// A pidfd turns readable when its process ends; the limit is for ctx.
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 100)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("watch process %d: %w", id.PID, err)
		}
		id.reap()
	}
	return nil
}

// reap collects the process if it is our child; an adopted one is init's to collect.
func (id Identity) reap() {
	var status unix.WaitStatus
	_, _ = unix.Wait4(id.PID, &status, unix.WNOHANG, nil) // ECHILD: not ours
}

// Stop asks with SIGTERM, and after grace kills.
func (id Identity) Stop(ctx context.Context, grace time.Duration) error {
	if err := id.Signal(unix.SIGTERM); err != nil {
		return err
	}
	waitCtx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	if err := id.Wait(waitCtx); err == nil {
		return nil
	}
	if err := id.Signal(unix.SIGKILL); err != nil {
		return err
	}
	return id.Wait(ctx)
}

// Save writes the identity to path, atomically.
func (id Identity) Save(path string) error {
	raw, err := json.Marshal(id)
	if err != nil {
		return fmt.Errorf("save process identity: %w", err)
	}
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return fmt.Errorf("save process identity: %w", err)
	}
	return os.Rename(path+".new", path)
}

// Load reads an identity that Save wrote and reports whether its process runs.
func Load(path string) (id Identity, alive bool, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return Identity{}, false, nil
	}
	if err != nil {
		return Identity{}, false, fmt.Errorf("load process identity: %w", err)
	}
	if err := json.Unmarshal(raw, &id); err != nil {
		return Identity{}, false, fmt.Errorf("load process identity %s: %w", path, err)
	}
	return id, id.Alive(), nil
}
