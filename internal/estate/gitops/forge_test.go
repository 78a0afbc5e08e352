package gitops_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

const webhookSecret = "It's a Secret to Everybody"

// forge is real git over HTTP with the few REST routes that the scmProvider
// generator calls, over real repositories in a directory.
type forge struct {
	*httptest.Server
	t      testing.TB
	root   string
	broken atomic.Bool // REST answers 500
	empty  atomic.Bool // the organisation lists nothing
}

func newForge(t testing.TB) *forge {
	f := &forge{t: t, root: t.TempDir()}
	execPath, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v3/orgs/apps/repos", f.list)
	mux.HandleFunc("GET /api/v3/repos/apps/{repo}", f.repository)
	mux.HandleFunc("GET /api/v3/repos/apps/{repo}/branches/main", f.branch)
	mux.HandleFunc("GET /api/v3/repos/apps/{repo}/contents/{path...}", f.contents)
	mux.Handle("/apps/", &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(execPath)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + f.root, "GIT_HTTP_EXPORT_ALL=1"},
	})
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.broken.Load() && strings.HasPrefix(r.URL.Path, "/api/") {
			http.Error(w, `{"message":"broken"}`, http.StatusInternalServerError)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *forge) dir(repo string) string { return filepath.Join(f.root, "apps", repo+".git") }

func (f *forge) git(dir string, args ...string) (string, error) {
	git := gitcmd.Git{Dir: dir, Env: []string{
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@t",
	}}
	out, err := git.Run(f.t.Context(), args...)
	return strings.TrimSpace(string(out)), err
}

func (f *forge) must(dir string, args ...string) string {
	f.t.Helper()
	out, err := f.git(dir, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

// create makes a repository with a first commit and no manifests.
func (f *forge) create(repo string) {
	f.t.Helper()
	if err := os.MkdirAll(f.dir(repo), 0o755); err != nil {
		f.t.Fatal(err)
	}
	f.must(f.dir(repo), "init", "-q", "--bare", "-b", "main")
	f.commit(repo, map[string]string{"README.md": "# " + repo})
}

// commit writes files (an empty text removes one) and returns the commit.
func (f *forge) commit(repo string, files map[string]string) string {
	f.t.Helper()
	work := f.t.TempDir()
	f.must(work, "clone", "-q", f.dir(repo), ".")
	for name, text := range files {
		path := filepath.Join(work, name)
		if text == "" {
			if err := os.Remove(path); err != nil {
				f.t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
	f.must(work, "add", "-A")
	f.must(work, "commit", "-q", "-m", "change")
	f.must(work, "push", "-q", "origin", "HEAD:main")
	return f.must(work, "rev-parse", "HEAD")
}

func (f *forge) remove(repo string) {
	f.t.Helper()
	if err := os.RemoveAll(f.dir(repo)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *forge) exists(repo string) bool {
	_, err := os.Stat(f.dir(repo))
	return err == nil
}

func (f *forge) object(repo string) map[string]any {
	return map[string]any{
		"id": 7, "name": repo, "full_name": "apps/" + repo, "owner": map[string]any{"login": "apps"},
		"html_url": f.URL + "/apps/" + repo, "clone_url": f.URL + "/apps/" + repo + ".git",
		"default_branch": "main", "topics": []string{},
	}
}

func (f *forge) list(w http.ResponseWriter, _ *http.Request) {
	repos := []any{}
	entries, err := os.ReadDir(filepath.Join(f.root, "apps"))
	if err == nil && !f.empty.Load() {
		for _, entry := range entries {
			repos = append(repos, f.object(strings.TrimSuffix(entry.Name(), ".git")))
		}
	}
	answer(w, repos)
}

func (f *forge) repository(w http.ResponseWriter, r *http.Request) {
	if !f.exists(r.PathValue("repo")) {
		http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
		return
	}
	answer(w, f.object(r.PathValue("repo")))
}

func (f *forge) branch(w http.ResponseWriter, r *http.Request) {
	sha, err := f.git(f.dir(r.PathValue("repo")), "rev-parse", "--verify", "main")
	if err != nil {
		http.Error(w, `{"message":"Branch not found"}`, http.StatusNotFound)
		return
	}
	answer(w, map[string]any{"name": "main", "commit": map[string]any{"sha": sha}})
}

func (f *forge) contents(w http.ResponseWriter, r *http.Request) {
	if _, err := f.git(f.dir(r.PathValue("repo")), "cat-file", "-e", "main:"+r.PathValue("path")); err != nil {
		http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
		return
	}
	answer(w, []any{})
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // a broken connection shows on the other side
}

// event sends a signed webhook to target, as the forge does.
func (f *forge) event(target http.Handler, kind, repo string) {
	f.t.Helper()
	body, err := json.Marshal(map[string]any{"ref": "refs/heads/main", "action": "deleted", "repository": f.object(repo)})
	if err != nil {
		f.t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(webhookSecret))
	mac.Write(body)
	request := httptest.NewRequest(http.MethodPost, "/api/webhook", bytes.NewReader(body))
	request.Header.Set("X-GitHub-Event", kind)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	recorder := httptest.NewRecorder()
	target.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		f.t.Fatalf("webhook %s: %d %s", kind, recorder.Code, recorder.Body)
	}
}
