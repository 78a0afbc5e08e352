// Package vault keeps the variables and secrets that workflows read, as
// GitHub's "Actions variables" and "Actions secrets" do. A secret comes in a
// box sealed for its scope, is kept sealed, and only Effective opens it.
package vault

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/seal"
	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Kind tells what anyone who may see it can read from what nobody can.
type Kind string

// The two kinds.
const (
	Variable Kind = "variable"
	Secret   Kind = "secret"
)

// most is how many of a kind one scope holds; the limits are GitHub's.
var most = map[Kind]int{Variable: 500, Secret: 100}

// Scope is what a value belongs to: the organisation (the zero value), a
// repository, or an environment of a repository.
type Scope struct {
	Repository  int64
	Environment string
}

func (s Scope) String() string {
	return fmt.Sprintf("%d/%s", s.Repository, strings.ToLower(s.Environment))
}

// repository is the column's value.
func (s Scope) repository() sql.NullInt64 {
	return sql.NullInt64{Int64: s.Repository, Valid: s.Repository != 0}
}

// Value is one variable or secret.
type Value struct {
	Name             string
	Text             secret.String // of a secret never filled in by Get and List
	Reach                          // of the organisation's
	Created, Updated time.Time
}

// Reach says which repositories see a value of the organisation.
type Reach struct {
	Visibility string  // all, private or selected
	Selected   []int64 // repositories, for selected
}

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("there is no such value")
	ErrExists   = errors.New("the value exists already")
	ErrFull     = errors.New("the scope holds as many values as it may")
)

// Vault is the table of values. Its methods are safe for concurrent use.
type Vault struct {
	db     *sql.DB
	key    secret.String
	sealer seal.Sealer
}

// New opens the vault in a database whose schema is there. Under another key
// the secrets in it cannot be opened.
func New(db *sql.DB, key secret.String) (*Vault, error) {
	sealer, err := seal.New(key, "pronto forge secrets")
	if err != nil {
		return nil, err
	}
	return &Vault{db: db, key: key, sealer: sealer}, nil
}

const where = ` WHERE kind = ? AND repository_id IS ? AND environment = ?`

// List returns the values of a scope by name.
func (v *Vault) List(ctx context.Context, kind Kind, scope Scope) (list []Value, err error) {
	rows, err := v.db.QueryContext(ctx, `SELECT `+columns+` FROM workflow_values`+where+` ORDER BY name`, kind, scope.repository(), scope.Environment)
	if err != nil {
		return nil, fmt.Errorf("list %ss: %w", kind, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		value, err := scan(rows, kind)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, rows.Err()
}

// Get returns one value, or ErrNotFound.
func (v *Vault) Get(ctx context.Context, kind Kind, scope Scope, name string) (Value, error) {
	row := v.db.QueryRowContext(ctx, `SELECT `+columns+` FROM workflow_values`+where+` AND name = ?`, kind, scope.repository(), scope.Environment, canonical(name))
	return scan(row, kind)
}

const columns = `name, value, visibility, selected, created_at, updated_at`

func scan(row interface{ Scan(...any) error }, kind Kind) (Value, error) {
	var value Value
	var text []byte
	var selected string
	var created, updated int64
	err := row.Scan(&value.Name, &text, &value.Visibility, &selected, &created, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return value, ErrNotFound
	}
	if err != nil {
		return value, fmt.Errorf("read %s: %w", kind, err)
	}
	if kind == Variable {
		value.Text = secret.New(string(text))
	}
	value.Created, value.Updated = time.Unix(created, 0).UTC(), time.Unix(updated, 0).UTC()
	return value, json.Unmarshal([]byte(selected), &value.Selected)
}

// canonical is the name as it is kept: names do not differ by case alone.
func canonical(name string) string { return strings.ToUpper(name) }

// Delete removes a value, or fails with ErrNotFound.
func (v *Vault) Delete(ctx context.Context, kind Kind, scope Scope, name string) error {
	result, err := v.db.ExecContext(ctx, `DELETE FROM workflow_values`+where+` AND name = ?`, kind, scope.repository(), scope.Environment, canonical(name))
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", kind, name, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNotFound)
	}
	return nil
}
