package scmtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

type person struct{ Name, Email string }

func (f *Forge) putContents(r *http.Request, repository string) (int, any) {
	var body struct {
		Message, SHA string
		Content      []byte
		Author       person
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	ctx, path := r.Context(), r.PathValue("path")
	existing, err := f.git(ctx, repository, "", nil, "rev-parse", "--verify", "--quiet", "main:"+path)
	switch {
	case err == nil && body.SHA == "":
		return refuse(http.StatusUnprocessableEntity, "Invalid request.\n\n\"sha\" wasn't supplied.")
	case body.SHA != "" && existing != body.SHA:
		return refuse(http.StatusConflict, path+" does not match "+body.SHA)
	case f.Refuse() != "":
		return refuse(http.StatusForbidden, f.Refuse())
	}
	tree, err := f.edit(ctx, repository, map[string]string{path: string(body.Content)})
	if err != nil {
		return failed(err)
	}
	sha, err := f.commitTree(ctx, repository, tree, f.head(ctx, repository), body.Message, body.Author.Name, body.Author.Email)
	if err != nil {
		return failed(err)
	}
	if _, err := f.git(ctx, repository, "", nil, "update-ref", "refs/heads/main", sha); err != nil {
		return failed(err)
	}
	blob, err := f.git(ctx, repository, "", nil, "rev-parse", "main:"+path)
	if err != nil {
		return failed(err)
	}
	return http.StatusOK, object{"commit": object{"sha": sha}, "content": object{"sha": blob, "path": path}}
}

func (f *Forge) commit(r *http.Request, repository string) (int, any) {
	if refs, err := f.git(r.Context(), repository, "", nil, "for-each-ref", "--count=1"); err == nil && refs == "" {
		return refuse(http.StatusConflict, "Git Repository is empty.")
	}
	list, err := f.log(r, repository, "-1", r.PathValue("sha"))
	if err != nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return http.StatusOK, list[0]["commit"]
}

func (f *Forge) createCommit(r *http.Request, repository string) (int, any) {
	var body struct {
		Message, Tree string
		Parents       []string
		Author        person
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Parents) != 1 {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	sha, err := f.commitTree(r.Context(), repository, body.Tree, body.Parents[0], body.Message, body.Author.Name, body.Author.Email)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "Tree SHA does not exist")
	}
	return http.StatusCreated, object{"sha": sha}
}

func (f *Forge) moveBranch(r *http.Request, repository string) (int, any) {
	var body struct{ SHA string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	ctx, ref := r.Context(), "refs/heads/"+r.PathValue("branch")
	if why := f.Refuse(); why != "" {
		return refuse(http.StatusUnprocessableEntity, why)
	}
	if _, err := f.git(ctx, repository, "", nil, "merge-base", "--is-ancestor", ref, body.SHA); err != nil {
		return refuse(http.StatusUnprocessableEntity, "Update is not a fast forward")
	}
	if _, err := f.git(ctx, repository, "", nil, "update-ref", ref, body.SHA); err != nil {
		return failed(err)
	}
	return http.StatusOK, object{"ref": ref, "object": object{"sha": body.SHA}}
}

func (f *Forge) compare(r *http.Request, repository string) (int, any) {
	list, err := f.log(r, repository, "--reverse", strings.Replace(r.PathValue("range"), "...", "..", 1))
	if err != nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return http.StatusOK, object{"status": "ahead", "total_commits": len(list), "commits": list}
}

func (f *Forge) listCommits(r *http.Request, repository string) (int, any) {
	list, err := f.log(r, repository, "-20", "main")
	if err != nil {
		return failed(err)
	}
	return http.StatusOK, list
}

// log lists commits as GitHub does.
func (f *Forge) log(r *http.Request, repository string, args ...string) ([]object, error) {
	args = append([]string{"log", "--format=%H%x1f%T%x1f%an%x1f%aI%x1f%B%x1e"}, args...)
	out, err := f.git(r.Context(), repository, "", nil, args...)
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, record := range strings.Split(out, "\x1e") {
		fields := strings.SplitN(strings.TrimPrefix(record, "\n"), "\x1f", 5)
		if len(fields) < 5 {
			continue
		}
		at, err := time.Parse(time.RFC3339, fields[3])
		if err != nil {
			return nil, err
		}
		list = append(list, object{"sha": fields[0], "commit": object{"sha": fields[0], "tree": object{"sha": fields[1]},
			"message": strings.TrimSpace(fields[4]), "author": object{"name": fields[2], "date": at}}})
	}
	return list, nil
}
