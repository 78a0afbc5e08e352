package webhook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Attempt is one entry of a hook's delivery log. GitHub calls it a delivery.
type Attempt struct {
	ID           int64
	GUID         string
	At           time.Time
	Duration     time.Duration
	Redelivery   bool
	StatusCode   int
	Status       string
	Event        string
	Action       string
	RepositoryID int64
	Payload      []byte // only from GetAttempt
	Response     string // only from GetAttempt
}

const attemptColumns = `a.id, d.guid, a.at, a.duration_ms, d.redelivery, a.status_code, a.status, d.event, d.action, d.repository_id`

// Attempts returns up to limit entries older than before (0: the newest),
// newest first.
func Attempts(ctx context.Context, db DB, hook, before int64, limit int) (list []Attempt, err error) {
	rows, err := db.QueryContext(ctx, `SELECT `+attemptColumns+` FROM attempts a JOIN deliveries d ON d.id = a.delivery_id
		WHERE a.hook_id = ? AND (? = 0 OR a.id < ?) ORDER BY a.id DESC LIMIT ?`, hook, before, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		a, err := scanAttempt(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// GetAttempt returns one entry with its payload, or ErrNotFound.
func GetAttempt(ctx context.Context, db DB, hook, id int64) (Attempt, error) {
	a, err := scanAttempt(db.QueryRowContext(ctx, `SELECT `+attemptColumns+` FROM attempts a
		JOIN deliveries d ON d.id = a.delivery_id WHERE a.hook_id = ? AND a.id = ?`, hook, id))
	if err != nil {
		return a, err
	}
	err = db.QueryRowContext(ctx, `SELECT d.payload, a.response FROM attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE a.id = ?`, id).
		Scan(&a.Payload, &a.Response)
	return a, err
}

func scanAttempt(row interface{ Scan(...any) error }) (Attempt, error) {
	var a Attempt
	var at, took int64
	err := row.Scan(&a.ID, &a.GUID, &at, &took, &a.Redelivery, &a.StatusCode, &a.Status, &a.Event, &a.Action, &a.RepositoryID)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fmt.Errorf("delivery: %w", ErrNotFound)
	}
	if err != nil {
		return a, fmt.Errorf("read delivery: %w", err)
	}
	a.At, a.Duration = time.UnixMilli(at).UTC(), time.Duration(took)*time.Millisecond
	return a, nil
}
