package scaffold

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// parts are what test repositories have beside their files: hooks, keys,
// issues, pull requests and environments, by path.
type parts struct {
	next int
	list []map[string]any
}

// partRoutes serves what actions make within a repository.
func (f *testForge) partRoutes(mux *http.ServeMux) {
	const repository = "/api/v3/repos/{org}/{name}"
	for _, kind := range []string{"hooks", "keys", "issues", "pulls"} {
		mux.HandleFunc("POST "+repository+"/"+kind, f.part(kind, f.addPart))
		mux.HandleFunc("GET "+repository+"/"+kind, f.part(kind, f.listParts))
	}
	for _, kind := range []string{"hooks", "keys", "issues", "pulls", "environments"} {
		mux.HandleFunc("GET "+repository+"/"+kind+"/{id}", f.part(kind, f.onePart))
		mux.HandleFunc("PATCH "+repository+"/"+kind+"/{id}", f.part(kind, f.onePart))
		mux.HandleFunc("DELETE "+repository+"/"+kind+"/{id}", f.part(kind, f.onePart))
	}
	mux.HandleFunc("PUT "+repository+"/environments/{id}", f.part("environments", f.putPart))
	mux.HandleFunc("POST "+repository+"/git/blobs", f.createBlob)
	mux.HandleFunc("POST "+repository+"/git/trees", f.createTree)
	mux.HandleFunc("POST "+repository+"/git/commits", f.createCommit)
	mux.HandleFunc("POST "+repository+"/git/refs", f.createRef)
	mux.HandleFunc("DELETE "+repository+"/git/refs/heads/{branch...}", f.deleteRef)
}

func (f *testForge) part(kind string, serve func(r *http.Request, kind string, key string, body map[string]any) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body) // reads have none
		status, answer := serve(r, kind, r.PathValue("name")+" "+kind, body)
		f.mu.Unlock()
		if r.Method != http.MethodGet {
			f.after(kind)
		}
		reply(w, status, answer)
	}
}

func (f *testForge) addPart(r *http.Request, kind, key string, body map[string]any) (int, any) {
	f.parts.next++
	one := map[string]any{"of": key, "id": f.parts.next, "number": f.parts.next, "name": r.PathValue("id"), "state": "open",
		"html_url": fmt.Sprintf("%s/%s/%d", f.URL, kind, f.parts.next), "created_at": "2100-01-01T00:00:00Z"}
	for name, value := range body {
		one[name] = value
	}
	f.parts.list = append(f.parts.list, one)
	return http.StatusCreated, one
}

func (f *testForge) putPart(r *http.Request, kind, key string, body map[string]any) (int, any) {
	if status, one := f.onePart(r, kind, key, body); status == http.StatusOK {
		return status, one
	}
	return f.addPart(r, kind, key, body)
}

func (f *testForge) listParts(_ *http.Request, _, key string, _ map[string]any) (int, any) {
	list := []map[string]any{}
	for _, one := range f.parts.list {
		if one["of"] == key && one["state"] == "open" {
			list = append(list, one)
		}
	}
	return http.StatusOK, list
}

func (f *testForge) onePart(r *http.Request, _, key string, body map[string]any) (int, any) {
	i := slices.IndexFunc(f.parts.list, func(one map[string]any) bool {
		return one["of"] == key && (fmt.Sprint(one["id"]) == r.PathValue("id") || one["name"] == r.PathValue("id"))
	})
	if i < 0 {
		return http.StatusNotFound, map[string]string{"message": "Not Found"}
	}
	one := f.parts.list[i]
	for name, value := range body {
		one[name] = value
	}
	if r.Method == http.MethodDelete {
		f.parts.list = slices.Delete(f.parts.list, i, i+1)
	}
	return http.StatusOK, one
}

// open are the parts that are there, as REPOSITORY KIND.
func (f *testForge) open() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var open []string
	for _, one := range f.parts.list {
		if one["state"] == "open" {
			open = append(open, one["of"].(string))
		}
	}
	return open
}

func (f *testForge) answerGit(w http.ResponseWriter, out []byte, err error) {
	if err != nil {
		reply(w, http.StatusUnprocessableEntity, map[string]string{"message": err.Error()})
		return
	}
	reply(w, http.StatusCreated, map[string]string{"sha": strings.TrimSpace(string(out))})
}

func (f *testForge) createBlob(w http.ResponseWriter, r *http.Request) {
	var body struct{ Content string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	content, err := base64.StdEncoding.DecodeString(body.Content)
	if err != nil {
		f.answerGit(w, nil, err)
		return
	}
	out, err := f.in(r.PathValue("name")).RunInput(r.Context(), content, "hash-object", "-w", "--stdin")
	f.answerGit(w, out, err)
}

func (f *testForge) createTree(w http.ResponseWriter, r *http.Request) {
	var body struct {
		BaseTree string `json:"base_tree"`
		Tree     []struct{ Path, Mode, SHA string }
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	git := f.in(r.PathValue("name"))
	git.Env = append(git.Env, "GIT_INDEX_FILE="+git.Dir+"/scratch-index")
	_, err := git.Run(r.Context(), "read-tree", body.BaseTree)
	for _, entry := range body.Tree {
		if err == nil {
			_, err = git.Run(r.Context(), "update-index", "--add", "--cacheinfo", entry.Mode+","+entry.SHA+","+entry.Path)
		}
	}
	var out []byte
	if err == nil {
		out, err = git.Run(r.Context(), "write-tree")
	}
	f.answerGit(w, out, err)
}

func (f *testForge) createCommit(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Message, Tree string
		Parents       []string
		Author        struct{ Name, Email, Date string }
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	git := f.in(r.PathValue("name"))
	git.Env = append(git.Env, "GIT_AUTHOR_NAME="+body.Author.Name, "GIT_AUTHOR_EMAIL="+body.Author.Email, "GIT_AUTHOR_DATE="+body.Author.Date,
		"GIT_COMMITTER_NAME="+body.Author.Name, "GIT_COMMITTER_EMAIL="+body.Author.Email, "GIT_COMMITTER_DATE="+body.Author.Date)
	out, err := git.Run(r.Context(), "commit-tree", body.Tree, "-p", body.Parents[0], "-m", body.Message)
	f.answerGit(w, out, err)
}

func (f *testForge) createRef(w http.ResponseWriter, r *http.Request) {
	var body struct{ Ref, SHA string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	_, err := f.in(r.PathValue("name")).Run(r.Context(), "update-ref", body.Ref, body.SHA, strings.Repeat("0", 40))
	f.after("refs")
	f.answerGit(w, []byte(body.SHA), err)
}

func (f *testForge) deleteRef(w http.ResponseWriter, r *http.Request) {
	_, err := f.in(r.PathValue("name")).Run(r.Context(), "update-ref", "-d", "refs/heads/"+r.PathValue("branch"))
	f.answerGit(w, nil, err)
}
