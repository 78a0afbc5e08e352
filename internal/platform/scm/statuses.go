package scm

import (
	"context"
	"fmt"

	"github.com/google/go-github/v74/github"
)

// Status is what a commit status says; Context names who says it.
type Status struct {
	State, Context, Description, TargetURL string
}

// CreateStatus gives a commit a status; see Refused. ErrNotFound is a repository
// that the forge has not.
func (c *Client) CreateStatus(ctx context.Context, owner, name, sha string, s Status) error {
	_, _, err := c.Repositories.CreateStatus(ctx, owner, name, sha, &github.RepoStatus{
		State: &s.State, Context: &s.Context, Description: &s.Description, TargetURL: &s.TargetURL,
	})
	return failed(fmt.Sprintf("give commit %s of %s/%s the status %s", sha, owner, name, s.State), err)
}
