package actions

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-github/v74/github"
)

func timestamp(nanos int64) *github.Timestamp {
	if nanos == 0 {
		return nil
	}
	return &github.Timestamp{Time: time.Unix(0, nanos).UTC()}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (a *Actions) web() string { return strings.TrimSuffix(a.cfg.URL.String(), "/") }

func (a *Actions) apiRepo(repo string) string { return a.web() + "/api/v3/repos/" + repo }

// runShape is GitHub's workflow run.
func (a *Actions) runShape(r *run) *github.WorkflowRun {
	url := fmt.Sprintf("%s/actions/runs/%d", a.apiRepo(r.Repo), r.ID)
	return &github.WorkflowRun{
		ID: new(r.ID), NodeID: new(fmt.Sprintf("WFR_%d", r.ID)), Name: new(r.Name), DisplayTitle: new(r.Title), Path: new(r.Path),
		HeadBranch: new(strings.TrimPrefix(strings.TrimPrefix(r.Ref, "refs/heads/"), "refs/tags/")), HeadSHA: new(r.SHA),
		RunNumber: new(int(r.Number)), RunAttempt: new(int(r.Attempt)), Event: new(r.Event),
		Status: new(r.Status), Conclusion: optional(r.Conclusion), WorkflowID: new(workflowID(r.Repo, r.Path)),
		URL: new(url), HTMLURL: new(fmt.Sprintf("%s/%s/actions/runs/%d", a.web(), r.Repo, r.ID)),
		JobsURL: new(url + "/jobs"), LogsURL: new(url + "/logs"), CancelURL: new(url + "/cancel"), RerunURL: new(url + "/rerun"),
		ArtifactsURL: new(url + "/artifacts"), PullRequests: []*github.PullRequest{},
		CreatedAt: timestamp(r.Created), UpdatedAt: timestamp(r.Updated), RunStartedAt: timestamp(max(r.Started, r.Created)),
		Actor: &github.User{Login: new(r.Actor)}, TriggeringActor: &github.User{Login: new(r.Actor)},
		HeadCommit: headCommit(r),
		Repository: &github.Repository{FullName: new(r.Repo), Name: new(r.Repo[strings.Index(r.Repo, "/")+1:])},
	}
}

// headCommitKey is where a run's payload has its head commit. It is a push's
// own; to a dispatch's event, which has none, it is added.
const headCommitKey = "head_commit"

// headCommit is the commit of a run, with its message, author and time where
// the event that started the run tells of them.
func headCommit(r *run) *github.HeadCommit {
	var event struct {
		HeadCommit struct {
			Message   *string              `json:"message"`
			Author    *github.CommitAuthor `json:"author"`
			Timestamp *github.Timestamp    `json:"timestamp"`
		} `json:"head_commit"`
	}
	commit := &github.HeadCommit{ID: new(r.SHA), Message: new(r.Title)}
	if json.Unmarshal(r.Payload, &event) == nil {
		commit.Author, commit.Timestamp = event.HeadCommit.Author, event.HeadCommit.Timestamp
		if event.HeadCommit.Message != nil {
			commit.Message = event.HeadCommit.Message
		}
	}
	return commit
}

// jobShape is GitHub's workflow job. A job that waits for others shows as
// queued.
func (a *Actions) jobShape(ctx context.Context, q querier, r *run, j *job) (*github.WorkflowJob, error) {
	rows, err := all(ctx, q, scanStep, `SELECT number, name, status, conclusion, started, completed FROM steps WHERE job_id = ? ORDER BY number`, j.ID)
	if err != nil {
		return nil, err
	}
	steps := []*github.TaskStep{}
	for _, s := range rows {
		steps = append(steps, &github.TaskStep{Name: new(s.Name), Status: new(s.Status), Conclusion: optional(s.Conclusion),
			Number: new(s.Number), StartedAt: timestamp(s.Started), CompletedAt: timestamp(s.Completed)})
	}
	status := j.Status
	if status == statusPending {
		status = statusQueued
	}
	return &github.WorkflowJob{
		ID: new(j.ID), RunID: new(r.ID), RunURL: new(fmt.Sprintf("%s/actions/runs/%d", a.apiRepo(r.Repo), r.ID)), RunAttempt: new(j.Attempt),
		HeadSHA: new(r.SHA), HeadBranch: new(strings.TrimPrefix(r.Ref, "refs/heads/")), Name: new(j.Name), WorkflowName: new(r.Name),
		Status: new(status), Conclusion: optional(j.Conclusion), Steps: steps, Labels: []string{"pronto"}, RunnerName: new(j.Runner),
		URL: new(fmt.Sprintf("%s/actions/jobs/%d", a.apiRepo(r.Repo), j.ID)), HTMLURL: new(a.jobPage(r, j)),
		CreatedAt: timestamp(j.Created), StartedAt: timestamp(j.Started), CompletedAt: timestamp(j.Done),
	}, nil
}

func (a *Actions) jobPage(r *run, j *job) string {
	return fmt.Sprintf("%s/%s/actions/runs/%d/job/%d", a.web(), r.Repo, r.ID, j.ID)
}

// workflowID is stable for a path of a repository.
func workflowID(repo, path string) int64 {
	var id int64 = 17
	for _, c := range []byte(repo + "/" + path) {
		id = (id*31 + int64(c)) % (1 << 40)
	}
	return id
}

// eventParts are the repository, organization and sender of the event that
// started the run, for the webhooks about it.
func eventParts(r *run) map[string]any {
	var event map[string]any
	parts := map[string]any{}
	if err := json.Unmarshal(r.Payload, &event); err != nil {
		return parts // journalled after it was decoded
	}
	for _, key := range []string{"repository", "organization", "sender"} {
		if value, ok := event[key]; ok {
			parts[key] = value
		}
	}
	if repository, ok := parts["repository"].(map[string]any); ok {
		asREST(repository)
	}
	return parts
}

// asREST turns a push event's repository into the one of every other event: a
// push has epoch seconds where those have RFC 3339, and the organization's name
// within the repository, where those have none.
func asREST(repository map[string]any) {
	delete(repository, "organization")
	delete(repository, "master_branch")
	delete(repository, "stargazers")
	for _, key := range []string{"created_at", "pushed_at"} {
		if seconds, ok := repository[key].(float64); ok {
			repository[key] = time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339)
		}
	}
}
