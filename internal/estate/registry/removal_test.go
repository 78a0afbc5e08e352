package registry

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestADeletionThatAKillCutShortIsEndedAtTheNextStart(t *testing.T) {
	const untagged = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`
	for name, c := range map[string]struct {
		left  map[string]string // files that the kill left
		blobs bool              // stay
	}{
		"after the last tag was gone":  {map[string]string{purgeFile: "", indexFile: untagged}, false},
		"before the last tag was gone": {map[string]string{purgeFile: ""}, true},
		"of a push, before a manifest": {map[string]string{indexFile: untagged}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, t.TempDir(), nil)
			s.push("idp-one:a", image(t), s.forge("writer"))
			s.stop()
			repository := filepath.Join(s.dir, "images", "idp-one")
			for file, text := range c.left {
				if err := os.WriteFile(filepath.Join(repository, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			start(t, s.dir, nil)
			if left := blobsOnDisk(t, s.dir); len(left) > 0 != c.blobs {
				t.Errorf("left on disk: %v", left)
			}
			if _, err := os.Stat(filepath.Join(repository, purgeFile)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the note of the deletion stays: %v", err)
			}
		})
	}
}

func TestRepositoryIsGoneWithItsLastTag(t *testing.T) {
	s := start(t, t.TempDir(), nil)
	img := image(t)
	s.push("idp-one:a", img, s.forge("writer"))
	s.push("idp-one:b", image(t), s.forge("writer"))
	if err := remote.Delete(s.ref("idp-one:a"), s.forge("writer")...); err == nil {
		t.Fatal("deleted without the admin permission")
	}
	if err := remote.Delete(s.ref("idp-one:a"), s.forge("owner")...); err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Head(s.ref("idp-one:a"), s.forge("reader")...); err == nil {
		t.Error("the deleted tag answers")
	}
	if _, err := remote.Head(s.ref("idp-one:b"), s.forge("reader")...); err != nil {
		t.Errorf("the other tag: %v", err)
	}
	if err := remote.Delete(s.ref("idp-one:b"), s.as("admin", "admin-secret")...); err != nil {
		t.Fatal(err)
	}
	catalog, err := remote.Catalog(t.Context(), s.ref("idp-one").Context().Registry, s.as("admin", "admin-secret")...)
	if err != nil || len(catalog) != 0 {
		t.Errorf("catalog %v, %v", catalog, err)
	}
	response, body := s.send(http.MethodGet, "/v2/idp-one/tags/list", nil, s.bearer("reader", "repository:idp-one:pull"))
	if response.StatusCode != http.StatusNotFound || !strings.Contains(body, "NAME_UNKNOWN") {
		t.Errorf("tags: %s %s", response.Status, body)
	}
	if left := blobsOnDisk(t, s.dir); len(left) != 0 {
		t.Errorf("left on disk: %v", left)
	}
	s.push("idp-one:c", img, s.forge("writer"))
	if _, err := remote.Image(s.ref("idp-one:c"), s.forge("reader")...); err != nil {
		t.Errorf("pushed again: %v", err)
	}
}
