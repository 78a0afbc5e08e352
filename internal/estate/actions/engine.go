package actions

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

// sweepEvery is the net below the signals: whatever was missed is looked at
// after this long.
const sweepEvery = 15 * time.Second

// runEngine moves runs on whenever something happened.
func (a *Actions) runEngine(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := a.turn(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("move runs on; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-a.wake:
		case <-a.spare.due.C:
		case <-ticker.C:
		}
	}
}

// turn is one look at everything that is not over.
func (a *Actions) turn(ctx context.Context) error {
	a.engineMu.Lock()
	defer a.engineMu.Unlock()
	admitErr := a.admitPushes(ctx)
	if err := a.loseSilent(ctx); err != nil {
		return err
	}
	runs, err := all(ctx, a.db, scanRun, `SELECT `+runColumns+` FROM runs WHERE status <> ? ORDER BY id`, statusCompleted)
	if err != nil {
		return err
	}
	for _, r := range runs {
		err := a.prepareToAdvance(ctx, r)
		if err == nil {
			err = a.inTx(ctx, func(tx *sql.Tx) error { return a.advance(ctx, tx, r) })
		}
		if err != nil {
			a.log.Error("advance run", "run", r.ID, "repository", r.Repo, "error", err)
		}
	}
	if err := a.bindRunners(ctx); err != nil {
		return err
	}
	a.changed.notify()
	if err := a.ensurePods(ctx); err != nil {
		return err
	}
	return admitErr
}

// prepareToAdvance reads what the decision about a job that waits may need.
func (a *Actions) prepareToAdvance(ctx context.Context, r *run) error {
	var waits bool
	err := a.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM jobs WHERE run_id = ? AND attempt = ? AND status = ?)`, r.ID, r.Attempt, statusPending).Scan(&waits)
	if err != nil || !waits {
		return err
	}
	return a.readVariables(ctx, r)
}

// advance decides about the jobs that wait, until nothing changes.
func (a *Actions) advance(ctx context.Context, tx *sql.Tx, r *run) error {
	wf, err := workflow.Parse(r.Path, []byte(r.Source))
	if err != nil {
		return a.refuse(ctx, tx, r, err)
	}
	held, err := a.held(ctx, tx, r)
	if err != nil || held {
		return err
	}
	needs := map[string][]string{}
	for key, def := range wf.Model.Jobs {
		needs[key] = def.Needs()
	}
	for {
		jobs, err := a.jobsOf(ctx, tx, r)
		if err != nil {
			return err
		}
		changed, err := a.releaseJobs(ctx, tx, r, wf, needs, jobs)
		if err != nil {
			return err
		}
		if !changed {
			return a.conclude(ctx, tx, r, wf, jobs)
		}
	}
}

// held reports whether an older run of the concurrency group goes first.
func (a *Actions) held(ctx context.Context, q querier, r *run) (held bool, err error) {
	if r.Concurrency == "" || r.Cancelled {
		return false, nil
	}
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM runs WHERE repo = ? AND concurrency = ? AND id < ? AND status <> ?)`,
		r.Repo, r.Concurrency, r.ID, statusCompleted).Scan(&held)
	return held, err
}

func (a *Actions) jobsOf(ctx context.Context, q querier, r *run) ([]*job, error) {
	return all(ctx, q, scanJob, `SELECT `+jobColumns+` FROM jobs WHERE run_id = ? AND attempt = ? ORDER BY id`, r.ID, r.Attempt)
}

func (a *Actions) releaseJobs(ctx context.Context, tx *sql.Tx, r *run, wf *workflow.Workflow, needs map[string][]string, jobs []*job) (changed bool, err error) {
	byKey := jobsByKey(tolerant(wf, jobs))
	for _, j := range jobs {
		if r.Cancelled && j.Status == statusQueued && j.Runner == "" {
			changed = true
			if err := a.endJob(ctx, tx, r, j, cancelled, ""); err != nil {
				return changed, err
			}
		}
		if j.Status != statusPending {
			continue
		}
		status, ready := needStatus(needs, j.Key, byKey, r.Cancelled)
		if !ready {
			continue
		}
		changed = true
		if err := a.release(ctx, tx, r, wf, j, needs[j.Key], byKey, status); err != nil {
			return changed, err
		}
	}
	return changed, nil
}

