// Package snapshot keeps the files of templates as they were: a commit of a
// repository, or a directory of this machine by its content. A task reads its
// template's files from a snapshot, whatever becomes of the template.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Ref names a snapshot and where its files come from.
type Ref struct {
	ID         string `json:"id"`                   // the commit, or the checksum of a directory's content
	Repository string `json:"repository,omitempty"` // owner/name in the forge
	Directory  string `json:"directory,omitempty"`  // of this machine
}

// Limits of a snapshot.
const (
	maxBytes = 64 << 20
	maxFiles = 20_000
)

// Store keeps snapshots in a directory of its own.
type Store struct {
	Dir   string
	Forge *scm.Client
}

var idPattern = regexp.MustCompile(`^[0-9a-f]{40,64}$`)

// Open returns a snapshot's files, fetching them where they are not kept. The
// caller closes it.
func (s Store) Open(ctx context.Context, ref Ref) (*os.Root, error) {
	if !idPattern.MatchString(ref.ID) {
		return nil, fmt.Errorf("snapshot %q: is neither a commit nor a checksum", ref.ID)
	}
	root, err := os.OpenRoot(filepath.Join(s.Dir, ref.ID))
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return root, err
	}
	if ref.Directory != "" {
		again, err := s.Directory(ref.Directory)
		if err != nil {
			return nil, err
		}
		if again.ID != ref.ID {
			return nil, fault.Conflictf("The files of %s have changed since the task began: submit the form again", ref.Directory)
		}
	} else if err := s.fetch(ctx, ref); err != nil {
		return nil, err
	}
	return os.OpenRoot(filepath.Join(s.Dir, ref.ID))
}

// Branch returns the snapshot of what a branch, tag or commit points at now.
func (s Store) Branch(ctx context.Context, repository, ref string) (Ref, error) {
	owner, name, _ := strings.Cut(repository, "/")
	sha, err := s.Forge.Head(ctx, owner, name, ref)
	return Ref{ID: sha, Repository: repository}, err
}

func (s Store) fetch(ctx context.Context, ref Ref) error {
	owner, name, _ := strings.Cut(ref.Repository, "/")
	archive, err := s.Forge.Archive(ctx, owner, name, ref.ID)
	if err != nil {
		return err
	}
	defer archive.Close()
	_, err = s.fill(ref.ID, func(root *os.Root) error { return extract(root, archive) })
	if err != nil {
		return fmt.Errorf("keep the files of %s at %s: %w", ref.Repository, ref.ID, err)
	}
	return nil
}

// Directory makes a snapshot of a directory of this machine.
func (s Store) Directory(directory string) (Ref, error) {
	from, err := os.OpenRoot(directory)
	if err != nil {
		return Ref{}, fmt.Errorf("read the template's directory: %w", err)
	}
	defer from.Close()
	sum := &checksum{}
	id, err := s.fill("", func(root *os.Root) error { return copyTree(root, from, sum) }, sum.id)
	if err != nil {
		return Ref{}, fmt.Errorf("keep the files of %s: %w", directory, err)
	}
	return Ref{ID: id, Directory: directory}, nil
}

// fill makes a snapshot whole or not at all. Its id is given, or known when it
// is filled.
func (s Store) fill(id string, write func(*os.Root) error, known ...func() string) (string, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return "", err
	}
	half, err := os.MkdirTemp(s.Dir, ".half-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(half) //nolint:errcheck // Sweep removes what stays
	root, err := os.OpenRoot(half)
	if err != nil {
		return "", err
	}
	defer root.Close()
	if err := write(root); err != nil {
		return "", err
	}
	for _, tell := range known {
		id = tell()
	}
	err = os.Rename(half, filepath.Join(s.Dir, id))
	if _, there := os.Stat(filepath.Join(s.Dir, id)); there == nil {
		return id, nil // it is kept already, or somebody was faster
	}
	return id, err
}

// settled is the age from which a snapshot that is not needed is no more on its
// way to somebody who needs it.
const settled = time.Hour

// Sweep removes the snapshots that are not needed.
func (s Store) Sweep(needed map[string]bool) error {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if needed[entry.Name()] || err != nil || time.Since(info.ModTime()) < settled {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.Dir, entry.Name())); err != nil {
			return fmt.Errorf("remove snapshot %s: %w", entry.Name(), err)
		}
	}
	return nil
}

// budget is what of the limits is left.
type budget struct {
	files int
	bytes int64
}

func newBudget() *budget { return &budget{maxFiles, maxBytes} }

// take refuses what goes over the limits.
func (b *budget) take(size int64) error {
	b.files--
	b.bytes -= size
	if b.files < 0 || b.bytes < 0 {
		return fault.Inputf("the template's source has more than %d files or %d bytes", maxFiles, maxBytes)
	}
	return nil
}

// writeFile writes what content holds; it has been taken from the budget.
func writeFile(root *os.Root, name string, mode os.FileMode, content io.Reader, size int64) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600|mode&0o111)
	if err != nil {
		return err
	}
	if _, err := io.CopyN(file, content, size); err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Close()
}
