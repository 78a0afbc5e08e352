package forge

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

const (
	maxInline = 1 << 20
	maxBlob   = 100 << 20
	maxDir    = 1000
)

func (f *Forge) refOr(r *request, ref string) string {
	if ref == "" {
		return r.repo.DefaultBranch
	}
	return ref
}

func (f *Forge) getContents(w http.ResponseWriter, r *request) error {
	v, err := f.view(r)
	if err != nil {
		return err
	}
	ref := f.refOr(r, r.URL.Query().Get("ref"))
	commit, err := v.Resolve(ref)
	if err != nil {
		return failure(http.StatusNotFound, "No commit found for the ref %s", ref)
	}
	path := strings.Trim(r.PathValue("path"), "/")
	entry, err := v.Entry(commit, path)
	if err != nil {
		return err
	}
	accept := r.Header.Get("Accept")
	if entry.Mode == filemode.Dir {
		return f.answerDirectory(w, r, v, entry, path, ref, strings.Contains(accept, "object"))
	}
	if strings.Contains(accept, "raw") {
		return answerRaw(w, r.Request, v, entry.Hash.String(), "application/vnd.github.v3.raw; charset=utf-8")
	}
	file, err := f.contentJSON(r, v, entry, path, ref, true)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, file)
	return nil
}

func answerRaw(w http.ResponseWriter, r *http.Request, v *gitstore.View, sha, contentType string) error {
	content, err := v.ReadBlob(sha, maxBlob)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	writeBody(w, r, http.StatusOK, content)
	return nil
}

func (f *Forge) answerDirectory(w http.ResponseWriter, r *request, v *gitstore.View, dir object.TreeEntry, path, ref string, asObject bool) error {
	tree, err := v.TreeObject(dir.Hash)
	if err != nil {
		return err
	}
	list := []obj{}
	for _, entry := range tree.Entries[:min(len(tree.Entries), maxDir)] {
		item, err := f.contentJSON(r, v, entry, strings.TrimPrefix(path+"/"+entry.Name, "/"), ref, false)
		if err != nil {
			return err
		}
		list = append(list, item)
	}
	if !asObject {
		writeJSON(w, r.Request, http.StatusOK, list)
		return nil
	}
	whole, err := f.contentJSON(r, v, dir, path, ref, false)
	if err != nil {
		return err
	}
	whole["entries"] = list
	writeJSON(w, r.Request, http.StatusOK, whole)
	return nil
}

func (f *Forge) contentJSON(r *request, v *gitstore.View, entry object.TreeEntry, path, ref string, inline bool) (obj, error) {
	escaped, sha := escapePath(path), entry.Hash.String()
	kind, plural, web := "file", "blobs", "blob"
	switch entry.Mode { //nolint:exhaustive // the other modes are files
	case filemode.Dir:
		kind, plural, web = "dir", "trees", "tree"
	case filemode.Submodule:
		kind = "submodule"
	case filemode.Symlink:
		kind = "symlink"
	}
	self := f.repoURL(r) + "/contents/" + escaped + "?ref=" + url.QueryEscape(ref)
	git, html := f.repoURL(r)+"/git/"+plural+"/"+sha, f.base()+"/"+r.repo.FullName()+"/"+web+"/"+ref+"/"+escaped
	o := obj{"type": kind, "name": path[strings.LastIndex(path, "/")+1:], "path": path, "sha": sha, "size": 0, "url": self,
		"git_url": git, "html_url": html, "download_url": nil, "_links": obj{"self": self, "git": git, "html": html}}
	if kind != "file" && kind != "symlink" {
		return o, nil
	}
	blob, err := v.BlobObject(entry.Hash)
	if err != nil {
		return nil, err
	}
	o["size"] = blob.Size
	o["download_url"] = f.base() + "/" + r.repo.FullName() + "/raw/" + url.PathEscape(ref) + "/" + escaped
	if !inline {
		return o, nil
	}
	if blob.Size > maxInline {
		o["encoding"], o["content"] = "none", ""
		return o, nil
	}
	content, err := v.ReadBlob(sha, maxInline)
	if err != nil {
		return nil, err
	}
	o["encoding"], o["content"] = "base64", wrapBase64(content)
	return o, nil
}

func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// wrapBase64 breaks lines after 60 characters, as GitHub does.
func wrapBase64(content []byte) string {
	encoded := base64.StdEncoding.EncodeToString(content)
	var b strings.Builder
	for len(encoded) > 0 {
		n := min(60, len(encoded))
		b.WriteString(encoded[:n] + "\n")
		encoded = encoded[n:]
	}
	return b.String()
}

// rawFile serves one file to a browser or curl.
func (f *Forge) rawFile(w http.ResponseWriter, r *request) error {
	v, err := f.view(r)
	if err != nil {
		return err
	}
	commit, err := v.Resolve(r.PathValue("ref"))
	if err != nil {
		return err
	}
	entry, err := v.Entry(commit, r.PathValue("path"))
	if err != nil {
		return err
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	return answerRaw(w, r.Request, v, entry.Hash.String(), "text/plain; charset=utf-8")
}
