package actions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// GitHub's words for a run's, a job's and a step's status and conclusion.
const (
	statusPending    = "pending" // waits for the jobs it needs
	statusQueued     = "queued"
	statusInProgress = "in_progress"
	statusCompleted  = "completed"

	success        = "success"
	failure        = "failure"
	cancelled      = "cancelled"
	skipped        = "skipped"
	startupFailure = "startup_failure"
)

var errNotFound = errors.New("not found")

// run is one execution of a workflow.
type run struct {
	ID, Number, Attempt                      int64
	Key, Repo, Path, Name, Source            string
	Event, Ref, SHA, Title, Actor            string
	Concurrency, Status, Conclusion, Message string
	Payload                                  []byte
	Inputs                                   string
	Cancelled                                bool
	Created, Started, Updated                int64

	vars map[string]string // what expressions outside of steps read; see readVariables
}

const runColumns = `id, number, attempt, key, repo, path, name, source, event, ref, sha, title, actor,
	concurrency, status, conclusion, message, payload, inputs, cancelled, created, started, updated`

type scanner interface{ Scan(...any) error }

func scanRun(row scanner) (*run, error) {
	var r run
	err := row.Scan(&r.ID, &r.Number, &r.Attempt, &r.Key, &r.Repo, &r.Path, &r.Name, &r.Source, &r.Event, &r.Ref, &r.SHA,
		&r.Title, &r.Actor, &r.Concurrency, &r.Status, &r.Conclusion, &r.Message, &r.Payload, &r.Inputs, &r.Cancelled,
		&r.Created, &r.Started, &r.Updated)
	return &r, missing(err)
}

// job is one job of a run's attempt.
type job struct {
	ID, RunID, Attempt         int64
	Key, Name                  string
	Matrix, Outputs            string // JSON
	Status, Conclusion, Reason string
	Runner                     string
	LastSeq                    int64
	Created, Started, Done     int64
}

const jobColumns = `id, run_id, attempt, key, name, matrix, outputs, status, conclusion, reason, runner, last_seq, created, started, completed`

func scanJob(row scanner) (*job, error) {
	var j job
	err := row.Scan(&j.ID, &j.RunID, &j.Attempt, &j.Key, &j.Name, &j.Matrix, &j.Outputs, &j.Status, &j.Conclusion,
		&j.Reason, &j.Runner, &j.LastSeq, &j.Created, &j.Started, &j.Done)
	return &j, missing(err)
}

// runnerRow is a pod that serves one job.
type runnerRow struct {
	Name, TokenHash, Instance string
	JobID                     int64
}

const runnerColumns = `name, token_hash, instance, job_id`

func scanRunner(row scanner) (*runnerRow, error) {
	var r runnerRow
	err := row.Scan(&r.Name, &r.TokenHash, &r.Instance, &r.JobID)
	return &r, missing(err)
}

type stepRow struct {
	Number                   int64
	Name, Status, Conclusion string
	Started, Completed       int64
}

func scanStep(row scanner) (*stepRow, error) {
	var s stepRow
	err := row.Scan(&s.Number, &s.Name, &s.Status, &s.Conclusion, &s.Started, &s.Completed)
	return &s, missing(err)
}

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errNotFound
	}
	return err
}

// querier is a database or a transaction.
type querier interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// all reads every row of a query.
func all[T any](ctx context.Context, q querier, scan func(scanner) (*T, error), query string, args ...any) (list []*T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, rows.Err()
}

// inTx commits what do did, or nothing, and then lets its messages go out.
func (a *Actions) inTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	defer a.outboxChanged.notify()
	return commit(ctx, a.db, do)
}

func commit(ctx context.Context, db *sql.DB, do func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func now() int64 { return time.Now().UnixNano() }

// mustJSON encodes values that always can be: strings, numbers and maps of them.
func mustJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("actions: encode %T: %v", value, err))
	}
	return string(text)
}
