package scm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v74/github"
	"golang.org/x/sync/errgroup"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/gitops/render"
)

// parallel is how many repositories are looked at at once.
const parallel = 8

// Client asks a server with GitHub's REST API.
type Client struct {
	Memory *Memory // of other lists; at first an empty one
	github *github.Client
}

// NewClient talks to the server at api ("" means github.com) with the token, if any.
func NewClient(httpClient *http.Client, api string, token secret.String) (*Client, error) {
	client := github.NewClient(httpClient)
	if !token.IsZero() {
		client = client.WithAuthToken(token.Reveal())
	}
	if api != "" {
		var err error
		if client, err = client.WithEnterpriseURLs(api, api); err != nil {
			return nil, fmt.Errorf("address of the SCM API %q: %w", api, err)
		}
	}
	return &Client{Memory: &Memory{}, github: client}, nil
}

// Exists says whether a repository is there. False is only returned for a
// 404; any other answer than the repository itself is an error.
func (c *Client) Exists(ctx context.Context, owner, name string) (bool, error) {
	repository, err := c.find(ctx, owner, name)
	return repository != nil, err
}

// find is the repository, nil if the server answers 404.
func (c *Client) find(ctx context.Context, owner, name string) (*github.Repository, error) {
	repository, response, err := c.github.Repositories.Get(ctx, owner, name)
	switch {
	case err == nil:
		return repository, nil
	case status(response) == http.StatusNotFound:
		return nil, nil
	}
	return nil, fmt.Errorf("look up repository %s/%s: %w", owner, name, err)
}

// inquiry is a generator, ready to be asked for repositories.
type inquiry struct {
	argo.SCMProviderGenerator
	filters  []filter
	question string // names it in a Memory
}

func (c *Client) inquire(generator argo.SCMProviderGenerator) (*inquiry, error) {
	filters, err := compile(generator.Filters)
	if err != nil {
		return nil, err
	}
	if _, err := cloneURL(generator.CloneProtocol, &github.Repository{}); err != nil {
		return nil, err
	}
	question, err := c.question(generator)
	return &inquiry{generator, filters, question}, err
}

