package forge

import (
	"net/http"
	"sort"
	"strings"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

func (f *Forge) refJSON(r *request, v *gitstore.View, name, sha string) (obj, error) {
	kind, err := v.Type(sha)
	if err != nil {
		return nil, err
	}
	return obj{"ref": name, "node_id": nodeID("Ref", r.repo.ID) + name, "url": f.repoURL(r) + "/git/" + name,
		"object": obj{"sha": sha, "type": kind, "url": f.repoURL(r) + "/git/" + kind + "s/" + sha}}, nil
}

func (f *Forge) getRef(w http.ResponseWriter, r *request) error {
	v, err := f.filledView(r)
	if err != nil {
		return err
	}
	return f.answerRef(w, r, v, http.StatusOK, "refs/"+r.PathValue("ref"))
}

func (f *Forge) answerRef(w http.ResponseWriter, r *request, v *gitstore.View, code int, name string) error {
	sha, err := v.Ref(name)
	if err != nil {
		return err
	}
	ref, err := f.refJSON(r, v, name, sha)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, code, ref)
	return nil
}

func (f *Forge) matchingRefs(w http.ResponseWriter, r *request) error {
	v, err := f.filledView(r)
	if err != nil {
		return err
	}
	refs, err := v.Refs()
	if err != nil {
		return err
	}
	list := []obj{}
	for name, sha := range refs {
		if strings.HasPrefix(name, "refs/"+r.PathValue("ref")) {
			ref, err := f.refJSON(r, v, name, sha)
			if err != nil {
				return err
			}
			list = append(list, ref)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i]["ref"].(string) < list[j]["ref"].(string) })
	writeJSON(w, r.Request, http.StatusOK, page(f, w, r.Request, list))
	return nil
}

// move changes a ref on the caller's behalf and emits the push event, unless
// the branch is protected from that. The caller of move holds the repository's
// lock.
func (f *Forge) move(r *request, name, newSHA, oldSHA string) error {
	if err := f.checkProtection(r, name, oldSHA, newSHA); err != nil {
		return err
	}
	if err := f.remember(r.Context(), r.repo, actorOf(r.caller)); err != nil {
		return err
	}
	if err := f.git(r.repo).UpdateRef(r.Context(), name, newSHA, oldSHA); err != nil {
		return err
	}
	repo, err := f.findRepoByID(r.Context(), r.repo.ID)
	if err != nil {
		return err
	}
	return f.emit(r.Context(), repo, actorOf(r.caller))
}

func (f *Forge) createRef(w http.ResponseWriter, r *request) error {
	var body struct{ Ref, SHA string }
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	isHead := strings.HasPrefix(body.Ref, "refs/heads/") || strings.HasPrefix(body.Ref, "refs/tags/")
	if !isHead || !gitstore.ValidRef(body.Ref) {
		return failure(http.StatusUnprocessableEntity, "Reference name must start with 'refs/heads/' or 'refs/tags/' and be well-formed")
	}
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	v, err := f.view(r)
	if err != nil {
		return err
	}
	if err := checkTarget(v, body.Ref, body.SHA); err != nil {
		return err
	}
	if _, err := v.Ref(body.Ref); err == nil {
		return failure(http.StatusUnprocessableEntity, "Reference already exists")
	}
	if err := f.move(r, body.Ref, body.SHA, gitstore.ZeroSHA); err != nil {
		return err
	}
	return f.answerRef(w, r, v, http.StatusCreated, body.Ref)
}

func checkTarget(v *gitstore.View, ref, sha string) error {
	if !gitstore.IsSHA(sha) {
		return failure(http.StatusUnprocessableEntity, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
	}
	kind, err := v.Type(sha)
	if err != nil || strings.HasPrefix(ref, "refs/heads/") && kind != "commit" {
		return failure(http.StatusUnprocessableEntity, "Object does not exist")
	}
	return nil
}

func (f *Forge) patchRef(w http.ResponseWriter, r *request) error {
	var body struct {
		SHA   string
		Force bool
	}
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	name := "refs/" + r.PathValue("ref")
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	v, err := f.view(r)
	if err != nil {
		return err
	}
	old, err := v.Ref(name)
	if err != nil {
		return failure(http.StatusUnprocessableEntity, "Reference does not exist")
	}
	if err := checkTarget(v, name, body.SHA); err != nil {
		return err
	}
	if !body.Force {
		forward, err := f.git(r.repo).IsAncestor(r.Context(), old, body.SHA)
		if err != nil {
			return err
		}
		if !forward {
			return failure(http.StatusUnprocessableEntity, "Update is not a fast forward")
		}
	}
	if err := f.move(r, name, body.SHA, old); err != nil {
		return err
	}
	return f.answerRef(w, r, v, http.StatusOK, name)
}

func (f *Forge) deleteRef(w http.ResponseWriter, r *request) error {
	name := "refs/" + r.PathValue("ref")
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	v, err := f.view(r)
	if err != nil {
		return err
	}
	old, err := v.Ref(name)
	if err != nil {
		return failure(http.StatusUnprocessableEntity, "Reference does not exist")
	}
	if name == "refs/heads/"+r.repo.DefaultBranch {
		return failure(http.StatusUnprocessableEntity, "Cannot delete the default branch")
	}
	if err := f.move(r, name, gitstore.ZeroSHA, old); err != nil {
		return err
	}
	return noContent(w)
}
