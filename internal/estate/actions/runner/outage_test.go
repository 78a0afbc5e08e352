package runner

import (
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/nektos/act/pkg/model"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
)

func TestCheckoutWaitsForAForgeThatIsAway(t *testing.T) {
	root, sha := repository(t)
	forge := flaky(t, root, 2)
	s := newStep(t, forge, sha, nil)
	if err := checkout(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(s.dirs.workspace, "README.md")); err != nil || string(text) != "hello\n" {
		t.Errorf("README.md = %q, %v", text, err)
	}
}

func TestCheckoutOfAnUnknownRefFailsAtOnce(t *testing.T) {
	root, sha := repository(t)
	s := newStep(t, flaky(t, root, 0), sha, map[string]string{"ref": "nothing"})
	if err := checkout(t.Context(), s); err == nil || strings.Contains(logged(s), "trying again") {
		t.Errorf("checkout = %v; log:\n%s", err, logged(s))
	}
}

// repository makes apps/hello.git with one commit below the directory it returns.
func repository(t *testing.T) (root, sha string) {
	t.Helper()
	root = t.TempDir()
	work := gitcmd.Git{Dir: t.TempDir(), Env: []string{
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@x"}}
	if err := os.WriteFile(filepath.Join(work.Dir, "README.md"), []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(root, "apps", "hello")
	for _, args := range [][]string{
		{"init", "-q", "-b", "main", "."}, {"add", "."}, {"commit", "-q", "-m", "first"}, {"clone", "-q", "--bare", ".", bare},
	} {
		if _, err := work.Run(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	out, err := work.Run(t.Context(), "rev-parse", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	return root, strings.TrimSpace(string(out))
}

// flaky serves repositories by git's own server and breaks the first
// connections off.
func flaky(t *testing.T, root string, broken int64) string {
	t.Helper()
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	git := &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"),
		Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=2",
			"GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
			"GIT_CONFIG_KEY_1=uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_1=true"}}
	var seen atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1) <= broken {
			panic(http.ErrAbortHandler)
		}
		git.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func newStep(t *testing.T, server, sha string, with map[string]string) *step {
	t.Helper()
	d, err := makeDirs(t.TempDir(), "hello")
	if err != nil {
		t.Fatal(err)
	}
	j := &job{
		assignment: &protocol.Assignment{GitHub: model.GithubContext{
			ServerURL: server, Repository: "apps/hello", Sha: sha, Ref: "refs/heads/main", Token: "t"}},
		dirs: d, out: newStream(nil, func(error) {}), env: map[string]string{}, states: map[string]string{},
	}
	return &step{job: j, number: 1, def: &model.Step{}, env: map[string]string{}, with: with, outputs: map[string]string{}}
}

func logged(s *step) string {
	var text strings.Builder
	for _, e := range s.out.pending {
		if e.Line != nil {
			text.WriteString(*e.Line + "\n")
		}
	}
	return text.String()
}
