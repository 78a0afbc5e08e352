package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Limits of a workspace.
const (
	maxFiles = 20000
	maxBytes = 256 << 20
)

// half is the name of a file that is being written: what a crash leaves
// half-written has no other name.
const half = ".pronto-half"

// inRoot works in the workspace, which nothing leaves: os.Root refuses what
// goes outside, by ".." or by a link.
func inRoot(c *Call, work func(*os.Root) error) error {
	root, err := os.OpenRoot(c.Workspace)
	if err != nil {
		return fmt.Errorf("open the workspace: %w", err)
	}
	defer root.Close()
	return work(root)
}

// entry is a file, a directory or a link.
type entry struct {
	path    string
	mode    fs.FileMode // the type bits too
	content []byte      // of a link: where it points
}

// tally counts what a workspace holds.
type tally struct{ files, bytes int }

func (t *tally) add(bytes int) error {
	t.files++
	t.bytes += bytes
	if t.files > maxFiles {
		return fault.Inputf("the workspace has more than %d files", maxFiles)
	}
	if t.bytes > maxBytes {
		return fault.Inputf("the workspace has more than %d MiB", maxBytes>>20)
	}
	return nil
}

func count(root *os.Root) (*tally, error) {
	t := &tally{}
	err := fs.WalkDir(root.FS(), ".", func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return t.add(int(info.Size()))
	})
	return t, err
}

// write puts entries below a directory of the workspace. What is there already
// stays, unless it is to be replaced.
func write(ctx context.Context, c *Call, target string, entries []entry, replace bool) error {
	return inRoot(c, func(root *os.Root) error {
		t, err := count(root)
		if err != nil {
			return fmt.Errorf("count the workspace's files: %w", err)
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			if e.path, err = inside(e.path); err != nil {
				return err
			}
			e.path = path.Join(target, e.path)
			if err := t.add(len(e.content)); err != nil {
				return err
			}
			if err := writeEntry(root, e, replace); err != nil {
				return fmt.Errorf("write %s: %w", e.path, escaped(e.path, err))
			}
		}
		return nil
	})
}

func writeEntry(root *os.Root, e entry, replace bool) error {
	if e.mode.IsDir() {
		return root.MkdirAll(e.path, 0o755)
	}
	switch there, err := root.Lstat(e.path); {
	case err == nil && !replace:
		return nil
	case err == nil && there.IsDir():
		return fault.Inputf("there is a directory of this name")
	case err == nil, errors.Is(err, fs.ErrNotExist):
	default:
		return err
	}
	if err := root.MkdirAll(path.Dir(e.path), 0o755); err != nil {
		return err
	}
	if err := root.RemoveAll(half); err != nil {
		return err
	}
	if e.mode.Type() == fs.ModeSymlink {
		if err := checkLink(e.path, string(e.content)); err != nil {
			return err
		}
		if err := root.Symlink(string(e.content), half); err != nil {
			return err
		}
		return root.Rename(half, e.path)
	}
	if err := root.WriteFile(half, e.content, e.mode.Perm()); err != nil {
		return err
	}
	if err := root.Chmod(half, e.mode.Perm()); err != nil {
		return err
	}
	return root.Rename(half, e.path)
}
