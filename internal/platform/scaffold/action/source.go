package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Limits of what one fetch reads.
const (
	maxFetchFiles = 10000
	maxFetchBytes = 32 << 20
)

// Source is where a template's files are.
type Source struct {
	Files fs.FS
	Dir   string // of template.yaml, in Files
	// Repository is owner/name of where Files are from; empty: no repository.
	Repository string
}

// open finds the directory that an address means: one relative to template.yaml,
// or one in a repository of the forge.
func (h *Host) open(ctx context.Context, c *Call, address string) (fs.FS, error) {
	if err := h.checkScheme(address); err != nil {
		return nil, err
	}
	template := c.Template
	if remote, err := url.Parse(address); err == nil && remote.Host != "" {
		return h.openRemote(ctx, c, remote)
	}
	directory := path.Join(template.Dir, address)
	if path.IsAbs(address) || !fs.ValidPath(directory) {
		return nil, fault.Inputf("url %q leads out of where the template comes from", address)
	}
	info, err := fs.Stat(template.Files, directory)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.NotFoundf("the template has no directory %s", directory)
	case err != nil:
		return nil, fmt.Errorf("open %s of the template: %w", directory, err)
	case !info.IsDir():
		return nil, fault.Inputf("url %q is a file of the template, not a directory", address)
	}
	return fs.Sub(template.Files, directory)
}

// checkScheme refuses what is neither a path nor an address of the web, such as
// file:///: as a path it would only be said not to be there.
func (h *Host) checkScheme(address string) error {
	scheme, _, is := strings.Cut(address, "://")
	if !is || strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http") || strings.Contains(scheme, "/") {
		return nil
	}
	return fault.Inputf("url %q cannot be fetched: give a path relative to the template, or https://%s/OWNER/REPO/tree/BRANCH/PATH", address, h.Hosts[0])
}

func (h *Host) openRemote(ctx context.Context, c *Call, address *url.URL) (fs.FS, error) {
	if h.Tree == nil || !slices.Contains(h.Hosts, address.Host) {
		return nil, fault.Inputf("No matching integration configuration for host %s; url may be relative to the template, or https://%s/OWNER/REPO/tree/BRANCH/PATH",
			address.Host, h.Hosts[0])
	}
	if err := h.mayRead(ctx, c, address.String()); err != nil {
		return nil, err
	}
	return h.Tree(ctx, address.String())
}

// openFile reads the single file that an address means.
func (h *Host) openFile(ctx context.Context, c *Call, address string) (entry, error) {
	if err := h.checkScheme(address); err != nil {
		return entry{}, err
	}
	directory, name := ".", address
	if at := strings.LastIndexByte(address, '/'); at >= 0 {
		directory, name = strings.Replace(address[:at], "/blob/", "/tree/", 1), address[at+1:]
	}
	root, err := h.open(ctx, c, directory)
	if err != nil {
		return entry{}, err
	}
	info, err := fs.Stat(root, name)
	switch {
	case errors.Is(err, fs.ErrNotExist), !fs.ValidPath(name):
		return entry{}, fault.NotFoundf("there is no file %s", address)
	case err != nil:
		return entry{}, fmt.Errorf("open %s: %w", address, err)
	case !info.Mode().IsRegular():
		return entry{}, fault.Inputf("url %q is not a file", address)
	case info.Size() > maxFetchBytes:
		return entry{}, fault.Inputf("%s has more than %d MiB", address, maxFetchBytes>>20)
	}
	content, err := fs.ReadFile(root, name)
	if err != nil {
		return entry{}, fmt.Errorf("read %s: %w", address, err)
	}
	return entry{path: name, content: content, mode: modeOf(info.Mode(), content)}, nil
}

// readTree reads everything below a directory, in the order of names.
func readTree(ctx context.Context, root fs.FS) ([]entry, error) {
	var entries []entry
	total := 0
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == "." {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := readEntry(root, p, d)
		if err != nil {
			return err
		}
		entries = append(entries, e)
		if total += len(e.content); total > maxFetchBytes {
			return fault.Inputf("what is fetched has more than %d MiB", maxFetchBytes>>20)
		}
		if len(entries) > maxFetchFiles {
			return fault.Inputf("what is fetched has more than %d files", maxFetchFiles)
		}
		return nil
	})
	return entries, err
}

func readEntry(root fs.FS, p string, d fs.DirEntry) (entry, error) {
	info, err := d.Info()
	if err != nil {
		return entry{}, err
	}
	switch {
	case info.IsDir():
		return entry{path: p, mode: fs.ModeDir}, nil
	case info.Mode().Type() == fs.ModeSymlink:
		target, err := fs.ReadLink(root, p)
		return entry{path: p, mode: fs.ModeSymlink, content: []byte(target)}, err
	case !info.Mode().IsRegular():
		return entry{}, fault.Inputf("%s is neither a file nor a directory nor a link", p)
	case info.Size() > maxFetchBytes:
		return entry{}, fault.Inputf("%s has more than %d MiB", p, maxFetchBytes>>20)
	}
	content, err := fs.ReadFile(root, p)
	if err != nil {
		return entry{}, err
	}
	return entry{path: p, content: content, mode: modeOf(info.Mode(), content)}, nil
}

// modeOf keeps the executable bit. An embedded file system has none: there a
// script says by its first line that it is one.
func modeOf(mode fs.FileMode, content []byte) fs.FileMode {
	if mode&0o111 != 0 || (mode&0o222 == 0 && bytes.HasPrefix(content, []byte("#!"))) {
		return 0o755
	}
	return 0o644
}

func binary(content []byte) bool {
	return bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content)
}
