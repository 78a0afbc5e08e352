package forge

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

type status struct {
	ID                                             int64
	State, Context, Description, TargetURL, Author string
	Created                                        time.Time
}

func (f *Forge) createStatus(w http.ResponseWriter, r *request) error {
	if r.level < levelPush && r.caller.permissions["statuses"] != "write" {
		return failure(http.StatusForbidden, integrationRefusal)
	}
	body := struct {
		State       string `json:"state"`
		TargetURL   string `json:"target_url"`
		Description string `json:"description"`
		Context     string `json:"context"`
	}{Context: "default"}
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	if !slices.Contains([]string{"error", "failure", "pending", "success"}, body.State) {
		return invalid("Status", "state", "custom", "state must be error, failure, pending or success")
	}
	if len([]rune(body.Description)) > 140 {
		return invalid("Status", "description", "custom", "description is too long (maximum is 140 characters)")
	}
	commit, err := f.resolve(r, r.PathValue("sha"))
	if err != nil {
		return err
	}
	s := status{State: body.State, Context: body.Context, Description: body.Description, TargetURL: body.TargetURL,
		Author: r.caller.account.Login, Created: time.Now().UTC().Truncate(time.Second)}
	result, err := f.db.ExecContext(r.Context(), `INSERT INTO statuses (repository_id, sha, state, context, description, target_url, creator, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, r.repo.ID, commit.Hash.String(), s.State, s.Context, s.Description, s.TargetURL, s.Author, s.Created.Unix())
	if err != nil {
		return fmt.Errorf("store status: %w", err)
	}
	if s.ID, err = result.LastInsertId(); err != nil {
		return err
	}
	answer := f.statusJSON(r, s, commit.Hash.String())
	answer["creator"] = f.accountJSON(r.caller.account)
	writeJSON(w, r.Request, http.StatusCreated, answer)
	return nil
}

func (f *Forge) statusJSON(r *request, s status, sha string) obj {
	return obj{"id": s.ID, "node_id": nodeID("Status", s.ID), "url": f.repoURL(r) + "/statuses/" + sha, "avatar_url": "", "state": s.State,
		"context": s.Context, "description": orNil(s.Description), "target_url": orNil(s.TargetURL), "created_at": s.Created, "updated_at": s.Created}
}

// statuses returns those of a commit, newest first.
func (f *Forge) statuses(r *request, sha string) (list []status, err error) {
	rows, err := f.db.QueryContext(r.Context(), `SELECT id, state, context, description, target_url, creator, created_at FROM statuses
		WHERE repository_id = ? AND sha = ? ORDER BY id DESC`, r.repo.ID, sha)
	if err != nil {
		return nil, fmt.Errorf("read statuses: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s status
		var created int64
		if err := rows.Scan(&s.ID, &s.State, &s.Context, &s.Description, &s.TargetURL, &s.Author, &created); err != nil {
			return nil, fmt.Errorf("read statuses: %w", err)
		}
		s.Created = time.Unix(created, 0).UTC()
		list = append(list, s)
	}
	return list, rows.Err()
}

func (f *Forge) listStatuses(w http.ResponseWriter, r *request, ref string) error {
	commit, err := f.resolve(r, ref)
	if err != nil {
		return err
	}
	all, err := f.statuses(r, commit.Hash.String())
	if err != nil {
		return err
	}
	list := []obj{}
	for _, s := range all {
		list = append(list, f.statusJSON(r, s, commit.Hash.String()))
	}
	writeJSON(w, r.Request, http.StatusOK, page(f, w, r.Request, list))
	return nil
}

func (f *Forge) combinedStatus(w http.ResponseWriter, r *request, ref string) error {
	commit, err := f.resolve(r, ref)
	if err != nil {
		return errNotFound
	}
	sha := commit.Hash.String()
	all, err := f.statuses(r, sha)
	if err != nil {
		return err
	}
	latest := latestPerContext(all)
	list := []obj{}
	for _, s := range latest {
		list = append(list, f.statusJSON(r, s, sha))
	}
	writeJSON(w, r.Request, http.StatusOK, obj{
		"state": combinedState(latest), "statuses": list, "sha": sha, "total_count": len(list), "repository": f.repoJSON(r.repo, r.level),
		"commit_url": f.repoURL(r) + "/commits/" + sha, "url": f.repoURL(r) + "/commits/" + sha + "/status",
	})
	return nil
}

func latestPerContext(newestFirst []status) []status {
	seen, latest := map[string]bool{}, []status{}
	for _, s := range newestFirst {
		if !seen[s.Context] {
			seen[s.Context] = true
			latest = append(latest, s)
		}
	}
	return latest
}

// combinedState is failure if any failed, pending if any is or there is none.
func combinedState(latest []status) string {
	state := "success"
	if len(latest) == 0 {
		state = "pending"
	}
	for _, s := range latest {
		switch s.State {
		case "error", "failure":
			return "failure"
		case "pending":
			state = "pending"
		}
	}
	return state
}
