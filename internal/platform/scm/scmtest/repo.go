package scmtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// Bot is the author whose commits are a pipeline's.
const Bot = "github-actions[bot]"

// Has reports whether there is a repository.
func (f *Forge) Has(repository string) bool {
	_, err := os.Stat(filepath.Join(f.dir, repository))
	return err == nil
}

// prepare makes a repository when it is not there.
func (f *Forge) prepare(ctx context.Context, repository string) error {
	if f.Has(repository) {
		return nil
	}
	_, err := gitcmd.Git{Dir: f.dir}.Run(ctx, "init", "--quiet", "--bare", "--initial-branch=main", repository)
	return err
}

// git runs git in a repository.
func (f *Forge) git(ctx context.Context, repository string, input string, env []string, args ...string) (string, error) {
	dir := filepath.Join(f.dir, repository)
	out, err := gitcmd.Git{Dir: dir, Env: env}.RunInput(ctx, []byte(input), args...)
	return strings.TrimSuffix(string(out), "\n"), err
}

// Git runs git in a repository and returns what it prints.
func (f *Forge) Git(repository string, args ...string) string {
	f.t.Helper()
	out, err := f.git(f.t.Context(), repository, "", nil, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

// Commit puts files, by path, on top of the default branch.
func (f *Forge) Commit(repository, author, message string, files map[string]string) (sha string) {
	f.t.Helper()
	ctx := f.t.Context()
	err := f.prepare(ctx, repository)
	tree := ""
	if err == nil {
		tree, err = f.edit(ctx, repository, files)
	}
	if err == nil {
		sha, err = f.commitTree(ctx, repository, tree, f.head(ctx, repository), message, author, author+"@example.com")
	}
	if err == nil {
		_, err = f.git(ctx, repository, "", nil, "update-ref", "refs/heads/main", sha)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return sha
}

// head is the default branch's commit, empty while there is none.
func (f *Forge) head(ctx context.Context, repository string) string {
	sha, err := f.git(ctx, repository, "", nil, "rev-parse", "--verify", "--quiet", "refs/heads/main")
	if err != nil {
		return ""
	}
	return sha
}

// edit writes the default branch's tree with files put into it.
func (f *Forge) edit(ctx context.Context, repository string, files map[string]string) (tree string, err error) {
	index := []string{"GIT_INDEX_FILE=" + filepath.Join(f.dir, repository+".index")}
	base := f.head(ctx, repository)
	args := []string{"read-tree", "--empty"}
	if base != "" {
		args = []string{"read-tree", base}
	}
	if _, err := f.git(ctx, repository, "", index, args...); err != nil {
		return "", err
	}
	for path, content := range files {
		blob, err := f.git(ctx, repository, content, nil, "hash-object", "-w", "--stdin")
		if err != nil {
			return "", err
		}
		if _, err := f.git(ctx, repository, "", index, "update-index", "--add", "--cacheinfo", "100644,"+blob+","+path); err != nil {
			return "", err
		}
	}
	return f.git(ctx, repository, "", index, "write-tree")
}

func (f *Forge) commitTree(ctx context.Context, repository, tree, parent, message, name, email string) (string, error) {
	f.commits++
	at := fmt.Sprintf("%d +0000", 1_700_000_000+f.commits)
	env := []string{"GIT_AUTHOR_NAME=" + name, "GIT_AUTHOR_EMAIL=" + email, "GIT_COMMITTER_NAME=platform",
		"GIT_COMMITTER_EMAIL=platform@example.com", "GIT_AUTHOR_DATE=" + at, "GIT_COMMITTER_DATE=" + at}
	args := []string{"commit-tree", tree}
	if parent != "" {
		args = append(args, "-p", parent)
	}
	return f.git(ctx, repository, message, env, args...)
}
