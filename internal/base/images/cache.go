package images

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"golang.org/x/sys/unix"
)

// DefaultDir is where made images are kept unless PRONTO_CACHE names another
// directory.
const DefaultDir = "/var/cache/pronto/images"

// lockPoll is how often a held lock is tried again: flock has no form that
// ends with a context.
const lockPoll = 200 * time.Millisecond

// Cache keeps made images on disk, shared by every process of the machine.
type Cache struct {
	// Dir is made when it is missing.
	Dir string
	// Sources are apt source lines; empty takes the machine's own mirror.
	Sources []string
}

// Default is the machine's cache: PRONTO_CACHE or DefaultDir.
func Default() *Cache {
	dir := os.Getenv("PRONTO_CACHE")
	if dir == "" {
		dir = DefaultDir
	}
	return &Cache{Dir: dir}
}

// Built is an image of the cache.
type Built struct {
	Image v1.Image
	Path  string // the OCI layout
	Made  bool   // false when it was there already
}

// Ensure returns the recipe's image, making it first when it is not in the
// cache. Only one process of the machine makes an entry; the others wait for
// it. An interrupted making leaves nothing behind that counts. progress gets
// lines for a person to read and may be nil.
func (c *Cache) Ensure(ctx context.Context, r Recipe, progress func(string)) (*Built, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(string) {}
	}
	if built, err := c.load(r); err != nil || built != nil {
		return built, err
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("image cache: %w", err)
	}
	unlock, err := lock(ctx, c.path(r)+".lock")
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", r.Name, err)
	}
	defer unlock()
	if built, err := c.load(r); err != nil || built != nil { // made by the one who held the lock
		return built, err
	}
	if err := c.build(ctx, r, progress); err != nil {
		return nil, err
	}
	built, err := c.load(r)
	if err == nil && built == nil {
		err = fmt.Errorf("image %s: made, but not found at %s", r.Name, c.path(r))
	}
	if err != nil {
		return nil, err
	}
	built.Made = true
	return built, nil
}

func (c *Cache) path(r Recipe) string { return filepath.Join(c.Dir, r.entry()) }

// load returns nil when the cache has no such entry.
func (c *Cache) load(r Recipe) (*Built, error) {
	dir := c.path(r)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, fmt.Errorf("image cache %s: %w; remove the directory and try again", dir, err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 {
		return nil, fmt.Errorf("image cache %s: index.json does not name one image; remove the directory and try again", dir)
	}
	img, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		return nil, fmt.Errorf("image cache %s: %w; remove the directory and try again", dir, err)
	}
	return &Built{Image: img, Path: dir}, nil
}

// build makes the entry beside its place and renames it into place.
func (c *Cache) build(ctx context.Context, r Recipe, progress func(string)) (err error) {
	work := c.path(r) + ".work"
	if err := os.RemoveAll(work); err != nil { // of an interrupted making
		return fmt.Errorf("image %s: %w", r.Name, err)
	}
	if err := os.MkdirAll(work, 0o755); err != nil {
		return fmt.Errorf("image %s: %w", r.Name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	layers, err := c.layers(ctx, r, work, progress)
	if err != nil {
		return err
	}
	img, err := assemble(r.Arch, r.Config, layers...)
	if err != nil {
		return fmt.Errorf("image %s: %w", r.Name, err)
	}
	return c.store(r, img, filepath.Join(work, "layout"))
}

func (c *Cache) store(r Recipe, img v1.Image, dir string) error {
	path, err := layout.Write(dir, emptyIndex)
	if err == nil {
		err = path.AppendImage(img)
	}
	if err == nil {
		err = os.Rename(dir, c.path(r))
	}
	if err != nil {
		return fmt.Errorf("image %s: write layout: %w", r.Name, err)
	}
	return nil
}

func (c *Cache) layers(ctx context.Context, r Recipe, work string, progress func(string)) ([]v1.Layer, error) {
	sources := c.Sources
	if len(sources) == 0 {
		sources = machineSources(r.Suite, aptDir)
	}
	root, err := fileLayer(filepath.Join(work, "root.tar.zst"), func(w io.Writer) error {
		return bootstrap(ctx, r, sources, work, w, progress)
	})
	if err != nil {
		return nil, err
	}
	var npmFile string
	if r.NPM != nil {
		if npmFile, err = fetchPackage(ctx, *r.NPM, work, progress); err != nil {
			return nil, fmt.Errorf("image %s: %w", r.Name, err)
		}
	}
	added, err := fileLayer(filepath.Join(work, "files.tar.zst"), func(w io.Writer) error {
		return writeAdded(w, r.Files, npmFile)
	})
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", r.Name, err)
	}
	return []v1.Layer{root, added}, nil
}

func writeAdded(w io.Writer, files []File, npmFile string) error {
	tw := tar.NewWriter(w)
	if err := writeFiles(tw, files); err != nil {
		return err
	}
	if npmFile != "" {
		if err := unpackPackage(tw, npmFile); err != nil {
			return err
		}
	}
	return tw.Close()
}

// fileLayer packs a layer into a file.
func fileLayer(name string, fill func(io.Writer) error) (v1.Layer, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf("write layer: %w", err)
	}
	p, err := pack(f, fill)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	p.open = func() (io.ReadCloser, error) { return os.Open(name) }
	return p.layer()
}

// lock takes the file's lock, waiting for another process to give it up.
func lock(ctx context.Context, name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	tick := time.NewTicker(lockPoll)
	defer tick.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // closing gives the lock up
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), f.Close())
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("lock %s is held by another process: %w", name, ctx.Err()), f.Close())
		}
	}
}
