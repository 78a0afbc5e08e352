package scm

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Head returns the commit that a branch, a tag or a commit's name stands for,
// or ErrNotFound.
func (c *Client) Head(ctx context.Context, owner, name, ref string) (sha string, err error) {
	commit, _, err := c.Repositories.GetCommit(ctx, owner, name, ref, nil)
	if err != nil {
		return "", failed(fmt.Sprintf("read commit %s of %s/%s", ref, owner, name), err)
	}
	return commit.GetSHA(), nil
}

// Archive opens the files of a commit as a tar.gz, all below one directory; the
// caller closes it.
func (c *Client) Archive(ctx context.Context, owner, name, sha string) (io.ReadCloser, error) {
	what := fmt.Sprintf("read the files of %s/%s at %s", owner, name, sha)
	response, err := c.follow(ctx, &url.URL{Path: fmt.Sprintf("repos/%s/%s/tarball/%s", owner, name, sha)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	switch response.StatusCode {
	case http.StatusOK:
		return response.Body, nil
	case http.StatusNotFound:
		err = ErrNotFound
	default:
		err = fmt.Errorf("the forge answered %s", response.Status)
	}
	_ = response.Body.Close() // nothing was read
	return nil, fmt.Errorf("%s: %w", what, err)
}
