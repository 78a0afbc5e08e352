package supervise

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	firstDelay  = 250 * time.Millisecond
	longestWait = 10 * time.Second
	steadyAfter = 30 * time.Second // a run this long forgets earlier failures
	logLimit    = 8 << 20          // bytes; a longer log is set aside at the next start
)

// Component is a program to be kept running.
type Component struct {
	Name string
	Path string
	Args []string // without the program's name
	Env  []string
}

// Supervisor keeps components running until they are stopped.
type Supervisor struct {
	log    *slog.Logger
	reaper *Reaper
	logDir string

	mu   sync.Mutex
	kept map[string]*kept
}

type kept struct {
	stop chan time.Duration // the grace period; closed to nobody, buffered
	done chan struct{}
}

// New returns a supervisor that writes each component's output to <logDir>/<name>.log.
func New(log *slog.Logger, reaper *Reaper, logDir string) *Supervisor {
	return &Supervisor{log: log, reaper: reaper, logDir: logDir, kept: map[string]*kept{}}
}

// Keep starts a component and keeps it running, in the background, until Stop.
func (s *Supervisor) Keep(c Component) {
	k := &kept{stop: make(chan time.Duration, 1), done: make(chan struct{})}
	s.mu.Lock()
	s.kept[c.Name] = k
	s.mu.Unlock()
	go s.keep(c, k)
}

// Stop ends the named components together: SIGTERM, then SIGKILL after grace.
// It returns when all have ended. Names that were never kept are left out.
func (s *Supervisor) Stop(grace time.Duration, names ...string) {
	var stopping []*kept
	s.mu.Lock()
	for _, name := range names {
		if k, ok := s.kept[name]; ok {
			delete(s.kept, name)
			stopping = append(stopping, k)
		}
	}
	s.mu.Unlock()
	for _, k := range stopping {
		k.stop <- grace
	}
	for _, k := range stopping {
		<-k.done
	}
}

func (s *Supervisor) keep(c Component, k *kept) {
	defer close(k.done)
	failures := 0
	for {
		begin := time.Now()
		stopped, reason := s.runOnce(c, k)
		if stopped {
			return
		}
		if time.Since(begin) >= steadyAfter {
			failures = 0
		}
		delay := backoff(failures)
		failures++
		s.log.Warn("component ended; it is started again", "component", c.Name, "reason", reason, "in", delay.String())
		select {
		case <-time.After(delay):
		case <-k.stop:
			return
		}
	}
}

// backoff doubles from firstDelay up to longestWait.
func backoff(failures int) time.Duration {
	delay := firstDelay
	for range failures {
		if delay *= 2; delay >= longestWait {
			return longestWait
		}
	}
	return delay
}

// runOnce runs a component to its end and says why it ended.
func (s *Supervisor) runOnce(c Component, k *kept) (stopped bool, reason string) {
	output, err := openLog(s.logDir, c.Name)
	if err != nil {
		return false, err.Error()
	}
	defer output.Close()
	cmd := &exec.Cmd{
		Path:   c.Path,
		Args:   append([]string{c.Name}, c.Args...),
		Env:    append(os.Environ(), c.Env...),
		Dir:    "/",
		Stdout: output,
		Stderr: output,
	}
	pid, ended, err := s.reaper.Start(cmd)
	if err != nil {
		return false, fmt.Sprintf("start: %v", err)
	}
	select {
	case status := <-ended:
		return false, describe(status)
	case grace := <-k.stop:
		terminate(pid, ended, grace)
		return true, "stopped"
	}
}

// terminate ignores errors of kill: the process may have ended by itself.
func terminate(pid int, ended <-chan syscall.WaitStatus, grace time.Duration) {
	_ = syscall.Kill(pid, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	select {
	case <-ended:
	case <-ctx.Done():
		_ = syscall.Kill(pid, syscall.SIGKILL)
		<-ended
	}
}

func describe(status syscall.WaitStatus) string {
	if status.Signaled() {
		return "killed by " + status.Signal().String()
	}
	return fmt.Sprintf("exit code %d", status.ExitStatus())
}

// openLog appends to a component's log and sets a long one aside first.
func openLog(dir, name string) (*os.File, error) {
	path := filepath.Join(dir, name+".log")
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}
