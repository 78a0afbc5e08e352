// Package images makes the container images the platform itself brings: the
// base of the application template, the job runner's root file system and the
// node's pause image.
//
// They are made from signed Debian packages on the machine, once, and kept as
// OCI layouts below a cache directory. Taking upstream images from a public
// registry would be shorter, but would make the first `up` depend on a service
// that limits anonymous pulls, and the same tag could give other bytes
// tomorrow. A base of our own is addressed by its digest and needs only the
// Debian mirror the machine already trusts; with a filled cache it needs
// nothing at all.
package images

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// format changes whenever the same recipe would give another image.
const format = 1

// Recipe says how a root file system and its image are made. Equal recipes
// give the same cache entry; the recipe names packages without versions, so
// what an entry holds is what the mirror offered on the day it was made.
type Recipe struct {
	Name     string   // short and lower-case, e.g. "nodejs"
	Suite    string   // Debian suite, e.g. "trixie"
	Arch     string   // "amd64" or "arm64"
	Packages []string // order does not matter
	Exclude  []string // dpkg path-exclude patterns
	Hook     string   // shell text run with "$1" = the root, after extraction; may be empty
	NPM      *Package // unpacked into /usr/lib/node_modules/npm; may be nil
	Files    []File   // laid over the packages
	Config   v1.Config
}

// Package pins one package of the npm registry.
type Package struct {
	Name      string
	Version   string
	Integrity string // sha512 in Subresource Integrity form
}

var recipeName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (r Recipe) validate() error {
	switch {
	case !recipeName.MatchString(r.Name):
		return fmt.Errorf("image recipe %q: the name must be lower-case letters, digits and dashes", r.Name)
	case r.Arch != "amd64" && r.Arch != "arm64":
		return fmt.Errorf("image recipe %s: architecture %q is neither amd64 nor arm64", r.Name, r.Arch)
	case r.Suite == "" || len(r.Packages) == 0:
		return fmt.Errorf("image recipe %s: a suite and at least one package are needed", r.Name)
	}
	return nil
}

// Key addresses the recipe by content: 64 hexadecimal digits.
func (r Recipe) Key() string {
	r.Packages = slices.Sorted(slices.Values(r.Packages))
	r.Exclude = slices.Sorted(slices.Values(r.Exclude))
	// Only strings, numbers and maps with sorted keys: it cannot fail.
	raw, _ := json.Marshal(struct {
		Format int
		Recipe Recipe
	}{format, r})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// entry is the directory of the recipe's layout within the cache.
func (r Recipe) entry() string {
	return fmt.Sprintf("%s-%s-%s", r.Name, r.Arch, r.Key()[:16])
}
