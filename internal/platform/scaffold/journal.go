package scaffold

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/seal"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// journal keeps tasks, their steps and their events.
type journal struct {
	db   *sql.DB
	seal seal.Sealer // of tasks' secrets
}

func (j journal) within(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("journal of tasks: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := work(tx); err != nil {
		return fmt.Errorf("journal of tasks: %w", err)
	}
	return tx.Commit()
}

func (j journal) create(ctx context.Context, t Task) error {
	spec, values, secrets, names := encode(t.spec), encode(t.Values), "", ""
	if len(t.secrets) > 0 {
		secrets, names = j.sealed(t.ID, t.secrets), encode(slices.Sorted(maps.Keys(t.secrets)))
	}
	return j.within(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO scaffolder_tasks
			(id, template_ref, spec, vals, secrets, secret_names, status, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			t.ID, t.TemplateRef, spec, values, secrets, names, t.Status, t.CreatedBy, t.CreatedAt.UnixMilli())
		for i, s := range t.spec.Steps {
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO scaffolder_steps (task_id, position, id, name, action, status)
				VALUES (?, ?, ?, ?, ?, ?)`, t.ID, i, s.ID, s.Name, s.Action, StatusOpen)
		}
		return err
	})
}

const taskColumns = `id, template_ref, spec, vals, secrets, status, created_by, created_at, started_at, finished_at,
	heartbeat_at, output, error, cancelling, secret_names, cleaned_at IS NOT NULL`

func (j journal) get(ctx context.Context, id string) (Task, error) {
	t, err := scanTask(j.db.QueryRowContext(ctx, `SELECT `+taskColumns+` FROM scaffolder_tasks WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Task{}, fault.NotFoundf("No task with id %q", id)
	}
	if err != nil {
		return Task{}, fmt.Errorf("read task %s: %w", id, err)
	}
	steps, err := j.steps(ctx, `(?)`, id)
	t.Steps = steps[id]
	return t, err
}

func scanTask(row interface{ Scan(...any) error }) (Task, error) {
	var t Task
	var spec, values, output, names string
	var created int64
	var started, finished, heartbeat sql.NullInt64
	err := row.Scan(&t.ID, &t.TemplateRef, &spec, &values, &t.sealed, &t.Status, &t.CreatedBy, &created, &started,
		&finished, &heartbeat, &output, &t.Error, &t.cancelling, &names, &t.cleaned)
	if err != nil {
		return Task{}, err
	}
	t.CreatedAt = time.UnixMilli(created).UTC()
	t.StartedAt, t.FinishedAt, t.heartbeatAt = moment(started), moment(finished), moment(heartbeat)
	return t, errors.Join(decode(spec, &t.spec), decode(values, &t.Values),
		decode(output, &t.Output), decode(names, &t.secretNames))
}

// steps of the tasks that a list of ids names, by task.
func (j journal) steps(ctx context.Context, ids string, arguments ...any) (map[string][]StepState, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT task_id, id, name, action, status, started_at, finished_at, output
		FROM scaffolder_steps WHERE task_id IN `+ids+` ORDER BY task_id, position`, arguments...)
	if err != nil {
		return nil, fmt.Errorf("read steps of tasks: %w", err)
	}
	defer rows.Close()
	steps := map[string][]StepState{}
	for rows.Next() {
		var s StepState
		var started, finished sql.NullInt64
		var task, output string
		if err := rows.Scan(&task, &s.ID, &s.Name, &s.Action, &s.Status, &started, &finished, &output); err != nil {
			return nil, fmt.Errorf("read steps of tasks: %w", err)
		}
		if err := decode(output, &s.Output); err != nil {
			return nil, fmt.Errorf("read steps of task %s: %w", task, err)
		}
		s.StartedAt, s.FinishedAt = timeOrNil(moment(started)), timeOrNil(moment(finished))
		steps[task] = append(steps[task], s)
	}
	return steps, rows.Err()
}

// query selects tasks.
type query struct {
	createdBy, status []string
	order             []taskOrder
	limit, offset     int // limit 0: all
}

// taskOrder is a field of orderFields.
type taskOrder struct {
	field     string
	ascending bool
}

// orderFields are those that lists of tasks may be ordered by.
var orderFields = []string{"created_at", "created_by", "id", "last_heartbeat_at", "status", "template_ref"}

// orderBy is the query's order; tasks of the same rank stand as they came.
func (q query) orderBy() string {
	order := q.order
	if len(order) == 0 {
		order = []taskOrder{{field: "created_at"}}
	}
	var terms []string
	for _, o := range order {
		column := strings.TrimPrefix(o.field, "last_") // heartbeat_at
		terms = append(terms, column+direction(o.ascending))
	}
	return " ORDER BY " + strings.Join(append(terms, "rowid"+direction(order[0].ascending)), ", ")
}

func direction(ascending bool) string {
	if ascending {
		return " ASC"
	}
	return " DESC"
}

func (q query) where() (string, []any) {
	var parts []string
	var arguments []any
	for column, values := range map[string][]string{"created_by": q.createdBy, "status": q.status} {
		if len(values) == 0 {
			continue
		}
		parts = append(parts, column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")")
		for _, v := range values {
			arguments = append(arguments, v)
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), arguments
}

func (j journal) list(ctx context.Context, q query) (tasks []Task, total int, err error) {
	where, arguments := q.where()
	if err := j.db.QueryRowContext(ctx, `SELECT count(*) FROM scaffolder_tasks`+where, arguments...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("list tasks: %w", err)
	}
	limit := -1
	if q.limit > 0 {
		limit = q.limit
	}
	chosen := where + q.orderBy() + ` LIMIT ? OFFSET ?`
	arguments = append(arguments, limit, q.offset)
	if tasks, err = j.tasks(ctx, chosen, arguments); err != nil {
		return nil, 0, err
	}
	steps, err := j.steps(ctx, `(SELECT id FROM scaffolder_tasks`+chosen+`)`, arguments...)
	if err != nil {
		return nil, 0, err
	}
	for i := range tasks {
		tasks[i].Steps = steps[tasks[i].ID]
	}
	return tasks, total, nil
}

func (j journal) tasks(ctx context.Context, chosen string, arguments []any) ([]Task, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT `+taskColumns+` FROM scaffolder_tasks`+chosen, arguments...)
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	defer rows.Close()
	tasks := []Task{}
	for rows.Next() {
		t, err := scanTask(rows)
		if err != nil {
			return nil, fmt.Errorf("list tasks: %w", err)
		}
		tasks = append(tasks, t)
	}
	return tasks, rows.Err()
}

