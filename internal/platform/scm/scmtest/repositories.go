package scmtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/cgi"
	"os"
	"path/filepath"
	"strings"
)

func (f *Forge) repository(_ *http.Request, repository string) (int, any) {
	answer := object{"name": repository, "full_name": "apps/" + repository, "default_branch": "main",
		"html_url": "https://git.example.com/apps/" + repository}
	maps.Copy(answer, f.settings[repository])
	return http.StatusOK, answer
}

// create makes an empty repository.
func (f *Forge) create(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var wanted object
	status, body := http.StatusCreated, any(nil)
	name := ""
	if err := json.NewDecoder(r.Body).Decode(&wanted); err == nil {
		name, _ = wanted["name"].(string)
	}
	switch {
	case name == "":
		status, body = refuse(http.StatusBadRequest, "Problems parsing JSON")
	case f.Has(name):
		status, body = http.StatusUnprocessableEntity, object{"message": "Repository creation failed.",
			"errors": []object{{"resource": "Repository", "code": "custom", "field": "name", "message": "name already exists on this account"}}}
	default:
		if err := f.prepare(r.Context(), name); err != nil {
			status, body = failed(err)
			break
		}
		f.settings[name] = wanted
		_, body = f.repository(r, name)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}

func (f *Forge) change(r *http.Request, repository string) (int, any) {
	var wanted object
	if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	f.set(repository, wanted)
	return f.repository(r, repository)
}

func (f *Forge) setTopics(r *http.Request, repository string) (int, any) {
	var wanted struct{ Names []string }
	if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	f.set(repository, object{"topics": wanted.Names})
	return http.StatusOK, wanted
}

func (f *Forge) set(repository string, wanted object) {
	if f.settings[repository] == nil {
		f.settings[repository] = object{}
	}
	maps.Copy(f.settings[repository], wanted)
}

func (f *Forge) remove(_ *http.Request, repository string) (int, any) {
	delete(f.settings, repository)
	if err := os.RemoveAll(filepath.Join(f.dir, repository)); err != nil {
		return failed(err)
	}
	return http.StatusNoContent, object{}
}

// smartHTTP lets git clone from and push to /apps/NAME.git.
func (f *Forge) smartHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name, rest, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/apps/"), ".git/")
	if !found || !f.Has(name) {
		http.NotFound(w, r)
		return
	}
	r.URL.Path = "/" + name + "/" + rest
	backend := &cgi.Handler{Path: "/usr/bin/git", Args: []string{"http-backend"}, Dir: f.dir,
		Env: []string{"GIT_PROJECT_ROOT=" + f.dir, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=platform", "GIT_CONFIG_COUNT=1",
			"GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}}
	backend.ServeHTTP(w, r)
}
