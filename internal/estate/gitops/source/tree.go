package source

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Limits on what one Application may make the controller read.
const (
	maxFiles     = 5000
	maxFileBytes = 4 << 20
)

// Tree gives the files of a commit that Resolve returned.
func (r *Repositories) tree(url, sha string) (*object.Tree, func(), error) {
	m := r.mirror(url)
	m.mu.Lock()
	repository, err := git.PlainOpen(m.path)
	if err != nil {
		m.mu.Unlock()
		return nil, nil, fmt.Errorf("open mirror of %s: %w", url, err)
	}
	commit, err := repository.CommitObject(plumbing.NewHash(sha))
	if err != nil {
		m.mu.Unlock()
		return nil, nil, fmt.Errorf("read commit %s of %s: %w", sha, url, err)
	}
	tree, err := commit.Tree()
	if err != nil {
		m.mu.Unlock()
		return nil, nil, fmt.Errorf("read tree of %s: %w", sha, err)
	}
	return tree, m.mu.Unlock, nil
}

// file is one file of a directory, by its path relative to that directory.
type file struct {
	path    string
	content []byte
}

// readDir returns the regular files below dir whose relative path is kept by keep.
func readDir(root *object.Tree, dir string, keep func(path string) bool) ([]file, error) {
	tree := root
	if clean := path.Clean("/" + dir)[1:]; clean != "" {
		sub, err := root.Tree(clean)
		if errors.Is(err, object.ErrDirectoryNotFound) {
			return nil, fmt.Errorf("%s: app path does not exist", dir)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", dir, err)
		}
		tree = sub
	}
	var files []file
	walker := object.NewTreeWalker(tree, true, nil)
	defer walker.Close()
	for {
		name, entry, err := walker.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", dir, err)
		}
		if entry.Mode != filemode.Regular && entry.Mode != filemode.Executable || !keep(name) {
			continue
		}
		content, err := readFile(tree, name)
		if err != nil {
			return nil, err
		}
		if files = append(files, file{name, content}); len(files) > maxFiles {
			return nil, fmt.Errorf("%s holds more than %d files", dir, maxFiles)
		}
	}
}

func readFile(tree *object.Tree, name string) ([]byte, error) {
	found, err := tree.File(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if found.Size > maxFileBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxFileBytes)
	}
	text, err := found.Contents()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return []byte(text), nil
}

func isTopLevel(name string) bool { return !strings.Contains(name, "/") }
