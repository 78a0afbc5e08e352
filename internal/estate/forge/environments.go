package forge

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// environment is a name that jobs give, with variables and secrets of its own.
type environment struct {
	ID               int64
	Name             string
	Created, Updated time.Time
}

const environmentColumns = `id, name, created_at, updated_at`

func scanEnvironment(row interface{ Scan(...any) error }) (environment, error) {
	var e environment
	var created, updated int64
	err := row.Scan(&e.ID, &e.Name, &created, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return e, errNotFound
	}
	if err != nil {
		return e, fmt.Errorf("read environment: %w", err)
	}
	e.Created, e.Updated = time.Unix(created, 0).UTC(), time.Unix(updated, 0).UTC()
	return e, nil
}

func (f *Forge) findEnvironment(r *request) (environment, error) {
	return scanEnvironment(f.db.QueryRowContext(r.Context(), `SELECT `+environmentColumns+` FROM environments WHERE repository_id = ? AND name = ?`,
		r.repo.ID, r.PathValue("environment")))
}

func (f *Forge) environmentJSON(r *request, e environment) obj {
	path := "/environments/" + url.PathEscape(e.Name)
	return obj{"id": e.ID, "node_id": nodeID("Environment", e.ID), "name": e.Name, "url": f.repoURL(r) + path,
		"html_url":   f.base() + "/" + r.repo.FullName() + "/deployments/activity_log?environments_filter=" + url.QueryEscape(e.Name),
		"created_at": e.Created, "updated_at": e.Updated, "protection_rules": []obj{}, "deployment_branch_policy": nil}
}

func (f *Forge) listEnvironments(w http.ResponseWriter, r *request) (err error) {
	rows, err := f.db.QueryContext(r.Context(), `SELECT `+environmentColumns+` FROM environments WHERE repository_id = ? ORDER BY name`, r.repo.ID)
	if err != nil {
		return fmt.Errorf("list environments: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	list := []obj{}
	for rows.Next() {
		e, err := scanEnvironment(rows)
		if err != nil {
			return err
		}
		list = append(list, f.environmentJSON(r, e))
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("list environments: %w", err)
	}
	writeJSON(w, r.Request, http.StatusOK, obj{"total_count": len(list), "environments": page(f, w, r.Request, list)})
	return nil
}

func (f *Forge) getEnvironment(w http.ResponseWriter, r *request) error {
	e, err := f.findEnvironment(r)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, f.environmentJSON(r, e))
	return nil
}

// environmentRules are what GitHub can demand of a job before it may use an
// environment. Nothing here would hold a job back, so none is promised.
type environmentRules struct {
	WaitTimer         int   `json:"wait_timer"`
	PreventSelfReview bool  `json:"prevent_self_review"`
	Reviewers         []any `json:"reviewers"`
	BranchPolicy      any   `json:"deployment_branch_policy"`
}

func (rules environmentRules) refused() error {
	asked := ""
	switch {
	case rules.WaitTimer != 0:
		asked = "wait_timer"
	case rules.PreventSelfReview:
		asked = "prevent_self_review"
	case len(rules.Reviewers) > 0:
		asked = "reviewers"
	case rules.BranchPolicy != nil:
		asked = "deployment_branch_policy"
	default:
		return nil
	}
	return failure(http.StatusUnprocessableEntity, "%s is not supported by this forge: every job of a repository may use its environments", asked)
}

func (f *Forge) putEnvironment(w http.ResponseWriter, r *request) error {
	var rules environmentRules
	if err := decode(w, r.Request, &rules); err != nil {
		return err
	}
	name := r.PathValue("environment")
	if len(name) > 255 {
		return invalid("Environment", "name", "custom", "name is too long (maximum is 255 characters)")
	}
	if err := rules.refused(); err != nil {
		return err
	}
	now := time.Now().Unix()
	_, err := f.db.ExecContext(r.Context(), `INSERT INTO environments (repository_id, name, created_at, updated_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (repository_id, name) DO UPDATE SET updated_at = excluded.updated_at`, r.repo.ID, name, now, now)
	if err != nil {
		return fmt.Errorf("store environment %s of %s: %w", name, r.repo.FullName(), err)
	}
	return f.getEnvironment(w, r)
}

func (f *Forge) deleteEnvironment(w http.ResponseWriter, r *request) error {
	e, err := f.findEnvironment(r)
	if err != nil {
		return err
	}
	err = f.inTx(r.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(r.Context(), `DELETE FROM workflow_values WHERE repository_id = ? AND environment = ?`, r.repo.ID, e.Name); err != nil {
			return err
		}
		_, err := tx.ExecContext(r.Context(), `DELETE FROM environments WHERE id = ?`, e.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("delete environment %s of %s: %w", e.Name, r.repo.FullName(), err)
	}
	return noContent(w)
}
