package scm

import (
	"context"
	"fmt"

	"github.com/google/go-github/v74/github"
)

// Between returns the commits that head has and base has not, oldest first,
// or ErrNotFound when the repository does not have both.
func (c *Client) Between(ctx context.Context, owner, name, base, head string) ([]*github.RepositoryCommit, error) {
	answer, _, err := c.Repositories.CompareCommits(ctx, owner, name, base, head, &github.ListOptions{PerPage: 100})
	if err != nil {
		return nil, failed(fmt.Sprintf("compare %s with %s of %s/%s", base, head, owner, name), err)
	}
	if answer.GetTotalCommits() > len(answer.Commits) {
		return nil, fmt.Errorf("compare %s with %s of %s/%s: %d commits lie between, too many to look at", base, head, owner, name, answer.GetTotalCommits())
	}
	return answer.Commits, nil
}

// TreeOf returns the tree of a commit, or ErrNotFound.
func (c *Client) TreeOf(ctx context.Context, owner, name, sha string) (tree string, err error) {
	commit, _, err := c.Git.GetCommit(ctx, owner, name, sha)
	if err != nil {
		return "", failed(fmt.Sprintf("read commit %s of %s/%s", sha, owner, name), err)
	}
	return commit.GetTree().GetSHA(), nil
}

// NewCommit is a commit that is to be made of a tree which is there.
type NewCommit struct {
	Tree, Parent, Message   string
	AuthorName, AuthorEmail string
}

// CreateCommit makes a commit; no branch points at it yet.
func (c *Client) CreateCommit(ctx context.Context, owner, name string, wanted NewCommit) (sha string, err error) {
	made, _, err := c.Git.CreateCommit(ctx, owner, name, &github.Commit{
		Message: &wanted.Message, Tree: &github.Tree{SHA: &wanted.Tree}, Parents: []*github.Commit{{SHA: &wanted.Parent}},
		Author: &github.CommitAuthor{Name: &wanted.AuthorName, Email: &wanted.AuthorEmail},
	}, nil)
	if err != nil {
		return "", failed(fmt.Sprintf("create a commit of %s/%s", owner, name), err)
	}
	return made.GetSHA(), nil
}

// ForwardBranch lets a branch point at a commit that follows the one it
// points at; see Refused.
func (c *Client) ForwardBranch(ctx context.Context, owner, name, branch, sha string) error {
	ref := "refs/heads/" + branch
	_, _, err := c.Git.UpdateRef(ctx, owner, name, &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &sha}}, false)
	return failed(fmt.Sprintf("move branch %s of %s/%s to %s", branch, owner, name, sha), err)
}
