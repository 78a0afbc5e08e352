package delivery

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// quiet is how long a failure that comes and goes by itself is told but once.
const quiet = time.Hour

// beforeOf reads what the journal has of an application and of deliveries that
// are about to change, in their order.
func beforeOf(ctx context.Context, tx *sql.Tx, app App, changed []Delivery) ([]before, error) {
	address, err := addressBefore(ctx, tx, app.ID)
	if err != nil {
		return nil, err
	}
	list := make([]before, len(changed))
	for i, d := range changed {
		list[i].address = app.Address // it is told once, with the latest delivery
		if i == len(changed)-1 {
			list[i].address = address
		}
		err := tx.QueryRowContext(ctx, `SELECT status, live_at IS NOT NULL FROM deliveries WHERE id = ?`, d.ID).Scan(&list[i].status, &list[i].lived)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	return list, nil
}

func addressBefore(ctx context.Context, tx *sql.Tx, id int64) (Address, error) {
	var body []byte
	err := tx.QueryRowContext(ctx, `SELECT body FROM delivery_apps WHERE id = ?`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return Address{}, nil
	}
	var app App
	if err == nil {
		err = json.Unmarshal(body, &app)
	}
	return app.Address, err
}

// writeTold journals what others are to be told of a change, in its transaction.
func writeTold(ctx context.Context, tx *sql.Tx, app App, d Delivery, was before, at time.Time) error {
	events := eventsOf(was, app, d)
	for _, event := range events {
		if err := writeNotice(ctx, tx, noticeOf(event, app, d, at)); err != nil {
			return err
		}
	}
	if len(events) == 0 && d.Status == OutcomeFail {
		if err := refreshNotice(ctx, tx, app, d, at); err != nil {
			return err
		}
	}
	return writeStatus(ctx, tx, d, at)
}

// writeNotice owes a notice to every sink that is here now.
func writeNotice(ctx context.Context, tx *sql.Tx, n Notice) error {
	if n.repeats() {
		var again bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM delivery_notices WHERE delivery_id = ? AND event = ? AND at > ? AND json_extract(body, '$.code') = ?)`,
			n.Delivery, n.Event, n.At.Add(-quiet).UnixMilli(), n.Code).Scan(&again); err != nil || again {
			return err
		}
	}
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO delivery_notices (app, delivery_id, event, at, body) VALUES (?, ?, ?, ?, ?)`,
		n.App, n.Delivery, n.Event, n.At.UnixMilli(), body)
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO notice_sends (sink, notice_id, due_at) SELECT name, ?, ? FROM notice_sinks`, id, n.At.UnixMilli())
	return err
}

// refreshNotice gives a failure that was not told to all yet what is known of
// it meanwhile: the log that says why is often read a moment after the failure.
func refreshNotice(ctx context.Context, tx *sql.Tx, app App, d Delivery, at time.Time) error {
	event := NoticeFailed
	if wentLive(d) {
		event = NoticeLost
	}
	body, err := json.Marshal(noticeOf(event, app, d, at))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE delivery_notices SET body = ? WHERE id = (SELECT max(id) FROM delivery_notices WHERE delivery_id = ?) AND event = ?
		AND EXISTS (SELECT 1 FROM notice_sends WHERE notice_id = delivery_notices.id)`, body, d.ID, event)
	return err
}

