package action

import (
	"fmt"
	"io/fs"
	"os"
)

// listFiles names the files below a directory.
func listFiles(directory string) ([]string, error) {
	var names []string
	err := fs.WalkDir(os.DirFS(directory), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the workspace: %w", err)
	}
	return names, nil
}
