package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/platform/delivery/backup"
)

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := gitcmd.Git{Dir: dir, Env: []string{"GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@example.com",
		"GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@example.com"}}.Run(t.Context(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// source is a repository with two branches, two tags and a file to deploy.
func source(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	run(t, dir, "init", "--quiet", "--initial-branch=main")
	if err := os.MkdirAll(filepath.Join(dir, "deploy"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"deploy/deployment.yaml": "image: x\n", "README.md": "Hello\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "add", ".")
	run(t, dir, "commit", "--quiet", "--message", "first")
	run(t, dir, "branch", "feature/x")
	run(t, dir, "tag", "light")
	run(t, dir, "tag", "--annotate", "--message", "one", "v1")
	return dir
}

func empty(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	run(t, dir, "init", "--quiet", "--bare", "--initial-branch=main")
	return dir
}

func keep(t *testing.T, s *backup.Store, id, url string) backup.Contents {
	t.Helper()
	var contents backup.Contents
	if err := s.Copy(t.Context(), id, url, func(c backup.Contents) error { contents = c; return nil }); err != nil {
		t.Fatal(err)
	}
	return contents
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}

func TestAMirrorBringsBackEverythingWithOneCommitOnTop(t *testing.T) {
	from, to, dir := source(t), empty(t), filepath.Join(t.TempDir(), "deleted")
	s := backup.New(dir, gitcmd.Remote{})
	if c := keep(t, s, "a1", from); c != (backup.Contents{Branches: 2, Tags: 2}) {
		t.Errorf("the mirror has %+v", c)
	}
	if c := keep(t, s, "a1", from); c.Branches != 2 || names(t, dir) != "a1.git" { // as after a kill before it was noted
		t.Errorf("mirrored again: %+v, there is %s", c, names(t, dir))
	}
	head, err := s.Head(t.Context(), "a1", "main")
	if err != nil {
		t.Fatal(err)
	}
	wanted := backup.Commit{Parent: head, Message: "Restore hello\n", Author: "Ana", Email: "ana@example.com", At: time.Unix(1_800_000_000, 0),
		Path: "deploy/deployment.yaml", Edit: func(text []byte) []byte { return append([]byte("# marker\n"), text...) }}
	commit := must(t)(s.Commit(t.Context(), "a1", wanted))
	if again := must(t)(s.Commit(t.Context(), "a1", wanted)); again != commit {
		t.Errorf("made again it is %s, not %s", again, commit)
	}
	for range 2 { // a push that was cut off is repeated
		if err := s.Push(t.Context(), "a1", to, "main", commit); err != nil {
			t.Fatal(err)
		}
	}
	want := run(t, from, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/feature", "refs/tags")
	if got := run(t, to, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/feature", "refs/tags"); got != want {
		t.Errorf("brought back\n%s\nwant\n%s", got, want)
	}
	if got := run(t, to, "log", "--format=%an <%ae> %s", "main"); got != "Ana <ana@example.com> Restore hello\nAna <ana@example.com> first" {
		t.Errorf("the history is\n%s", got)
	}
	if got := run(t, to, "diff", "--name-only", head, "main"); got != "deploy/deployment.yaml" {
		t.Errorf("the commit changes %s", got)
	}
	if got := run(t, to, "show", "main:deploy/deployment.yaml"); got != "# marker\nimage: x" {
		t.Errorf("deployment.yaml is %q", got)
	}
}

func TestACommitWithoutTheFileChangesNoFile(t *testing.T) {
	from := source(t)
	s := backup.New(filepath.Join(t.TempDir(), "deleted"), gitcmd.Remote{})
	keep(t, s, "a1", from)
	head, err := s.Head(t.Context(), "a1", "main")
	if err != nil {
		t.Fatal(err)
	}
	to := empty(t)
	commit := must(t)(s.Commit(t.Context(), "a1", backup.Commit{Parent: head, Message: "m", Author: "A", Email: "a@b", At: time.Unix(1, 0), Path: "none.yaml",
		Edit: func([]byte) []byte { t.Error("there is nothing to edit"); return nil }}))
	if err := s.Push(t.Context(), "a1", to, "main", commit); err != nil {
		t.Fatal(err)
	}
	if got := run(t, to, "rev-parse", "main^{tree}"); got != run(t, from, "rev-parse", "main^{tree}") {
		t.Errorf("the tree is %s", got)
	}
}

func TestAPushOverwritesNobodysWork(t *testing.T) {
	from, other := source(t), source(t)
	s := backup.New(filepath.Join(t.TempDir(), "deleted"), gitcmd.Remote{})
	keep(t, s, "a1", from)
	run(t, other, "commit", "--quiet", "--allow-empty", "--message", "another's")
	to := empty(t)
	run(t, other, "push", "--quiet", to, "main")
	theirs := run(t, to, "rev-parse", "main")
	head, err := s.Head(t.Context(), "a1", "main")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Push(t.Context(), "a1", to, "main", head); err == nil || strings.Contains(err.Error(), "refs/tags") {
		t.Errorf("pushed over another's commit: %v", err)
	}
	if got := run(t, to, "for-each-ref", "--format=%(refname) %(objectname)"); got != "refs/heads/main "+theirs {
		t.Errorf("after a refused push there is\n%s", got)
	}
}

func TestASweepTakesWhatNobodyKeepsAndNothingThatIsBeingWritten(t *testing.T) {
	from, dir := source(t), filepath.Join(t.TempDir(), "deleted")
	s := backup.New(dir, gitcmd.Remote{})
	none := func() (map[string]bool, error) { return nil, nil }
	if err := s.Sweep(none); err != nil {
		t.Errorf("before there is a directory: %v", err)
	}
	keep(t, s, "old", from)
	if err := os.Mkdir(filepath.Join(dir, "cut.123.tmp"), 0o700); err != nil { // a kill left it
		t.Fatal(err)
	}
	err := s.Copy(t.Context(), "new", from, func(backup.Contents) error { return s.Sweep(none) })
	if err != nil || !s.Has("new") || !s.Has("old") {
		t.Errorf("while it was written, a sweep: %v; there is %s", err, names(t, dir))
	}
	if err := s.Sweep(func() (map[string]bool, error) { return map[string]bool{"new": true}, nil }); err != nil || names(t, dir) != "new.git" {
		t.Errorf("a sweep: %v; there is %s", err, names(t, dir))
	}
	if err := s.Sweep(func() (map[string]bool, error) { return nil, context.Canceled }); err == nil || !s.Has("new") {
		t.Errorf("not knowing what is kept: %v; there is %s", err, names(t, dir))
	}
}

func TestAFailedCopyLeavesNothingAndTellsNoPathOfTheMachine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deleted")
	s := backup.New(dir, gitcmd.Remote{})
	err := s.Copy(t.Context(), "a1", "https://127.0.0.1:1/apps/none.git", func(backup.Contents) error { t.Error("it was kept"); return nil })
	if err == nil || strings.Contains(err.Error(), dir) || names(t, dir) != "" {
		t.Errorf("error = %v; there is %s", err, names(t, dir))
	}
}

func must(t *testing.T) func(string, error) string {
	return func(text string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
}
