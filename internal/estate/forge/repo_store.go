package forge

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

// repository is a row of repositories.
type repository struct {
	ID                       int64
	Owner, Name              string
	Description, Homepage    string
	Private, Archived        bool
	DefaultBranch            string
	Settings                 map[string]any // has_*, allow_*, merge settings as they were given
	Topics                   []string
	Pusher                   string
	Created, Updated, Pushed time.Time
}

// FullName is owner/name.
func (r repository) FullName() string { return r.Owner + "/" + r.Name }

const repoColumns = `id, owner, name, description, homepage, private, archived, default_branch, settings, topics, pusher, created_at, updated_at, pushed_at`

func (f *Forge) git(repo repository) *gitstore.Repo { return f.store.Repo(repo.Owner, repo.Name) }

func (f *Forge) findRepo(ctx context.Context, owner, name string) (repository, error) {
	return scanRepo(f.db.QueryRowContext(ctx, `SELECT `+repoColumns+` FROM repositories WHERE owner = ? AND name = ?`, owner, name))
}

func (f *Forge) findRepoByID(ctx context.Context, id int64) (repository, error) {
	return scanRepo(f.db.QueryRowContext(ctx, `SELECT `+repoColumns+` FROM repositories WHERE id = ?`, id))
}

// listRepos returns the owner's repositories, or all for "".
func (f *Forge) listRepos(ctx context.Context, owner string) (list []repository, err error) {
	rows, err := f.db.QueryContext(ctx, `SELECT `+repoColumns+` FROM repositories WHERE ? = '' OR owner = ? ORDER BY id DESC`, owner, owner)
	if err != nil {
		return nil, fmt.Errorf("list repositories: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		repo, err := scanRepo(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, repo)
	}
	return list, rows.Err()
}

func scanRepo(row interface{ Scan(...any) error }) (repository, error) {
	var r repository
	var settings, topics string
	var created, updated, pushed int64
	err := row.Scan(&r.ID, &r.Owner, &r.Name, &r.Description, &r.Homepage, &r.Private, &r.Archived, &r.DefaultBranch,
		&settings, &topics, &r.Pusher, &created, &updated, &pushed)
	if errors.Is(err, sql.ErrNoRows) {
		return r, errNotFound
	}
	if err != nil {
		return r, fmt.Errorf("read repository: %w", err)
	}
	r.Created, r.Updated, r.Pushed = time.Unix(created, 0).UTC(), time.Unix(updated, 0).UTC(), time.Unix(pushed, 0).UTC()
	return r, errors.Join(json.Unmarshal([]byte(settings), &r.Settings), json.Unmarshal([]byte(topics), &r.Topics))
}

func insertRepo(ctx context.Context, tx *sql.Tx, r *repository) error {
	settings, err := json.Marshal(r.Settings)
	if err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO repositories (owner, name, description, homepage, private, default_branch, settings, created_at, updated_at, pushed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.Owner, r.Name, r.Description, r.Homepage, r.Private, r.DefaultBranch, string(settings),
		r.Created.Unix(), r.Updated.Unix(), r.Pushed.Unix())
	if err != nil {
		return fmt.Errorf("create repository %s: %w", r.FullName(), err)
	}
	r.ID, err = result.LastInsertId()
	return err
}

func (f *Forge) updateRepo(ctx context.Context, r repository) error {
	settings, err := json.Marshal(r.Settings)
	if err != nil {
		return err
	}
	topics, err := json.Marshal(r.Topics)
	if err != nil {
		return err
	}
	_, err = f.db.ExecContext(ctx, `UPDATE repositories SET description = ?, homepage = ?, private = ?, archived = ?, default_branch = ?,
		settings = ?, topics = ?, updated_at = ? WHERE id = ?`, r.Description, r.Homepage, r.Private, r.Archived, r.DefaultBranch,
		string(settings), string(topics), time.Now().Unix(), r.ID)
	if err != nil {
		return fmt.Errorf("update repository %s: %w", r.FullName(), err)
	}
	return nil
}

// finishRemovals deletes the files of repositories whose deletion was cut short.
func (f *Forge) finishRemovals(ctx context.Context) error {
	owed, err := f.owedRemovals(ctx)
	if err != nil {
		return fmt.Errorf("read removals: %w", err)
	}
	for _, r := range owed {
		if err := f.removeFiles(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (f *Forge) owedRemovals(ctx context.Context) ([]repository, error) {
	rows, err := f.db.QueryContext(ctx, `SELECT repository_id, owner, name FROM removals`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var owed []repository
	for rows.Next() {
		var r repository
		if err := rows.Scan(&r.ID, &r.Owner, &r.Name); err != nil {
			return nil, err
		}
		owed = append(owed, r)
	}
	return owed, rows.Err()
}

func (f *Forge) removeFiles(ctx context.Context, r repository) error {
	if err := f.store.Remove(r.Owner, r.Name); err != nil {
		return err
	}
	if _, err := f.db.ExecContext(ctx, `DELETE FROM removals WHERE repository_id = ?`, r.ID); err != nil {
		return fmt.Errorf("finish removal of %s: %w", r.FullName(), err)
	}
	return nil
}
