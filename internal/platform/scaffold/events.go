package scaffold

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

func record(ctx context.Context, tx *sql.Tx, task, kind string, body EventBody, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO scaffolder_events (task_id, type, body, created_at) VALUES (?, ?, ?, ?)`,
		task, kind, encode(body), now.UnixMilli())
	return err
}

// events of a task with ids above after.
func (j journal) events(ctx context.Context, task string, after int64) ([]Event, error) {
	return j.readEvents(ctx, task, `id > ?`, after)
}

// completion is the event with which a task has ended; none if it has not.
func (j journal) completion(ctx context.Context, task string) ([]Event, error) {
	return j.readEvents(ctx, task, `type = ?`, eventCompletion)
}

func (j journal) readEvents(ctx context.Context, task, condition string, argument any) ([]Event, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT id, type, body, created_at FROM scaffolder_events
		WHERE task_id = ? AND `+condition+` ORDER BY id`, task, argument)
	if err != nil {
		return nil, fmt.Errorf("read events of task %s: %w", task, err)
	}
	defer rows.Close()
	events := []Event{}
	for rows.Next() {
		e := Event{TaskID: task}
		var body string
		var created int64
		if err := rows.Scan(&e.ID, &e.Type, &body, &created); err != nil {
			return nil, fmt.Errorf("read events of task %s: %w", task, err)
		}
		if err := decode(body, &e.Body); err != nil {
			return nil, fmt.Errorf("read events of task %s: %w", task, err)
		}
		e.CreatedAt = time.UnixMilli(created).UTC()
		events = append(events, e)
	}
	return events, rows.Err()
}

// told are the lines that an action of a step has written into the log since
// the step began.
func (j journal) told(ctx context.Context, task, step string) ([]string, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT json_extract(body, '$.message') FROM scaffolder_events
		WHERE task_id = ?1 AND type = 'log' AND json_extract(body, '$.stepId') = ?2 AND json_extract(body, '$.status') IS NULL
		AND id > (SELECT coalesce(max(id), 0) FROM scaffolder_events
			WHERE task_id = ?1 AND type = 'log' AND json_extract(body, '$.stepId') = ?2 AND json_extract(body, '$.status') = 'processing')
		ORDER BY id`, task, step)
	if err != nil {
		return nil, fmt.Errorf("read the log of task %s: %w", task, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, fmt.Errorf("read the log of task %s: %w", task, err)
		}
		lines = append(lines, line)
	}
	return lines, rows.Err()
}
