package images

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryBaseIsARecipeThatCanBeMade(t *testing.T) {
	seen := map[string]string{}
	for _, make := range []func(string) Recipe{NodeJS, Golang, Static, Python, Nginx, Runner} {
		for _, arch := range []string{"amd64", "arm64"} {
			r := make(arch)
			if err := r.validate(); err != nil {
				t.Error(err)
			}
			if strings.Contains(r.Hook, "\n") {
				t.Errorf("%s: mmdebstrap takes a hook with line breaks for a file name", r.Name)
			}
			if other, twice := seen[r.entry()]; twice {
				t.Errorf("%s and %s share the cache's entry %s", r.Name, other, r.entry())
			}
			seen[r.entry()] = r.Name
			if !slices.Contains(r.Config.Env, rootsEnv) {
				t.Errorf("%s does not know the certificate authorities", r.Name)
			}
		}
	}
}

func TestWhatApplicationsRunOnIsNotRoot(t *testing.T) {
	for _, r := range []Recipe{NodeJS("amd64"), Static("amd64"), Python("amd64"), Nginx("amd64")} {
		if r.Config.User != nonrootID {
			t.Errorf("%s runs as %q", r.Name, r.Config.User)
		}
	}
}
