package catalog

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

// target is a file of the forge: {forge}/{owner}/{repository}/blob/{branch}/{path}.
type target struct{ forge, owner, repository, branch, path string }

// parseTarget reads the address of a file. Only files of the forge are read:
// the catalog calls no other host on a caller's behalf.
func parseTarget(forge, address string) (target, error) {
	forge = strings.TrimSuffix(forge, "/")
	below, found := strings.CutPrefix(address, forge+"/")
	if !found {
		return target{}, inputErrorf("target %q is not below %s/", address, forge)
	}
	parsed, err := url.Parse("/" + below)
	if err != nil {
		return target{}, inputErrorf("target %q is not a URL: %v", address, err)
	}
	parts := strings.SplitN(strings.TrimPrefix(parsed.Path, "/"), "/", 5)
	if len(parts) != 5 || !slices.Contains([]string{"blob", "raw", "tree", "edit"}, parts[2]) || !clean(parsed.Path) {
		return target{}, inputErrorf("target %q is not of the form %s/{owner}/{repository}/blob/{branch}/{path}", address, forge)
	}
	return target{forge, parts[0], parts[1], parts[3], parts[4]}, nil
}

// clean reports whether a path has no empty segments and none that go up.
func clean(p string) bool { return p != "" && path.Clean(p) == p }

// address is the target's own URL; kind is blob, tree or edit.
func (t target) address(kind string) string {
	return fmt.Sprintf("%s/%s/%s/%s/%s/%s", t.forge, t.owner, t.repository, kind, url.PathEscape(t.branch), escapePath(t.path))
}

// source is the URL of the directory that the target is in, with a slash at
// its end.
func (t target) source() string {
	base := fmt.Sprintf("%s/%s/%s/tree/%s/", t.forge, t.owner, t.repository, url.PathEscape(t.branch))
	if dir := path.Dir(t.path); dir != "." {
		return base + escapePath(dir) + "/"
	}
	return base
}

// relative resolves a path as a descriptor at t writes it; a full URL stands
// for itself.
func (t target) relative(address string) (target, error) {
	if strings.Contains(address, "://") {
		return parseTarget(t.forge, address)
	}
	joined := path.Join("/", path.Dir(t.path), address)
	if strings.HasPrefix(address, "/") {
		joined = path.Clean(address)
	}
	if joined == "/" {
		return target{}, inputErrorf("%q in %s names no file", address, t.address("blob"))
	}
	t.path = strings.TrimPrefix(joined, "/")
	return t, nil
}

func escapePath(p string) string { return (&url.URL{Path: p}).EscapedPath() }
