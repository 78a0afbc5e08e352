package scm

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-github/v74/github"
)

// RecentRuns returns a repository's workflow runs, newest first.
func (c *Client) RecentRuns(ctx context.Context, owner, name string, limit int) ([]*github.WorkflowRun, error) {
	runs, _, err := c.Actions.ListRepositoryWorkflowRuns(ctx, owner, name,
		&github.ListWorkflowRunsOptions{ListOptions: github.ListOptions{PerPage: limit}})
	if err != nil {
		return nil, failed("read workflow runs of "+owner+"/"+name, err)
	}
	return runs.WorkflowRuns, nil
}

// RerunRun runs a workflow run that is over again; see Refused.
func (c *Client) RerunRun(ctx context.Context, owner, name string, run int64) error {
	_, err := c.Actions.RerunWorkflowByID(ctx, owner, name, run)
	return accepted(fmt.Sprintf("rerun run %d of %s/%s", run, owner, name), err)
}

// CancelRun stops a workflow run, which takes a moment; see Refused.
func (c *Client) CancelRun(ctx context.Context, owner, name string, run int64) error {
	_, err := c.Actions.CancelWorkflowRunByID(ctx, owner, name, run)
	return accepted(fmt.Sprintf("cancel run %d of %s/%s", run, owner, name), err)
}

// accepted takes go-github's error for the status 202 as what it is.
func accepted(what string, err error) error {
	var later *github.AcceptedError
	if errors.As(err, &later) {
		return nil
	}
	return failed(what, err)
}
