package backup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// Commit is a commit on top of one that a mirror has. The same commit always
// gets the same name, so making it again makes nothing.
type Commit struct {
	Parent, Message string
	Author, Email   string
	At              time.Time
	Path            string // of the file that Edit changes; one that is not there stays so
	Edit            func([]byte) []byte
}

// Commit writes a commit into a mirror; no branch points at it.
func (s *Store) Commit(ctx context.Context, id string, c Commit) (sha string, err error) {
	s.busy.RLock()
	defer s.busy.RUnlock()
	tree, err := s.tree(ctx, id, c)
	if err != nil {
		return "", fmt.Errorf("change %s: %w", c.Path, err)
	}
	at := fmt.Sprintf("@%d +0000", c.At.Unix())
	git := s.git(s.mirror(id))
	git.Env = []string{"GIT_AUTHOR_NAME=" + c.Author, "GIT_AUTHOR_EMAIL=" + c.Email, "GIT_AUTHOR_DATE=" + at,
		"GIT_COMMITTER_NAME=" + c.Author, "GIT_COMMITTER_EMAIL=" + c.Email, "GIT_COMMITTER_DATE=" + at}
	out, err := git.RunInput(ctx, []byte(c.Message), "commit-tree", tree, "-p", c.Parent)
	if err != nil {
		return "", fmt.Errorf("commit: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// tree is the parent's with the file as Edit makes it.
func (s *Store) tree(ctx context.Context, id string, c Commit) (string, error) {
	git := s.git(s.mirror(id))
	mode, before, err := file(ctx, git, c)
	if err != nil {
		return "", err
	}
	after := before
	if mode != "" {
		after = c.Edit(before)
	}
	if string(after) == string(before) {
		return text(git.Run(ctx, "rev-parse", "--verify", c.Parent+"^{tree}"))
	}
	blob, err := text(git.RunInput(ctx, after, "hash-object", "-w", "--stdin"))
	if err != nil {
		return "", err
	}
	return s.replace(ctx, id, c, mode+","+blob+","+c.Path)
}

// file is what the parent has at the path; mode is empty when that is no
// regular file.
func file(ctx context.Context, git gitcmd.Git, c Commit) (mode string, content []byte, err error) {
	entry, err := text(git.Run(ctx, "ls-tree", c.Parent, "--", c.Path))
	fields := strings.Fields(entry) // mode, type, id, path
	if err != nil || len(fields) == 0 || !strings.HasPrefix(fields[0], "100") {
		return "", nil, err
	}
	content, err = git.Run(ctx, "cat-file", "blob", fields[2])
	return fields[0], content, err
}

// replace writes the parent's tree with one entry in place of its own.
func (s *Store) replace(ctx context.Context, id string, c Commit, entry string) (string, error) {
	half, err := s.aside(id)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(half) //nolint:errcheck // what is left of it is swept
	git := s.git(s.mirror(id))
	git.Env = []string{"GIT_INDEX_FILE=" + filepath.Join(half, "index")}
	if _, err := git.Run(ctx, "read-tree", c.Parent); err != nil {
		return "", err
	}
	if _, err := git.Run(ctx, "update-index", "--cacheinfo", entry); err != nil {
		return "", err
	}
	return text(git.Run(ctx, "write-tree"))
}

func text(out []byte, err error) (string, error) { return strings.TrimSpace(string(out)), err }
