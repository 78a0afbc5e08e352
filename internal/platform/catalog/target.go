package catalog

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// target is a file or a directory that descriptors are read from. It is one of
// the forge, {forge}/{owner}/{repository}/blob/{branch}/{path}, or, with a
// root, one of this machine.
type target struct {
	forge, owner, repository string
	branch                   string // empty: the repository's default
	root                     string // directory of this machine that is never left
	path                     string // below the repository or the root; empty: all of it
	dir                      bool   // stands for the descriptors in it
}

// The types of locations.
const (
	typeURL  = "url"
	typeFile = "file"
)

// parseTarget reads the address of a file, a directory or a whole repository.
// Only what the forge holds is read: the catalog calls no other host on a
// caller's behalf.
func parseTarget(forge, address string) (target, error) {
	forge = strings.TrimSuffix(forge, "/")
	below, found := strings.CutPrefix(address, forge+"/")
	if !found {
		return target{}, fault.Inputf("target %q is not below %s/", address, forge)
	}
	parsed, err := url.Parse("/" + below)
	if err != nil {
		return target{}, fault.Inputf("target %q is not a URL: %v", address, err)
	}
	parts, ok := segments(strings.TrimSuffix(parsed.EscapedPath(), "/"))
	if !ok {
		return target{}, malformed(forge, address)
	}
	switch {
	case len(parts) == 2:
		return target{forge: forge, owner: parts[0], repository: parts[1], dir: true}, nil
	case len(parts) == 4 && parts[2] == "tree":
		return target{forge: forge, owner: parts[0], repository: parts[1], branch: parts[3], dir: true}, nil
	case len(parts) == 5 && slices.Contains([]string{"blob", "raw", "tree", "edit"}, parts[2]):
		dir := parts[2] == "tree" && !isYAML(parts[4])
		return target{forge: forge, owner: parts[0], repository: parts[1], branch: parts[3], path: parts[4], dir: dir}, nil
	}
	return target{}, malformed(forge, address)
}

// segments are owner, repository, kind, branch and path. A branch with a slash
// in its name is written with %2F.
func segments(escaped string) (parts []string, ok bool) {
	parts = strings.SplitN(strings.TrimPrefix(escaped, "/"), "/", 5)
	for i, part := range parts {
		plain, err := url.PathUnescape(part)
		if err != nil || !clean("/"+plain) || plain == "" {
			return nil, false
		}
		parts[i] = plain
	}
	return parts, true
}

func malformed(forge, address string) error {
	return fault.Inputf("target %q is not of the form %s/{owner}/{repository}/blob/{branch}/{path}", address, forge)
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// clean reports whether a path has no empty segments and none that go up.
func clean(p string) bool { return p != "" && path.Clean(p) == p }

// typ is the type of a location at the target.
func (t target) typ() string {
	if t.root != "" {
		return typeFile
	}
	return typeURL
}

// address is the target's own; of a file of the forge, kind is blob, tree,
// raw or edit.
func (t target) address(kind string) string {
	switch {
	case t.root != "":
		return path.Join(t.root, t.path)
	case t.branch == "":
		return fmt.Sprintf("%s/%s/%s", t.forge, t.owner, t.repository)
	case t.path == "":
		return fmt.Sprintf("%s/%s/%s/tree/%s/", t.forge, t.owner, t.repository, url.PathEscape(t.branch))
	}
	return fmt.Sprintf("%s/%s/%s/%s/%s/%s", t.forge, t.owner, t.repository, kind, url.PathEscape(t.branch), escapePath(t.path))
}

// own is the address under which the target is named.
func (t target) own() string {
	if t.dir {
		return t.address("tree")
	}
	return t.address("blob")
}

// source is the address of the directory that the target is in, with a slash
// at its end.
func (t target) source() string {
	dir := path.Dir(t.path)
	if t.root != "" {
		return strings.TrimSuffix(path.Join(t.root, dir), "/") + "/"
	}
	base := fmt.Sprintf("%s/%s/%s/tree/%s/", t.forge, t.owner, t.repository, url.PathEscape(t.branch))
	if dir != "." {
		return base + escapePath(dir) + "/"
	}
	return base
}

// relative resolves an address as a descriptor at t writes it; a full URL
// stands for itself. A path cannot leave the repository or the root.
func (t target) relative(address string) (target, error) {
	if strings.Contains(address, "://") {
		return parseTarget(t.forge, address)
	}
	joined := path.Join("/", path.Dir(t.path), address)
	switch {
	case strings.HasPrefix(address, "/") && t.root != "":
		below, inside := strings.CutPrefix(path.Clean(address), strings.TrimSuffix(t.root, "/")+"/")
		if !inside {
			return target{}, fault.Inputf("%q is not below %s", address, t.root)
		}
		joined = "/" + below
	case strings.HasPrefix(address, "/"):
		joined = path.Clean(address)
	}
	if joined == "/" {
		return target{}, fault.Inputf("%q in %s names no file", address, t.own())
	}
	t.path, t.dir = strings.TrimPrefix(joined, "/"), strings.HasSuffix(address, "/")
	return t, nil
}

// sibling resolves the address of a file that has to be in the same repository
// or below the same root.
func (t target) sibling(address string) (target, error) {
	next, err := t.relative(address)
	switch {
	case err != nil:
		return target{}, err
	case next.root != t.root, !strings.EqualFold(next.owner, t.owner), !strings.EqualFold(next.repository, t.repository):
		return target{}, fault.Inputf("%q is not in the same repository as %s", address, t.own())
	}
	return next, nil
}

func escapePath(p string) string { return (&url.URL{Path: p}).EscapedPath() }
