package source

import (
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/secret"
)

// remote is a repository served by git itself to whoever has the password.
type remote struct {
	*httptest.Server
	t    *testing.T
	root string
}

func newRemote(t *testing.T) *remote {
	r := &remote{t: t, root: t.TempDir()}
	where, err := exec.CommandContext(t.Context(), "git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(where)), "git-http-backend"),
		Env: []string{"GIT_PROJECT_ROOT=" + r.root, "GIT_HTTP_EXPORT_ALL=1"}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if _, password, _ := request.BasicAuth(); password != "open" {
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, request)
	}))
	t.Cleanup(r.Close)
	r.git("init", "--quiet", "--bare", "--initial-branch=main", "a.git")
	return r
}

func (r *remote) git(args ...string) string {
	r.t.Helper()
	out, err := gitcmd.Git{Dir: r.root, Env: []string{
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@t"}}.Run(r.t.Context(), args...)
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// commit makes one on main, of the empty tree.
func (r *remote) commit(message string) string {
	r.t.Helper()
	tree := r.git("-C", "a.git", "hash-object", "-w", "-t", "tree", "/dev/null")
	sha := r.git("-C", "a.git", "commit-tree", "-m", message, tree)
	r.git("-C", "a.git", "update-ref", "refs/heads/main", sha)
	return sha
}

func TestNamesSaysWhetherARevisionHasMoved(t *testing.T) {
	forge := newRemote(t)
	url := forge.URL + "/a.git"
	repositories, err := NewRepositories(t.TempDir(), gitcmd.Remote{Origin: forge.URL + "/", Token: secret.New("open")}, forge.Client())
	if err != nil {
		t.Fatal(err)
	}
	first := forge.commit("first")
	forge.git("-C", "a.git", "tag", "-a", "-m", "one", "v1", first)
	second := forge.commit("second")
	for revision, commit := range map[string]string{"main": second, "HEAD": second, "": second, "refs/heads/main": second, "v1": first, first: first} {
		resolved, err := repositories.Resolve(t.Context(), url, revision)
		if err != nil || resolved != commit {
			t.Errorf("%q resolves to %s, %v; want %s", revision, resolved, err, commit)
		}
		if !repositories.Names(t.Context(), url, revision, commit) {
			t.Errorf("%q names %s no more", revision, commit)
		}
		if other := map[bool]string{true: second, false: first}[commit == first]; repositories.Names(t.Context(), url, revision, other) {
			t.Errorf("%q names %s", revision, other)
		}
	}
	if repositories.Names(t.Context(), url, "gone", second) {
		t.Error("a branch that is not there names a commit")
	}
	elsewhere, err := NewRepositories(t.TempDir(), gitcmd.Remote{Origin: "https://elsewhere.example/", Token: secret.New("open")}, forge.Client())
	if err != nil {
		t.Fatal(err)
	}
	if elsewhere.Names(t.Context(), url, "main", second) {
		t.Error("the token went to another origin")
	}
}
