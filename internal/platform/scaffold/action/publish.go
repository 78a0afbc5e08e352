package action

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

func gitProperties() map[string]any {
	return map[string]any{
		"defaultBranch":        property("string", "Default master."),
		"protectDefaultBranch": property("boolean", "Protect it after the push; default true."),
		"protectEnforceAdmins": property("boolean", "For administrators too; default true."),
		"gitCommitMessage":     property("string", "Default: initial commit."),
		"gitAuthorName":        property("string", "Default Scaffolder."),
		"gitAuthorEmail":       property("string", "Default scaffolder@DOMAIN."),
		"sourcePath":           property("string", "Part of the workspace that is pushed; default all."),
	}
}

func publishOutput() map[string]any {
	return object(nil, map[string]any{
		"remoteUrl":       property("string", "Address to clone."),
		"repoContentsUrl": property("string", "Address of the files at the default branch."),
		"commitHash":      property("string", "Of the first commit."),
	})
}

func publishGitHub(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "publish:github",
		Description: "Makes a repository in the forge and pushes the workspace as its first commit.",
		Schema: Schema{
			Input:  object(nil, with(settingProperties(), gitProperties(), protectionProperties())),
			Output: publishOutput(),
		},
		Examples: []Sample{{"Publish the workspace as a private repository", `
- id: publish
  action: publish:github
  input:
    repoUrl: ${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}
    defaultBranch: main
    protectDefaultBranch: false
    topics: [service]
`}},
	}, h.publish)
}

func repoCreate(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:repo:create",
		Description: "Makes a repository in the forge, with nothing in it.",
		Schema: Schema{
			Input:  object(nil, settingProperties()),
			Output: object(nil, map[string]any{"remoteUrl": property("string", "Address to clone.")}),
		},
		Examples: []Sample{{"Make a repository", `
- id: repository
  action: github:repo:create
  input:
    repoUrl: ${{ parameters.repoUrl }}
    description: ${{ parameters.description }}
`}},
	}, func(ctx context.Context, c *Call, r repository, input map[string]any) error {
		made, err := h.repository(ctx, c, publication{repository: r, input: input})
		if err != nil {
			return err
		}
		c.Output["remoteUrl"] = made.GetCloneURL()
		return h.settle(ctx, c, r, input)
	})
}

func repoPush(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:repo:push",
		Description: "Pushes the workspace as the first commit of an empty repository.",
		Schema:      Schema{Input: object(nil, with(gitProperties(), protectionProperties())), Output: publishOutput()},
		Examples: []Sample{{"Push what github:repo:create made room for", `
- id: push
  action: github:repo:push
  input:
    repoUrl: ${{ parameters.repoUrl }}
    defaultBranch: main
`}},
	}, func(ctx context.Context, c *Call, r repository, input map[string]any) error {
		found, err := h.SCM.Repository(ctx, r.owner, r.name)
		if err != nil {
			return err
		}
		return h.pushAll(ctx, c, r, input, func(publication) (*github.Repository, error) { return found, nil })
	})
}

// publication is what is to be made and pushed.
type publication struct {
	repository
	branch string
	input  map[string]any
	source string // directory that becomes the repository
	git    string // git directory, beside the workspace
}

func (h *Host) publish(ctx context.Context, c *Call, r repository, input map[string]any) error {
	return h.pushAll(ctx, c, r, input, func(p publication) (*github.Repository, error) {
		made, err := h.repository(ctx, c, p)
		if err != nil {
			return nil, err
		}
		return made, h.settle(ctx, c, r, input)
	})
}

// pushAll commits the workspace, prepares the repository, and pushes.
func (h *Host) pushAll(ctx context.Context, c *Call, r repository, input map[string]any, prepare func(publication) (*github.Repository, error)) error {
	p := publication{repository: r, branch: text(input, "defaultBranch", "master"), input: input, git: c.Workspace + ".git"}
	var err error
	if p.source, err = publishable(c, text(input, "sourcePath", ".")); err != nil {
		return err
	}
	defer os.RemoveAll(p.git) //nolint:errcheck // swept again at the next start
	commit, err := h.commit(ctx, c, p)
	if err != nil {
		return err
	}
	found, err := prepare(p)
	if err != nil {
		return err
	}
	if err := h.push(ctx, c, p, found, commit); err != nil {
		return err
	}
	if flagOr(input, "protectDefaultBranch", true) {
		if err := h.protect(ctx, r, p.branch, flagOr(input, "protectEnforceAdmins", true), input); err != nil {
			if ctx.Err() != nil {
				return err
			}
			if err := c.logf(ctx, "Skipping: default branch protection on '%s', %v", r.name, err); err != nil {
				return err
			}
		}
	}
	c.Output["remoteUrl"] = found.GetCloneURL()
	c.Output["repoContentsUrl"] = found.GetHTMLURL() + "/blob/" + p.branch
	c.Output["commitHash"] = commit
	return c.logf(ctx, "Published %s at %s", found.GetFullName(), commit)
}

// repository makes the repository, or finds the one that this very task made
// before it was cut off.
func (h *Host) repository(ctx context.Context, c *Call, p publication) (*github.Repository, error) {
	noted, intended, err := c.Ledger.Find(ctx, KindRepository, p.String())
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
	path := "orgs/" + p.owner + "/repos"
	if owner, _, err := h.SCM.Users.Get(ctx, p.owner); err == nil && owner.GetType() == "User" {
		path = "user/repos"
	}
	created := new(github.Repository)
	err := h.ask(ctx, "create repository "+p.String(), http.MethodPost, path, creation(p.repository, p.input), created)
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
	thing := repositoryThing(p, r, commit)
	noted, known, err := c.Ledger.Find(ctx, KindRepository, thing.Name)
	if err != nil {
		return err
	}
	mine := known && noted.ID == thing.ID // else it is not of this task's making, and never to be taken away
	branch := part(KindBranch, p.repository, p.branch, p.branch)
	branch.Commit = commit
	_, err = h.SCM.Branch(ctx, p.owner, p.name, p.branch)
	switch {
	case err == nil:
		return h.pushedBefore(ctx, c, p, branch)
	case !errors.Is(err, scm.ErrNotFound):
		return err
	case !mine:
		_, err = c.make(ctx, branch, func(ctx context.Context) (id, address string, err error) {
			return p.branch, "", h.send(ctx, p, r, commit)
		})
		return err
	}
	if err := c.Ledger.Made(ctx, thing); err != nil {
		return err
	}
	return h.send(ctx, p, r, commit)
}

func (h *Host) pushedBefore(ctx context.Context, c *Call, p publication, branch Thing) error {
	err := h.SCM.Commit(ctx, p.owner, p.name, branch.Commit)
	if errors.Is(err, scm.ErrNotFound) {
		return fault.Conflictf("Repository %s/%s has other commits already", p.owner, p.name)
	}
	if err != nil {
		return err
	}
	branch.ID = p.branch
	return c.claim(ctx, branch)
}

func (h *Host) send(ctx context.Context, p publication, r *github.Repository, commit string) error {
	git := gitcmd.Git{Dir: p.source, Remote: h.Git, Env: p.env()}
	_, err := git.Run(ctx, "push", "--quiet", r.GetCloneURL(), commit+":refs/heads/"+p.branch)
	return err
}
