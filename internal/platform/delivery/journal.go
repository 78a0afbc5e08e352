package delivery

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// journal keeps applications, deliveries and events in SQLite.
type journal struct{ db *sql.DB }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// apps returns every application that is not archived.
func (j journal) apps(ctx context.Context) ([]App, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT id, body FROM delivery_apps WHERE archived_at IS NULL ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("delivery: read applications: %w", err)
	}
	defer rows.Close()
	var list []App
	for rows.Next() {
		var id int64
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			return nil, fmt.Errorf("delivery: read applications: %w", err)
		}
		var app App
		if err := json.Unmarshal(body, &app); err != nil {
			return nil, fmt.Errorf("delivery: read application %d: %w", id, err)
		}
		app.ID = id
		list = append(list, app)
	}
	return list, rows.Err()
}

// deliveries returns an application's deliveries, newest first.
func (j journal) deliveries(ctx context.Context, appID int64, limit int) ([]Delivery, error) {
	return j.read(ctx, `SELECT body FROM deliveries WHERE app_id = ? ORDER BY sequence DESC LIMIT ?`, appID, limit)
}

// has reports whether the application had a delivery of the revision.
func (j journal) has(ctx context.Context, appID int64, revision string) (bool, error) {
	return j.exists(ctx, `SELECT 1 FROM deliveries WHERE app_id = ? AND revision = ?`, appID, revision)
}

// hasTask reports whether some delivery, even of a deleted application, came from the task.
func (j journal) hasTask(ctx context.Context, taskID string) (bool, error) {
	return j.exists(ctx, `SELECT 1 FROM deliveries WHERE task_id = ?`, taskID)
}

func (j journal) exists(ctx context.Context, query string, args ...any) (bool, error) {
	var one int
	err := j.db.QueryRowContext(ctx, query+` LIMIT 1`, args...).Scan(&one)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("delivery: look up: %w", err)
	}
	return true, nil
}

