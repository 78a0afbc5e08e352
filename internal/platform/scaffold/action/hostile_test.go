package action

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content), Mode: 0o644} }

func link(target string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
}

func TestNoNameLeavesTheWorkspace(t *testing.T) {
	long := strings.Repeat("x", 300)
	deep := strings.Repeat("d/", 600) + "x"
	for name, want := range map[string]string{
		"../sentinel/kept": "outside of the workspace", "a/../../sentinel/kept": "outside of the workspace", "..": "outside of the workspace",
		"/etc/passwd": "outside of the workspace", "./../x": "outside of the workspace", "..\\sentinel\\kept": "backslash", "C:\\x": "backslash",
		"a\x00b": "control character", "a\nb": "control character", "a\x7fb": "control character", "a\x1b[2Jb": "control character",
		long: "255", deep: "1024",
		".git/hooks/pre-commit": "git's own", "sub/.git/config": "git's own", ".GIT/config": "git's own", ".git": "git's own",
	} {
		for _, try := range []struct {
			action string
			input  map[string]any
		}{
			{"catalog:write", map[string]any{"filePath": name, "entity": map[string]any{"a": 1}}},
			{"fetch:plain:file", map[string]any{"url": "a.txt", "targetPath": name}},
			{"fetch:template:file", map[string]any{"url": "a.txt", "targetPath": name}},
			{"fetch:plain", map[string]any{"url": "dir", "targetPath": name}},
			{"fetch:template", map[string]any{"url": "dir", "targetPath": name}},
			{"fetch:template", map[string]any{"url": "named", "values": map[string]any{"name": name}}},
			{"fs:rename", map[string]any{"files": []any{map[string]any{"from": "there", "to": name, "overwrite": true}}}},
			{"fs:rename", map[string]any{"files": []any{map[string]any{"from": name, "to": "there", "overwrite": true}}}},
			{"fs:delete", map[string]any{"files": []any{name}}},
			{"fs:readdir", map[string]any{"paths": []any{name}}},
		} {
			r := newRoom(t, fstest.MapFS{"a.txt": file("a"), "dir/a.txt": file("a"), "named/${{ values.name }}": file("a")})
			if err := r.do(t, "catalog:write", map[string]any{"filePath": "there", "entity": map[string]any{}}); err != nil {
				t.Fatal(err)
			}
			err := r.do(t, try.action, try.input)
			skipped := try.action == "fetch:template" && try.input["url"] == "named" && strings.HasPrefix(name, "/") // renders as "left out"
			var known *fault.Error
			if !skipped && (!errors.As(err, &known) || known.Name != "NotAllowedError" || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s to %.40q: %v, want it refused: %s", try.action, name, err, want)
			}
			r.untouched(t)
		}
	}
}

func TestALinkLeadsNowhere(t *testing.T) {
	for name, template := range map[string]fstest.MapFS{
		"to the root":       {"skeleton/out": link("/")},
		"to a sentinel":     {"skeleton/out": link("../sentinel")},
		"out of a deep one": {"skeleton/a/b/out": link("../../../sentinel")},
	} {
		for _, id := range []string{"fetch:template", "fetch:plain"} {
			r := newRoom(t, template)
			if err := r.do(t, id, map[string]any{"url": "skeleton"}); err == nil || !strings.Contains(err.Error(), "outside of the workspace") {
				t.Errorf("%s %s: %v", id, name, err)
			}
			r.untouched(t)
		}
	}
}

// What a template could not bring in may be there all the same, by a fault
// elsewhere: no action follows it.
func TestNoActionFollowsALinkOutOfTheWorkspace(t *testing.T) {
	template := fstest.MapFS{"a/kept": file("changed"), "kept": file("changed")}
	for name, try := range map[string]struct {
		action string
		input  map[string]any
	}{
		"write through":      {"fetch:plain", map[string]any{"url": "a", "targetPath": "out"}},
		"render through":     {"fetch:template", map[string]any{"url": "a", "targetPath": "out", "replace": true}},
		"write a file":       {"fetch:plain:file", map[string]any{"url": "kept", "targetPath": "out/kept"}},
		"write a descriptor": {"catalog:write", map[string]any{"filePath": "out/kept", "entity": map[string]any{}}},
		"rename into":        {"fs:rename", map[string]any{"files": []any{map[string]any{"from": "mine", "to": "out/kept", "overwrite": true}}}},
		"rename out of":      {"fs:rename", map[string]any{"files": []any{map[string]any{"from": "out/kept", "to": "mine2"}}}},
		"delete through":     {"fs:delete", map[string]any{"files": []any{"out/kept"}}},
		"delete by pattern":  {"fs:delete", map[string]any{"files": []any{"out/*"}}},
		"list through":       {"fs:readdir", map[string]any{"paths": []any{"out"}, "recursive": true}},
		"show contents":      {"debug:log", map[string]any{"listWorkspace": "with-contents"}},
		"publish it":         {"publish:github", map[string]any{"repoUrl": "git.example.com?owner=a&repo=b", "sourcePath": "out"}},
	} {
		r := newRoom(t, template)
		if err := errors.Join(os.Symlink(r.sentinel, filepath.Join(r.call.Workspace, "out")),
			os.WriteFile(filepath.Join(r.call.Workspace, "mine"), []byte("mine"), 0o644)); err != nil {
			t.Fatal(err)
		}
		err := r.do(t, try.action, try.input)
		fine := try.action == "debug:log"
		if (err == nil) != fine || strings.Contains(fmt.Sprint(r.log, r.call.Output), "kept\n\n") || strings.Contains(fmt.Sprint(r.call.Output), "kept") {
			t.Errorf("%s: %v, log %q, output %v", name, err, r.log, r.call.Output)
		}
		r.untouched(t)
	}
}

