package images

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

func TestKeyFollowsTheContentOfTheRecipe(t *testing.T) {
	base := Recipe{Name: "a", Suite: "trixie", Arch: "amd64", Packages: []string{"x", "y"}}
	same := base
	same.Packages = []string{"y", "x"}
	if base.Key() != same.Key() {
		t.Error("the order of packages changes the key")
	}
	if !slices.Equal(same.Packages, []string{"y", "x"}) {
		t.Error("Key reorders the caller's packages")
	}
	seen := map[string]string{base.Key(): "base"}
	for what, change := range map[string]func(*Recipe){
		"arch":    func(r *Recipe) { r.Arch = "arm64" },
		"suite":   func(r *Recipe) { r.Suite = "sid" },
		"package": func(r *Recipe) { r.Packages = []string{"x"} },
		"exclude": func(r *Recipe) { r.Exclude = []string{"/usr/share/man/*"} },
		"hook":    func(r *Recipe) { r.Hook = "true" },
		"npm":     func(r *Recipe) { r.NPM = npm },
		"file":    func(r *Recipe) { r.Files = []File{text("/etc/x", "1")} },
		"config":  func(r *Recipe) { r.Config.User = "1" },
	} {
		r := base
		change(&r)
		if other, ok := seen[r.Key()]; ok {
			t.Errorf("%s has the key of %s", what, other)
		}
		seen[r.Key()] = what
	}
}

