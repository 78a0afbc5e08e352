package forge

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
	"github.com/pronto-platform/pronto/internal/estate/forge/webhook"
)

// repoName is GitHub's rule. A trailing .git is dropped by the caller.
var repoName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

func checkRepoName(name string) error {
	switch {
	case name == "":
		return &apiError{code: 422, message: "Repository creation failed.", details: []errorDetail{{"Repository", "name", "missing_field", "name is missing"}}}
	case name == "." || name == ".." || !repoName.MatchString(name) || strings.HasSuffix(strings.ToLower(name), ".git"):
		return &apiError{code: 422, message: "Repository creation failed.", details: []errorDetail{{"Repository", "name", "custom",
			"name must be 1 to 100 of A-Z a-z 0-9 . _ - and must not be . or .. nor end in .git"}}}
	}
	return nil
}

func (f *Forge) createOrgRepo(w http.ResponseWriter, r *request) error {
	org, err := f.org(r)
	if err != nil {
		return err
	}
	if r.caller.kind == installationCaller && (r.caller.permissions["administration"] != "write" || r.caller.repositories != nil) {
		return failure(http.StatusForbidden, integrationRefusal)
	}
	return f.createRepo(w, r, org.Login)
}

func (f *Forge) createUserRepo(w http.ResponseWriter, r *request) error {
	if r.caller.kind != userCaller {
		return failure(http.StatusForbidden, integrationRefusal)
	}
	return f.createRepo(w, r, r.caller.account.Login)
}

func (f *Forge) createRepo(w http.ResponseWriter, r *request, owner string) error {
	body, switches, err := readSettings(w, r.Request)
	if err != nil {
		return err
	}
	name := ""
	if body.Name != nil {
		name = *body.Name
	}
	if err := checkRepoName(name); err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Second)
	repo := repository{Owner: owner, Name: name, Private: true, DefaultBranch: "main", Settings: switches, Topics: []string{},
		Created: now, Updated: now, Pushed: now}
	body.apply(&repo)
	defer f.locks.lock(owner, name)()
	if err := f.placeRepo(r.Context(), &repo, r.caller, body.AutoInit); err != nil {
		return err
	}
	if body.AutoInit {
		if err := f.emit(r.Context(), repo, actorOf(r.caller)); err != nil {
			return err
		}
	}
	f.dispatcher.Wake()
	w.Header().Set("Location", f.api()+"/repos/"+repo.FullName())
	writeJSON(w, r.Request, http.StatusCreated, f.repoJSON(repo, levelAdmin))
	return nil
}

// placeRepo makes the directory aside, then in one transaction the row, the
// event and the move into place.
func (f *Forge) placeRepo(ctx context.Context, repo *repository, c caller, autoInit bool) error {
	if _, err := f.findRepo(ctx, repo.Owner, repo.Name); err == nil {
		return &apiError{code: http.StatusUnprocessableEntity, message: "Repository creation failed.",
			details: []errorDetail{{"Repository", "name", "custom", "name already exists on this account"}}}
	} else if !errors.Is(err, errNotFound) {
		return err
	}
	prepared, err := f.store.Prepare(ctx, repo.DefaultBranch)
	if err != nil {
		return err
	}
	if autoInit {
		err = f.firstCommit(ctx, prepared, *repo, c)
	}
	if err == nil {
		err = f.inTx(ctx, func(tx *sql.Tx) error {
			if err := insertRepo(ctx, tx, repo); err != nil {
				return err
			}
			if err := f.rememberCreator(ctx, tx, *repo, c); err != nil {
				return err
			}
			if err := f.queueRepositoryEvent(ctx, tx, *repo, "created", actorOf(c)); err != nil {
				return err
			}
			return f.store.Place(prepared, repo.Owner, repo.Name)
		})
	}
	if err != nil {
		return errors.Join(err, f.store.Discard(prepared))
	}
	return nil
}

