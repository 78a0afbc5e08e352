package scaffold

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// cleanTime is how long taking away may take; what is left is taken away when
// it is asked for again.
const cleanTime = time.Minute

// Clean takes away what a failed or cancelled task has made, and nothing
// else: where it is in doubt of one thing, or somebody has worked on with it,
// it touches none, and the things say why. It may be asked for again. The
// error is an *fault.Error when the task is none to clean.
func (s *Service) Clean(ctx context.Context, id string) ([]Made, error) {
	task, err := s.journal.get(ctx, id)
	if err != nil {
		return nil, err
	}
	switch task.Status {
	case StatusFailed, StatusCancelled:
	case StatusCompleted:
		return nil, fault.Conflictf("Task %s is completed: delete what it has made, it is in use", id)
	default:
		return nil, fault.Conflictf("Task %s has not ended: cancel it first", id)
	}
	s.cleaning.Lock()
	defer s.cleaning.Unlock()
	made, err := s.inspect(ctx, task)
	if err != nil || slices.ContainsFunc(made, func(m Made) bool { return m.Reason != "" }) {
		return made, err
	}
	cleaning, err := s.journal.clean(ctx, id, s.cfg.Clock())
	if err != nil {
		return nil, err
	}
	if !cleaning {
		return nil, fault.Conflictf("Task %s is being retried", id)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime) // who asked may leave
	defer cancel()
	return s.takeAway(ctx, task, made)
}

// takeAway removes what inspect found nothing against, the last thing first.
// What is within a repository of the same task goes with it.
func (s *Service) takeAway(ctx context.Context, task Task, made []Made) ([]Made, error) {
	var within []int
	for i := range slices.Backward(made) {
		if _, goes := repositoryOf(made, made[i]); goes {
			within = append(within, i)
			continue
		}
		if err := s.goAway(ctx, task, &made[i], s.remove); err != nil {
			return nil, err
		}
	}
	for _, i := range within {
		if err := s.goAway(ctx, task, &made[i], goneAlready); err != nil {
			return nil, err
		}
	}
	if s.cfg.OnClean != nil {
		if err := s.cfg.OnClean(ctx, task, made); err != nil {
			return nil, fmt.Errorf("clean task %s: %w", task.ID, err)
		}
	}
	return made, s.discard(task.ID)
}

// goAway removes one thing and writes that it is gone.
func (s *Service) goAway(ctx context.Context, task Task, m *Made, remove func(context.Context, Made) error) error {
	if m.Gone {
		return nil
	}
	if err := remove(ctx, *m); err != nil {
		return fmt.Errorf("clean task %s: %w", task.ID, err)
	}
	m.Gone = true
	return s.journal.settle(ctx, task.ID, *m)
}

func goneAlready(context.Context, Made) error { return nil }

func (s *Service) remove(ctx context.Context, m Made) error {
	switch m.Kind {
	case action.KindLocation:
		return s.cfg.Catalog.RemoveLocation(ctx, m.id)
	case action.KindRepository:
		return s.removeRepository(ctx, m)
	}
	return s.host.TakeAway(ctx, m.thing())
}

func (s *Service) removeRepository(ctx context.Context, m Made) error {
	owner, name, _ := strings.Cut(m.key, "/")
	if err := s.cfg.SCM.DeleteRepository(ctx, owner, name); err != nil {
		return err
	}
	_, err := s.cfg.SCM.Repository(ctx, owner, name)
	if errors.Is(err, scm.ErrNotFound) {
		return nil
	}
	return errors.Join(err, fmt.Errorf("the forge still has repository %s", m.key))
}

// clean marks a task that did not complete as one that is cleaned, and not
// retried any more; false if it goes on.
func (j journal) clean(ctx context.Context, id string, now time.Time) (bool, error) {
	cleaning, err := changes(j.db.ExecContext(ctx, `UPDATE scaffolder_tasks SET cleaned_at = coalesce(cleaned_at, ?)
		WHERE id = ? AND status IN ('failed', 'cancelled')`, now.UnixMilli(), id))
	if err != nil {
		return false, fmt.Errorf("clean task %s: %w", id, err)
	}
	return cleaning, nil
}
