package scm

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-github/v74/github"
)

// Tree returns everything in a commit's tree, directories too; truncated is
// true when the forge did not list all of it.
func (c *Client) Tree(ctx context.Context, owner, name, sha string) (entries []*github.TreeEntry, truncated bool, err error) {
	tree, _, err := c.Git.GetTree(ctx, owner, name, sha, true)
	if err != nil {
		return nil, false, failed(fmt.Sprintf("read tree %s of %s/%s", sha, owner, name), err)
	}
	return tree.Entries, tree.GetTruncated(), nil
}

// Contents returns what lies at a path, with its content where it is a file
// of at most 1 MiB; nil for a directory, ErrNotFound for nothing.
func (c *Client) Contents(ctx context.Context, owner, name, path, ref string) (*github.RepositoryContent, error) {
	file, _, _, err := c.Repositories.GetContents(ctx, owner, name, path, &github.RepositoryContentGetOptions{Ref: ref})
	return file, failed(fmt.Sprintf("read %s of %s/%s at %s", path, owner, name, ref), err)
}

// PutFile commits one file; see Refused for what the forge may have against it.
func (c *Client) PutFile(ctx context.Context, owner, name, path string, change *github.RepositoryContentFileOptions) (*github.RepositoryContentResponse, error) {
	answer, _, err := c.Repositories.UpdateFile(ctx, owner, name, path, change)
	if err != nil {
		return nil, fmt.Errorf("write %s of %s/%s: %w", path, owner, name, err)
	}
	return answer, nil
}

// Refused is the status and the sentence with which the forge refused a
// request; 0 when err is no such answer.
func Refused(err error) (status int, message string) {
	var answer *github.ErrorResponse
	if !errors.As(err, &answer) {
		return 0, ""
	}
	return answer.Response.StatusCode, answer.Message
}