func TestWhatIsTooMuchIsRefused(t *testing.T) {
	many, wide := fstest.MapFS{}, fstest.MapFS{}
	for i := range maxFetchFiles + 1 {
		many[fmt.Sprintf("many/%d", i)] = file("")
	}
	for i := range maxFetchBytes>>20 + 1 {
		wide[fmt.Sprintf("wide/%d", i)] = &fstest.MapFile{Data: make([]byte, 1<<20), Mode: 0o644}
	}
	r := newRoom(t, many)
	for _, id := range []string{"fetch:template", "fetch:plain"} {
		if err := r.do(t, id, map[string]any{"url": "many"}); err == nil || !strings.Contains(err.Error(), "more than 10000 files") {
			t.Errorf("%s of many files: %v", id, err)
		}
	}
	r.call.Template.Files = wide
	if err := r.do(t, "fetch:plain", map[string]any{"url": "wide"}); err == nil || !strings.Contains(err.Error(), "more than 32 MiB") {
		t.Errorf("a wide tree: %v", err)
	}
	part := fstest.MapFS{}
	for i := range 6000 {
		part[fmt.Sprintf("part/%d", i)] = file("")
	}
	r = newRoom(t, part)
	var err error
	for i := 0; i < 4 && err == nil; i++ {
		err = r.do(t, "fetch:plain", map[string]any{"url": "part", "targetPath": fmt.Sprint(i)})
	}
	if err == nil || !strings.Contains(err.Error(), "the workspace has more than 20000 files") {
		t.Errorf("a workspace filled bit by bit: %v", err)
	}
	r.untouched(t)
}

func TestWhatGitWouldRunIsNotPublished(t *testing.T) {
	ran := filepath.Join(t.TempDir(), "ran")
	hook := "#!/bin/sh\ntouch " + ran + "\n"
	for name, files := range map[string]map[string]string{
		"a git directory":        {".git/hooks/pre-commit": hook, ".git/config": "[core]\n\tfsmonitor = touch " + ran + "\n"},
		"a nested git directory": {"sub/.git/config": "[core]\n\tfsmonitor = touch " + ran + "\n", "sub/.git/HEAD": "ref: refs/heads/main\n"},
		"a git file":             {"sub/.git": "gitdir: ../x\n"},
	} {
		r := newRoom(t, fstest.MapFS{})
		r.withForge(t, nil)
		for p, content := range files {
			p = filepath.Join(r.call.Workspace, p)
			if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755), os.WriteFile(p, []byte(content), 0o755)); err != nil {
				t.Fatal(err)
			}
		}
		err := r.do(t, "publish:github", map[string]any{"repoUrl": "git.example.com?owner=a&repo=b"})
		if err == nil || !strings.Contains(err.Error(), "git's own") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Attributes and hooks that a work tree may have do nothing either.
	r := newRoom(t, fstest.MapFS{"s/.gitattributes": file("* filter=evil diff=evil\n"), "s/hooks/pre-commit": file(hook), "s/.gitmodules": file("[submodule \"x\"]\n\tpath = x\n\turl = ext::touch " + ran + "\n")})
	r.withForge(t, nil)
	if err := r.do(t, "fetch:plain", map[string]any{"url": "s"}); err != nil {
		t.Fatal(err)
	}
	p := publication{repository: repository{"a", "b"}, branch: "main", input: map[string]any{}, source: r.call.Workspace, git: r.call.Workspace + ".git"}
	if commit, err := r.host.commit(t.Context(), r.call, p); err != nil || len(commit) != 40 {
		t.Errorf("commit = %q, %v", commit, err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("git ran what the template brought")
	}
}
