package forge

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

type personInput struct {
	Name  string     `json:"name"`
	Email string     `json:"email"`
	Date  *time.Time `json:"date"`
}

// or completes what was given with the fallback.
func (p *personInput) or(fallback gitstore.Person) gitstore.Person {
	if p == nil {
		return fallback
	}
	if p.Name != "" {
		fallback.Name = p.Name
	}
	if p.Email != "" {
		fallback.Email = p.Email
	}
	if p.Date != nil {
		fallback.When = *p.Date
	}
	return fallback
}

type contentChange struct {
	Message   string       `json:"message"`
	Content   *string      `json:"content"`
	SHA       string       `json:"sha"`
	Branch    string       `json:"branch"`
	Author    *personInput `json:"author"`
	Committer *personInput `json:"committer"`
}

func (f *Forge) putContents(w http.ResponseWriter, r *request) error {
	body, path, err := readChange(w, r)
	if err != nil {
		return err
	}
	if body.Content == nil {
		return failure(http.StatusUnprocessableEntity, "Invalid request.\n\n\"content\" wasn't supplied.")
	}
	content, err := base64.StdEncoding.DecodeString(strings.NewReplacer("\n", "", "\r", "").Replace(*body.Content))
	if err != nil {
		return failure(http.StatusUnprocessableEntity, "content is not valid Base64")
	}
	return f.changeContents(w, r, body, path, content)
}

func (f *Forge) deleteContents(w http.ResponseWriter, r *request) error {
	body, path, err := readChange(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if body.SHA == "" && q.Get("sha") != "" { // some clients put a DELETE's fields into the query
		body.SHA, body.Message, body.Branch = q.Get("sha"), q.Get("message"), q.Get("branch")
	}
	return f.changeContents(w, r, body, path, nil)
}

func readChange(w http.ResponseWriter, r *request) (contentChange, string, error) {
	var body contentChange
	path := strings.Trim(r.PathValue("path"), "/")
	if err := decode(w, r.Request, &body); err != nil {
		return body, path, err
	}
	return body, path, gitstore.CheckPath(path)
}

// changeContents commits one file's new content (nil: its removal).
func (f *Forge) changeContents(w http.ResponseWriter, r *request, body contentChange, path string, content []byte) error {
	branch := f.refOr(r, body.Branch)
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	v, err := f.view(r)
	if err != nil {
		return err
	}
	at, err := tipOf(v, branch, path)
	if err != nil {
		return err
	}
	if err := checkBlobSHA(at.existing, body.SHA, path, content == nil); err != nil {
		return err
	}
	sha, err := f.commitChange(r, v, at, body, path, content)
	if err != nil {
		return err
	}
	if err := f.move(r, "refs/heads/"+branch, sha, at.sha); err != nil {
		return couldNot(at.existing != nil, content != nil, err)
	}
	return f.answerChange(w, r, v, sha, path, branch, at.existing == nil && content != nil)
}

// couldNot words the refusal of a protected branch as GitHub does for files.
func couldNot(existed, stays bool, err error) error {
	var protected *protectedError
	if !errors.As(err, &protected) {
		return err
	}
	verb := "create"
	switch {
	case !stays:
		verb = "delete"
	case existed:
		verb = "update"
	}
	return failure(http.StatusConflict, "Could not %s file: %s", verb, protected)
}

// tip is where a branch stands before a change.
type tip struct {
	sha      string // ZeroSHA: no commit yet
	parents  []string
	tree     string
	existing *object.TreeEntry // what stands at the path, if anything
}

func tipOf(v *gitstore.View, branch, path string) (tip, error) {
	sha, err := v.Ref("refs/heads/" + branch)
	if err != nil {
		if empty, err := v.Empty(); err != nil || !empty {
			return tip{}, failure(http.StatusNotFound, "Branch %s not found", branch)
		}
		return tip{sha: gitstore.ZeroSHA}, nil
	}
	commit, err := v.Resolve(sha)
	if err != nil {
		return tip{}, err
	}
	at := tip{sha: sha, parents: []string{sha}, tree: commit.TreeHash.String()}
	if entry, err := v.Entry(commit, path); err == nil {
		at.existing = &entry
	}
	return at, nil
}

func (f *Forge) commitChange(r *request, v *gitstore.View, at tip, body contentChange, path string, content []byte) (sha string, err error) {
	edit := gitstore.Edit{Path: path, Mode: filemode.Regular}
	if at.existing != nil {
		edit.Mode = at.existing.Mode
	}
	message := body.Message
	if message == "" {
		message = map[bool]string{true: "Delete ", false: "Update "}[content == nil] + path
	}
	if content != nil {
		if edit.SHA, err = v.WriteBlob(content); err != nil {
			return "", err
		}
	}
	tree, err := v.EditTree(at.tree, []gitstore.Edit{edit})
	if err != nil {
		return "", err
	}
	committer := body.Committer.or(f.personOf(r.caller))
	return v.WriteCommit(gitstore.CommitSpec{Tree: tree, Parents: at.parents, Author: body.Author.or(committer), Committer: committer, Message: message})
}

func checkBlobSHA(existing *object.TreeEntry, sha, path string, removal bool) error {
	switch {
	case existing == nil && removal:
		return errNotFound
	case existing == nil && sha == "":
		return nil
	case existing != nil && existing.Mode == filemode.Dir:
		return failure(http.StatusUnprocessableEntity, "%s is a directory", path)
	case sha == "":
		return failure(http.StatusUnprocessableEntity, "Invalid request.\n\n\"sha\" wasn't supplied.")
	case existing == nil || existing.Hash.String() != sha:
		return failure(http.StatusConflict, "%s does not match %s", path, sha)
	}
	return nil
}

func (f *Forge) answerChange(w http.ResponseWriter, r *request, v *gitstore.View, sha, path, branch string, created bool) error {
	commit, err := v.Resolve(sha)
	if err != nil {
		return err
	}
	answer, code := obj{"commit": f.gitCommitJSON(r, commit), "content": nil}, http.StatusOK
	if entry, err := v.Entry(commit, path); err == nil {
		if answer["content"], err = f.contentJSON(r, v, entry, path, branch, false); err != nil {
			return err
		}
	}
	if created {
		code = http.StatusCreated
	}
	writeJSON(w, r.Request, code, answer)
	return nil
}