// List returns the repositories that the generator's filters keep, in the
// order of their names. Any error of the server fails the whole list.
func (c *Client) List(ctx context.Context, generator argo.SCMProviderGenerator) ([]Repository, error) {
	asked, err := c.inquire(generator)
	if err != nil {
		return nil, err
	}
	all, err := c.organization(ctx, *generator.Github)
	if err != nil {
		return nil, err
	}
	c.Memory.forget(asked.question, all)
	var mu sync.Mutex
	var kept []Repository
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for _, repository := range all {
		group.Go(func() error {
			found, err := c.branches(ctx, asked, repository)
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, found...)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	sort.Slice(kept, func(i, j int) bool {
		return kept[i].Name+"\x00"+kept[i].Branch < kept[j].Name+"\x00"+kept[j].Branch
	})
	return kept, nil
}

// One is List for a single repository: none when it is not there, is not of
// the generator's organisation, or is filtered out.
func (c *Client) One(ctx context.Context, generator argo.SCMProviderGenerator, owner, name string) ([]Repository, error) {
	asked, err := c.inquire(generator)
	if err != nil || !strings.EqualFold(owner, generator.Github.Organization) {
		return nil, err
	}
	repository, err := c.find(ctx, owner, name)
	if err != nil || repository == nil || generator.Github.ExcludeArchivedRepos && repository.GetArchived() {
		return nil, err
	}
	return c.branches(ctx, asked, repository)
}

func (c *Client) organization(ctx context.Context, provider argo.SCMProviderGithub) ([]*github.Repository, error) {
	options := &github.RepositoryListByOrgOptions{ListOptions: github.ListOptions{PerPage: 100}}
	var all []*github.Repository
	for {
		page, response, err := c.github.Repositories.ListByOrg(ctx, provider.Organization, options)
		if err != nil {
			return nil, fmt.Errorf("error listing repositories for %s: %w", provider.Organization, err)
		}
		for _, repository := range page {
			if !provider.ExcludeArchivedRepos || !repository.GetArchived() {
				all = append(all, repository)
			}
		}
		if response.NextPage == 0 {
			return all, nil
		}
		options.Page = response.NextPage
	}
}

// branches returns the branches of one repository that pass the filters.
func (c *Client) branches(ctx context.Context, asked *inquiry, from *github.Repository) ([]Repository, error) {
	clone, err := cloneURL(asked.CloneProtocol, from)
	if err != nil {
		return nil, err
	}
	repository := Repository{
		Organization: from.GetOwner().GetLogin(), Name: from.GetName(), ID: from.GetID(),
		URL: clone, Labels: from.Topics, Branch: from.GetDefaultBranch(),
	}
	keep, err := keeps(ctx, asked.filters, false, repository, nil)
	if err != nil || !keep || !worthAsking(asked.filters, repository) {
		return nil, err
	}
	if known, ok := c.Memory.recall(asked.question, repository, from); ok {
		return known, nil
	}
	began := time.Now()
	heads, err := c.heads(ctx, repository, asked.Github.AllBranches)
	if err != nil {
		return nil, err
	}
	var kept []Repository
	for _, head := range heads {
		keep, err := keeps(ctx, asked.filters, true, head, c.pathExists)
		if err != nil {
			return nil, err
		}
		if keep {
			kept = append(kept, head)
		}
	}
	c.Memory.keep(asked.question, repository, from, began, kept)
	return kept, nil
}

// worthAsking spares the requests for a repository that no branch filter can keep, whatever its branches.
func worthAsking(filters []filter, repository Repository) bool {
	any := false
	for _, f := range filters {
		if !f.byBranch() {
			continue
		}
		any = true
		if (f.repository == nil || f.repository.MatchString(repository.Name)) && (f.label == nil || anyMatch(f.label, repository.Labels)) {
			return true
		}
	}
	return !any
}

func (c *Client) heads(ctx context.Context, repository Repository, all bool) ([]Repository, error) {
	if all {
		return c.allHeads(ctx, repository)
	}
	branch, response, err := c.github.Repositories.GetBranch(ctx, repository.Organization, repository.Name, repository.Branch, 0)
	if status(response) == http.StatusNotFound {
		return nil, nil // an empty repository
	}
	if err != nil {
		return nil, fmt.Errorf("error getting default branch of %s/%s: %w", repository.Organization, repository.Name, err)
	}
	repository.SHA = branch.GetCommit().GetSHA()
	return []Repository{repository}, nil
}

func (c *Client) allHeads(ctx context.Context, repository Repository) ([]Repository, error) {
	options := &github.BranchListOptions{ListOptions: github.ListOptions{PerPage: 100}}
	var heads []Repository
	for {
		page, response, err := c.github.Repositories.ListBranches(ctx, repository.Organization, repository.Name, options)
		if err != nil {
			return nil, fmt.Errorf("error listing branches of %s/%s: %w", repository.Organization, repository.Name, err)
		}
		for _, branch := range page {
			head := repository
			head.Branch, head.SHA = branch.GetName(), branch.GetCommit().GetSHA()
			heads = append(heads, head)
		}
		if response.NextPage == 0 {
			return heads, nil
		}
		options.Page = response.NextPage
	}
}

func (c *Client) pathExists(ctx context.Context, repository Repository, path string) (bool, error) {
	_, _, response, err := c.github.Repositories.GetContents(ctx, repository.Organization, repository.Name, path,
		&github.RepositoryContentGetOptions{Ref: repository.Branch})
	if status(response) == http.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("error looking for %s in %s/%s: %w", path, repository.Organization, repository.Name, err)
	}
	return true, nil
}

func cloneURL(protocol string, repository *github.Repository) (string, error) {
	switch protocol {
	case "", "ssh":
		return repository.GetSSHURL(), nil
	case "https":
		return repository.GetCloneURL(), nil
	default:
		return "", fmt.Errorf("unknown clone protocol for GitHub %q", protocol)
	}
}

func status(response *github.Response) int {
	if response == nil || response.Response == nil {
		return 0
	}
	return response.StatusCode
}

// ErrNotHTTP is the reason SplitURL gives for a URL it does not read.
var ErrNotHTTP = errors.New("not an http(s) URL with an owner and a repository")

// SplitURL takes owner and repository out of a clone URL.
func SplitURL(clone string) (owner, name string, err error) {
	parsed, err := url.Parse(clone)
	if err != nil || parsed.Host == "" {
		return "", "", fmt.Errorf("%q: %w", clone, ErrNotHTTP)
	}
	parts := strings.Split(strings.Trim(parsed.Path, "/"), "/")
	if len(parts) != 2 || parts[0] == "" || parts[1] == "" {
		return "", "", fmt.Errorf("%q: %w", clone, ErrNotHTTP)
	}
	return parts[0], strings.TrimSuffix(parts[1], ".git"), nil
}

// Params are the parameters that a repository gives to a template. values are
// the generator's own, which may use the others.
func Params(repository Repository, values map[string]string, template *render.Template) (render.Params, error) {
	params := render.Params{
		"organization": repository.Organization, "repository": repository.Name,
		"repository_id": fmt.Sprint(repository.ID), "url": repository.URL,
		"branch": repository.Branch, "branchNormalized": render.Normalize(repository.Branch),
		"sha": repository.SHA, "short_sha": prefix(repository.SHA, 8), "short_sha_7": prefix(repository.SHA, 7),
		"labels": strings.Join(repository.Labels, ","),
	}
	rendered := map[string]any{}
	for name, text := range values {
		value, err := template.String(text, params)
		if err != nil {
			return nil, fmt.Errorf("values.%s: %w", name, err)
		}
		rendered[name] = value
	}
	for name, value := range rendered {
		if !template.Go {
			params["values."+name] = value
		}
	}
	if template.Go && len(rendered) > 0 {
		params["values"] = rendered
	}
	return params, nil
}

func prefix(text string, length int) string {
	if len(text) < length {
		return text
	}
	return text[:length]
}
