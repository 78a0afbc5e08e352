package action

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

func publishGitHub(h *Host) Action {
	return Action{
		ID:          "publish:github",
		Description: "Makes a repository in the forge and pushes the workspace as its first commit.",
		Schema: Schema{
			Input: object([]string{"repoUrl"}, map[string]any{
				"repoUrl":              property("string", "host?owner=...&repo=..."),
				"description":          property("string", "Of the repository."),
				"homepage":             property("string", "Of the repository."),
				"repoVisibility":       map[string]any{"type": "string", "enum": []string{"private", "public", "internal"}, "description": "Default private."},
				"defaultBranch":        property("string", "Default master."),
				"protectDefaultBranch": map[string]any{"type": "boolean", "enum": []bool{false}, "description": "Protection is not available; false."},
				"gitCommitMessage":     property("string", "Default: initial commit."),
				"gitAuthorName":        property("string", "Default Scaffolder."),
				"gitAuthorEmail":       property("string", "Default scaffolder@<domain>."),
				"sourcePath":           property("string", "Part of the workspace that is published; default all."),
				"topics":               listOf(property("string", ""), "Of the repository."),
			}),
			Output: object(nil, map[string]any{
				"remoteUrl":       property("string", "Address to clone."),
				"repoContentsUrl": property("string", "Address of the files at the default branch."),
				"commitHash":      property("string", "Of the first commit."),
			}),
		},
		Run: h.publish,
	}
}

// publication is what publish:github is to do.
type publication struct {
	owner, name, branch string
	input               map[string]any
	source              string // directory that becomes the repository
	git                 string // git directory, beside the workspace
}

func (h *Host) publish(ctx context.Context, c *Call, input map[string]any) error {
	p, err := h.publication(c, input)
	if err != nil {
		return err
	}
	defer os.RemoveAll(p.git) //nolint:errcheck // swept again at the next start
	commit, err := h.commit(ctx, c, p)
	if err != nil {
		return err
	}
	repository, err := h.repository(ctx, c, p)
	if err != nil {
		return err
	}
	if err := h.push(ctx, c, p, repository, commit); err != nil {
		return err
	}
	c.Output["remoteUrl"] = repository.GetCloneURL()
	c.Output["repoContentsUrl"] = repository.GetHTMLURL() + "/blob/" + p.branch
	c.Output["commitHash"] = commit
	return c.logf(ctx, "Published %s at %s", repository.GetFullName(), commit)
}

func (h *Host) publication(c *Call, input map[string]any) (publication, error) {
	p := publication{branch: text(input, "defaultBranch", "master"), input: input, git: c.Workspace + ".git"}
	host, rawQuery, _ := strings.Cut(text(input, "repoUrl", ""), "?")
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return p, fault.Inputf("repoUrl %q: %v", text(input, "repoUrl", ""), err)
	}
	p.owner, p.name = values.Get("owner"), values.Get("repo")
	if p.owner == "" || p.name == "" {
		return p, fault.Inputf("Invalid repo URL passed to publisher: %s, missing owner or repo", text(input, "repoUrl", ""))
	}
	if known := h.Hosts; !slices.Contains(known, strings.TrimSuffix(host, "/")) {
		return p, fault.Inputf("No matching integration configuration for host %s, please check your integrations config", host)
	}
	part, err := inside(text(input, "sourcePath", "."))
	if err != nil {
		return p, err
	}
	p.source = filepath.Join(c.Workspace, part)
	return p, nil
}

// commit makes the first commit. Its author, date and content depend on the
// task alone, so a task that is run again makes the same commit.
func (h *Host) commit(ctx context.Context, c *Call, p publication) (string, error) {
	if err := os.RemoveAll(p.git); err != nil {
		return "", fmt.Errorf("commit: %w", err)
	}
	name := text(p.input, "gitAuthorName", "Scaffolder")
	email := text(p.input, "gitAuthorEmail", "scaffolder@"+h.Domain)
	date := c.CreatedAt.Truncate(time.Second).Format(time.RFC3339)
	git := gitcmd.Git{Dir: p.source, Env: []string{
		"GIT_DIR=" + p.git, "GIT_WORK_TREE=" + p.source,
		"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + email, "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + name, "GIT_COMMITTER_EMAIL=" + email, "GIT_COMMITTER_DATE=" + date,
	}}
	for _, args := range [][]string{
		{"init", "--quiet", "--template=", "--initial-branch=" + p.branch},
		{"add", "--all"},
		{"commit", "--quiet", "--no-verify", "--message", text(p.input, "gitCommitMessage", "initial commit")},
	} {
		if _, err := git.Run(ctx, args...); err != nil {
			return "", err
		}
	}
	head, err := git.Run(ctx, "rev-parse", "HEAD")
	return strings.TrimSpace(string(head)), err
}