// writeStatus owes the forge a commit status when it is to say something else.
func writeStatus(ctx context.Context, tx *sql.Tx, d Delivery, at time.Time) error {
	if d.Revision == "" {
		return nil
	}
	state, description := statusOf(d)
	if d.StartedBy.again() { // what the delivery before owes the same revision would come too late
		if _, err := tx.ExecContext(ctx, `UPDATE delivery_statuses SET due_at = NULL WHERE app = ? AND revision = ? AND delivery_id <> ? AND due_at IS NOT NULL`,
			d.App, d.Revision, d.ID); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO delivery_statuses (delivery_id, app, revision, state, description, changed_at, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
		ON CONFLICT (delivery_id) DO UPDATE SET revision = excluded.revision, state = excluded.state, description = excluded.description,
			changed_at = excluded.changed_at, attempts = 0, due_at = excluded.due_at
		WHERE state <> excluded.state OR description <> excluded.description OR revision <> excluded.revision`,
		d.ID, d.App, d.Revision, state, description, at.UnixMilli())
	return err
}

// BeginNotices says who is told from now on. What happened before a sink was
// named is not told to it; what is owed to one that is named no more is dropped.
func (s *Service) BeginNotices(ctx context.Context, sinks []string) error {
	names, err := json.Marshal(append([]string{}, sinks...))
	if err != nil {
		return fmt.Errorf("delivery: begin notices: %w", err)
	}
	for _, query := range []string{
		`INSERT INTO notice_sinks (name) SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`,
		`DELETE FROM notice_sinks WHERE name NOT IN (SELECT value FROM json_each(?))`,
	} {
		if _, err := s.journal.db.ExecContext(ctx, query, string(names)); err != nil {
			return fmt.Errorf("delivery: begin notices: %w", err)
		}
	}
	return nil
}

// dueNotices keeps to the order of each application: who hears of a failure
// after the version that mended it would be misled.
const dueNotices = `
	SELECT n.id, n.event, n.at, n.body, s.attempts FROM notice_sends s JOIN delivery_notices n ON n.id = s.notice_id
	WHERE s.sink = ?1 AND s.due_at <= ?2 AND n.at <= ?3 AND NOT EXISTS (
		SELECT 1 FROM notice_sends e JOIN delivery_notices m ON m.id = e.notice_id WHERE e.sink = s.sink AND e.notice_id < s.notice_id AND m.app = n.app)
	ORDER BY n.id LIMIT ?4`

// DueNotices are what a sink is owed at a time and happened before settled, the
// oldest first.
func (s *Service) DueNotices(ctx context.Context, sink string, now, settled time.Time, limit int) ([]Notice, error) {
	rows, err := s.journal.db.QueryContext(ctx, dueNotices, sink, now.UnixMilli(), settled.UnixMilli(), limit)
	if err != nil {
		return nil, fmt.Errorf("delivery: read notices: %w", err)
	}
	defer rows.Close()
	var list []Notice
	for rows.Next() {
		var n Notice
		var at int64
		var body []byte
		err := rows.Scan(&n.ID, &n.Event, &at, &body, &n.Attempts)
		if err == nil {
			err = json.Unmarshal(body, &n)
		}
		if err != nil {
			return nil, fmt.Errorf("delivery: read notices: %w", err)
		}
		n.At = time.UnixMilli(at).UTC()
		if n.Public {
			n.URL = s.names.AppURL(n.App)
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

// DelayNotice counts one more attempt, which is not repeated before a time.
func (s *Service) DelayNotice(ctx context.Context, sink string, n Notice, until time.Time) error {
	return s.note(ctx, `UPDATE notice_sends SET attempts = ?, due_at = ? WHERE sink = ? AND notice_id = ?`,
		n.Attempts+1, until.UnixMilli(), sink, n.ID)
}

// SettleNotice ends the duty to tell a sink of a notice.
func (s *Service) SettleNotice(ctx context.Context, sink string, n Notice) error {
	return s.note(ctx, `DELETE FROM notice_sends WHERE sink = ? AND notice_id = ?`, sink, n.ID)
}

// DueStatuses are the commit statuses that the forge is owed, the oldest first.
func (s *Service) DueStatuses(ctx context.Context, now time.Time, limit int) ([]CommitStatus, error) {
	rows, err := s.journal.db.QueryContext(ctx, `SELECT delivery_id, app, revision, state, description, changed_at, attempts FROM delivery_statuses
		WHERE due_at <= ? ORDER BY due_at LIMIT ?`, now.UnixMilli(), limit)
	if err != nil {
		return nil, fmt.Errorf("delivery: read commit statuses: %w", err)
	}
	defer rows.Close()
	var list []CommitStatus
	for rows.Next() {
		var c CommitStatus
		var changed int64
		if err := rows.Scan(&c.Delivery, &c.App, &c.Revision, &c.State, &c.Description, &changed, &c.Attempts); err != nil {
			return nil, fmt.Errorf("delivery: read commit statuses: %w", err)
		}
		c.Changed, c.Owner, c.Repository = time.UnixMilli(changed).UTC(), s.names.Organization, s.names.Repository(c.App)
		list = append(list, c)
	}
	return list, rows.Err()
}

// DelayStatus counts one more attempt, which is not repeated before a time. One
// that has changed meanwhile is owed at once.
func (s *Service) DelayStatus(ctx context.Context, c CommitStatus, until time.Time) error {
	return s.note(ctx, `UPDATE delivery_statuses SET attempts = ?, due_at = ? WHERE delivery_id = ? AND state = ? AND description = ? AND due_at IS NOT NULL`,
		c.Attempts+1, until.UnixMilli(), c.Delivery, c.State, c.Description)
}

// SettleStatus ends the duty to tell a commit status, unless it changed meanwhile.
func (s *Service) SettleStatus(ctx context.Context, c CommitStatus) error {
	return s.note(ctx, `UPDATE delivery_statuses SET due_at = NULL WHERE delivery_id = ? AND state = ? AND description = ?`, c.Delivery, c.State, c.Description)
}

func (s *Service) note(ctx context.Context, query string, args ...any) error {
	if _, err := s.journal.db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("delivery: note what was told: %w", err)
	}
	return nil
}