func TestBadRecipesAreNamed(t *testing.T) {
	for want, r := range map[string]Recipe{
		"name":         {Name: "../a", Suite: "s", Arch: "amd64", Packages: []string{"x"}},
		"architecture": {Name: "a", Suite: "s", Arch: "mips", Packages: []string{"x"}},
		"package":      {Name: "a", Suite: "s", Arch: "amd64"},
	} {
		_, err := (&Cache{Dir: t.TempDir()}).Ensure(t.Context(), r, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestFilesOfALayerKeepModeOwnerAndDigest(t *testing.T) {
	files := []File{directory("/work", 1001), text("/etc/passwd", "root"), link("/usr/bin/awk", "mawk")}
	layer, err := filesLayer(files)
	if err != nil {
		t.Fatal(err)
	}
	again, err := filesLayer(files)
	if err != nil {
		t.Fatal(err)
	}
	first, err := layer.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if second, err := again.Digest(); err != nil || first != second {
		t.Errorf("digests %v and %v, %v", first, second, err)
	}
	img, err := assemble("amd64", v1.Config{User: "1"}, layer)
	if err != nil {
		t.Fatal(err)
	}
	checkDiffID(t, layer)
	entries := contents(t, img)
	if e := entries["work"]; e == nil || e.Uid != 1001 || e.Typeflag != tar.TypeDir {
		t.Errorf("work: %+v", e)
	}
	if e := entries["usr/bin/awk"]; e == nil || e.Linkname != "mawk" {
		t.Errorf("awk: %+v", e)
	}
}

// checkDiffID unpacks the layer and compares what comes out with its name.
func checkDiffID(t *testing.T, layer v1.Layer) {
	t.Helper()
	want, err := layer.DiffID()
	if err != nil {
		t.Fatal(err)
	}
	r, err := layer.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, _, err := v1.SHA256(r); err != nil || got != want {
		t.Errorf("the layer unpacks to %v, its diff id is %v, %v", got, want, err)
	}
}

// contents are the headers of the image's flattened root.
func contents(t *testing.T, img v1.Image) map[string]*tar.Header {
	t.Helper()
	r := mutate.Extract(img)
	defer r.Close()
	return headers(t, r)
}

func headers(t *testing.T, r io.Reader) map[string]*tar.Header {
	t.Helper()
	out := map[string]*tar.Header{}
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(h.Name, "./")] = h
	}
}

func pause(t *testing.T) v1.Image {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	img, err := Pause(self)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestPauseIsOneBinaryForAUserWithoutRights(t *testing.T) {
	img := pause(t)
	file, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if file.Config.User != "65535:65535" || !slices.Equal(file.Config.Entrypoint, []string{"/pause"}) {
		t.Errorf("config %+v", file.Config)
	}
	if entries := contents(t, img); len(entries) != 1 || entries["pause"] == nil || entries["pause"].Mode != 0o755 {
		t.Errorf("entries %v", entries)
	}
	notBinary := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(notBinary, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Pause(notBinary); err == nil {
		t.Error("a script was taken for a static binary")
	}
}

func TestNewRunnerBinaryKeepsTheRootsLayers(t *testing.T) {
	layer, err := filesLayer([]File{text("/etc/os-release", "x")})
	if err != nil {
		t.Fatal(err)
	}
	root, err := assemble("amd64", Runner("amd64").Config, layer)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	img, err := WithRunner(root, self)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := img.Layers()
	if err != nil || len(layers) != 2 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	want, err := layer.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := layers[0].Digest(); err != nil || got != want {
		t.Errorf("first layer %v, %v", got, err)
	}
	file, err := img.ConfigFile()
	if err != nil || file.Config.User != "1001:1001" || file.Config.Cmd[0] != RunnerBinary {
		t.Errorf("config %+v, %v", file, err)
	}
}

func TestPushSendsNothingTwice(t *testing.T) {
	sent := &bytes.Buffer{}
	server := httptest.NewServer(registry.New(registry.Logger(newLogger(sent))))
	t.Cleanup(server.Close)
	ref := strings.TrimPrefix(server.URL, "http://") + "/base/pause:1"
	img := pause(t)
	for range 2 {
		if err := Push(t.Context(), img, ref, authn.Anonymous, server.Client().Transport); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(sent.String(), "PUT /v2/base/pause/manifests/1"); n != 1 {
		t.Errorf("the manifest was sent %d times:\n%s", n, sent)
	}
}

func TestSavedTarIsAnOCILayoutWithNames(t *testing.T) {
	var buf bytes.Buffer
	img := pause(t)
	if err := SaveTar(&buf, map[string]v1.Image{"registry.example/base/pause:1": img, "registry.example/base/pause:2": img}); err != nil {
		t.Fatal(err)
	}
	entries := headers(t, bytes.NewReader(buf.Bytes()))
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"oci-layout", "index.json", "blobs/sha256/" + digest.Hex} {
		if entries[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if len(entries) != 5 { // and the layer and the config, once
		t.Errorf("%d entries", len(entries))
	}
	if !bytes.Contains(buf.Bytes(), []byte(`"io.containerd.image.name":"registry.example/base/pause:2"`)) {
		t.Error("the index does not name the image")
	}
}

func TestSourcesComeFromTheMachine(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string
		want          []string
	}{
		"one-line mirror": {"sources.list", "deb [signed-by=/k] https://mirror.example/debian bookworm main\n",
			[]string{"deb https://mirror.example/debian trixie main", "deb https://mirror.example/debian trixie-updates main"}},
		"deb822 mirror": {"sources.list.d/debian.sources",
			"Types: deb\nURIs: https://mirror.example/debian/\nSuites: trixie\n\nTypes: deb\nURIs: https://mirror.example/debian-security\n",
			[]string{
				"deb https://mirror.example/debian trixie main", "deb https://mirror.example/debian trixie-updates main",
				"deb https://mirror.example/debian-security trixie-security main",
			}},
		"other packages only": {"sources.list.d/x.list", "deb https://pkg.example/apt stable main\n", nil},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, c.file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(c.content), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := machineSources("trixie", dir); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestPackageMustMatchItsPin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "npm.tgz")
	if err := os.WriteFile(file, []byte("other bytes"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := npm.verify(file); err == nil || !strings.Contains(err.Error(), "expected") {
		t.Error(err)
	}
}

func TestFailedToolTellsItsLastWords(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "for i in $(seq 20); do echo line $i >&2; done; exit 3")
	err := runTool(cmd, "tool", func(string) {})
	if err == nil || !strings.Contains(err.Error(), "line 20") || strings.Contains(err.Error(), "line 8\n") {
		t.Error(err)
	}
}

func TestLockIsGivenUpWithTheContext(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.lock")
	unlock, err := lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lock(ended, name); !errors.Is(err, context.Canceled) {
		t.Errorf("a second lock: %v", err)
	}
	unlock()
	if _, err := lock(t.Context(), name); err != nil {
		t.Errorf("after unlock: %v", err)
	}
}

// TestImageIsMadeFromDebianPackagesOnce needs mmdebstrap and a Debian mirror,
// which every machine that builds the platform has.
func TestImageIsMadeFromDebianPackagesOnce(t *testing.T) {
	cache := &Cache{Dir: t.TempDir()}
	recipe := Recipe{
		Name: "tiny", Suite: suite, Arch: "amd64", Packages: []string{"base-files", "ca-certificates"},
		Exclude: trimmed, Hook: bundle, Files: accounts("nonroot", 65532),
	}
	leftover := filepath.Join(cache.path(recipe)+".work", "root.tar.zst")
	if err := os.MkdirAll(filepath.Dir(leftover), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(leftover, []byte("of an interrupted making"), 0o644); err != nil {
		t.Fatal(err)
	}
	first, err := cache.Ensure(t.Context(), recipe, nil)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := first.Image.Layers()
	if err != nil || len(layers) != 2 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	for _, layer := range layers {
		checkDiffID(t, layer)
	}
	entries := contents(t, first.Image)
	if e := entries["etc/ssl/certs/ca-certificates.crt"]; e == nil || e.Size < 100_000 {
		t.Errorf("certificate bundle: %+v", e)
	}
	if entries["etc/passwd"] == nil || entries["etc/machine-id"] != nil {
		t.Error("passwd is missing or machine-id is there")
	}
	second, err := cache.Ensure(t.Context(), recipe, nil)
	if err != nil || !first.Made || second.Made {
		t.Errorf("made %v, then %v, %v", first.Made, second.Made, err)
	}
	if _, err := os.Stat(filepath.Dir(leftover)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("work directory: %v", err)
	}
}

func newLogger(w io.Writer) *log.Logger { return log.New(w, "", 0) }
