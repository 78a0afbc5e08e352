package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// publishable returns the directory of the workspace that is to be published.
// It refuses one that lies outside by a link, and what git would take for its
// own: its hooks and settings would be run.
func publishable(c *Call, part string) (string, error) {
	clean, err := inside(part)
	if err != nil {
		return "", err
	}
	workspace, err := filepath.EvalSymlinks(c.Workspace)
	if err != nil {
		return "", fmt.Errorf("open the workspace: %w", err)
	}
	source, err := filepath.EvalSymlinks(filepath.Join(c.Workspace, clean))
	if err != nil {
		return "", fault.NotFoundf("sourcePath: there is no directory %s in the workspace", clean)
	}
	if inner, err := filepath.Rel(workspace, source); err != nil || inner == ".." || strings.HasPrefix(inner, "../") {
		return "", outside(part)
	}
	err = fs.WalkDir(os.DirFS(source), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == "." {
			return err
		}
		return checkName(d.Name())
	})
	if err != nil {
		return "", fmt.Errorf("publish %s: %w", clean, err)
	}
	return source, nil
}

// harmless turns off all in git that would run a program.
const harmless = `
[core]
	hooksPath = /dev/null
	fsmonitor = false
	attributesFile = /dev/null
	excludesFile = /dev/null
	autocrlf = false
[commit]
	gpgSign = false
[gc]
	auto = 0
`

func (p publication) env() []string {
	return []string{"GIT_DIR=" + p.git, "GIT_WORK_TREE=" + p.source}
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
	git := gitcmd.Git{Dir: p.source, Env: append(p.env(),
		"GIT_AUTHOR_NAME="+name, "GIT_AUTHOR_EMAIL="+email, "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME="+name, "GIT_COMMITTER_EMAIL="+email, "GIT_COMMITTER_DATE="+date,
	)}
	if _, err := git.Run(ctx, "check-ref-format", "refs/heads/"+p.branch); err != nil || strings.HasPrefix(p.branch, "-") {
		return "", fault.Inputf("%q cannot be the name of a branch", p.branch)
	}
	if _, err := git.Run(ctx, "init", "--quiet", "--template=", "--initial-branch="+p.branch); err != nil {
		return "", err
	}
	if err := appendTo(filepath.Join(p.git, "config"), harmless); err != nil {
		return "", fmt.Errorf("commit: %w", err)
	}
	if _, err := git.Run(ctx, "add", "--all"); err != nil {
		return "", err
	}
	message := text(p.input, "gitCommitMessage", "initial commit")
	if _, err := git.Run(ctx, "commit", "--quiet", "--no-verify", "--allow-empty", "--message", message); err != nil {
		return "", err
	}
	head, err := git.Run(ctx, "rev-parse", "HEAD")
	return strings.TrimSpace(string(head)), err
}

func appendTo(name, content string) error {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	return errors.Join(err, file.Close())
}
