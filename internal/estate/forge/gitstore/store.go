// Package gitstore keeps bare Git repositories on disk. go-git reads and
// writes objects; the system's git moves refs, so that every ref change goes
// through Git's own locks, and walks history.
package gitstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// Store is a directory of bare repositories, <root>/repos/<owner>/<name>.git.
type Store struct{ root string }

// New prepares the directory (0700) and clears what a killed process left.
func New(root string) (*Store, error) {
	s := &Store{root: root}
	for _, dir := range []string{"tmp", "trash"} {
		if err := os.RemoveAll(filepath.Join(root, dir)); err != nil {
			return nil, fmt.Errorf("clear %s: %w", dir, err)
		}
	}
	for _, dir := range []string{"tmp", "trash", "repos"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			return nil, fmt.Errorf("prepare repositories: %w", err)
		}
	}
	return s, nil
}

// Temp is a directory for short-lived files on the repositories' file system.
func (s *Store) Temp() string { return filepath.Join(s.root, "tmp") }

// Repo names a repository; it need not exist. Owner and name must have passed
// the naming rules.
func (s *Store) Repo(owner, name string) *Repo {
	return &Repo{dir: filepath.Join(s.root, "repos", strings.ToLower(owner), strings.ToLower(name)+".git")}
}

// Prepare makes an empty repository aside, which Place then puts in its place.
func (s *Store) Prepare(ctx context.Context, branch string) (*Repo, error) {
	dir := filepath.Join(s.Temp(), uuid.NewString()+".git")
	git := gitcmd.Git{Dir: s.Temp()}
	if _, err := git.Run(ctx, "init", "--quiet", "--bare", "--template=", "--initial-branch="+branch, dir); err != nil {
		return nil, fmt.Errorf("create repository: %w", err)
	}
	return &Repo{dir: dir}, nil
}

// Place moves a prepared repository to its name in one step. A directory that
// stands there belongs to no repository (its creation was cut short) and is
// kept aside.
func (s *Store) Place(prepared *Repo, owner, name string) error {
	target := s.Repo(owner, name)
	if err := os.MkdirAll(filepath.Dir(target.dir), 0o700); err != nil {
		return fmt.Errorf("place repository: %w", err)
	}
	if _, err := os.Stat(target.dir); err == nil {
		if err := s.Orphan(owner, name); err != nil {
			return err
		}
	}
	if err := os.Rename(prepared.dir, target.dir); err != nil {
		return fmt.Errorf("place repository: %w", err)
	}
	return nil
}

// Orphan moves a directory that no repository owns to <root>/orphaned.
func (s *Store) Orphan(owner, name string) error {
	aside := filepath.Join(s.root, "orphaned")
	if err := os.MkdirAll(aside, 0o700); err != nil {
		return fmt.Errorf("keep repository aside: %w", err)
	}
	to := filepath.Join(aside, strings.ToLower(owner)+"-"+strings.ToLower(name)+"-"+uuid.NewString()+".git")
	if err := os.Rename(s.Repo(owner, name).dir, to); err != nil {
		return fmt.Errorf("keep repository aside: %w", err)
	}
	return nil
}

// Remove takes a repository out of sight in one step, then deletes its files.
// Removing what is gone is no error.
func (s *Store) Remove(owner, name string) error {
	trash := filepath.Join(s.root, "trash", uuid.NewString())
	err := os.Rename(s.Repo(owner, name).dir, trash)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove repository: %w", err)
	}
	return os.RemoveAll(trash)
}

// Discard deletes a prepared repository that found no place.
func (s *Store) Discard(prepared *Repo) error { return os.RemoveAll(prepared.dir) }
