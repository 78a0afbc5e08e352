package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Run is a workflow run as the API shows it.
type Run struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Status     string     `json:"status"`
	Conclusion string     `json:"conclusion,omitempty"`
	Revision   string     `json:"revision,omitempty"`
	URL        string     `json:"url"`
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	Jobs       []Job      `json:"jobs"`
}

// Job is one job of a run.
type Job struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Status     string     `json:"status"`
	Conclusion string     `json:"conclusion,omitempty"`
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	Steps      []Step     `json:"steps"`
}

// Step is one step of a job.
type Step struct {
	Number     int64      `json:"number"`
	Name       string     `json:"name"`
	Status     string     `json:"status"`
	Conclusion string     `json:"conclusion,omitempty"`
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
}

// noRun is a workflow run that the forge does not have.
func noRun(cause error, name string, id int64) error {
	return fault.Because(cause, fault.NotFound, "%s has no workflow run %d", name, id)
}

// WorkflowRun reads a workflow run of an application with its jobs.
func (s *Service) WorkflowRun(ctx context.Context, name string, id int64) (Run, error) {
	if s.known(name) == nil {
		return Run{}, ErrNotFound
	}
	r, _, err := s.forge.client.Actions.GetWorkflowRunByID(ctx, s.names.Organization, s.names.Repository(name), id)
	if isNotFound(err) {
		return Run{}, noRun(err, name, id)
	}
	if err != nil {
		return Run{}, fmt.Errorf("read run %d of %s: %w", id, name, err)
	}
	run := Run{ID: r.GetID(), Name: r.GetName(), Status: r.GetStatus(), Conclusion: r.GetConclusion(), Revision: r.GetHeadSHA(),
		URL: r.GetHTMLURL(), StartedAt: timeOf(r.RunStartedAt), Jobs: []Job{}}
	if run.Status == "completed" {
		run.FinishedAt = timeOf(r.UpdatedAt)
	}
	jobs, err := s.forge.listJobs(ctx, name, id)
	if err != nil {
		return Run{}, err
	}
	for _, j := range jobs {
		run.Jobs = append(run.Jobs, jobOf(j))
	}
	return run, nil
}

func jobOf(j *github.WorkflowJob) Job {
	job := Job{ID: j.GetID(), Name: j.GetName(), Status: j.GetStatus(), Conclusion: j.GetConclusion(),
		StartedAt: timeOf(j.StartedAt), FinishedAt: timeOf(j.CompletedAt), Steps: []Step{}}
	for _, s := range j.Steps {
		job.Steps = append(job.Steps, Step{Number: s.GetNumber(), Name: s.GetName(), Status: s.GetStatus(),
			Conclusion: s.GetConclusion(), StartedAt: timeOf(s.StartedAt), FinishedAt: timeOf(s.CompletedAt)})
	}
	return job
}

// isNotFound is for calls of the client beneath scm's own.
func isNotFound(err error) bool {
	var answer *github.ErrorResponse
	return errors.As(err, &answer) && answer.Response.StatusCode == http.StatusNotFound
}

func timeOf(at *github.Timestamp) *time.Time {
	if at == nil || at.IsZero() {
		return nil
	}
	return &at.Time
}

// RunLog writes the logs of a run's jobs, one after the other.
func (s *Service) RunLog(ctx context.Context, name string, id int64, w io.Writer) error {
	if s.known(name) == nil {
		return ErrNotFound
	}
	jobs, err := s.forge.listJobs(ctx, name, id)
	if gone(err) {
		return noRun(err, name, id)
	}
	if err != nil {
		return err
	}
	for _, job := range jobs {
		log, err := s.forge.jobLog(ctx, name, job.GetID())
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "=== job %s\n%s\n", job.GetName(), log); err != nil {
			return err
		}
	}
	return nil
}
