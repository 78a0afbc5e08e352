// Package backup keeps mirrors of the repositories of deleted applications in a
// directory, and brings one back to a forge. It knows git and nothing else.
package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// Store is a directory of mirrors, each under an id that is used once.
type Store struct {
	dir    string
	remote gitcmd.Remote
	busy   sync.RWMutex // held for reading while something is written, so that Sweep takes none of it
}

// New makes a store; the directory comes to be with the first mirror.
func New(dir string, remote gitcmd.Remote) *Store { return &Store{dir: dir, remote: remote} }

// Contents is what a mirror holds.
type Contents struct{ Branches, Tags int }

const (
	mirrorSuffix = ".git"
	halfSuffix   = ".tmp" // of what is being written, by whoever lives to finish it
)

// Copy mirrors the repository at url under an id. It is made aside and moved
// into place; kept is called then, before a Sweep can look at it.
func (s *Store) Copy(ctx context.Context, id, url string, kept func(Contents) error) error {
	s.busy.RLock()
	defer s.busy.RUnlock()
	half, err := s.aside(id)
	if err != nil {
		return err
	}
	defer os.RemoveAll(half) //nolint:errcheck // what is left of it is swept
	// The path is relative because a person may see the error.
	if _, err := s.git(s.dir).Run(ctx, "clone", "--quiet", "--mirror", url, filepath.Base(half)); err != nil {
		return err
	}
	contents, err := s.contents(ctx, half)
	if err == nil {
		err = s.place(half, id)
	}
	if err != nil {
		return fmt.Errorf("keep a mirror of %s: %w", url, err)
	}
	return kept(contents)
}

// aside makes a directory for what is not whole yet. Its name is its own: a git
// that outlived its platform may still be writing to an earlier one.
func (s *Store) aside(id string) (string, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return "", fmt.Errorf("make the directory of deleted repositories: %w", err)
	}
	half, err := os.MkdirTemp(s.dir, id+".*"+halfSuffix)
	if err != nil {
		return "", fmt.Errorf("make room for a deleted repository: %w", err)
	}
	return half, nil
}

// place moves a mirror to where it is looked for, on disk before it counts.
func (s *Store) place(half, id string) error {
	if err := os.RemoveAll(s.mirror(id)); err != nil {
		return err
	}
	if err := os.Rename(half, s.mirror(id)); err != nil {
		return err
	}
	dir, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (s *Store) contents(ctx context.Context, dir string) (c Contents, err error) {
	names, err := s.refs(ctx, dir)
	for _, name := range names {
		if strings.HasPrefix(name, branches) {
			c.Branches++
		} else {
			c.Tags++
		}
	}
	return c, err
}

const (
	branches = "refs/heads/"
	tags     = "refs/tags/"
)

// refs are the branches and tags of a mirror. A forge may have others, such as
// those of pull requests, which it makes itself and takes from nobody.
func (s *Store) refs(ctx context.Context, dir string) ([]string, error) {
	out, err := s.git(dir).Run(ctx, "for-each-ref", "--format=%(refname)", branches, tags)
	return strings.Fields(string(out)), err
}

// Has reports whether there is a mirror under an id.
func (s *Store) Has(id string) bool {
	_, err := os.Stat(s.mirror(id))
	return err == nil
}

// Head is the commit that a branch of a mirror points at.
func (s *Store) Head(ctx context.Context, id, branch string) (string, error) {
	out, err := s.git(s.mirror(id)).Run(ctx, "rev-parse", "--verify", "--quiet", branches+branch)
	return strings.TrimSpace(string(out)), err
}

// Push sends every branch and tag of a mirror to the repository at url, all of
// them or none, with commit in the place of what branch points at.
func (s *Store) Push(ctx context.Context, id, url, branch, commit string) error {
	names, err := s.refs(ctx, s.mirror(id))
	if err != nil {
		return err
	}
	args := []string{"push", "--quiet", "--atomic", url, commit + ":" + branches + branch}
	for _, name := range names {
		if name != branches+branch {
			args = append(args, name+":"+name)
		}
	}
	if _, err := s.git(s.mirror(id)).Run(ctx, args...); err != nil {
		return fmt.Errorf("push to %s: %w", url, brief(err))
	}
	return nil
}

// brief is a git error without its arguments, which may be thousands of refs.
func brief(err error) error {
	var failed *gitcmd.Error
	if errors.As(err, &failed) {
		return &gitcmd.Error{Args: failed.Args[:1], Stderr: failed.Stderr, Cause: failed.Cause}
	}
	return err
}

// Sweep removes what is not to be kept, and what was never finished. It leaves
// all as it is while something is being written; keep is asked when nothing is.
func (s *Store) Sweep(keep func() (ids map[string]bool, err error)) error {
	if !s.busy.TryLock() {
		return nil
	}
	defer s.busy.Unlock()
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	ids, keepErr := keep()
	if err := errors.Join(err, keepErr); err != nil {
		return err
	}
	for _, entry := range entries {
		if id, whole := strings.CutSuffix(entry.Name(), mirrorSuffix); whole && ids[id] {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.dir, entry.Name())); err != nil {
			return fmt.Errorf("remove a deleted repository: %w", err)
		}
	}
	return nil
}

func (s *Store) mirror(id string) string { return filepath.Join(s.dir, id+mirrorSuffix) }

func (s *Store) git(dir string) gitcmd.Git { return gitcmd.Git{Dir: dir, Remote: s.remote} }
