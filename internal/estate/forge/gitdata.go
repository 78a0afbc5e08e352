package forge

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

func (f *Forge) getBlob(w http.ResponseWriter, r *request) error {
	v, err := f.view(r)
	if err != nil {
		return err
	}
	sha := r.PathValue("sha")
	if strings.Contains(r.Header.Get("Accept"), "raw") {
		return answerRaw(w, r.Request, v, sha, "application/vnd.github.v3.raw; charset=utf-8")
	}
	content, err := v.ReadBlob(sha, maxBlob)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, obj{"sha": sha, "node_id": nodeID("Blob", r.repo.ID) + sha, "size": len(content),
		"url": f.repoURL(r) + "/git/blobs/" + sha, "encoding": "base64", "content": wrapBase64(content)})
	return nil
}

func (f *Forge) createBlob(w http.ResponseWriter, r *request) error {
	var body struct{ Content, Encoding string }
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	content := []byte(body.Content)
	if body.Encoding == "base64" {
		var err error
		if content, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(body.Content, "\n", "")); err != nil {
			return failure(http.StatusUnprocessableEntity, "content is not valid Base64")
		}
	}
	v, err := f.view(r)
	if err != nil {
		return err
	}
	sha, err := v.WriteBlob(content)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusCreated, obj{"sha": sha, "url": f.repoURL(r) + "/git/blobs/" + sha})
	return nil
}

const maxTreeEntries = 100_000

func (f *Forge) getTree(w http.ResponseWriter, r *request) error {
	v, err := f.filledView(r)
	if err != nil {
		return err
	}
	rev := r.PathValue("sha")
	sha := rev
	if commit, err := v.Resolve(rev); err == nil {
		sha = commit.TreeHash.String()
	}
	recursive := r.URL.Query().Has("recursive")
	list, truncated, err := f.treeEntries(r, v, sha, "", recursive, []obj{})
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, obj{"sha": sha, "url": f.repoURL(r) + "/git/trees/" + sha, "tree": list, "truncated": truncated})
	return nil
}

func (f *Forge) treeEntries(r *request, v *gitstore.View, sha, prefix string, recursive bool, list []obj) (_ []obj, truncated bool, err error) {
	tree, err := v.Tree(sha)
	if err != nil {
		return nil, false, err
	}
	for _, entry := range tree.Entries {
		if len(list) >= maxTreeEntries {
			return list, true, nil
		}
		list = append(list, f.treeEntry(r, v, entry, prefix+entry.Name))
		if recursive && entry.Mode == filemode.Dir {
			if list, truncated, err = f.treeEntries(r, v, entry.Hash.String(), prefix+entry.Name+"/", true, list); err != nil || truncated {
				return list, truncated, err
			}
		}
	}
	return list, false, nil
}

func (f *Forge) treeEntry(r *request, v *gitstore.View, entry object.TreeEntry, path string) obj {
	sha, kind := entry.Hash.String(), "blob"
	switch entry.Mode { //nolint:exhaustive // the other modes are blobs
	case filemode.Dir:
		kind = "tree"
	case filemode.Submodule:
		return obj{"path": path, "mode": "160000", "type": "commit", "sha": sha}
	}
	o := obj{"path": path, "mode": strings.TrimPrefix(entry.Mode.String(), "0"), "type": kind, "sha": sha, "url": f.repoURL(r) + "/git/" + kind + "s/" + sha}
	if kind == "tree" {
		o["mode"] = "040000"
	} else if size, err := v.Storer.EncodedObjectSize(entry.Hash); err == nil {
		o["size"] = size
	}
	return o
}

type treeInput struct {
	Path    string  `json:"path"`
	Mode    string  `json:"mode"`
	Type    string  `json:"type"`
	SHA     *string `json:"sha"`
	Content *string `json:"content"`
}

func (f *Forge) createTree(w http.ResponseWriter, r *request) error {
	var body struct {
		BaseTree string      `json:"base_tree"`
		Tree     []treeInput `json:"tree"`
	}
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	v, err := f.view(r)
	if err != nil {
		return err
	}
	base := body.BaseTree
	if base != "" {
		if commit, err := v.Resolve(base); err == nil {
			base = commit.TreeHash.String()
		}
	}
	edits := make([]gitstore.Edit, 0, len(body.Tree))
	for _, input := range body.Tree {
		edit, err := input.edit(v)
		if err != nil {
			return err
		}
		edits = append(edits, edit)
	}
	sha, err := v.EditTree(base, edits)
	if err != nil {
		return err
	}
	list, _, err := f.treeEntries(r, v, sha, "", false, []obj{})
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusCreated, obj{"sha": sha, "url": f.repoURL(r) + "/git/trees/" + sha, "tree": list, "truncated": false})
	return nil
}

func (in treeInput) edit(v *gitstore.View) (gitstore.Edit, error) {
	edit := gitstore.Edit{Path: in.Path}
	mode, err := strconv.ParseUint(in.Mode, 8, 32)
	switch edit.Mode = filemode.FileMode(mode); edit.Mode {
	case filemode.Regular, filemode.Executable, filemode.Symlink, filemode.Dir, filemode.Submodule:
	default:
		err = errNotFound
	}
	switch {
	case err != nil:
		return edit, failure(http.StatusUnprocessableEntity, "tree.mode of %q must be one of 100644, 100755, 040000, 160000 or 120000", in.Path)
	case in.Content != nil:
		edit.SHA, err = v.WriteBlob([]byte(*in.Content))
		return edit, err
	case in.SHA == nil:
		return edit, nil
	case edit.Mode != filemode.Submodule:
		if _, err := v.Type(*in.SHA); err != nil {
			return edit, failure(http.StatusUnprocessableEntity, "tree.sha %s does not exist", *in.SHA)
		}
	}
	edit.SHA = *in.SHA
	return edit, nil
}

func (f *Forge) getGitCommit(w http.ResponseWriter, r *request) error {
	v, err := f.filledView(r)
	if err != nil {
		return err
	}
	if !gitstore.IsSHA(r.PathValue("sha")) {
		return errNotFound
	}
	commit, err := v.Resolve(r.PathValue("sha"))
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, f.gitCommitJSON(r, commit))
	return nil
}

func (f *Forge) createCommit(w http.ResponseWriter, r *request) error {
	var body struct {
		Message   string       `json:"message"`
		Tree      string       `json:"tree"`
		Parents   []string     `json:"parents"`
		Author    *personInput `json:"author"`
		Committer *personInput `json:"committer"`
	}
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	v, err := f.view(r)
	if err != nil {
		return err
	}
	if kind, err := v.Type(body.Tree); err != nil || kind != "tree" {
		return failure(http.StatusUnprocessableEntity, "Tree SHA does not exist")
	}
	for _, parent := range body.Parents {
		if kind, err := v.Type(parent); err != nil || kind != "commit" {
			return failure(http.StatusUnprocessableEntity, "Parent SHA does not exist or is not a commit object")
		}
	}
	author := body.Author.or(f.personOf(r.caller))
	sha, err := v.WriteCommit(gitstore.CommitSpec{Tree: body.Tree, Parents: body.Parents, Author: author, Committer: body.Committer.or(author), Message: body.Message})
	if err != nil {
		return err
	}
	commit, err := v.Resolve(sha)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusCreated, f.gitCommitJSON(r, commit))
	return nil
}
