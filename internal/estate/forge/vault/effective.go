package vault

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Asker is the job, or the person, whose values are asked for.
type Asker struct {
	Repository     int64
	Private        bool   // the repository is not public
	OfOrganization bool   // the repository is the organisation's, not a person's
	Environment    string // empty: none
}

func (a Asker) sees(r Reach) bool {
	switch {
	case !a.OfOrganization:
		return false
	case r.Visibility == "all":
		return true
	case r.Visibility == "private":
		return a.Private
	default:
		return slices.Contains(r.Selected, a.Repository)
	}
}

// Effective returns what a job reads, in the clear. Of several values of one
// name the environment's counts before the repository's, and that before the
// organisation's.
func (v *Vault) Effective(ctx context.Context, kind Kind, asker Asker) (values map[string]string, err error) {
	rows, err := v.db.QueryContext(ctx, `SELECT repository_id, environment, `+columns+` FROM workflow_values
		WHERE kind = ? AND (repository_id IS NULL OR repository_id = ? AND environment IN ('', ?))
		ORDER BY repository_id IS NOT NULL, environment <> ''`, kind, asker.Repository, asker.Environment)
	if err != nil {
		return nil, fmt.Errorf("read %ss: %w", kind, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values = map[string]string{}
	for rows.Next() {
		if err := v.take(rows, kind, asker, values); err != nil {
			return nil, fmt.Errorf("read %ss: %w", kind, err)
		}
	}
	return values, rows.Err()
}

func (v *Vault) take(rows *sql.Rows, kind Kind, asker Asker, into map[string]string) error {
	var repository sql.NullInt64
	var scope Scope
	var name, selected string
	var stored []byte
	var reach Reach
	var created, updated int64
	if err := rows.Scan(&repository, &scope.Environment, &name, &stored, &reach.Visibility, &selected, &created, &updated); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(selected), &reach.Selected); err != nil {
		return err
	}
	scope.Repository = repository.Int64
	if !repository.Valid && !asker.sees(reach) {
		return nil
	}
	if kind == Secret {
		opened, err := v.sealer.Open(stored, owner(scope, name))
		into[name] = opened.Reveal()
		return err
	}
	into[name] = string(stored)
	return nil
}

// OfOrganization returns the organisation's values that a repository sees.
func (v *Vault) OfOrganization(ctx context.Context, kind Kind, asker Asker) ([]Value, error) {
	all, err := v.List(ctx, kind, Scope{})
	return slices.DeleteFunc(all, func(value Value) bool { return !asker.sees(value.Reach) }), err
}
