package scaffold

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v74/github"

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
func (s *Service) takeAway(ctx context.Context, task Task, made []Made) ([]Made, error) {
	for i := range slices.Backward(made) {
		if made[i].Gone {
			continue
		}
		if err := s.remove(ctx, made[i]); err != nil {
			return nil, fmt.Errorf("clean task %s: %w", task.ID, err)
		}
		made[i].Gone = true
		if err := s.journal.settle(ctx, task.ID, made[i]); err != nil {
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

func (s *Service) remove(ctx context.Context, m Made) error {
	if m.Kind == action.KindLocation {
		return s.cfg.Catalog.RemoveLocation(ctx, m.id)
	}
	owner, name, _ := strings.Cut(m.Name, "/")
	if err := s.cfg.SCM.DeleteRepository(ctx, owner, name); err != nil {
		return err
	}
	_, err := s.cfg.SCM.Repository(ctx, owner, name)
	if errors.Is(err, scm.ErrNotFound) {
		return nil
	}
	return errors.Join(err, fmt.Errorf("the forge still has repository %s", m.Name))
}

// inspect looks at what a task has made. What is gone is written down as gone;
// what must stay gets a reason.
func (s *Service) inspect(ctx context.Context, task Task) ([]Made, error) {
	all, err := s.journal.made(ctx, `m.task_id = ?`, task.ID)
	if err != nil {
		return nil, err
	}
	made := append([]Made{}, all[task.ID]...)
	for i := range made {
		m, before := &made[i], made[i]
		if m.Gone {
			continue
		}
		switch m.Kind {
		case action.KindRepository:
			m.Gone, m.Reason, err = s.inspectRepository(ctx, *m)
		case action.KindLocation:
			m.Gone, m.Reason, err = s.inspectLocation(ctx, *m)
		default:
			m.Reason = "it is not known how to take it away"
		}
		if err != nil {
			return nil, fmt.Errorf("look at %s %s of task %s: %w", m.Kind, m.Name, task.ID, err)
		}
		if *m == before {
			continue
		}
		if err := s.journal.settle(ctx, task.ID, *m); err != nil {
			return nil, err
		}
	}
	return made, nil
}

const inDoubt = "it cannot be told whether this task has made it: look at it, and delete it by hand or retry the task"

func (s *Service) inspectRepository(ctx context.Context, m Made) (gone bool, reason string, err error) {
	owner, name, _ := strings.Cut(m.Name, "/")
	found, err := s.cfg.SCM.Repository(ctx, owner, name)
	switch {
	case errors.Is(err, scm.ErrNotFound):
		return true, "", nil
	case err != nil:
		return false, "", err
	case m.intended:
		return false, inDoubt, nil
	case m.id != fmt.Sprint(found.GetID()):
		return true, "", nil // another one has its name
	}
	branches, _, err := s.cfg.SCM.Repositories.ListBranches(ctx, owner, name, &github.BranchListOptions{ListOptions: github.ListOptions{PerPage: 100}})
	if err != nil {
		return false, "", fmt.Errorf("list branches: %w", err)
	}
	for _, branch := range branches {
		if m.commit == "" || branch.GetCommit().GetSHA() != m.commit {
			return false, fmt.Sprintf("branch %s has commits that this task did not make: delete the repository by hand if nobody needs it", branch.GetName()), nil
		}
	}
	return false, "", nil
}

func (s *Service) inspectLocation(ctx context.Context, m Made) (gone bool, reason string, err error) {
	locations, err := s.cfg.Catalog.Locations(ctx)
	if err != nil {
		return false, "", err
	}
	for _, location := range locations {
		switch {
		case location.Target != m.Name:
		case m.intended:
			return false, inDoubt, nil
		case location.ID == m.id:
			return false, "", nil
		}
	}
	return true, "", nil
}

// lookAfter notices leftovers that were taken away by other means, such as the
// deletion of an application.
func (s *Service) lookAfter(ctx context.Context) error {
	leftovers, err := s.Leftovers(ctx)
	if err != nil {
		return err
	}
	for _, left := range leftovers {
		if _, err := s.inspect(ctx, Task{ID: left.ID}); err != nil {
			return err
		}
	}
	return nil
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
