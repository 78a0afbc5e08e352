package vault

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Create adds a value, or fails with ErrExists or ErrFull.
func (v *Vault) Create(ctx context.Context, kind Kind, scope Scope, value Value) error {
	return v.inTx(ctx, func(tx *sql.Tx) error { return v.insert(ctx, tx, kind, scope, value) })
}

// Put adds a value or replaces the one of its name.
func (v *Vault) Put(ctx context.Context, kind Kind, scope Scope, value Value) (created bool, err error) {
	err = v.inTx(ctx, func(tx *sql.Tx) error {
		err := v.replace(ctx, tx, kind, scope, value.Name, value)
		if errors.Is(err, ErrNotFound) {
			created = true
			err = v.insert(ctx, tx, kind, scope, value)
		}
		return err
	})
	return created, err
}

// Replace puts value in the place of the one called name, which may be renamed
// by that. It fails with ErrNotFound or ErrExists.
func (v *Vault) Replace(ctx context.Context, kind Kind, scope Scope, name string, value Value) error {
	return v.inTx(ctx, func(tx *sql.Tx) error { return v.replace(ctx, tx, kind, scope, name, value) })
}

func (v *Vault) replace(ctx context.Context, tx *sql.Tx, kind Kind, scope Scope, name string, value Value) error {
	text, selected, err := v.stored(kind, scope, value)
	if err != nil {
		return err
	}
	from, to := canonical(name), canonical(value.Name)
	if from != to {
		if err := free(ctx, tx, kind, scope, to); err != nil {
			return err
		}
	}
	result, err := tx.ExecContext(ctx, `UPDATE workflow_values SET name = ?, value = ?, visibility = ?, selected = ?, updated_at = ?`+where+` AND name = ?`,
		to, text, value.Visibility, selected, time.Now().Unix(), kind, scope.repository(), scope.Environment, from)
	if err != nil {
		return fmt.Errorf("store %s %s: %w", kind, to, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNotFound)
	}
	return nil
}

func (v *Vault) insert(ctx context.Context, tx *sql.Tx, kind Kind, scope Scope, value Value) error {
	text, selected, err := v.stored(kind, scope, value)
	if err != nil {
		return err
	}
	name, now := canonical(value.Name), time.Now().Unix()
	if err := free(ctx, tx, kind, scope, name); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO workflow_values (kind, repository_id, environment, name, value, visibility, selected, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, kind, scope.repository(), scope.Environment, name, text, value.Visibility, selected, now, now)
	if err != nil {
		return fmt.Errorf("store %s %s: %w", kind, name, err)
	}
	return nil
}

// free reports whether a scope takes one more value of that name.
func free(ctx context.Context, tx *sql.Tx, kind Kind, scope Scope, name string) error {
	var count, same int
	err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(name = ?), 0) FROM workflow_values`+where, name, kind, scope.repository(), scope.Environment).Scan(&count, &same)
	switch {
	case err != nil:
		return fmt.Errorf("count %ss: %w", kind, err)
	case same > 0:
		return ErrExists
	case count >= most[kind]:
		return ErrFull
	}
	return nil
}

// stored is what the columns hold: a secret is sealed for its place, so that
// it does not open when it is moved to another.
func (v *Vault) stored(kind Kind, scope Scope, value Value) (text []byte, selected string, err error) {
	text = []byte(value.Text.Reveal())
	if kind == Secret {
		text = v.sealer.Seal(value.Text, owner(scope, canonical(value.Name)))
	}
	encoded, err := json.Marshal(append([]int64{}, value.Selected...))
	return text, string(encoded), err
}

func owner(scope Scope, name string) string { return scope.String() + "/" + name }

func (v *Vault) inTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// SetReach changes who sees a value and leaves the value, or fails with
// ErrNotFound.
func (v *Vault) SetReach(ctx context.Context, kind Kind, scope Scope, name string, reach Reach) error {
	selected, err := json.Marshal(append([]int64{}, reach.Selected...))
	if err != nil {
		return err
	}
	result, err := v.db.ExecContext(ctx, `UPDATE workflow_values SET visibility = ?, selected = ?, updated_at = ?`+where+` AND name = ?`,
		reach.Visibility, string(selected), time.Now().Unix(), kind, scope.repository(), scope.Environment, canonical(name))
	if err != nil {
		return fmt.Errorf("store who sees %s %s: %w", kind, name, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNotFound)
	}
	return nil
}
