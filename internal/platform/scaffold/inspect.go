package scaffold

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

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
		if err := s.inspectOne(ctx, made, m); err != nil {
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

// inspectOne looks at one of the things. What is within a repository of the
// same task has its fate.
func (s *Service) inspectOne(ctx context.Context, made []Made, m *Made) (err error) {
	switch m.Kind {
	case action.KindRepository:
		m.Gone, m.Reason, err = s.inspectRepository(ctx, made, *m)
		return err
	case action.KindLocation:
		m.Gone, m.Reason, err = s.inspectLocation(ctx, *m)
		return err
	}
	if whole, within := repositoryOf(made, *m); within {
		m.Gone, m.Reason = whole.Gone, ""
		return nil
	}
	there, reason, err := s.host.Inspect(ctx, m.thing())
	m.Gone, m.Reason = !there && err == nil, reason
	return err
}

// repositoryOf is the repository of the same task that a thing is within.
func repositoryOf(made []Made, m Made) (Made, bool) {
	owner, name, within := m.thing().Within()
	i := slices.IndexFunc(made, func(one Made) bool { return one.Kind == action.KindRepository && one.key == owner+"/"+name })
	if !within || i < 0 {
		return Made{}, false
	}
	return made[i], true
}

func (s *Service) inspectRepository(ctx context.Context, made []Made, m Made) (gone bool, reason string, err error) {
	owner, name, _ := strings.Cut(m.key, "/")
	found, err := s.cfg.SCM.Repository(ctx, owner, name)
	switch {
	case errors.Is(err, scm.ErrNotFound):
		return true, "", nil
	case err != nil:
		return false, "", err
	case m.intended:
		return false, action.InDoubt, nil
	case m.id != fmt.Sprint(found.GetID()):
		return true, "", nil // another one has its name
	}
	branches, _, err := s.cfg.SCM.Repositories.ListBranches(ctx, owner, name, &github.BranchListOptions{ListOptions: github.ListOptions{PerPage: 100}})
	if err != nil {
		return false, "", fmt.Errorf("list branches: %w", err)
	}
	for _, branch := range branches {
		if !pushedBy(made, m, branch) {
			return false, fmt.Sprintf("branch %s has commits that this task did not make: delete the repository by hand if nobody needs it", branch.GetName()), nil
		}
	}
	return false, "", nil
}

// pushedBy reports whether a repository's branch is at a commit of the task.
func pushedBy(made []Made, m Made, branch *github.Branch) bool {
	sha := branch.GetCommit().GetSHA()
	return sha == m.commit || slices.ContainsFunc(made, func(one Made) bool {
		return one.Kind == action.KindBranch && one.commit == sha && one.key == m.key+" "+branch.GetName()
	})
}

func (s *Service) inspectLocation(ctx context.Context, m Made) (gone bool, reason string, err error) {
	locations, err := s.cfg.Catalog.Locations(ctx)
	if err != nil {
		return false, "", err
	}
	for _, location := range locations {
		switch {
		case location.Target != m.key:
		case m.intended:
			return false, action.InDoubt, nil
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