// save writes an application, the deliveries given and steps of them, with one
// event, at once or not at all, and returns the event's id.
func (j journal) save(ctx context.Context, app *App, changed []Delivery, event Event, steps ...recorded) (int64, error) {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("delivery: save %s: %w", app.Name, err)
	}
	id, err := j.write(ctx, tx, app, changed, event)
	if err == nil {
		err = writeSteps(ctx, tx, steps)
	}
	if err != nil {
		return 0, fmt.Errorf("delivery: save %s: %w", app.Name, errors.Join(err, tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("delivery: save %s: %w", app.Name, err)
	}
	return id, nil
}

func (j journal) write(ctx context.Context, tx *sql.Tx, app *App, changed []Delivery, event Event) (int64, error) {
	was, err := beforeOf(ctx, tx, *app, changed)
	if err != nil {
		return 0, err
	}
	if err := writeApp(ctx, tx, app); err != nil {
		return 0, err
	}
	for i, d := range changed {
		body, err := json.Marshal(d)
		if err != nil {
			return 0, err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO deliveries (id, app_id, sequence, task_id, revision, status, live_at, ended_at, owner, body)
			VALUES (?, ?, (SELECT coalesce(max(sequence), 0) + 1 FROM deliveries WHERE app_id = ?), ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, status = excluded.status, live_at = excluded.live_at,
				ended_at = excluded.ended_at, owner = excluded.owner, body = excluded.body`,
			d.ID, app.ID, app.ID, d.TaskID, d.Revision, d.Status, liveAt(d), endedAt(d), ownerRef(app.Owner), body); err != nil {
			return 0, err
		}
		if err := writeTold(ctx, tx, *app, d, was[i], event.At); err != nil {
			return 0, err
		}
		if d.StartedBy.Kind == ByHeal && d.Status == OutcomeLive && was[i].status != OutcomeLive {
			if err := writeMended(ctx, tx, app.ID, d, event.At); err != nil {
				return 0, err
			}
		}
	}
	return writeEvent(ctx, tx, event)
}

// writeMended gives deliveries whose application was lost, and answers again by
// a self-heal, their state back: they were good, and the change in the cluster
// was not theirs.
func writeMended(ctx context.Context, tx *sql.Tx, appID int64, heal Delivery, at time.Time) error {
	lost, err := readDeliveries(ctx, tx, `SELECT body FROM deliveries WHERE app_id = ? AND revision = ? AND status = ? AND live_at IS NOT NULL AND id <> ?`,
		appID, heal.Revision, OutcomeFail, heal.ID)
	if err != nil {
		return err
	}
	for _, d := range lost {
		body, err := json.Marshal(mended(d, at))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET status = ?, body = ? WHERE id = ?`, OutcomeLive, body, d.ID); err != nil {
			return err
		}
	}
	return nil
}

func writeApp(ctx context.Context, tx *sql.Tx, app *App) error {
	body, err := json.Marshal(app)
	if err != nil {
		return err
	}
	if app.ID != 0 {
		_, err = tx.ExecContext(ctx, `UPDATE delivery_apps SET body = ? WHERE id = ?`, body, app.ID)
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO delivery_apps (name, body) VALUES (?, ?)`, app.Name, body)
	if err != nil {
		return err
	}
	app.ID, err = result.LastInsertId()
	return err
}

func writeEvent(ctx context.Context, tx *sql.Tx, event Event) (int64, error) {
	body, err := json.Marshal(event.Data)
	if err != nil {
		return 0, err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO delivery_events (at, app, kind, body) VALUES (?, ?, ?, ?)`,
		stamp(event.At), event.App, event.Kind, body)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// archive ends an application's record; its deliveries stay for the history.
func (j journal) archive(ctx context.Context, app App, event Event) (int64, error) {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("delivery: archive %s: %w", app.Name, err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE delivery_apps SET archived_at = ? WHERE id = ?`, stamp(event.At), app.ID)
	if err == nil && app.Deletion != nil {
		err = replaceBackups(ctx, tx, app.Name, app.Deletion.Backup)
	}
	id := int64(0)
	if err == nil {
		id, err = writeEvent(ctx, tx, event)
	}
	if err != nil {
		return 0, fmt.Errorf("delivery: archive %s: %w", app.Name, errors.Join(err, tx.Rollback()))
	}
	return id, tx.Commit()
}

// eventsAfter returns events later than id; complete is false when some of
// them are gone or there are too many to send.
func (j journal) eventsAfter(ctx context.Context, id int64, limit int) (list []Event, complete bool, err error) {
	rows, err := j.db.QueryContext(ctx,
		`SELECT id, at, app, kind, body FROM delivery_events WHERE id >= ? ORDER BY id LIMIT ?`, id, limit+2)
	if err != nil {
		return nil, false, fmt.Errorf("delivery: read events: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Event
		var when string
		var body []byte
		if err := rows.Scan(&e.ID, &when, &e.App, &e.Kind, &body); err != nil {
			return nil, false, fmt.Errorf("delivery: read events: %w", err)
		}
		if e.At, err = time.Parse(time.RFC3339Nano, when); err != nil {
			return nil, false, fmt.Errorf("delivery: read events: %w", err)
		}
		e.Data = json.RawMessage(body)
		list = append(list, e)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("delivery: read events: %w", err)
	}
	if len(list) == 0 || list[0].ID != id || len(list) > limit+1 {
		return nil, false, nil
	}
	return list[1:], true, nil
}

// received journals a webhook; fresh is false when it was journalled before.
func (j journal) received(ctx context.Context, guid, event string, body []byte, at time.Time) (fresh bool, err error) {
	result, err := j.db.ExecContext(ctx,
		`INSERT INTO webhook_events (guid, event, body, received_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		guid, event, body, stamp(at))
	if err != nil {
		return false, fmt.Errorf("delivery: journal webhook %s: %w", guid, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func (j journal) handled(ctx context.Context, guid string, at time.Time) error {
	if _, err := j.db.ExecContext(ctx, `UPDATE webhook_events SET handled_at = ? WHERE guid = ?`, stamp(at), guid); err != nil {
		return fmt.Errorf("delivery: mark webhook %s: %w", guid, err)
	}
	return nil
}

type storedHook struct {
	guid, event string
	body        []byte
}

// unhandled are the webhooks that a stop of the process left behind.
func (j journal) unhandled(ctx context.Context) ([]storedHook, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT guid, event, body FROM webhook_events WHERE handled_at IS NULL ORDER BY received_at`)
	if err != nil {
		return nil, fmt.Errorf("delivery: read webhooks: %w", err)
	}
	defer rows.Close()
	var list []storedHook
	for rows.Next() {
		var h storedHook
		if err := rows.Scan(&h.guid, &h.event, &h.body); err != nil {
			return nil, fmt.Errorf("delivery: read webhooks: %w", err)
		}
		list = append(list, h)
	}
	return list, rows.Err()
}

// prune forgets events, webhooks and notices from before a time.
func (j journal) prune(ctx context.Context, before time.Time) error {
	for _, query := range []string{
		`DELETE FROM delivery_events WHERE at < ?`,
		`DELETE FROM webhook_events WHERE handled_at < ?`,
	} {
		if _, err := j.db.ExecContext(ctx, query, stamp(before)); err != nil {
			return fmt.Errorf("delivery: prune: %w", err)
		}
	}
	if _, err := j.db.ExecContext(ctx, `DELETE FROM delivery_notices WHERE at < ?`, before.UnixMilli()); err != nil {
		return fmt.Errorf("delivery: prune: %w", err)
	}
	return nil
}
