package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func fsDelete() Action {
	return Action{
		ID:          "fs:delete",
		Description: "Deletes files and directories of the workspace.",
		Schema: Schema{
			Input:  object([]string{"files"}, map[string]any{"files": listOf(property("string", ""), "Paths; * and ? stand for characters of a name, ** for any directories.")}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Delete a file and a directory", `
- id: clean
  action: fs:delete
  input:
    files: [notes.txt, tmp]
`}},
		DryRun: true,
		Run: func(ctx context.Context, c *Call, input map[string]any) error {
			return inRoot(c, func(root *os.Root) error {
				for _, file := range texts(input, "files") {
					if err := remove(ctx, c, root, file); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

// remove deletes what a pattern names; what is not there is fine.
func remove(ctx context.Context, c *Call, root *os.Root, pattern string) error {
	clean, err := inside(pattern)
	if err != nil {
		return err
	}
	names, err := doublestar.Glob(root.FS(), clean)
	if err != nil {
		return fault.Inputf("files: %q is not a pattern", pattern)
	}
	switch _, err := root.Lstat(clean); {
	case err == nil:
		names = []string{clean} // a name that looks like a pattern, or a link to nowhere
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("delete %s: %w", clean, escaped(clean, err))
	}
	for _, name := range names {
		if name == "." {
			return fault.Inputf("files: the workspace itself cannot be deleted")
		}
		if err := root.RemoveAll(name); err != nil {
			return fmt.Errorf("delete %s: %w", name, escaped(name, err))
		}
		if err := c.logf(ctx, "File %s deleted successfully", name); err != nil {
			return err
		}
	}
	return nil
}

func fsRename() Action {
	item := object([]string{"from", "to"}, map[string]any{
		"from": property("string", "Path now."), "to": property("string", "Path then."),
		"overwrite": property("boolean", "Replace what is there; default false."),
	})
	return Action{
		ID:          "fs:rename",
		Description: "Renames files and directories of the workspace.",
		Schema: Schema{
			Input: object([]string{"files"}, map[string]any{"files": listOf(item, "What to rename.")}), Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Rename a file, whether the new name is there or not", `
- id: rename
  action: fs:rename
  input:
    files:
      - from: README.template.md
        to: README.md
        overwrite: true
`}},
		DryRun: true,
		Run: func(ctx context.Context, c *Call, input map[string]any) error {
			return inRoot(c, func(root *os.Root) error {
				files := objects(input, "files")
				for i, file := range files {
					if err := rename(ctx, c, root, file, files[i+1:]); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

// rename does nothing where a run that was cut off has renamed already, even
// if one of the later has taken the file further.
func rename(ctx context.Context, c *Call, root *os.Root, file map[string]any, later []map[string]any) error {
	from, err := inside(text(file, "from", ""))
	if err != nil {
		return err
	}
	to, err := inside(text(file, "to", ""))
	if err != nil {
		return err
	}
	_, fromErr := root.Lstat(from)
	_, toErr := root.Lstat(to)
	switch {
	case from == to, errors.Is(fromErr, fs.ErrNotExist) && (toErr == nil || movedOn(root, to, later)):
		return nil
	case errors.Is(fromErr, fs.ErrNotExist):
		return fault.NotFoundf("rename %s: there is no such file", from)
	case fromErr != nil:
		return fmt.Errorf("rename %s: %w", from, escaped(from, fromErr))
	case toErr == nil && !flag(file, "overwrite"):
		return fault.Inputf("rename %s: %s is there already; overwrite: true replaces it", from, to)
	}
	if err := root.MkdirAll(path.Dir(to), 0o755); err != nil {
		return fmt.Errorf("rename %s: %w", from, escaped(to, err))
	}
	if toErr == nil {
		if err := root.RemoveAll(to); err != nil {
			return fmt.Errorf("rename %s: %w", from, escaped(to, err))
		}
	}
	if err := root.Rename(from, to); err != nil {
		return fmt.Errorf("rename %s: %w", from, escaped(to, err))
	}
	return c.logf(ctx, "File %s renamed to %s successfully", from, to)
}

// movedOn reports whether renames have taken a file to where it is now.
func movedOn(root *os.Root, name string, renames []map[string]any) bool {
	for _, file := range renames {
		if from, err := inside(text(file, "from", "")); err == nil && from == name {
			name = text(file, "to", "")
		}
	}
	clean, err := inside(name)
	if err != nil {
		return false
	}
	_, err = root.Lstat(clean)
	return err == nil
}

func fsReaddir() Action {
	found := listOf(object(nil, map[string]any{
		"name": property("string", "Last part of the path."), "path": property("string", "In the workspace."),
		"fullPath": property("string", "On the machine that runs the task."),
	}), "What was found.")
	return Action{
		ID:          "fs:readdir",
		Description: "Lists files and directories of the workspace.",
		Schema: Schema{
			Input: object([]string{"paths"}, map[string]any{
				"paths":     listOf(property("string", ""), "Directories."),
				"recursive": property("boolean", "What is below them too; default false."),
			}),
			Output: object(nil, map[string]any{"files": found, "folders": found}),
		},
		Examples: []Sample{{"List everything", `
- id: list
  action: fs:readdir
  input:
    paths: ['.']
    recursive: true
`}},
		DryRun: true,
		Run: func(_ context.Context, c *Call, input map[string]any) error {
			return inRoot(c, func(root *os.Root) error {
				files, folders := []any{}, []any{}
				for _, p := range texts(input, "paths") {
					if err := readdir(c, root, p, flag(input, "recursive"), &files, &folders); err != nil {
						return err
					}
				}
				c.Output["files"], c.Output["folders"] = files, folders
				return nil
			})
		},
	}
}

func readdir(c *Call, root *os.Root, name string, recursive bool, files, folders *[]any) error {
	directory, err := inside(name)
	if err != nil {
		return err
	}
	err = fs.WalkDir(root.FS(), directory, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == directory {
			return err
		}
		element := map[string]any{"name": d.Name(), "path": p, "fullPath": filepath.Join(c.Workspace, p)}
		if !d.IsDir() {
			*files = append(*files, element)
			return nil
		}
		*folders = append(*folders, element)
		if !recursive {
			return fs.SkipDir
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return fault.NotFoundf("paths: there is no directory %s", directory)
	}
	if err != nil {
		return fmt.Errorf("list %s: %w", directory, escaped(directory, err))
	}
	return nil
}