// tolerant shows failed jobs with continue-on-error as successful to the ones
// that need them.
func tolerant(wf *workflow.Workflow, jobs []*job) []*job {
	shown := make([]*job, len(jobs))
	for i, j := range jobs {
		shown[i] = j
		if wf.ContinueOnError(j.Key) == "true" && j.Conclusion == failure {
			other := *j
			other.Conclusion = success
			shown[i] = &other
		}
	}
	return shown
}

// release queues a job, or skips it when its condition does not hold.
func (a *Actions) release(ctx context.Context, tx *sql.Tx, r *run, wf *workflow.Workflow, j *job, needs []string, byKey map[string][]*job, status string) error {
	needed := needsContext(needs, byKey, outputsOf)
	eval, err := a.evaluator(r, nil, needed, status)
	if err != nil {
		return err
	}
	wanted, err := eval.Condition(wf.Model.Jobs[j.Key].If.Value)
	if err == nil && wanted {
		_, err = a.environment(r, j, wf, needed) // one that cannot be computed fails the job here, not its start again and again
	}
	switch {
	case err != nil:
		return a.endJob(ctx, tx, r, j, failure, err.Error())
	case !wanted && r.Cancelled:
		return a.endJob(ctx, tx, r, j, cancelled, "")
	case !wanted:
		return a.endJob(ctx, tx, r, j, skipped, "")
	}
	j.Status = statusQueued
	if _, err := tx.ExecContext(ctx, `UPDATE jobs SET status = ? WHERE id = ?`, j.Status, j.ID); err != nil {
		return err
	}
	if err := a.postStatus(ctx, tx, r, r.Name+" / "+j.Name, "pending", "Queued"); err != nil {
		return err
	}
	return a.publishJob(ctx, tx, r, j, "queued")
}

func outputsOf(j *job) map[string]string {
	var outputs map[string]string
	if err := json.Unmarshal([]byte(j.Outputs), &outputs); err != nil {
		return nil // written by mustJSON
	}
	return outputs
}

// conclude ends a run whose jobs are all over.
func (a *Actions) conclude(ctx context.Context, tx *sql.Tx, r *run, wf *workflow.Workflow, jobs []*job) error {
	tolerated := map[string]bool{}
	for _, j := range jobs {
		if j.Status != statusCompleted {
			return nil
		}
		tolerated[j.Key] = wf.ContinueOnError(j.Key) == "true"
	}
	return a.completeRun(ctx, tx, r, runConclusion(jobs, tolerated, r.Cancelled))
}

// bindRunners gives each queued job a runner, oldest first: one that waits, or
// a new one.
func (a *Actions) bindRunners(ctx context.Context) error {
	return a.inTx(ctx, func(tx *sql.Tx) error {
		var busy int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM runners WHERE job_id <> 0`).Scan(&busy); err != nil {
			return err
		}
		jobs, err := all(ctx, tx, scanJob, `SELECT `+jobColumns+` FROM jobs WHERE status = ? AND runner = '' ORDER BY id`, statusQueued)
		if err != nil {
			return err
		}
		for _, j := range jobs[:max(0, min(len(jobs), a.cfg.MaxJobs-busy))] {
			if err := a.bind(ctx, tx, j); err != nil {
				return fmt.Errorf("job %d: %w", j.ID, err)
			}
		}
		return a.keepWarm(ctx, tx)
	})
}

func (a *Actions) bind(ctx context.Context, tx *sql.Tx, j *job) error {
	var name string
	err := missing(tx.QueryRowContext(ctx, `UPDATE runners SET job_id = ? WHERE name =
		(SELECT name FROM runners WHERE job_id = 0 ORDER BY instance = '', created LIMIT 1) RETURNING name`, j.ID).Scan(&name))
	if errors.Is(err, errNotFound) {
		name = runnerName()
		_, err = tx.ExecContext(ctx, `INSERT INTO runners (name, job_id, created) VALUES (?, ?, ?)`, name, j.ID, now())
	}
	if err != nil {
		return err
	}
	a.spare.moved(a.cfg.Clock())
	_, err = tx.ExecContext(ctx, `UPDATE jobs SET runner = ? WHERE id = ?`, name, j.ID)
	return err
}

func runnerName() string { return "runner-" + strings.ToLower(rand.Text()[:12]) }
