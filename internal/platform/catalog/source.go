package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// What one location may take.
const (
	maxDepth = 10       // Location entities that lead to each other
	maxFiles = 1000     // files that are read
	maxBytes = 32 << 20 // read in all
	maxFile  = 1 << 20  // of one file
	maxTree  = 100_000  // names in a directory, with all below it
)

// repository is a branch that a location's content depends on.
type repository struct{ name, branch string } // name: owner/repository, lower case

// source reads files of the forge and of this machine, and remembers from
// which repositories.
type source struct {
	forge *scm.Client
	files int
	bytes int
	from  map[repository]bool
}

// branched fills in the default branch where an address names none.
func (s *source) branched(ctx context.Context, at target) (target, error) {
	if at.root != "" || at.branch != "" {
		return at, nil
	}
	found, err := s.forge.Repository(ctx, at.owner, at.repository)
	if err != nil {
		return at, unread(at, err)
	}
	at.branch = found.GetDefaultBranch()
	return at, nil
}

func (s *source) touch(at target) {
	if at.root == "" {
		s.from[repository{strings.ToLower(at.owner + "/" + at.repository), at.branch}] = true
	}
}

// file reads one file.
func (s *source) file(ctx context.Context, at target) ([]byte, error) {
	s.touch(at)
	if s.files++; s.files > maxFiles {
		return nil, fault.Inputf("the location leads to more than %d files", maxFiles)
	}
	read := s.remote
	if at.root != "" {
		read = local
	}
	text, err := read(ctx, at)
	if err != nil {
		return nil, unread(at, err)
	}
	if s.bytes += len(text); s.bytes > maxBytes {
		return nil, fault.Inputf("the location's files have more than %d bytes together", maxBytes)
	}
	return text, nil
}

func (s *source) remote(ctx context.Context, at target) ([]byte, error) {
	return s.forge.File(ctx, at.owner, at.repository, at.path, at.branch)
}

// local reads a file of this machine; no link leads out of the root.
func local(_ context.Context, at target) ([]byte, error) {
	root, err := os.OpenRoot(at.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(at.path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fault.Inputf("%s is not a file", at.own())
	case info.Size() > maxFile:
		return nil, fault.Inputf("%s has %d bytes, more than %d", at.own(), info.Size(), maxFile)
	}
	return root.ReadFile(at.path)
}

// unread says why something could not be read. What is not there is the
// descriptor's fault; what does not answer may be there.
func unread(at target, err error) error {
	var named *fault.Error
	switch {
	case errors.As(err, &named):
		return err
	case errors.Is(err, scm.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return &fault.Error{Name: "InputError", Message: fmt.Sprintf("Unable to read %s, %s is not there", at.typ(), at.own()), Cause: err}
	case errors.Is(err, scm.ErrTooLarge):
		return &fault.Error{Name: "InputError", Message: fmt.Sprintf("Unable to read %s, %s is larger than %d bytes", at.typ(), at.own(), maxFile), Cause: err}
	case errors.Is(err, scm.ErrDirectory):
		return &fault.Error{Name: "InputError", Message: fmt.Sprintf("Unable to read %s, %s is a directory", at.typ(), at.own()), Cause: err}
	case at.root != "":
		return &fault.Error{Name: "InputError", Message: fmt.Sprintf("Unable to read file, %s: %v", at.own(), err), Cause: err}
	}
	return &fault.Error{Name: "ServiceUnavailableError", Message: fmt.Sprintf("Unable to read url, %s: the forge did not answer as expected", at.own()), Cause: err}
}

// expand returns the files that a target stands for: itself, those that a
// pattern names, or the descriptors in a directory.
func (s *source) expand(ctx context.Context, at target) ([]target, error) {
	pattern := strings.ContainsAny(at.path, "*?[{")
	if !at.dir && !pattern {
		return []target{at}, nil
	}
	s.touch(at)
	names, err := s.tree(ctx, at)
	if err != nil {
		return nil, unread(at, err)
	}
	if pattern {
		names = slices.DeleteFunc(names, func(name string) bool { return !matches(at.path, name) })
	} else {
		names = descriptorsIn(at.path, names)
	}
	slices.Sort(names)
	found := make([]target, 0, len(names))
	for _, name := range names {
		one := at
		one.path, one.dir = name, false
		found = append(found, one)
	}
	return found, nil
}

func matches(pattern, name string) bool {
	ok, err := doublestar.Match(pattern, name)
	return err == nil && ok
}

// tree names every file of the repository or below the root.
func (s *source) tree(ctx context.Context, at target) ([]string, error) {
	if at.root == "" {
		return s.remoteTree(ctx, at)
	}
	root, err := os.OpenRoot(at.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var names []string
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && skipped(path.Base(name)):
			return fs.SkipDir
		case entry.Type().IsRegular():
			names = append(names, name)
		}
		if len(names) > maxTree {
			return fault.Inputf("%s has more than %d files", at.own(), maxTree)
		}
		return nil
	})
	return names, err
}

func (s *source) remoteTree(ctx context.Context, at target) ([]string, error) {
	entries, truncated, err := s.forge.Tree(ctx, at.owner, at.repository, at.branch)
	if truncated {
		return nil, fault.Inputf("%s/%s has more files than the forge lists", at.owner, at.repository)
	}
	var names []string
	for _, entry := range entries {
		if entry.GetType() == "blob" {
			names = append(names, entry.GetPath())
		}
	}
	return names, err
}

func skipped(dir string) bool { return strings.HasPrefix(dir, ".") || dir == "node_modules" }

// descriptorsIn picks the descriptors in a directory and below it. What lies
// below a template's directory is what the template writes, not a descriptor.
func descriptorsIn(dir string, names []string) []string {
	var found []string
	templates := map[string]bool{}
	for _, name := range names {
		if base := path.Base(name); base == "template.yaml" || base == "template.yml" {
			templates[path.Dir(name)] = true
		}
	}
	for _, name := range names {
		if dir != "" && dir != "." && !strings.HasPrefix(name, dir+"/") {
			continue
		}
		switch path.Base(name) {
		case "catalog-info.yaml", "catalog-info.yml", "template.yaml", "template.yml":
			if !hidden(name, templates) {
				found = append(found, name)
			}
		}
	}
	return found
}

// hidden reports whether a file lies in a directory that is passed over, or
// below one that holds a template.
func hidden(name string, templates map[string]bool) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if skipped(path.Base(dir)) || templates[path.Dir(dir)] {
			return true
		}
	}
	return false
}
