// Package scmtest answers the part of GitHub's REST API that makes repositories
// and reads and writes their files, commits and their statuses, and git over
// HTTP, over real Git repositories, for tests.
package scmtest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Forge is the repositories of one organisation, "apps". Each has the default
// branch main and is made by a request or by its first commit.
type Forge struct {
	// Refuse, when it says something, is why the branch does not move.
	Refuse func() string

	t        *testing.T
	dir      string
	mux      *http.ServeMux
	mu       sync.Mutex
	commits  int
	statuses map[string][]Status // by commit
	settings map[string]object   // of repositories that have some, by name
}

type object map[string]any

// New makes a forge without repositories.
func New(t *testing.T) *Forge {
	f := &Forge{t: t, dir: t.TempDir(), mux: http.NewServeMux(), statuses: map[string][]Status{}, settings: map[string]object{},
		Refuse: func() string { return "" }}
	const repo = "/api/v3/repos/apps/{repo}"
	for pattern, serve := range map[string]func(r *http.Request, repository string) (int, any){
		"GET " + repo:                                f.repository,
		"PATCH " + repo:                              f.change,
		"DELETE " + repo:                             f.remove,
		"PUT " + repo + "/topics":                    f.setTopics,
		"GET " + repo + "/branches/main":             f.branch,
		"GET " + repo + "/git/trees/{sha}":           f.tree,
		"GET " + repo + "/contents/{path...}":        f.contents,
		"PUT " + repo + "/contents/{path...}":        f.putContents,
		"GET " + repo + "/git/commits/{sha}":         f.commit,
		"POST " + repo + "/git/commits":              f.createCommit,
		"GET " + repo + "/compare/{range}":           f.compare,
		"GET " + repo + "/commits":                   f.listCommits,
		"PATCH " + repo + "/git/refs/heads/{branch}": f.moveBranch,
		"POST " + repo + "/statuses/{sha}":           f.createStatus,
	} {
		f.mux.HandleFunc(pattern, f.answering(serve))
	}
	f.mux.HandleFunc("POST /api/v3/orgs/apps/repos", f.create)
	f.mux.HandleFunc("/apps/", f.smartHTTP)
	return f
}

// ServeHTTP implements http.Handler.
func (f *Forge) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.mux.ServeHTTP(w, r) }

func (f *Forge) answering(serve func(*http.Request, string) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		status, body := http.StatusNotFound, any(object{"message": "Not Found"})
		if repository := r.PathValue("repo"); f.Has(repository) {
			status, body = serve(r, repository)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body) // the client may have gone
	}
}

func refuse(status int, message string) (int, any) { return status, object{"message": message} }

func failed(err error) (int, any) { return refuse(http.StatusInternalServerError, err.Error()) }

func (f *Forge) branch(r *http.Request, repository string) (int, any) {
	if f.head(r.Context(), repository) == "" {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	return http.StatusOK, object{"name": "main", "commit": object{"sha": f.head(r.Context(), repository)}}
}

func (f *Forge) tree(r *http.Request, repository string) (int, any) {
	out, err := f.git(r.Context(), repository, "", nil, "ls-tree", "-r", "-t", "-l", r.PathValue("sha"))
	if err != nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	entries := []object{}
	for _, line := range strings.Split(out, "\n") {
		meta, path, _ := strings.Cut(line, "\t")
		fields := strings.Fields(meta) // mode, type, id, size
		entry := object{"path": path, "mode": fields[0], "type": fields[1], "sha": fields[2]}
		if size, err := strconv.Atoi(fields[3]); err == nil {
			entry["size"] = size
		}
		entries = append(entries, entry)
	}
	return http.StatusOK, object{"sha": r.PathValue("sha"), "tree": entries, "truncated": false}
}

func (f *Forge) contents(r *http.Request, repository string) (int, any) {
	at := r.URL.Query().Get("ref") + ":" + r.PathValue("path")
	sha, err := f.git(r.Context(), repository, "", nil, "rev-parse", "--verify", "--quiet", at)
	if err != nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	if kind, err := f.git(r.Context(), repository, "", nil, "cat-file", "-t", sha); err != nil || kind != "blob" {
		return http.StatusOK, []object{}
	}
	size, err := f.git(r.Context(), repository, "", nil, "cat-file", "-s", sha)
	if err != nil {
		return failed(err)
	}
	text, err := f.git(r.Context(), repository, "", nil, "cat-file", "blob", sha)
	if err != nil {
		return failed(err)
	}
	if n, err := strconv.Atoi(size); err == nil && n == len(text)+1 {
		text += "\n"
	}
	return http.StatusOK, object{"type": "file", "path": r.PathValue("path"), "sha": sha, "size": len(text),
		"encoding": "base64", "content": base64.StdEncoding.EncodeToString([]byte(text))}
}
