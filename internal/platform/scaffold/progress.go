package scaffold

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// begin marks a task as processing; the first time it says so in its log.
// False: it was cancelled before.
func (j journal) begin(ctx context.Context, t Task, now time.Time) (begun bool, err error) {
	err = j.within(ctx, func(tx *sql.Tx) error {
		var err error
		begun, err = changes(tx.ExecContext(ctx, `UPDATE scaffolder_tasks SET status = ?, heartbeat_at = ?, started_at = coalesce(started_at, ?)
			WHERE id = ? AND cancelling = 0 AND status IN ('open', 'processing')`, StatusProcessing, now.UnixMilli(), now.UnixMilli(), t.ID))
		if err != nil || !begun || t.Status != StatusOpen {
			return err
		}
		return record(ctx, tx, t.ID, eventLog, EventBody{Message: fmt.Sprintf("Starting up task with %d steps", len(t.spec.Steps))}, now)
	})
	return begun, err
}

// changes reports whether a statement changed a row.
func changes(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
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
		_, err = tx.ExecContext(ctx, `UPDATE scaffolder_steps SET status = ?, finished_at = ? WHERE task_id = ? AND status = ?`,
			status, now.UnixMilli(), id, StatusProcessing)
		if err != nil {
			return err
		}
		return record(ctx, tx, id, eventCompletion, body, now)
	})
}

// cancel notes that a task is to stop, and ends one that has not begun; false
// if it has ended.
func (j journal) cancel(ctx context.Context, id string, now time.Time) (open bool, err error) {
	err = j.within(ctx, func(tx *sql.Tx) error {
		var err error
		open, err = changes(tx.ExecContext(ctx, `UPDATE scaffolder_tasks SET cancelling = 1
			WHERE id = ? AND cancelling = 0 AND status IN ('open', 'processing')`, id))
		if err != nil || !open {
			return err
		}
		body := EventBody{Message: "Task " + id + " has been cancelled.", Status: StatusCancelled}
		if err := record(ctx, tx, id, eventCancelled, body, now); err != nil {
			return err
		}
		waited, err := changes(tx.ExecContext(ctx, `UPDATE scaffolder_tasks SET status = ?, secrets = '', finished_at = ?
			WHERE id = ? AND status = ?`, StatusCancelled, now.UnixMilli(), id, StatusOpen))
		if err != nil || !waited {
			return err
		}
		return record(ctx, tx, id, eventCompletion, EventBody{Message: "Run completed with status: " + StatusCancelled}, now)
	})
	return open, err
}

// retry makes an ended task one that is to be gone on with.
func (j journal) retry(ctx context.Context, t Task, secrets map[string]string, now time.Time) error {
	encoded := ""
	if len(secrets) > 0 {
		encoded = j.sealed(t.ID, secrets)
	}
	return j.within(ctx, func(tx *sql.Tx) error {
		ended, err := changes(tx.ExecContext(ctx, `UPDATE scaffolder_tasks SET status = ?, cancelling = 0, secrets = ?, output = '', error = '',
			finished_at = NULL, end_told_at = NULL WHERE id = ? AND cleaned_at IS NULL AND status IN ('failed', 'cancelled')`, StatusOpen, encoded, t.ID))
		if err != nil {
			return err
		}
		if !ended { // somebody else was faster
			return fault.Conflictf("Task %s is being retried or cleaned already", t.ID)
		}
		for _, statement := range []string{
			`DELETE FROM scaffolder_events WHERE task_id = ? AND type IN ('cancelled', 'completion')`,
			`UPDATE scaffolder_steps SET status = 'open', started_at = NULL, finished_at = NULL
				WHERE task_id = ? AND status NOT IN ('completed', 'skipped')`,
		} {
			if _, err := tx.ExecContext(ctx, statement, t.ID); err != nil {
				return err
			}
		}
		strategy := cmp.Or(t.spec.Recovery, recoverNone)
		return record(ctx, tx, t.ID, eventRecovered, EventBody{Message: "Task " + t.ID + " goes on", RecoverStrategy: strategy}, now)
	})
}

// reopen lets steps that have ended run again, because the workspace was lost.
func (j journal) reopen(ctx context.Context, task string, positions []int, now time.Time) error {
	return j.within(ctx, func(tx *sql.Tx) error {
		for _, position := range positions {
			_, err := tx.ExecContext(ctx, `UPDATE scaffolder_steps SET status = 'open', started_at = NULL, finished_at = NULL
				WHERE task_id = ? AND position = ?`, task, position)
			if err != nil {
				return err
			}
		}
		return record(ctx, tx, task, eventLog, EventBody{Message: "The workspace is gone: the steps that fill it run again"}, now)
	})
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

func (j journal) log(ctx context.Context, task string, body EventBody, now time.Time) error {
	return j.within(ctx, func(tx *sql.Tx) error { return record(ctx, tx, task, eventLog, body, now) })
}

func (j journal) beat(ctx context.Context, task string, now time.Time) error {
	_, err := j.db.ExecContext(ctx, `UPDATE scaffolder_tasks SET heartbeat_at = ? WHERE id = ?`, now.UnixMilli(), task)
	return err
}
