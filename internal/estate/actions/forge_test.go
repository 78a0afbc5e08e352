package actions_test

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-github/v74/github"
)

// forgeServer is a real git repository over git http-backend with the few
// calls of GitHub's REST that actions makes, and in front of it the actions
// part under test, which can be exchanged while clients go on.
type forgeServer struct {
	t    testing.TB
	root string
	*httptest.Server

	mu       sync.Mutex
	actions  http.Handler
	statuses []map[string]string
	hooks    []string // event and action, in order
	last     []byte   // the last of them
	app      *rsa.PublicKey
	values   map[string]map[string]string // variables and secrets, for whoever is the App
	asked    []string                     // queries for them
}

// give answers with the repository's variables and secrets as the forge does.
func (f *forgeServer) give(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := jwt.Parse(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), func(*jwt.Token) (any, error) { return f.app, nil })
	if err != nil {
		f.json(w, 401, map[string]string{"message": "A JSON web token could not be decoded"})
		return
	}
	f.asked = append(f.asked, r.URL.RawQuery)
	answer := map[string]any{"variables": f.values["variables"]}
	if r.URL.Query().Get("variables_only") != "true" {
		answer["secrets"] = f.values["secrets"]
	}
	f.json(w, 200, answer)
}

func (f *forgeServer) queries() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

func (f *forgeServer) hook(w http.ResponseWriter, r *http.Request) {
	payload, err := github.ValidatePayload(r, []byte("out"))
	if err != nil {
		f.t.Error(err)
	}
	var body struct{ Action string }
	if err := json.Unmarshal(payload, &body); err != nil {
		f.t.Error(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hooks, f.last = append(f.hooks, github.WebHookType(r)+" "+body.Action), payload
}

func (f *forgeServer) heard() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.hooks)
}

func newForge(t testing.TB) *forgeServer {
	f := &forgeServer{t: t, root: t.TempDir()}
	repo := filepath.Join(f.root, "apps", "idp-a.git")
	f.git("", "init", "-q", "--bare", "-b", "main", repo)
	f.git(repo, "config", "http.receivepack", "true")
	f.git(repo, "config", "uploadpack.allowAnySHA1InWant", "true")
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v3/app/installations/1/access_tokens", func(w http.ResponseWriter, r *http.Request) {
		f.json(w, 201, map[string]any{"token": "ghs_sesame", "expires_at": time.Now().Add(time.Hour)})
	})
	mux.HandleFunc("GET /api/v3/repos/apps/idp-a", func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains([]string{"Bearer ghp_user", "Bearer ghs_sesame"}, r.Header.Get("Authorization")) {
			f.json(w, 404, map[string]string{"message": "Not Found"})
			return
		}
		f.json(w, 200, map[string]any{"id": 7, "full_name": "apps/idp-a", "default_branch": "main", "permissions": map[string]bool{"push": true}})
	})
	mux.HandleFunc("GET /api/v3/user", func(w http.ResponseWriter, r *http.Request) { f.json(w, 200, map[string]string{"login": "ann"}) })
	mux.HandleFunc("GET /api/v3/repos/apps/idp-a/commits/{sha}", func(w http.ResponseWriter, r *http.Request) {
		message := strings.TrimSpace(f.git(repo, "log", "-1", "--format=%B", r.PathValue("sha")))
		f.json(w, 200, map[string]any{"commit": map[string]any{"message": message, "author": map[string]string{"name": "a"}, "committer": map[string]any{"date": time.Now().UTC()}}})
	})
	mux.HandleFunc("GET /api/v3/repos/apps/idp-a/contents/{path...}", f.contents)
	mux.HandleFunc("GET /api/v3/repos/apps/idp-a/git/ref/heads/main", func(w http.ResponseWriter, r *http.Request) {
		sha := strings.TrimSpace(f.git(repo, "rev-parse", "main"))
		f.json(w, 200, map[string]any{"ref": "refs/heads/main", "object": map[string]string{"sha": sha, "type": "commit"}})
	})
	mux.HandleFunc("GET /_services/forge/workflow-values/apps/idp-a", f.give)
	mux.HandleFunc("POST /hook", f.hook)
	mux.HandleFunc("POST /api/v3/repos/apps/idp-a/statuses/{sha}", f.status)
	mux.Handle("/apps/", &cgi.Handler{Path: "/usr/lib/git-core/git-http-backend", Env: []string{
		"GIT_PROJECT_ROOT=" + f.root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=bot"}})
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_services/actions/") || strings.Contains(r.URL.Path, "/actions/") {
			f.current().ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *forgeServer) current() http.Handler {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.actions == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) })
	}
	return f.actions
}

func (f *forgeServer) use(h http.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.actions = h
}

func (f *forgeServer) json(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		f.t.Log(err)
	}
}

func (f *forgeServer) status(w http.ResponseWriter, r *http.Request) {
	var body map[string]string
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		f.t.Error(err)
	}
	f.mu.Lock()
	f.statuses = append(f.statuses, body)
	f.mu.Unlock()
	f.json(w, 201, body)
}

func (f *forgeServer) contents(w http.ResponseWriter, r *http.Request) {
	repo, ref, path := filepath.Join(f.root, "apps", "idp-a.git"), r.URL.Query().Get("ref"), r.PathValue("path")
	if path == ".github/workflows" {
		entries := []map[string]string{}
		for name := range strings.FieldsSeq(f.git(repo, "ls-tree", "--name-only", ref, path+"/")) {
			entries = append(entries, map[string]string{"type": "file", "name": filepath.Base(name), "path": name})
		}
		f.json(w, 200, entries)
		return
	}
	text := f.git(repo, "show", ref+":"+path)
	f.json(w, 200, map[string]string{"type": "file", "path": path, "encoding": "base64", "content": base64.StdEncoding.EncodeToString([]byte(text))})
}

func (f *forgeServer) git(dir string, args ...string) string {
	f.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return string(out)
}

// commit pushes files to main and returns the commit.
func (f *forgeServer) commit(files map[string]string) string {
	dir := f.t.TempDir()
	f.git(dir, "init", "-q", "-b", "main")
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
	f.git(dir, "add", ".")
	f.git(dir, "commit", "-q", "-m", "first")
	f.git(dir, "push", "-q", "--force", filepath.Join(f.root, "apps", "idp-a.git"), "main")
	return strings.TrimSpace(f.git(dir, "rev-parse", "HEAD"))
}
