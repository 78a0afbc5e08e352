package forge

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"
)

func (f *Forge) listBranches(w http.ResponseWriter, r *request) error {
	v, err := f.view(r)
	if err != nil {
		return err
	}
	refs, err := v.Refs()
	if err != nil {
		return err
	}
	rules, err := f.protections(r.Context(), r.repo.ID)
	if err != nil {
		return err
	}
	list := []obj{}
	for name, sha := range refs {
		if branch, ok := strings.CutPrefix(name, "refs/heads/"); ok {
			_, protected := rules[branch]
			list = append(list, obj{"name": branch, "protected": protected, "commit": obj{"sha": sha, "url": f.repoURL(r) + "/commits/" + sha}})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i]["name"].(string) < list[j]["name"].(string) })
	writeJSON(w, r.Request, http.StatusOK, page(f, w, r.Request, list))
	return nil
}

func (f *Forge) getBranch(w http.ResponseWriter, r *request) error {
	branch := r.PathValue("branch")
	v, err := f.view(r)
	if err != nil {
		return err
	}
	sha, err := v.Ref("refs/heads/" + branch)
	if err != nil {
		return failure(http.StatusNotFound, "Branch not found")
	}
	commit, err := v.Resolve(sha)
	if err != nil {
		return err
	}
	rules, err := f.protections(r.Context(), r.repo.ID)
	if err != nil {
		return err
	}
	_, protected := rules[branch]
	self := f.repoURL(r) + "/branches/" + url.PathEscape(branch)
	writeJSON(w, r.Request, http.StatusOK, obj{
		"name": branch, "commit": f.commitJSON(r, commit), "protected": protected, "protection_url": self + "/protection",
		"_links": obj{"self": self, "html": f.base() + "/" + r.repo.FullName() + "/tree/" + branch},
	})
	return nil
}

var topicName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,49}$`)

func (f *Forge) getTopics(w http.ResponseWriter, r *request) error {
	writeJSON(w, r.Request, http.StatusOK, obj{"names": r.repo.Topics})
	return nil
}

func (f *Forge) putTopics(w http.ResponseWriter, r *request) error {
	var body struct {
		Names []string `json:"names"`
	}
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	if len(body.Names) > 20 {
		return invalid("Repository", "topics", "custom", "a repository has at most 20 topics")
	}
	for _, name := range body.Names {
		if !topicName.MatchString(name) {
			return invalid("Repository", "topics", "invalid", "Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.")
		}
	}
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	repo, err := f.findRepoByID(r.Context(), r.repo.ID)
	if err != nil {
		return err
	}
	repo.Topics = append([]string{}, body.Names...)
	if err := f.updateRepo(r.Context(), repo); err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, obj{"names": repo.Topics})
	return nil
}

var levelNames = map[string]level{"pull": levelPull, "triage": levelTriage, "push": levelPush, "maintain": levelMaintain, "admin": levelAdmin}

func (f *Forge) putCollaborator(w http.ResponseWriter, r *request) error {
	body := struct {
		Permission string `json:"permission"`
	}{"push"}
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	given, ok := levelNames[body.Permission]
	if !ok {
		return invalid("Collaborator", "permission", "invalid", "permission must be pull, triage, push, maintain or admin")
	}
	user, err := findAccount(r.Context(), f.db, r.PathValue("login"))
	if err != nil {
		return err
	}
	_, err = f.db.ExecContext(r.Context(), `INSERT OR REPLACE INTO collaborators (repository_id, login, level) VALUES (?, ?, ?)`, r.repo.ID, user.Login, given)
	if err != nil {
		return fmt.Errorf("store collaborator: %w", err)
	}
	return noContent(w)
}

func (f *Forge) getCollaboratorPermission(w http.ResponseWriter, r *request) error {
	user, err := findAccount(r.Context(), f.db, r.PathValue("login"))
	if err != nil {
		return err
	}
	l, err := f.levelOn(r.Context(), caller{kind: userCaller, account: user}, r.repo)
	if err != nil {
		return err
	}
	name := [...]string{"none", "read", "read", "write", "write", "admin"}[l]
	writeJSON(w, r.Request, http.StatusOK, obj{"permission": name, "role_name": name, "user": f.accountJSON(user)})
	return nil
}
