package snapshot

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// archive is a tar.gz of these entries.
func archive(t *testing.T, entries ...tar.Header) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	writer := tar.NewWriter(zipped)
	for _, header := range entries {
		content := strings.Repeat("x", int(header.Size))
		if err := writer.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(writer.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestAnArchiveCannotLeaveItsSnapshot(t *testing.T) {
	for name, entries := range map[string][]tar.Header{
		"by dots":             {{Name: "top/../../x", Typeflag: tar.TypeReg, Size: 1}},
		"by a link's target":  {{Name: "top/l", Typeflag: tar.TypeSymlink, Linkname: "../.."}, {Name: "top/l/x", Typeflag: tar.TypeReg, Size: 1}},
		"by an absolute path": {{Name: "top//etc/x", Typeflag: tar.TypeReg, Size: 1}},
	} {
		dir := t.TempDir()
		store := Store{Dir: filepath.Join(dir, "snapshots")}
		_, err := store.fill("0", func(root *os.Root) error { return extract(root, archive(t, entries...)) })
		if err == nil {
			t.Errorf("%s: an entry outside was taken", name)
		}
		if left, err := os.ReadDir(store.Dir); err != nil || len(left) != 0 {
			t.Errorf("%s: left are %v, %v", name, left, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "x")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: x is outside: %v", name, err)
		}
	}
}

func TestAnArchiveThatIsTooLargeIsRefused(t *testing.T) {
	store := Store{Dir: t.TempDir()}
	bomb := archive(t, tar.Header{Name: "top/a", Typeflag: tar.TypeReg, Size: maxBytes}, tar.Header{Name: "top/b", Typeflag: tar.TypeReg, Size: 1})
	_, err := store.fill("0", func(root *os.Root) error { return extract(root, bomb) })
	if err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("error = %v", err)
	}
}

func TestADirectoryIsKeptByItsContent(t *testing.T) {
	from, store := t.TempDir(), Store{Dir: filepath.Join(t.TempDir(), "snapshots")}
	write := func(name, content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(from, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write("skeleton/run", "one")
	write(".git/HEAD", "no part of it")
	if err := os.Symlink("run", filepath.Join(from, "skeleton/link")); err != nil {
		t.Fatal(err)
	}
	first, err := store.Directory(from)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := store.Directory(from); err != nil || again != first {
		t.Errorf("unchanged it is %+v, then %+v, %v", first, again, err)
	}
	write("skeleton/run", "two")
	if changed, err := store.Directory(from); err != nil || changed.ID == first.ID {
		t.Errorf("changed it is %+v, %v", changed, err)
	}
	root, err := store.Open(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	content, err := root.ReadFile("skeleton/link")
	info, statErr := root.Stat("skeleton/run")
	if err != nil || statErr != nil || string(content) != "one" || info.Mode()&0o100 == 0 {
		t.Errorf("kept is %q with mode %v, %v, %v", content, info.Mode(), err, statErr)
	}
	if _, err := root.Stat(".git"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf(".git was kept: %v", err)
	}
	if err := os.RemoveAll(store.Dir); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), first); err == nil || !strings.Contains(err.Error(), "have changed since the task began") {
		t.Errorf("lost and changed, it opens with %v", err)
	}
}

func TestAddressesOfTheForge(t *testing.T) {
	const forge = "https://git.example.com/"
	for address, want := range map[string]string{
		forge + "a/b/tree/main/":                    "a/b/. at main",
		forge + "a/b/tree/main/x/y/":                "a/b/x/y at main",
		forge + "a/b/blob/main/x/template.yaml":     "a/b/x/template.yaml at main",
		forge + "a/b/tree/feature%2Fone/x":          "a/b/x at feature/one",
		forge + "a/b/tree/main/with%20blank":        "a/b/with blank at main",
		forge + "a/b":                               "",
		forge + "a/b/wiki/main/x":                   "",
		"https://example.com/a/b/tree/main/":        "",
		forge + "a/b/tree/main/../../x":             "",
		forge + "a/b/tree/main/%2e%2e/%2e%2e/x":     "",
		"https://git.example.com.evil/a/b/tree/m/x": "",
	} {
		got, err := ParseAddress(forge, address)
		if (err != nil) != (want == "") || err == nil && got.String() != want {
			t.Errorf("%s = %q, %v; want %q", address, got, err, want)
		}
	}
}
