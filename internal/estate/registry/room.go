package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// uploads is where the store collects what is being pushed, below a repository.
const uploads = "_uploads"

// room says why a push would fill the file system, nil if it would not. What
// shares it with the images, such as the cluster's database, must go on writing.
func (r *Registry) room(req *http.Request, repository string) error {
	if reads(req.Method) || req.Method == http.MethodDelete {
		return nil
	}
	free, err := freeBytes(filepath.Join(r.root(), filepath.FromSlash(repository), uploads), r.cfg.Dir)
	if err != nil {
		return fmt.Errorf("the registry's file system cannot be read: %w", err)
	}
	if left := free - max(req.ContentLength, 0); left < r.cfg.MinFree {
		return fmt.Errorf("no space left on device: %d bytes are free, and %d must stay so", free, r.cfg.MinFree)
	}
	return nil
}

// freeBytes is what the file system of the first of these directories that is
// there has left.
func freeBytes(directories ...string) (int64, error) {
	var stat unix.Statfs_t
	var err error
	for _, dir := range directories {
		if err = unix.Statfs(dir, &stat); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return int64(stat.Bavail) * stat.Bsize, err
}
