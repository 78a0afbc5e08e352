// Package scm speaks GitHub's REST API with the forge, and says in the
// platform's words what it answered.
package scm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// ErrNotFound is what the forge does not have, or does not show to this token.
var ErrNotFound = errors.New("not found")

// What File does not read.
var (
	ErrDirectory = errors.New("it is a directory")
	ErrTooLarge  = fmt.Errorf("it is larger than %d bytes", maxFile)
)

// Config says which forge, and who asks.
type Config struct {
	APIURL     string // e.g. https://git.pronto.localhost or .../api/v3/
	Token      secret.String
	HTTPClient *http.Client
}

// Client is a forge's API. The embedded client gives every call of GitHub's
// REST API; the methods here are those that need more than one.
type Client struct {
	*github.Client
	plain *http.Client // sends no token of its own
	token secret.String
}

// New makes a client; it does not connect.
func New(cfg Config) (*Client, error) {
	client := github.NewClient(cfg.HTTPClient)
	plain := client.Client()
	if !cfg.Token.IsZero() {
		client = client.WithAuthToken(cfg.Token.Reveal())
	}
	client, err := client.WithEnterpriseURLs(cfg.APIURL, cfg.APIURL)
	if err != nil {
		return nil, fmt.Errorf("forge API %q: %w", cfg.APIURL, err)
	}
	return &Client{Client: client, plain: plain, token: cfg.Token}, nil
}

// Repository returns a repository, or ErrNotFound.
func (c *Client) Repository(ctx context.Context, owner, name string) (*github.Repository, error) {
	repository, _, err := c.Repositories.Get(ctx, owner, name)
	if err != nil {
		return nil, failed("read repository "+owner+"/"+name, err)
	}
	return repository, nil
}

// CreateRepository creates a repository of an organisation.
func (c *Client) CreateRepository(ctx context.Context, owner string, wanted *github.Repository) (*github.Repository, error) {
	repository, _, err := c.Repositories.Create(ctx, owner, wanted)
	if err != nil {
		return nil, failed("create repository "+owner+"/"+wanted.GetName(), err)
	}
	return repository, nil
}

// SetDefaultBranch makes a branch that is there the default one.
func (c *Client) SetDefaultBranch(ctx context.Context, owner, name, branch string) error {
	_, _, err := c.Repositories.Edit(ctx, owner, name, &github.Repository{DefaultBranch: &branch})
	return failed(fmt.Sprintf("make %s the default branch of %s/%s", branch, owner, name), err)
}

// SetTopics replaces a repository's topics.
func (c *Client) SetTopics(ctx context.Context, owner, name string, topics []string) error {
	_, _, err := c.Repositories.ReplaceAllTopics(ctx, owner, name, topics)
	return failed("set topics of "+owner+"/"+name, err)
}

