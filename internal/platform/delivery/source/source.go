// Package source reads and changes the files of applications' repositories
// through the forge's REST API, as a person does in the forge's own editor.
package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Source is the repositories of one organisation.
type Source struct {
	Client       *scm.Client
	Organization string
}

// Person is who makes a commit.
type Person struct{ Name, Email string }

// List is the files of a default branch.
type List struct {
	Revision string  `json:"revision"`
	Files    []Entry `json:"files"`
}

// Entry is one file of a list.
type Entry struct {
	Path string `json:"path"`
	Size int64  `json:"size"` // bytes
}

// File is one file with its content, unless that is binary or too large.
type File struct {
	Path     string  `json:"path"`
	SHA      string  `json:"sha"`
	Size     int64   `json:"size"` // bytes
	Binary   bool    `json:"binary"`
	Content  *string `json:"content,omitempty"`
	Revision string  `json:"revision"`
}

// Change is a file's new content.
type Change struct {
	Path    string `json:"path"`
	Content string `json:"content"`
	Message string `json:"message"`
	SHA     string `json:"sha"` // of the blob that was read; empty for a new file
}

// Commit is what a change became.
type Commit struct {
	Revision string `json:"revision"`
	SHA      string `json:"sha"`
}

// head is the default branch of a repository and the commit it points at.
func (s Source) head(ctx context.Context, repository string) (branch, revision string, err error) {
	found, err := s.Client.Repository(ctx, s.Organization, repository)
	if err == nil {
		branch = found.GetDefaultBranch()
		revision, err = s.Client.Branch(ctx, s.Organization, repository, branch)
	}
	if errors.Is(err, scm.ErrNotFound) {
		return "", "", fault.Because(err, fault.Conflict, "the repository %s/%s has no commit yet", s.Organization, repository)
	}
	return branch, revision, err
}

// List returns the regular files of the default branch, by path.
func (s Source) List(ctx context.Context, repository string) (List, error) {
	_, revision, err := s.head(ctx, repository)
	if err != nil {
		return List{}, err
	}
	entries, err := s.tree(ctx, repository, revision)
	if err != nil {
		return List{}, err
	}
	list := List{Revision: revision, Files: []Entry{}}
	for _, entry := range entries {
		if isRegular(entry) {
			list.Files = append(list.Files, Entry{entry.GetPath(), int64(entry.GetSize())})
		}
	}
	return list, nil
}

func (s Source) tree(ctx context.Context, repository, revision string) ([]*github.TreeEntry, error) {
	entries, truncated, err := s.Client.Tree(ctx, s.Organization, repository, revision)
	if err != nil {
		return nil, err
	}
	if truncated {
		return nil, fault.Conflictf("the repository has too many files to be shown here; use git")
	}
	return entries, nil
}

// isRegular leaves out directories, symbolic links and submodules.
func isRegular(entry *github.TreeEntry) bool {
	return entry.GetMode() == "100644" || entry.GetMode() == "100755"
}

// Read returns one file of the default branch.
func (s Source) Read(ctx context.Context, repository, path string) (File, error) {
	if problem := checkPath(path); problem != "" {
		return File{}, fault.Inputf("%s", problem)
	}
	_, revision, err := s.head(ctx, repository)
	if err != nil {
		return File{}, err
	}
	found, err := s.Client.Contents(ctx, s.Organization, repository, path, revision)
	switch {
	case errors.Is(err, scm.ErrNotFound):
		return File{}, fault.Because(err, fault.NotFound, "path: there is no file %q", path)
	case err != nil:
		return File{}, err
	case found == nil || found.GetType() != "file":
		return File{}, fault.Inputf("path: %q is no file", path)
	}
	file := File{Path: path, SHA: found.GetSHA(), Size: int64(found.GetSize()), Revision: revision}
	if file.Size > MaxSize {
		return file, nil
	}
	content, err := found.GetContent()
	if err != nil {
		return File{}, fmt.Errorf("read %s of %s: %w", path, repository, err)
	}
	if file.Binary = isBinary([]byte(content)); !file.Binary {
		file.Content = &content
	}
	return file, nil
}

// Write commits a change to the default branch in the author's name.
func (s Source) Write(ctx context.Context, repository string, change Change, author Person) (Commit, error) {
	if err := change.check(); err != nil {
		return Commit{}, err
	}
	branch, revision, err := s.head(ctx, repository)
	if err != nil {
		return Commit{}, err
	}
	entries, err := s.tree(ctx, repository, revision)
	if err != nil {
		return Commit{}, err
	}
	if err := change.fits(entries); err != nil {
		return Commit{}, err
	}
	answer, err := s.Client.PutFile(ctx, s.Organization, repository, change.Path, &github.RepositoryContentFileOptions{
		Message: &change.Message, Content: []byte(change.Content), SHA: optional(change.SHA), Branch: &branch,
		Author: &github.CommitAuthor{Name: &author.Name, Email: &author.Email},
	})
	if err != nil {
		return Commit{}, refused(change.Path, err)
	}
	return Commit{Revision: answer.GetSHA(), SHA: answer.Content.GetSHA()}, nil
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// refused explains why the forge did not take a commit. It checks the blob
// again, against whoever was quicker.
func refused(path string, err error) error {
	status, message := scm.Refused(err)
	switch status {
	case http.StatusConflict, http.StatusUnprocessableEntity:
		return fault.Because(err, fault.Conflict, "the forge did not take %s: %s; read the file again", path, message)
	case http.StatusForbidden, http.StatusNotFound:
		return fault.Because(err, fault.Conflict, "the forge does not let the platform change %s: %s", path, message)
	}
	return err
}
