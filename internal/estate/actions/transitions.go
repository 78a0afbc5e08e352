package actions

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// endJob completes a job, frees its runner and tells the world.
func (a *Actions) endJob(ctx context.Context, q querier, r *run, j *job, conclusion, reason string) error {
	j.Status, j.Conclusion, j.Reason, j.Done = statusCompleted, conclusion, reason, now()
	if _, err := q.ExecContext(ctx, `UPDATE jobs SET status = ?, conclusion = ?, reason = ?, outputs = ?, completed = ? WHERE id = ?`,
		j.Status, j.Conclusion, j.Reason, j.Outputs, j.Done, j.ID); err != nil {
		return err
	}
	if reason != "" {
		if err := a.appendReason(ctx, q, j, reason); err != nil {
			return err
		}
	}
	if _, err := q.ExecContext(ctx, `DELETE FROM runners WHERE job_id = ?`, j.ID); err != nil {
		return err
	}
	a.spare.moved(a.cfg.Clock())
	state := map[string]string{success: success, skipped: success, failure: failure, "timed_out": failure}[conclusion]
	if state == "" {
		state = "error"
	}
	if err := a.postStatus(ctx, q, r, r.Name+" / "+j.Name, state, describe(conclusion, reason)); err != nil {
		return err
	}
	return a.publishJob(ctx, q, r, j, "completed")
}

func describe(conclusion, reason string) string {
	if reason != "" {
		return reason
	}
	return "Job ended with " + conclusion
}

// appendReason ends the job's log with why it failed outside of its steps,
// and fails the steps that were running.
func (a *Actions) appendReason(ctx context.Context, q querier, j *job, reason string) error {
	j.LastSeq++
	if _, err := q.ExecContext(ctx, `INSERT INTO lines (job_id, seq, step, time, text)
		SELECT ?, ?, COALESCE(MAX(number), 1), ?, ? FROM steps WHERE job_id = ?`, j.ID, j.LastSeq, now(), "##[error]"+reason, j.ID); err != nil {
		return err
	}
	if _, err := q.ExecContext(ctx, `UPDATE jobs SET last_seq = ? WHERE id = ?`, j.LastSeq, j.ID); err != nil {
		return err
	}
	_, err := q.ExecContext(ctx, `UPDATE steps SET status = ?, conclusion = ?, completed = ? WHERE job_id = ? AND status <> ?`,
		statusCompleted, failure, now(), j.ID, statusCompleted)
	return err
}

// startJob notes that a runner took the job.
func (a *Actions) startJob(ctx context.Context, q querier, r *run, j *job) error {
	j.Status, j.Started = statusInProgress, now()
	if _, err := q.ExecContext(ctx, `UPDATE jobs SET status = ?, started = ? WHERE id = ?`, j.Status, j.Started, j.ID); err != nil {
		return err
	}
	if r.Status == statusQueued {
		r.Status, r.Started, r.Updated = statusInProgress, now(), now()
		if _, err := q.ExecContext(ctx, `UPDATE runs SET status = ?, started = ?, updated = ? WHERE id = ?`, r.Status, r.Started, r.Updated, r.ID); err != nil {
			return err
		}
		if err := a.publishRun(ctx, q, r, "in_progress"); err != nil {
			return err
		}
	}
	if err := a.postStatus(ctx, q, r, r.Name+" / "+j.Name, "pending", "In progress"); err != nil {
		return err
	}
	return a.publishJob(ctx, q, r, j, "in_progress")
}

func (a *Actions) completeRun(ctx context.Context, q querier, r *run, conclusion string) error {
	r.Status, r.Conclusion, r.Updated = statusCompleted, conclusion, now()
	if _, err := q.ExecContext(ctx, `UPDATE runs SET status = ?, conclusion = ?, message = ?, updated = ? WHERE id = ?`,
		r.Status, r.Conclusion, r.Message, r.Updated, r.ID); err != nil {
		return err
	}
	a.signal() // a run of the same concurrency group may wait
	return a.publishRun(ctx, q, r, "completed")
}

// loseRunner is called when a pod is gone or cannot start: its job, if it has
// one, fails with the reason.
func (a *Actions) loseRunner(ctx context.Context, name, reason string) error {
	known := true
	err := a.inTx(ctx, func(tx *sql.Tx) error {
		row, err := scanRunner(tx.QueryRowContext(ctx, `SELECT `+runnerColumns+` FROM runners WHERE name = ?`, name))
		if errors.Is(err, errNotFound) {
			known = false // its job is over
			return nil
		}
		if err != nil {
			return err
		}
		if row.JobID == 0 {
			_, err := tx.ExecContext(ctx, `DELETE FROM runners WHERE name = ?`, name)
			return err
		}
		r, j, err := a.jobAndRun(ctx, tx, row.JobID)
		if err != nil {
			return err
		}
		if r.Cancelled {
			return a.endJob(ctx, tx, r, j, cancelled, "")
		}
		a.log.Warn("runner lost", "job", j.ID, "pod", name, "reason", reason)
		return a.endJob(ctx, tx, r, j, failure, reason)
	})
	if known {
		a.signal()
	}
	return err
}

func (a *Actions) jobAndRun(ctx context.Context, q querier, id int64) (*run, *job, error) {
	j, err := scanJob(q.QueryRowContext(ctx, `SELECT `+jobColumns+` FROM jobs WHERE id = ?`, id))
	if err != nil {
		return nil, nil, fmt.Errorf("job %d: %w", id, err)
	}
	r, err := scanRun(q.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs WHERE id = ?`, j.RunID))
	if err != nil {
		return nil, nil, fmt.Errorf("run %d: %w", j.RunID, err)
	}
	return r, j, nil
}
