package scaffold

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// testForge answers the calls of GitHub's REST API that a task makes, in front
// of real repositories served by git itself.
type testForge struct {
	*httptest.Server
	root  string
	after func(what string) // called when a change has been made, before it is answered

	mu      sync.Mutex
	repos   map[string]int64
	parts   parts
	created int
	deleted int
	pushes  int
}

func newForge(t *testing.T) *testForge {
	t.Helper()
	f := &testForge{root: t.TempDir(), repos: map[string]int64{}, after: func(string) {}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v3/orgs/{org}/repos", f.create)
	mux.HandleFunc("GET /api/v3/orgs/{org}/repos", f.list)
	mux.HandleFunc("GET /api/v3/repos/{org}/{name}", f.get)
	mux.HandleFunc("DELETE /api/v3/repos/{org}/{name}", f.delete)
	mux.HandleFunc("GET /api/v3/repos/{org}/{name}/branches", f.branches)
	mux.HandleFunc("GET /api/v3/repos/{org}/{name}/branches/{branch}", f.branch)
	mux.HandleFunc("GET /api/v3/repos/{org}/{name}/git/commits/{sha}", f.commit)
	mux.HandleFunc("GET /api/v3/repos/{org}/{name}/commits/{ref}", f.head)
	mux.HandleFunc("GET /api/v3/repos/{org}/{name}/tarball/{sha}", f.tarball)
	mux.HandleFunc("GET /api/v3/repos/{org}/{name}/contents/{path...}", f.contents)
	mux.HandleFunc("PUT /api/v3/repos/{org}/{name}/topics", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]any{"names": []string{}})
	})
	f.partRoutes(mux)
	mux.HandleFunc("/", f.git)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func missing(w http.ResponseWriter) {
	reply(w, http.StatusNotFound, map[string]string{"message": "Not Found"})
}

func (f *testForge) host() string { return strings.TrimPrefix(f.URL, "http://") }

func (f *testForge) json(name string) map[string]any {
	return map[string]any{"id": f.repos[name], "name": name, "full_name": "apps/" + name, "default_branch": "main",
		"clone_url": f.URL + "/apps/" + name + ".git", "html_url": f.URL + "/apps/" + name}
}

func (f *testForge) create(w http.ResponseWriter, r *http.Request) {
	var body struct{ Name string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	answer, exists := f.add(r.Context(), body.Name)
	if exists {
		reply(w, http.StatusUnprocessableEntity, map[string]any{"message": "Repository creation failed.",
			"errors": []any{map[string]string{"resource": "Repository", "field": "name", "code": "custom", "message": "name already exists on this account"}}})
		return
	}
	f.after("create")
	reply(w, http.StatusCreated, answer)
}

// add makes a repository, unless it exists.
func (f *testForge) add(ctx context.Context, name string) (answer map[string]any, exists bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, exists := f.repos[name]; exists {
		return nil, true
	}
	f.created++
	f.repos[name] = int64(100 + f.created)
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "--initial-branch=main", "apps/" + name + ".git"},
		{"-C", "apps/" + name + ".git", "config", "http.receivepack", "true"},
	} {
		if _, err := (gitcmd.Git{Dir: f.root}).Run(context.WithoutCancel(ctx), args...); err != nil {
			panic(err)
		}
	}
	return f.json(name), false
}

func (f *testForge) in(name string) gitcmd.Git {
	return gitcmd.Git{Dir: filepath.Join(f.root, "apps", name+".git")}
}

func (f *testForge) get(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.repos[r.PathValue("name")]; !ok {
		missing(w)
		return
	}
	reply(w, http.StatusOK, f.json(r.PathValue("name")))
}

func (f *testForge) list(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := []any{}
	for name := range f.repos {
		all = append(all, f.json(name))
	}
	reply(w, http.StatusOK, all)
}

func (f *testForge) delete(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.repos[r.PathValue("name")]; !ok {
		missing(w)
		return
	}
	if err := os.RemoveAll(f.in(r.PathValue("name")).Dir); err != nil {
		reply(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
		return
	}
	delete(f.repos, r.PathValue("name"))
	f.deleted++
	w.WriteHeader(http.StatusNoContent)
}

func (f *testForge) branches(w http.ResponseWriter, r *http.Request) {
	out, err := f.in(r.PathValue("name")).Run(r.Context(), "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads")
	if err != nil {
		missing(w)
		return
	}
	list := []any{}
	for line := range strings.Lines(string(out)) {
		name, sha, _ := strings.Cut(strings.TrimSpace(line), " ")
		list = append(list, map[string]any{"name": name, "commit": map[string]string{"sha": sha}})
	}
	reply(w, http.StatusOK, list)
}

func (f *testForge) branch(w http.ResponseWriter, r *http.Request) {
	sha, err := f.in(r.PathValue("name")).Run(r.Context(), "rev-parse", "--verify", "refs/heads/"+r.PathValue("branch"))
	if err != nil {
		missing(w)
		return
	}
	reply(w, http.StatusOK, map[string]any{"name": r.PathValue("branch"), "commit": map[string]string{"sha": strings.TrimSpace(string(sha))}})
}

func (f *testForge) head(w http.ResponseWriter, r *http.Request) {
	sha, err := f.in(r.PathValue("name")).Run(r.Context(), "rev-parse", "--verify", r.PathValue("ref")+"^{commit}")
	if err != nil {
		missing(w)
		return
	}
	reply(w, http.StatusOK, map[string]string{"sha": strings.TrimSpace(string(sha))})
}

func (f *testForge) tarball(w http.ResponseWriter, r *http.Request) {
	out, err := f.in(r.PathValue("name")).Run(r.Context(), "archive", "--format=tar.gz", "--prefix=top/", r.PathValue("sha"))
	if err != nil {
		missing(w)
		return
	}
	_, _ = w.Write(out)
}

func (f *testForge) commit(w http.ResponseWriter, r *http.Request) {
	if _, err := f.in(r.PathValue("name")).Run(r.Context(), "cat-file", "-e", r.PathValue("sha")+"^{commit}"); err != nil {
		missing(w)
		return
	}
	reply(w, http.StatusOK, map[string]string{"sha": r.PathValue("sha")})
}

func (f *testForge) contents(w http.ResponseWriter, r *http.Request) {
	text, err := f.in(r.PathValue("name")).Run(r.Context(), "show", r.URL.Query().Get("ref")+":"+r.PathValue("path"))
	if err != nil {
		missing(w)
		return
	}
	f.after("contents")
	if strings.Contains(r.Header.Get("Accept"), "raw") {
		_, _ = w.Write(text)
		return
	}
	reply(w, http.StatusOK, map[string]any{"type": "file", "size": len(text), "content": string(text), "encoding": ""})
}

func (f *testForge) git(w http.ResponseWriter, r *http.Request) {
	git, err := exec.LookPath("git")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	handler := cgi.Handler{Path: git, Args: []string{"http-backend"}, Env: []string{
		"GIT_PROJECT_ROOT=" + f.root, "GIT_HTTP_EXPORT_ALL=1", "PATH=" + os.Getenv("PATH"),
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	}}
	handler.ServeHTTP(w, r)
	if strings.HasSuffix(r.URL.Path, "/git-receive-pack") {
		f.mu.Lock()
		f.pushes++
		f.mu.Unlock()
		f.after("push")
	}
}
