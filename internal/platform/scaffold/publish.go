package scaffold

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// What publish:github notes down before and after it makes a repository.
const (
	noteIntent     = "creating"   // owner/name that this task is about to make
	noteRepository = "repository" // id of the repository that this task made
)

func publishGitHub(s *Service) action {
	return action{
		ID:          "publish:github",
		Description: "Makes a repository in the forge and pushes the workspace as its first commit.",
		Schema: actionSchema{
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
		run: s.publish,
	}
}

// publication is what publish:github is to do.
type publication struct {
	owner, name, branch string
	input               map[string]any
	source              string // directory that becomes the repository
	git                 string // git directory, beside the workspace
}

func (s *Service) publish(ctx context.Context, c *call, input map[string]any) error {
	p, err := s.publication(c, input)
	if err != nil {
		return err
	}
	defer os.RemoveAll(p.git) //nolint:errcheck // swept again at the next start
	commit, err := s.commit(ctx, c, p)
	if err != nil {
		return err
	}
	repository, err := s.repository(ctx, c, p)
	if err != nil {
		return err
	}
	if err := s.push(ctx, c, p, repository, commit); err != nil {
		return err
	}
	c.output["remoteUrl"] = repository.GetCloneURL()
	c.output["repoContentsUrl"] = repository.GetHTMLURL() + "/blob/" + p.branch
	c.output["commitHash"] = commit
	return c.log(ctx, "Published %s at %s", repository.GetFullName(), commit)
}

func (s *Service) publication(c *call, input map[string]any) (publication, error) {
	p := publication{branch: text(input, "defaultBranch", "master"), input: input, git: c.run.workspace() + ".git"}
	host, rawQuery, _ := strings.Cut(text(input, "repoUrl", ""), "?")
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return p, inputErrorf("repoUrl %q: %v", text(input, "repoUrl", ""), err)
	}
	p.owner, p.name = values.Get("owner"), values.Get("repo")
	if p.owner == "" || p.name == "" {
		return p, inputErrorf("Invalid repo URL passed to publisher: %s, missing owner or repo", text(input, "repoUrl", ""))
	}
	if known := hosts(s.cfg); !contains(known, strings.TrimSuffix(host, "/")) {
		return p, inputErrorf("No matching integration configuration for host %s, please check your integrations config", host)
	}
	part, err := inside(text(input, "sourcePath", "."))
	if err != nil {
		return p, err
	}
	p.source = filepath.Join(c.run.workspace(), part)
	return p, nil
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// commit makes the first commit. Its author, date and content depend on the
// task alone, so a task that is run again makes the same commit.
func (s *Service) commit(ctx context.Context, c *call, p publication) (string, error) {
	if err := os.RemoveAll(p.git); err != nil {
		return "", fmt.Errorf("commit: %w", err)
	}
	name := text(p.input, "gitAuthorName", "Scaffolder")
	email := text(p.input, "gitAuthorEmail", "scaffolder@"+s.cfg.Domain)
	date := c.run.task.CreatedAt.Truncate(time.Second).Format(time.RFC3339)
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
func (s *Service) repository(ctx context.Context, c *call, p publication) (*github.Repository, error) {
	notes, err := s.journal.note(ctx, c.run.task.ID, c.position)
	if err != nil {
		return nil, err
	}
	found, err := s.cfg.SCM.Repository(ctx, p.owner, p.name)
	switch {
	case errors.Is(err, scm.ErrNotFound):
		return s.createRepository(ctx, c, p)
	case err != nil:
		return nil, err
	}
	mine, err := s.mine(ctx, p, found, notes)
	if err != nil {
		return nil, err
	}
	if !mine {
		return nil, conflictf("Repository %s/%s exists already", p.owner, p.name)
	}
	return found, s.noteRepository(ctx, c, notes, found)
}

// mine reports whether a repository was made by this task: it noted the id, or
// it noted that it was about to and the repository has no commit yet.
func (s *Service) mine(ctx context.Context, p publication, found *github.Repository, notes map[string]string) (bool, error) {
	if id := notes[noteRepository]; id != "" {
		return id == fmt.Sprint(found.GetID()), nil
	}
	if notes[noteIntent] != p.owner+"/"+p.name {
		return false, nil
	}
	_, err := s.cfg.SCM.Branch(ctx, p.owner, p.name, found.GetDefaultBranch())
	if errors.Is(err, scm.ErrNotFound) {
		return true, nil
	}
	return false, err
}

func (s *Service) createRepository(ctx context.Context, c *call, p publication) (*github.Repository, error) {
	notes := map[string]string{noteIntent: p.owner + "/" + p.name}
	if err := s.journal.writeNote(ctx, c.run.task.ID, c.position, notes); err != nil {
		return nil, err
	}
	visibility := text(p.input, "repoVisibility", "private")
	created, err := s.cfg.SCM.CreateRepository(ctx, p.owner, &github.Repository{
		Name: &p.name, Description: github.Ptr(text(p.input, "description", "")), Homepage: github.Ptr(text(p.input, "homepage", "")),
		Private: github.Ptr(visibility != "public"), Visibility: &visibility, DefaultBranch: &p.branch,
	})
	if scm.Exists(err) { // somebody else was faster: this task has no claim
		if noteErr := s.journal.writeNote(ctx, c.run.task.ID, c.position, map[string]string{}); noteErr != nil {
			return nil, noteErr
		}
		return nil, conflictf("Repository %s/%s exists already", p.owner, p.name)
	}
	if err != nil {
		return nil, err
	}
	return created, s.noteRepository(ctx, c, notes, created)
}

func (s *Service) noteRepository(ctx context.Context, c *call, notes map[string]string, r *github.Repository) error {
	notes[noteRepository] = fmt.Sprint(r.GetID())
	return s.journal.writeNote(ctx, c.run.task.ID, c.position, notes)
}

// push sends the commit, unless the repository has it: then somebody may have
// pushed on top of it already, and pushing again would be refused.
func (s *Service) push(ctx context.Context, c *call, p publication, r *github.Repository, commit string) error {
	if topics := texts(p.input, "topics"); len(topics) > 0 {
		for i := range topics {
			topics[i] = strings.ToLower(topics[i])
		}
		if _, _, err := s.cfg.SCM.Repositories.ReplaceAllTopics(ctx, p.owner, p.name, topics); err != nil {
			if err := c.log(ctx, "Topics were not set: %v", err); err != nil {
				return err
			}
		}
	}
	_, err := s.cfg.SCM.Branch(ctx, p.owner, p.name, p.branch)
	if err == nil {
		err = s.cfg.SCM.Commit(ctx, p.owner, p.name, commit)
		if errors.Is(err, scm.ErrNotFound) {
			return conflictf("Repository %s/%s has other commits already", p.owner, p.name)
		}
		return err
	}
	if !errors.Is(err, scm.ErrNotFound) {
		return err
	}
	git := gitcmd.Git{Dir: p.source, Remote: s.cfg.Git, Env: []string{"GIT_DIR=" + p.git, "GIT_WORK_TREE=" + p.source}}
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
