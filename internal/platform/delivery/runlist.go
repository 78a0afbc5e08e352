package delivery

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// RunSummary is a workflow run without its jobs.
type RunSummary struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Event      string     `json:"event"`
	Status     string     `json:"status"`
	Conclusion string     `json:"conclusion,omitempty"`
	Revision   string     `json:"revision,omitempty"`
	Message    string     `json:"message,omitempty"`
	Author     string     `json:"author,omitempty"`
	URL        string     `json:"url"`
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
}

// shownRuns is how many workflow runs are listed at most.
const shownRuns = 50

// WorkflowRuns lists an application's workflow runs, newest first.
func (s *Service) WorkflowRuns(ctx context.Context, name string) ([]RunSummary, error) {
	if s.known(name) == nil {
		return nil, ErrNotFound
	}
	runs, err := s.cfg.SCM.RecentRuns(ctx, s.names.Organization, s.names.Repository(name), shownRuns)
	if err != nil && !gone(err) {
		return nil, err
	}
	list := make([]RunSummary, 0, len(runs))
	for _, r := range runs {
		list = append(list, summaryOf(r))
	}
	return list, nil
}

func summaryOf(r *github.WorkflowRun) RunSummary {
	run := RunSummary{ID: r.GetID(), Name: r.GetName(), Event: r.GetEvent(), Status: r.GetStatus(), Conclusion: r.GetConclusion(),
		Revision: r.GetHeadSHA(), URL: r.GetHTMLURL(), StartedAt: timeOf(r.RunStartedAt),
		Message: firstLine(firstOf(r.GetHeadCommit().GetMessage(), r.GetDisplayTitle())),
		Author:  firstOf(r.GetHeadCommit().GetAuthor().GetName(), r.GetActor().GetLogin())}
	if run.Status == "completed" {
		run.FinishedAt = timeOf(r.UpdatedAt)
	}
	return run
}

// RerunWorkflow runs a workflow run that is over again.
func (s *Service) RerunWorkflow(ctx context.Context, name string, id int64) error {
	return s.onRun(ctx, name, id, s.cfg.SCM.RerunRun)
}

// CancelWorkflow stops a workflow run.
func (s *Service) CancelWorkflow(ctx context.Context, name string, id int64) error {
	return s.onRun(ctx, name, id, s.cfg.SCM.CancelRun)
}

func (s *Service) onRun(ctx context.Context, name string, id int64, act func(ctx context.Context, owner, repository string, run int64) error) error {
	if err := s.standing(name); err != nil {
		return err
	}
	err := act(ctx, s.names.Organization, s.names.Repository(name), id)
	if errors.Is(err, scm.ErrNotFound) {
		return noRun(err, name, id)
	}
	switch status, message := scm.Refused(err); status {
	case http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity:
		return fault.Because(err, fault.Conflict, "the forge refuses it: %s", message)
	}
	return err
}