// DeleteRepository deletes a repository; one that is not there is fine.
func (c *Client) DeleteRepository(ctx context.Context, owner, name string) error {
	_, err := c.Repositories.Delete(ctx, owner, name)
	if err = failed("delete repository "+owner+"/"+name, err); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Branch returns the commit a branch points at, or ErrNotFound.
func (c *Client) Branch(ctx context.Context, owner, name, branch string) (sha string, err error) {
	what := fmt.Sprintf("read branch %s of %s/%s", branch, owner, name)
	found, response, err := c.Repositories.GetBranch(ctx, owner, name, branch, 1)
	if response != nil && response.StatusCode == http.StatusNotFound {
		return "", fmt.Errorf("%s: %w", what, ErrNotFound) // go-github has no ErrorResponse for it
	}
	if err != nil {
		return "", failed(what, err)
	}
	return found.GetCommit().GetSHA(), nil
}

// Commit returns nil if the repository has this commit, or ErrNotFound.
func (c *Client) Commit(ctx context.Context, owner, name, sha string) error {
	_, _, err := c.Git.GetCommit(ctx, owner, name, sha)
	return failed(fmt.Sprintf("read commit %s of %s/%s", sha, owner, name), err)
}

// maxFile bounds what File reads.
const maxFile = 1 << 20

// File returns a file at a branch, tag or commit, or ErrNotFound.
func (c *Client) File(ctx context.Context, owner, name, path, ref string) ([]byte, error) {
	what := fmt.Sprintf("read %s of %s/%s at %s", path, owner, name, ref)
	file, _, _, err := c.Repositories.GetContents(ctx, owner, name, path, &github.RepositoryContentGetOptions{Ref: ref})
	if err != nil {
		return nil, failed(what, err)
	}
	if file == nil {
		return nil, fmt.Errorf("%s: %w", what, ErrDirectory)
	}
	if file.GetSize() > maxFile {
		return nil, fmt.Errorf("%s: %w", what, ErrTooLarge)
	}
	text, err := file.GetContent()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return []byte(text), nil
}

// Runs returns the workflow runs of a commit, newest first.
func (c *Client) Runs(ctx context.Context, owner, name, sha string) ([]*github.WorkflowRun, error) {
	runs, _, err := c.Actions.ListRepositoryWorkflowRuns(ctx, owner, name, &github.ListWorkflowRunsOptions{HeadSHA: sha})
	if err != nil {
		return nil, failed("read workflow runs of "+owner+"/"+name, err)
	}
	return runs.WorkflowRuns, nil
}

// Jobs returns the jobs of a workflow run.
func (c *Client) Jobs(ctx context.Context, owner, name string, run int64) ([]*github.WorkflowJob, error) {
	jobs, _, err := c.Actions.ListWorkflowJobs(ctx, owner, name, run,
		&github.ListWorkflowJobsOptions{ListOptions: github.ListOptions{PerPage: 100}})
	if err != nil {
		return nil, failed(fmt.Sprintf("read jobs of run %d of %s/%s", run, owner, name), err)
	}
	return jobs.Jobs, nil
}

// JobLog opens the log of a job; the caller closes it.
func (c *Client) JobLog(ctx context.Context, owner, name string, job int64) (io.ReadCloser, error) {
	what := fmt.Sprintf("read log of job %d of %s/%s", job, owner, name)
	address, _, err := c.Actions.GetWorkflowJobLogs(ctx, owner, name, job, 2)
	if err != nil {
		return nil, failed(what, err)
	}
	response, err := c.follow(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close() // nothing was read
		return nil, fmt.Errorf("%s: the forge answered %s", what, response.Status)
	}
	return response.Body, nil
}

// follow gets an address that the forge redirects to. Only the API's own
// origin sees the token: a log may lie in somebody else's store.
func (c *Client) follow(ctx context.Context, address *url.URL) (*http.Response, error) {
	address = c.BaseURL.ResolveReference(address) // it may be relative
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	if !c.token.IsZero() && address.Scheme == c.BaseURL.Scheme && address.Host == c.BaseURL.Host {
		request.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	return c.plain.Do(request)
}

// EnsureHook makes sure an organisation calls url on these events.
func (c *Client) EnsureHook(ctx context.Context, organization, url string, key secret.String, events []string) error {
	hooks, _, err := c.Organizations.ListHooks(ctx, organization, &github.ListOptions{PerPage: 100})
	if err != nil {
		return failed("list webhooks of "+organization, err)
	}
	for _, hook := range hooks {
		if hook.GetConfig().GetURL() != url {
			continue
		}
		if slices.Equal(slices.Sorted(slices.Values(hook.Events)), slices.Sorted(slices.Values(events))) {
			return nil
		}
		_, _, err := c.Organizations.EditHook(ctx, organization, hook.GetID(), &github.Hook{Events: events})
		return failed("change webhook of "+organization, err)
	}
	_, _, err = c.Organizations.CreateHook(ctx, organization, &github.Hook{
		Name: github.Ptr("web"), Active: github.Ptr(true), Events: events,
		Config: &github.HookConfig{URL: &url, ContentType: github.Ptr("json"), Secret: github.Ptr(key.Reveal())},
	})
	return failed("create webhook of "+organization, err)
}

// failed tells what was attempted; a 404 becomes ErrNotFound, and so does the
// 409 that GitHub answers to whoever reads an object of an empty repository.
func failed(what string, err error) error {
	var answer *github.ErrorResponse
	switch {
	case err == nil:
		return nil
	case errors.As(err, &answer) && (answer.Response.StatusCode == http.StatusNotFound || empty(answer)):
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}

func empty(answer *github.ErrorResponse) bool {
	return answer.Response.StatusCode == http.StatusConflict && answer.Response.Request.Method == http.MethodGet &&
		strings.HasPrefix(answer.Message, "Git Repository is empty")
}

// Exists reports whether err says that what was to be made is there already.
func Exists(err error) bool {
	var answer *github.ErrorResponse
	if !errors.As(err, &answer) || answer.Response.StatusCode != http.StatusUnprocessableEntity {
		return false
	}
	for _, e := range answer.Errors {
		if e.Code == "already_exists" || e.Message == "name already exists on this account" {
			return true
		}
	}
	return false
}
