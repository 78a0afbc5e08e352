package forge

import (
	"database/sql"
	"encoding/json"
	"errors"
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
	list := []obj{}
	for name, sha := range refs {
		if branch, ok := strings.CutPrefix(name, "refs/heads/"); ok {
			list = append(list, obj{"name": branch, "protected": false, "commit": obj{"sha": sha, "url": f.repoURL(r) + "/commits/" + sha}})
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
	_, err = f.protection(r, branch)
	self := f.repoURL(r) + "/branches/" + url.PathEscape(branch)
	writeJSON(w, r.Request, http.StatusOK, obj{
		"name": branch, "commit": f.commitJSON(r, commit), "protected": err == nil, "protection_url": self + "/protection",
		"_links": obj{"self": self, "html": f.base() + "/" + r.repo.FullName() + "/tree/" + branch},
	})
	return nil
}

func (f *Forge) protection(r *request, branch string) (obj, error) {
	var stored string
	err := f.db.QueryRowContext(r.Context(), `SELECT settings FROM protections WHERE repository_id = ? AND branch = ?`, r.repo.ID, branch).Scan(&stored)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, failure(http.StatusNotFound, "Branch not protected")
	}
	if err != nil {
		return nil, fmt.Errorf("read protection: %w", err)
	}
	var settings obj
	err = json.Unmarshal([]byte(stored), &settings)
	return settings, err
}

func (f *Forge) branchExists(r *request, branch string) error {
	v, err := f.view(r)
	if err != nil {
		return err
	}
	if _, err := v.Ref("refs/heads/" + branch); err != nil {
		return failure(http.StatusNotFound, "Branch not found")
	}
	return nil
}

func (f *Forge) getProtection(w http.ResponseWriter, r *request) error {
	branch := r.PathValue("branch")
	if err := f.branchExists(r, branch); err != nil {
		return err
	}
	settings, err := f.protection(r, branch)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, settings)
	return nil
}

// putProtection stores the settings. They are kept and shown; pushes are
// governed by the callers' levels.
func (f *Forge) putProtection(w http.ResponseWriter, r *request) error {
	branch := r.PathValue("branch")
	var body map[string]any
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	for _, key := range []string{"required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"} {
		if _, ok := body[key]; !ok {
			return failure(http.StatusUnprocessableEntity, "Invalid request.\n\n%q wasn't supplied.", key)
		}
	}
	if err := f.branchExists(r, branch); err != nil {
		return err
	}
	shown := protectionJSON(body, f.repoURL(r)+"/branches/"+url.PathEscape(branch)+"/protection")
	encoded, err := json.Marshal(shown)
	if err != nil {
		return err
	}
	if _, err := f.db.ExecContext(r.Context(), `INSERT OR REPLACE INTO protections (repository_id, branch, settings) VALUES (?, ?, ?)`,
		r.repo.ID, branch, string(encoded)); err != nil {
		return fmt.Errorf("store protection: %w", err)
	}
	writeJSON(w, r.Request, http.StatusOK, shown)
	return nil
}

// protectionJSON turns the request's switches into the answer's {enabled}.
func protectionJSON(body map[string]any, self string) obj {
	shown := obj{"url": self}
	for key, value := range body {
		switch enabled, isSwitch := value.(bool); {
		case isSwitch:
			shown[key] = obj{"enabled": enabled}
		case value != nil:
			shown[key] = value
		}
	}
	return shown
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