func (f *Forge) rememberCreator(ctx context.Context, tx *sql.Tx, repo repository, c caller) error {
	if c.kind != userCaller || c.account.Admin {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO collaborators (repository_id, login, level) VALUES (?, ?, ?)`, repo.ID, c.account.Login, levelAdmin)
	return err
}

func (f *Forge) firstCommit(ctx context.Context, prepared *gitstore.Repo, repo repository, c caller) error {
	v, err := prepared.Open()
	if err != nil {
		return err
	}
	text := "# " + repo.Name + "\n"
	if repo.Description != "" {
		text += repo.Description + "\n"
	}
	blob, err := v.WriteBlob([]byte(text))
	if err != nil {
		return err
	}
	tree, err := v.EditTree("", []gitstore.Edit{{Path: "README.md", Mode: regularFile, SHA: blob}})
	if err != nil {
		return err
	}
	person := f.personOf(c)
	sha, err := v.WriteCommit(gitstore.CommitSpec{Tree: tree, Author: person, Committer: person, Message: "Initial commit"})
	if err != nil {
		return err
	}
	return prepared.UpdateRef(ctx, "refs/heads/"+repo.DefaultBranch, sha, gitstore.ZeroSHA)
}

func (f *Forge) getRepo(w http.ResponseWriter, r *request) error {
	writeJSON(w, r.Request, http.StatusOK, f.fullRepoJSON(r.repo, r.level))
	return nil
}

// fullRepoJSON adds what GitHub gives for a single repository only.
func (f *Forge) fullRepoJSON(repo repository, l level) obj {
	o := f.repoJSON(repo, l)
	o["subscribers_count"], o["network_count"] = 0, 0
	if repo.Owner == f.cfg.Organization {
		o["organization"] = f.ownerJSON(repo.Owner)
	}
	return o
}

func (f *Forge) getRepoByID(w http.ResponseWriter, r *request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return errNotFound
	}
	repo, err := f.findRepoByID(r.Context(), id)
	if err != nil {
		return err
	}
	l, err := f.levelOn(r.Context(), r.caller, repo)
	if err != nil || l < levelPull {
		return errors.Join(err, errNotFound)
	}
	writeJSON(w, r.Request, http.StatusOK, f.fullRepoJSON(repo, l))
	return nil
}

// seen is a repository and what the caller may do with it.
type seen struct {
	repo  repository
	level level
}

func (f *Forge) visibleRepos(r *request, owner string) ([]seen, error) {
	repos, err := f.listRepos(r.Context(), owner)
	if err != nil {
		return nil, err
	}
	var list []seen
	for _, repo := range repos {
		l, err := f.levelOn(r.Context(), r.caller, repo)
		if err != nil {
			return nil, err
		}
		if l >= levelPull {
			list = append(list, seen{repo, l})
		}
	}
	return list, nil
}

func (f *Forge) seenJSON(list []seen) []obj {
	answer := make([]obj, len(list))
	for i, s := range list {
		answer[i] = f.repoJSON(s.repo, s.level)
	}
	return answer
}

func (f *Forge) listOrgRepos(w http.ResponseWriter, r *request) error {
	org, err := f.org(r)
	if err != nil {
		return err
	}
	return f.answerRepos(w, r, org.Login)
}

func (f *Forge) listOwnRepos(w http.ResponseWriter, r *request) error { return f.answerRepos(w, r, "") }

func (f *Forge) listUserRepos(w http.ResponseWriter, r *request) error {
	return f.answerRepos(w, r, r.PathValue("login"))
}

func (f *Forge) answerRepos(w http.ResponseWriter, r *request, owner string) error {
	list, err := f.visibleRepos(r, owner)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, f.seenJSON(page(f, w, r.Request, list)))
	return nil
}

func (f *Forge) patchRepo(w http.ResponseWriter, r *request) error {
	body, switches, err := readSettings(w, r.Request)
	if err != nil {
		return err
	}
	if body.Name != nil && *body.Name != r.repo.Name {
		return invalid("Repository", "name", "custom", "a repository cannot be renamed here: create one with the new name and push to it")
	}
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	repo, err := f.findRepoByID(r.Context(), r.repo.ID)
	if err != nil {
		return err
	}
	body.apply(&repo)
	for key, value := range switches {
		repo.Settings[key] = value
	}
	if body.DefaultBranch != nil {
		if err := f.changeDefaultBranch(r.Context(), &repo, *body.DefaultBranch); err != nil {
			return err
		}
	}
	if err := f.updateRepo(r.Context(), repo); err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, f.fullRepoJSON(repo, r.level))
	return nil
}

func (f *Forge) changeDefaultBranch(ctx context.Context, repo *repository, branch string) error {
	refs, err := f.git(*repo).Refs()
	if err != nil {
		return err
	}
	if _, ok := refs["refs/heads/"+branch]; !ok && len(refs) > 0 || !gitstore.ValidRef("refs/heads/"+branch) {
		return invalid("Repository", "default_branch", "invalid", "The branch "+branch+" was not found. Please push that ref first or create it via the Git Data API.")
	}
	repo.DefaultBranch = branch
	return f.git(*repo).SetHead(ctx, branch)
}

func (f *Forge) deleteRepo(w http.ResponseWriter, r *request) error {
	ctx := context.WithoutCancel(r.Context())
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	err := f.inTx(ctx, func(tx *sql.Tx) error {
		if err := f.queueRepositoryEvent(ctx, tx, r.repo, "deleted", actorOf(r.caller)); err != nil {
			return err
		}
		if err := webhook.Retire(ctx, tx, webhook.Target{Type: "repository", ID: r.repo.ID}); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO removals (repository_id, owner, name) VALUES (?, ?, ?)`, r.repo.ID, r.repo.Owner, r.repo.Name); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM repositories WHERE id = ?`, r.repo.ID)
		return err
	})
	if err != nil {
		return err
	}
	f.dispatcher.Wake()
	if err := f.removeFiles(ctx, r.repo); err != nil {
		return err
	}
	return noContent(w)
}
