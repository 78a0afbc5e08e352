package webhook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Event is one thing that happened, ready to be sent.
type Event struct {
	Name         string // e.g. "push"
	Action       string // e.g. "created"; empty where the event has none
	RepositoryID int64  // 0: none
	Payload      []byte
}

// Enqueue stores a delivery of e to h. It takes effect with the transaction;
// call Dispatcher.Wake after the commit.
func Enqueue(ctx context.Context, tx DB, h Hook, e Event, now time.Time) error {
	return insert(ctx, tx, h.ID, uuid.NewString(), e, false, now)
}

func insert(ctx context.Context, tx DB, hook int64, guid string, e Event, redelivery bool, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO deliveries (guid, hook_id, repository_id, event, action, payload, redelivery, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, guid, hook, e.RepositoryID, e.Name, e.Action, e.Payload, redelivery, now.Unix())
	if err != nil {
		return fmt.Errorf("queue %s for hook %d: %w", e.Name, hook, err)
	}
	return nil
}

// Redeliver queues once more what the attempt carried, under the same GUID.
func Redeliver(ctx context.Context, db DB, hook, attempt int64, now time.Time) error {
	var guid string
	var e Event
	err := db.QueryRowContext(ctx, `SELECT d.guid, d.event, d.action, d.repository_id, d.payload FROM attempts a
		JOIN deliveries d ON d.id = a.delivery_id WHERE a.id = ? AND a.hook_id = ?`, attempt, hook).
		Scan(&guid, &e.Name, &e.Action, &e.RepositoryID, &e.Payload)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("delivery %d: %w", attempt, ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("read delivery %d: %w", attempt, err)
	}
	return insert(ctx, db, hook, guid, e, true, now)
}

// delivery is one queued event at the head of its lane.
type delivery struct {
	id       int64
	lane     lane
	guid     string
	event    Event
	attempts int
	nextAt   time.Time
}

// lane is what keeps its order: one hook and one repository.
type lane struct{ hook, repository int64 }

// heads returns the oldest pending delivery of each lane, without its payload.
func heads(ctx context.Context, db DB) (list []delivery, err error) {
	rows, err := db.QueryContext(ctx, `SELECT id, hook_id, repository_id, guid, event, action, attempts, next_at FROM deliveries
		WHERE id IN (SELECT min(id) FROM deliveries WHERE state = 'pending' GROUP BY hook_id, repository_id)`)
	if err != nil {
		return nil, fmt.Errorf("read queue: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d delivery
		var nextAt int64
		if err := rows.Scan(&d.id, &d.lane.hook, &d.lane.repository, &d.guid, &d.event.Name, &d.event.Action, &d.attempts, &nextAt); err != nil {
			return nil, fmt.Errorf("read queue: %w", err)
		}
		d.nextAt = time.UnixMilli(nextAt)
		list = append(list, d)
	}
	return list, rows.Err()
}

func payload(ctx context.Context, db DB, id int64) (body []byte, err error) {
	err = db.QueryRowContext(ctx, `SELECT payload FROM deliveries WHERE id = ?`, id).Scan(&body)
	return body, err
}

// outcome is what one attempt brought.
type outcome struct {
	at       time.Time
	took     time.Duration
	code     int    // HTTP status, 0 without an answer
	status   string // e.g. "OK", or why there was no answer
	response string
}

// record logs an attempt and moves the delivery on, in one transaction.
func record(ctx context.Context, db *sql.DB, d delivery, o outcome) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("record delivery %d: %w", d.id, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("record delivery %d: %w", d.id, err), tx.Rollback())
		}
	}()
	_, err = tx.ExecContext(ctx, `INSERT INTO attempts (delivery_id, hook_id, at, duration_ms, status_code, status, response)
		SELECT id, hook_id, ?, ?, ?, ?, ? FROM deliveries WHERE id = ?`,
		o.at.UnixMilli(), o.took.Milliseconds(), o.code, o.status, o.response, d.id)
	if err != nil {
		return err
	}
	next := o.at.Add(o.took).Add(backoff(d.attempts + 1))
	_, err = tx.ExecContext(ctx, `UPDATE deliveries SET attempts = attempts + 1, state = ?, next_at = ? WHERE id = ?`,
		stateAfter(o.code), next.UnixMilli(), d.id)
	if err != nil {
		return err
	}
	return tx.Commit()
}

// stateAfter decides what an answer means: 2xx is delivered; an answer that
// says this body will never be taken is refused and must not hold up the
// deliveries behind it; anything else is tried again.
func stateAfter(code int) string {
	switch {
	case code >= 200 && code < 300:
		return "delivered"
	case code == 400 || code == 410 || code == 413 || code == 415 || code == 422:
		return "refused"
	default:
		return "pending"
	}
}

// backoff is the wait after the n-th failed attempt: 1 s doubling to 1 h.
func backoff(n int) time.Duration {
	const longest = time.Hour
	if n > 12 {
		return longest
	}
	return min(time.Second<<(max(n, 1)-1), longest)
}

// Retention is how long finished deliveries stay in the log, as on GitHub.
const Retention = 3 * 24 * time.Hour

// prune forgets finished deliveries past Retention, and hooks whose
// repository is gone once nothing is queued for them.
func prune(ctx context.Context, db DB, now time.Time) error {
	if _, err := db.ExecContext(ctx, `DELETE FROM deliveries WHERE state <> 'pending' AND created_at < ?`, now.Add(-Retention).Unix()); err != nil {
		return fmt.Errorf("prune deliveries: %w", err)
	}
	if _, err := db.ExecContext(ctx, `DELETE FROM hooks WHERE retired = 1 AND NOT EXISTS
		(SELECT 1 FROM deliveries d WHERE d.hook_id = hooks.id AND d.state = 'pending')`); err != nil {
		return fmt.Errorf("prune hooks: %w", err)
	}
	return nil
}
