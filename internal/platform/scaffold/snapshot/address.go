package snapshot

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Address is a file or directory of a repository of the forge, as its pages
// name it: {forge}/{owner}/{repository}/tree|blob/{branch}/{path}.
type Address struct {
	Repository string // owner/name
	Branch     string // or tag, or commit
	Path       string // "." for the repository's root
}

// ParseAddress reads an address. Only the forge's own are read: the scaffolder
// calls no other host on a caller's behalf.
func ParseAddress(forge, address string) (Address, error) {
	below, found := strings.CutPrefix(address, strings.TrimSuffix(forge, "/")+"/")
	parsed, err := url.Parse("/" + below)
	if !found || err != nil {
		return Address{}, fault.Inputf("%q is not an address below %s/", address, strings.TrimSuffix(forge, "/"))
	}
	// The branch is escaped where it has slashes.
	parts := strings.SplitN(strings.Trim(parsed.EscapedPath(), "/"), "/", 5)
	if len(parts) < 4 || (parts[2] != "tree" && parts[2] != "blob" && parts[2] != "raw" && parts[2] != "edit") {
		return Address{}, fault.Inputf("%q is not of the form %s/{owner}/{repository}/tree/{branch}/{path}", address, strings.TrimSuffix(forge, "/"))
	}
	for i := range parts {
		if parts[i], err = url.PathUnescape(parts[i]); err != nil {
			return Address{}, fault.Inputf("%q: %v", address, err)
		}
	}
	a := Address{Repository: parts[0] + "/" + parts[1], Branch: parts[3], Path: "."}
	if len(parts) == 5 {
		a.Path = path.Clean(parts[4])
	}
	if strings.HasPrefix(a.Path, "..") || path.IsAbs(a.Path) {
		return Address{}, fault.Inputf("%q leaves its repository", address)
	}
	return a, nil
}

// String is the address without the forge, for messages.
func (a Address) String() string { return fmt.Sprintf("%s/%s at %s", a.Repository, a.Path, a.Branch) }
