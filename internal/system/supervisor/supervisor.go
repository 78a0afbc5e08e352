// Package supervisor keeps the system's processes running: it starts what is
// not there, adopts what an earlier supervisor left, restarts what dies with
// back-off, and stops all when it is told to. If it is killed itself, the
// processes go on and the next one adopts them.
package supervisor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pronto-platform/pronto/internal/system/process"
)

// Process is one process to keep running.
type Process struct {
	Name string
	// Start begins it in a session of its own and returns at once.
	Start func(ctx context.Context) (process.Identity, error)
}

// Back-off between restarts: doubled from first to last, and begun anew once a
// process has run for as long as steady.
const (
	firstDelay = 200 * time.Millisecond
	lastDelay  = 10 * time.Second
	steady     = 5 * time.Second
	// grace is what a process gets to end by itself before it is killed.
	grace = 3 * time.Second
)

// Supervisor watches processes whose identities it keeps as files in Dir.
type Supervisor struct {
	Dir       string
	Processes []Process
	Logger    *slog.Logger
}

// PIDFile is where the identity of the named process is kept.
func PIDFile(dir, name string) string { return filepath.Join(dir, name+".pid") }

// Holds tells whether a process id is that of the named process.
func Holds(dir, name string) func(pid int) bool {
	return func(pid int) bool {
		id, alive, err := process.Load(PIDFile(dir, name))
		return err == nil && alive && id.PID == pid
	}
}

// Run watches until ctx is done, then stops every process and returns.
func (s *Supervisor) Run(ctx context.Context) error {
	eg, ctx := errgroup.WithContext(ctx)
	for _, p := range s.Processes {
		eg.Go(func() error { return s.keep(ctx, p) })
	}
	err := eg.Wait()
	return errors.Join(err, Stop(context.WithoutCancel(ctx), s.Dir, s.names()...))
}

func (s *Supervisor) names() []string {
	names := make([]string, 0, len(s.Processes))
	for _, p := range s.Processes {
		names = append(names, p.Name)
	}
	return names
}

// Stop ends the named processes side by side and waits until they are gone.
func Stop(ctx context.Context, dir string, names ...string) error {
	eg, ctx := errgroup.WithContext(ctx)
	for _, name := range names {
		eg.Go(func() error {
			id, alive, err := process.Load(PIDFile(dir, name))
			if err != nil || !alive {
				return err
			}
			if err := id.Stop(ctx, grace); err != nil {
				return fmt.Errorf("stop %s: %w", name, err)
			}
			return nil
		})
	}
	return eg.Wait()
}

// keep holds one process up until ctx is done.
func (s *Supervisor) keep(ctx context.Context, p Process) error {
	delay := firstDelay
	for ctx.Err() == nil {
		began := time.Now()
		if err := s.once(ctx, p); err != nil && ctx.Err() == nil {
			s.Logger.Error("process ended", "process", p.Name, "error", err, "restart_in", delay.String())
		}
		if time.Since(began) >= steady {
			delay = firstDelay
		}
		select {
		case <-time.After(delay):
			delay = min(2*delay, lastDelay)
		case <-ctx.Done():
		}
	}
	return nil
}

// once adopts or starts the process and returns when it has ended.
func (s *Supervisor) once(ctx context.Context, p Process) error {
	file := PIDFile(s.Dir, p.Name)
	id, alive, err := process.Load(file)
	if err != nil {
		return err
	}
	if alive {
		s.Logger.Info("adopted", "process", p.Name, "pid", id.PID)
	} else if id, err = s.start(ctx, p, file); err != nil {
		return err
	}
	if err := id.Wait(ctx); err != nil {
		return nil //nolint:nilerr // ctx is done: Run stops it
	}
	return errors.New("it ended by itself")
}

func (s *Supervisor) start(ctx context.Context, p Process, file string) (process.Identity, error) {
	id, err := p.Start(ctx)
	if err != nil {
		return process.Identity{}, fmt.Errorf("start: %w", err)
	}
	s.Logger.Info("started", "process", p.Name, "pid", id.PID)
	if err := id.Save(file); err != nil {
		return process.Identity{}, errors.Join(err, id.Stop(ctx, grace))
	}
	return id, nil
}
