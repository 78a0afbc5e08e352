package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// What publish:github notes down before and after it makes a repository.
const (
	noteIntent     = "creating"   // owner/name that this task is about to make
	noteRepository = "repository" // id of the repository that this task made
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
	notes, err := c.Notes.Read(ctx)
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
	mine, err := h.mine(ctx, p, found, notes)
	if err != nil {
		return nil, err
	}
	if !mine {
		return nil, fault.Conflictf("Repository %s/%s exists already", p.owner, p.name)
	}
	return found, h.noteRepository(ctx, c, notes, found)
}

// mine reports whether a repository was made by this task: it noted the id, or
// it noted that it was about to and the repository has no commit yet.
func (h *Host) mine(ctx context.Context, p publication, found *github.Repository, notes map[string]string) (bool, error) {
	if id := notes[noteRepository]; id != "" {
		return id == fmt.Sprint(found.GetID()), nil
	}
	if notes[noteIntent] != p.owner+"/"+p.name {
		return false, nil
	}
	_, err := h.SCM.Branch(ctx, p.owner, p.name, found.GetDefaultBranch())
	if errors.Is(err, scm.ErrNotFound) {
		return true, nil
	}
	return false, err
}

func (h *Host) createRepository(ctx context.Context, c *Call, p publication) (*github.Repository, error) {
	notes := map[string]string{noteIntent: p.owner + "/" + p.name}
	if err := c.Notes.Write(ctx, notes); err != nil {
		return nil, err
	}
	visibility := text(p.input, "repoVisibility", "private")
	created, err := h.SCM.CreateRepository(ctx, p.owner, &github.Repository{
		Name: &p.name, Description: github.Ptr(text(p.input, "description", "")), Homepage: github.Ptr(text(p.input, "homepage", "")),
		Private: github.Ptr(visibility != "public"), Visibility: &visibility, DefaultBranch: &p.branch,
	})
	if scm.Exists(err) { // somebody else was faster: this task has no claim
		if noteErr := c.Notes.Write(ctx, map[string]string{}); noteErr != nil {
			return nil, noteErr
		}
		return nil, fault.Conflictf("Repository %s/%s exists already", p.owner, p.name)
	}
	if err != nil {
		return nil, err
	}
	return created, h.noteRepository(ctx, c, notes, created)
}

func (h *Host) noteRepository(ctx context.Context, c *Call, notes map[string]string, r *github.Repository) error {
	notes[noteRepository] = fmt.Sprint(r.GetID())
	return c.Notes.Write(ctx, notes)
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
	git := gitcmd.Git{Dir: p.source, Remote: h.Git, Env: []string{"GIT_DIR=" + p.git, "GIT_WORK_TREE=" + p.source}}
	return pushWhole(git.Command(ctx, "push", "--quiet", r.GetCloneURL(), commit+":refs/heads/"+p.branch))
}

// pushWhole runs git in a process group of its own, so that the helper which
// speaks HTTP for it ends with it.
func pushWhole(cmd *exec.Cmd) error {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Run(); err != nil {
		return &gitcmd.Error{Args: cmd.Args[1:], Stderr: stderr.String(), Cause: err}
	}
	return nil
}
