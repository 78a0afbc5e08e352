package delivery

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// Backups says how deleted applications are kept.
type Backups struct {
	Dir   string        // of the mirrors of their repositories
	Git   gitcmd.Remote // may read and push to every application's repository
	Grace time.Duration // 0: nothing is kept
}

// kept is what is needed, beside the application's own row, to bring a deleted
// one back.
type kept struct {
	ID            string    `json:"-"` // of the mirror
	AppID         int64     `json:"-"`
	Until         time.Time `json:"-"`
	Head          string    `json:"head"` // commit of the default branch
	DefaultBranch string    `json:"defaultBranch"`
	Description   string    `json:"description,omitempty"`
	Homepage      string    `json:"homepage,omitempty"`
	Private       bool      `json:"private"`
	Topics        []string  `json:"topics,omitempty"`
	Location      string    `json:"location,omitempty"` // target that stated the catalog entry
	Trusted       bool      `json:"trusted,omitempty"`  // by an administrator, see catalog.RegisterTrusted
}

// deletedApp is an application as it was when it was deleted.
type deletedApp struct {
	App
	at   time.Time
	kept *kept // nil: nothing of it
}

// keepBackup writes what is kept; the same id again takes its place.
func (j journal) keepBackup(ctx context.Context, k kept) error {
	body, err := json.Marshal(k)
	if err == nil {
		_, err = j.db.ExecContext(ctx, `INSERT INTO delivery_backups (id, app_id, until, body) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET until = excluded.until, body = excluded.body`, k.ID, k.AppID, k.Until.UnixMilli(), body)
	}
	if err != nil {
		return fmt.Errorf("delivery: keep backup %s: %w", k.ID, err)
	}
	return nil
}

// extendBackup lets a grace period begin anew.
func (j journal) extendBackup(ctx context.Context, id string, until time.Time) error {
	if _, err := j.db.ExecContext(ctx, `UPDATE delivery_backups SET until = ? WHERE id = ?`, until.UnixMilli(), id); err != nil {
		return fmt.Errorf("delivery: keep backup %s: %w", id, err)
	}
	return nil
}

// dropBackup forgets what is kept under an id.
func (j journal) dropBackup(ctx context.Context, id string) error {
	if _, err := j.db.ExecContext(ctx, `DELETE FROM delivery_backups WHERE id = ?`, id); err != nil {
		return fmt.Errorf("delivery: drop backup %s: %w", id, err)
	}
	return nil
}

// replaceBackups drops older backups of the name when a newer one is there.
func replaceBackups(ctx context.Context, tx *sql.Tx, name, newer string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM delivery_backups WHERE id <> ?1 AND EXISTS (SELECT 1 FROM delivery_backups WHERE id = ?1)
		AND app_id IN (SELECT id FROM delivery_apps WHERE name = ?2)`, newer, name)
	return err
}

// pruneBackups drops those whose grace period is over, and those of
// applications that are back, and returns the ids of the others.
func (j journal) pruneBackups(ctx context.Context, now time.Time) (map[string]bool, error) {
	_, err := j.db.ExecContext(ctx, `DELETE FROM delivery_backups AS b WHERE EXISTS (
		SELECT 1 FROM delivery_apps a WHERE a.id = b.app_id AND CASE
			WHEN a.archived_at IS NOT NULL OR json_extract(a.body, '$.deletion') IS NOT NULL THEN b.until <= ?
			ELSE coalesce(json_extract(a.body, '$.restoration.backup'), '') <> b.id END)`, now.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("delivery: prune backups: %w", err)
	}
	rows, err := j.db.QueryContext(ctx, `SELECT id FROM delivery_backups`)
	if err != nil {
		return nil, fmt.Errorf("delivery: read backups: %w", err)
	}
	defer rows.Close()
	ids := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("delivery: read backups: %w", err)
		}
		ids[id] = true
	}
	return ids, rows.Err()
}

// backup is what is kept under an id.
func (j journal) backup(ctx context.Context, id string) (kept, error) {
	k := kept{ID: id}
	var until int64
	var body []byte
	err := j.db.QueryRowContext(ctx, `SELECT app_id, until, body FROM delivery_backups WHERE id = ?`, id).Scan(&k.AppID, &until, &body)
	if err == nil {
		err = json.Unmarshal(body, &k)
	}
	if err != nil {
		return k, fmt.Errorf("delivery: read backup %s: %w", id, err)
	}
	k.Until = time.UnixMilli(until)
	return k, nil
}

const deletedColumns = `SELECT a.id, a.body, a.archived_at, b.id, b.until, b.body
	FROM delivery_apps a LEFT JOIN delivery_backups b ON b.app_id = a.id WHERE a.archived_at IS NOT NULL `

// deleted is the application of a name that was deleted last, of several that
// of which something is kept; nil if there was none.
func (j journal) deleted(ctx context.Context, name string) (*deletedApp, error) {
	list, err := j.readDeleted(ctx, deletedColumns+`AND a.name = ? ORDER BY b.id IS NULL, a.archived_at DESC LIMIT 1`, name)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// restorable are the deleted applications that can be brought back, the last
// deleted first.
func (j journal) restorable(ctx context.Context, now time.Time) ([]deletedApp, error) {
	return j.readDeleted(ctx, deletedColumns+`AND b.until > ? ORDER BY a.archived_at DESC`, now.UnixMilli())
}

func (j journal) readDeleted(ctx context.Context, query string, args ...any) (list []deletedApp, err error) {
	rows, err := j.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("delivery: read deleted applications: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scanDeleted(rows)
		if err != nil {
			return nil, fmt.Errorf("delivery: read deleted applications: %w", err)
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

func scanDeleted(rows *sql.Rows) (d deletedApp, err error) {
	var id int64
	var body, keptBody []byte
	var at string
	var backup sql.NullString
	var until sql.NullInt64
	if err := rows.Scan(&id, &body, &at, &backup, &until, &keptBody); err != nil {
		return d, err
	}
	if err := json.Unmarshal(body, &d.App); err != nil {
		return d, err
	}
	d.ID = id
	if d.at, err = time.Parse(time.RFC3339Nano, at); err != nil || !backup.Valid {
		return d, err
	}
	d.kept = &kept{ID: backup.String, AppID: id, Until: time.UnixMilli(until.Int64)}
	return d, json.Unmarshal(keptBody, d.kept)
}

// errTaken is a name that an application has again.
var errTaken = errors.New("the name is taken")

// revive makes a deleted application one that there is, with the delivery that
// brings it back, at once or not at all.
func (j journal) revive(ctx context.Context, app *App, d Delivery, event Event) (int64, error) {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("delivery: bring %s back: %w", app.Name, err)
	}
	id, err := j.reviveIn(ctx, tx, app, d, event)
	if err != nil {
		return 0, fmt.Errorf("delivery: bring %s back: %w", app.Name, errors.Join(err, tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("delivery: bring %s back: %w", app.Name, err)
	}
	return id, nil
}

func (j journal) reviveIn(ctx context.Context, tx *sql.Tx, app *App, d Delivery, event Event) (int64, error) {
	result, err := tx.ExecContext(ctx, `UPDATE delivery_apps SET archived_at = NULL WHERE id = ? AND archived_at IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM delivery_apps WHERE name = ? AND archived_at IS NULL)`, app.ID, app.Name)
	if err != nil {
		return 0, err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return 0, errors.Join(err, errTaken)
	}
	return j.write(ctx, tx, app, []Delivery{d}, event)
}
