package scaffold

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// begin marks a task as processing; the first time it says so in its log.
func (j journal) begin(ctx context.Context, t Task, now time.Time) error {
	return j.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE scaffolder_tasks SET status = ?, heartbeat_at = ?,
			started_at = coalesce(started_at, ?) WHERE id = ?`, StatusProcessing, now.UnixMilli(), now.UnixMilli(), t.ID)
		if err != nil || t.Status != StatusOpen {
			return err
		}
		return record(ctx, tx, t.ID, eventLog, EventBody{Message: fmt.Sprintf("Starting up task with %d steps", len(t.spec.Steps))}, now)
	})
}

// end writes a task's last state and event, and forgets its secrets.
func (j journal) end(ctx context.Context, id, status string, output map[string]any, failure *EventError, now time.Time) error {
	body := EventBody{Message: "Run completed with status: " + status, Output: output, Error: failure}
	text := ""
	if failure != nil {
		text = failure.Message
	}
	encoded := ""
	if output != nil {
		encoded = encode(output)
	}
	return j.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE scaffolder_tasks SET status = ?, output = ?, error = ?, secrets = '', finished_at = ?
			WHERE id = ?`, status, encoded, text, now.UnixMilli(), id)
		if err != nil {
			return err
		}
		return record(ctx, tx, id, eventCompletion, body, now)
	})
}

// cancelling notes that a task is to stop; false if it has ended.
func (j journal) cancelling(ctx context.Context, id string, now time.Time) (bool, error) {
	var open bool
	err := j.within(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE scaffolder_tasks SET cancelling = 1
			WHERE id = ? AND cancelling = 0 AND status IN ('open', 'processing')`, id)
		if err != nil {
			return err
		}
		changed, err := result.RowsAffected()
		if open = changed > 0; err != nil || !open {
			return err
		}
		return record(ctx, tx, id, eventCancelled, EventBody{Message: "Task " + id + " has been cancelled.", Status: StatusCancelled}, now)
	})
	return open, err
}

// stepChange is a step's new state with what the log says of it.
type stepChange struct {
	position int
	status   string
	output   map[string]any
	body     EventBody
}

func (j journal) step(ctx context.Context, task string, c stepChange, now time.Time) error {
	column, encoded := "finished_at = ?", ""
	if c.status == StatusProcessing {
		column = "started_at = coalesce(started_at, ?)"
	}
	if c.output != nil {
		encoded = encode(c.output)
	}
	return j.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE scaffolder_steps SET status = ?, output = ?, `+column+` WHERE task_id = ? AND position = ?`,
			c.status, encoded, now.UnixMilli(), task, c.position)
		if err != nil {
			return err
		}
		return record(ctx, tx, task, eventLog, c.body, now)
	})
}

// note is what an action wrote down before it acted outside; empty if nothing.
func (j journal) note(ctx context.Context, task string, position int) (map[string]string, error) {
	var text string
	err := j.db.QueryRowContext(ctx, `SELECT journal FROM scaffolder_steps WHERE task_id = ? AND position = ?`, task, position).Scan(&text)
	notes := map[string]string{}
	if err == nil {
		err = decode(text, &notes)
	}
	if err != nil {
		return nil, fmt.Errorf("read notes of task %s: %w", task, err)
	}
	return notes, nil
}

func (j journal) writeNote(ctx context.Context, task string, position int, notes map[string]string) error {
	_, err := j.db.ExecContext(ctx, `UPDATE scaffolder_steps SET journal = ? WHERE task_id = ? AND position = ?`, encode(notes), task, position)
	if err != nil {
		return fmt.Errorf("write notes of task %s: %w", task, err)
	}
	return nil
}

// notes are those of one step.
type notes struct {
	journal  journal
	task     string
	position int
}

// Read implements action.Notes.
func (n notes) Read(ctx context.Context) (map[string]string, error) {
	return n.journal.note(ctx, n.task, n.position)
}

// Write implements action.Notes.
func (n notes) Write(ctx context.Context, written map[string]string) error {
	return n.journal.writeNote(ctx, n.task, n.position, written)
}

func (j journal) log(ctx context.Context, task string, body EventBody, now time.Time) error {
	return j.within(ctx, func(tx *sql.Tx) error { return record(ctx, tx, task, eventLog, body, now) })
}

func (j journal) beat(ctx context.Context, task string, now time.Time) error {
	_, err := j.db.ExecContext(ctx, `UPDATE scaffolder_tasks SET heartbeat_at = ? WHERE id = ?`, now.UnixMilli(), task)
	return err
}