// repository makes the repository, or finds the one that this very task made
// before it was cut off.
func (h *Host) repository(ctx context.Context, c *Call, p publication) (*github.Repository, error) {
	noted, intended, err := c.Ledger.Find(ctx, KindRepository, p.owner+"/"+p.name)
	if err != nil {
		return nil, err
	}
	found, err := h.SCM.Repository(ctx, p.owner, p.name)
	switch {
	case errors.Is(err, scm.ErrNotFound):
		return h.createRepository(ctx, c, p)
	case err != nil:
		return nil, err
	}
	mine := intended && noted.ID == fmt.Sprint(found.GetID())
	if intended && noted.ID == "" {
		if mine, err = h.empty(ctx, p, found); err != nil {
			return nil, err
		}
	}
	if !mine {
		return nil, fault.Conflictf("Repository %s/%s exists already", p.owner, p.name)
	}
	return found, c.Ledger.Made(ctx, repositoryThing(p, found, ""))
}

// empty reports whether a repository has no commit: one that this task was
// about to make is then the one that it made.
func (h *Host) empty(ctx context.Context, p publication, found *github.Repository) (bool, error) {
	_, err := h.SCM.Branch(ctx, p.owner, p.name, found.GetDefaultBranch())
	if errors.Is(err, scm.ErrNotFound) {
		return true, nil
	}
	return false, err
}

func (h *Host) createRepository(ctx context.Context, c *Call, p publication) (*github.Repository, error) {
	thing := repositoryThing(p, nil, "")
	if err := c.Ledger.Intend(ctx, thing); err != nil {
		return nil, err
	}
	ctx, done := seeThrough(ctx)
	defer done()
	visibility := text(p.input, "repoVisibility", "private")
	created, err := h.SCM.CreateRepository(ctx, p.owner, &github.Repository{
		Name: &p.name, Description: github.Ptr(text(p.input, "description", "")), Homepage: github.Ptr(text(p.input, "homepage", "")),
		Private: github.Ptr(visibility != "public"), Visibility: &visibility, DefaultBranch: &p.branch,
	})
	if err == nil {
		return created, c.Ledger.Made(ctx, repositoryThing(p, created, ""))
	}
	if scm.Exists(err) { // somebody else was faster: this task has no claim
		err = fault.Conflictf("Repository %s/%s exists already", p.owner, p.name)
	}
	if refused(err) {
		return nil, errors.Join(err, c.Ledger.Forget(ctx, thing))
	}
	return nil, err
}

// refused reports whether the forge said that it has not done what was asked.
// After any other error it may have.
func refused(err error) bool {
	var known *fault.Error
	var answer *github.ErrorResponse
	return errors.As(err, &known) || errors.Is(err, scm.ErrNotFound) ||
		errors.As(err, &answer) && answer.Response.StatusCode < http.StatusInternalServerError
}

func repositoryThing(p publication, r *github.Repository, commit string) Thing {
	thing := Thing{Kind: KindRepository, Name: p.owner + "/" + p.name, URL: r.GetHTMLURL(), Commit: commit}
	if r.GetID() != 0 {
		thing.ID = fmt.Sprint(r.GetID())
	}
	return thing
}

// push sends the commit, unless the repository has it: then somebody may have
// pushed on top of it already, and pushing again would be refused.
func (h *Host) push(ctx context.Context, c *Call, p publication, r *github.Repository, commit string) error {
	if topics := texts(p.input, "topics"); len(topics) > 0 {
		for i := range topics {
			topics[i] = strings.ToLower(topics[i])
		}
		if _, _, err := h.SCM.Repositories.ReplaceAllTopics(ctx, p.owner, p.name, topics); err != nil {
			if err := c.logf(ctx, "Topics were not set: %v", err); err != nil {
				return err
			}
		}
	}
	_, err := h.SCM.Branch(ctx, p.owner, p.name, p.branch)
	if err == nil {
		err = h.SCM.Commit(ctx, p.owner, p.name, commit)
		if errors.Is(err, scm.ErrNotFound) {
			return fault.Conflictf("Repository %s/%s has other commits already", p.owner, p.name)
		}
		return err
	}
	if !errors.Is(err, scm.ErrNotFound) {
		return err
	}
	if err := c.Ledger.Made(ctx, repositoryThing(p, r, commit)); err != nil {
		return err
	}
	git := gitcmd.Git{Dir: p.source, Remote: h.Git, Env: []string{"GIT_DIR=" + p.git, "GIT_WORK_TREE=" + p.source}}
	_, err = git.Run(ctx, "push", "--quiet", r.GetCloneURL(), commit+":refs/heads/"+p.branch)
	return err
}
