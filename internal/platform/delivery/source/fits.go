package source

import (
	"strings"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// fits refuses a change that does not suit what the branch holds.
func (c Change) fits(entries []*github.TreeEntry) error {
	var existing *github.TreeEntry
	for _, entry := range entries {
		if entry.GetPath() == c.Path {
			existing = entry
		}
		if entry.GetType() != "tree" && strings.HasPrefix(c.Path, entry.GetPath()+"/") {
			return fault.Conflictf("path: %q is a file, so nothing can lie in it", entry.GetPath())
		}
	}
	switch {
	case existing == nil && c.SHA == "":
		return nil
	case existing == nil:
		return fault.Conflictf("%s was deleted since it was read; send the change without sha to make it anew", c.Path)
	case existing.GetType() == "tree":
		return fault.Conflictf("path: %q is a directory; choose another name", c.Path)
	case !isRegular(existing):
		return fault.Conflictf("path: %q is no regular file; use git to change it", c.Path)
	case c.SHA == "":
		return fault.Conflictf("%s exists already; read it, and send its sha with the change", c.Path)
	case existing.GetSHA() != c.SHA:
		return fault.Conflictf("%s changed since it was read; read it again and make the change anew", c.Path)
	}
	return nil
}
