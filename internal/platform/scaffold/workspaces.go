package scaffold

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	keepWorkspace = 7 * 24 * time.Hour // of a task that failed or was cancelled
	janitorEvery  = time.Hour
	discarded     = ".discarded-" // begins the name of what is being removed
	snapshots     = ".snapshots"  // beside the workspaces: the files of templates
)

func (s *Service) workspace(task string) string { return filepath.Join(s.cfg.Dir, task) }

// discard removes a directory. It is renamed first, so that what a crash
// leaves of it is not taken for a workspace.
func (s *Service) discard(name string) error {
	from, to := filepath.Join(s.cfg.Dir, name), filepath.Join(s.cfg.Dir, discarded+name)
	if err := os.RemoveAll(to); err != nil {
		return fmt.Errorf("remove workspace %s: %w", name, err)
	}
	if err := os.Rename(from, to); err != nil {
		if os.IsNotExist(err) {
			return nil
		}
		return fmt.Errorf("remove workspace %s: %w", name, err)
	}
	if err := os.RemoveAll(to); err != nil {
		return fmt.Errorf("remove workspace %s: %w", name, err)
	}
	return nil
}

// janitor removes the workspaces that nobody can need any more, and looks what
// has become of leftovers, from time to time until ctx ends.
func (s *Service) janitor(ctx context.Context) {
	ticker := time.NewTicker(janitorEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := errors.Join(s.sweep(ctx, false), s.sweepSnapshots(ctx), s.lookAfter(ctx)); err != nil && ctx.Err() == nil {
			s.log.Warn("look after what tasks have left", "error", err)
		}
	}
}

// sweep removes what no task needs, and at the start what dry runs have left: of tasks that have not ended, and of those
// that ended lately and may be retried, the workspaces stay.
func (s *Service) sweep(ctx context.Context, atStart bool) error {
	entries, err := os.ReadDir(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("list the workspaces: %w", err)
	}
	needed, err := s.journal.needed(ctx, s.cfg.Clock().Add(-s.cfg.KeepWorkspace))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if name == snapshots || name == dryRuns && !atStart {
			continue
		}
		if strings.HasPrefix(name, discarded) {
			if err := os.RemoveAll(filepath.Join(s.cfg.Dir, name)); err != nil {
				return fmt.Errorf("remove workspace %s: %w", name, err)
			}
			continue
		}
		if needed[strings.TrimSuffix(name, ".git")] { // publish:github's git directory is beside the workspace
			continue
		}
		if err := s.discard(name); err != nil {
			return err
		}
	}
	return nil
}