// unfinished are the tasks that have something left to do, oldest first.
func (j journal) unfinished(ctx context.Context) ([]string, error) {
	return j.ids(ctx, `SELECT id FROM scaffolder_tasks WHERE status IN ('open', 'processing') ORDER BY created_at, rowid`)
}

// untoldEnds are the tasks whose end the observer has not taken, oldest first.
func (j journal) untoldEnds(ctx context.Context) ([]string, error) {
	return j.ids(ctx, `SELECT id FROM scaffolder_tasks WHERE finished_at IS NOT NULL AND end_told_at IS NULL ORDER BY finished_at, rowid`)
}

// endTold notes that the observer has taken a task's end.
func (j journal) endTold(ctx context.Context, id string, now time.Time) error {
	_, err := j.db.ExecContext(ctx, `UPDATE scaffolder_tasks SET end_told_at = ? WHERE id = ? AND finished_at IS NOT NULL`, now.UnixMilli(), id)
	if err != nil {
		return fmt.Errorf("note that the end of task %s was told: %w", id, err)
	}
	return nil
}

// mayGoOn selects the tasks that have not ended, and those that may be retried
// and ended after a time.
const mayGoOn = `(status IN ('open', 'processing') OR status IN ('failed', 'cancelled') AND cleaned_at IS NULL AND finished_at > ?)`

// needed are the tasks whose workspaces stay.
func (j journal) needed(ctx context.Context, after time.Time) (map[string]bool, error) {
	return j.set(ctx, `SELECT id FROM scaffolder_tasks WHERE `+mayGoOn, after)
}

// origins are the snapshots that tasks may read from.
func (j journal) origins(ctx context.Context, after time.Time) (map[string]bool, error) {
	return j.set(ctx, `SELECT DISTINCT json_extract(spec, '$.origin.id') FROM scaffolder_tasks
		WHERE json_extract(spec, '$.origin.id') IS NOT NULL AND `+mayGoOn, after)
}

func (j journal) set(ctx context.Context, statement string, after time.Time) (map[string]bool, error) {
	ids, err := j.ids(ctx, statement, after.UnixMilli())
	set := map[string]bool{}
	for _, id := range ids {
		set[id] = true
	}
	return set, err
}

func (j journal) ids(ctx context.Context, statement string, arguments ...any) ([]string, error) {
	rows, err := j.db.QueryContext(ctx, statement, arguments...)
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list tasks: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func moment(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

// encode is for values that came from JSON or are made of strings and such.
func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", value, err)) // a programming error
	}
	return string(text)
}

func decode(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}
