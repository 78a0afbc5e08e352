package scaffold

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
)

// Made is something that a task has made outside of its workspace.
type Made struct {
	Kind   string `json:"kind"` // of package action
	Name   string `json:"name"` // for people, without the task's secrets
	URL    string `json:"url,omitempty"`
	Step   string `json:"step,omitempty"`
	Gone   bool   `json:"gone"`
	Reason string `json:"reason,omitempty"` // why it could not be taken away

	key, id, commit string
	intended        bool // it was about to be made when the task was cut off
}

// thing is what its action noted of it.
func (m Made) thing() action.Thing {
	return action.Thing{Kind: m.Kind, Name: m.key, Label: m.Name, ID: m.id, URL: m.URL, Commit: m.commit}
}

// The states of a thing in the table.
const (
	madeIntended = "intended"
	madeDone     = "made"
	madeGone     = "gone"
)

// Made returns what a task has made outside of its workspace, in the order it
// was made. The error is an *fault.Error when there is no such task.
func (s *Service) Made(ctx context.Context, id string) ([]Made, error) {
	if _, err := s.journal.get(ctx, id); err != nil {
		return nil, err
	}
	made, err := s.journal.made(ctx, `m.task_id = ?`, id)
	return append([]Made{}, made[id]...), err
}

// Leftover is a task that did not complete and has left something behind.
type Leftover struct {
	ID          string    `json:"id"`
	TemplateRef string    `json:"templateRef"`
	Status      string    `json:"status"`
	CreatedBy   string    `json:"createdBy,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
	Made        []Made    `json:"made"`
}

// Leftovers returns the failed and cancelled tasks of which something is still
// there, oldest first.
func (s *Service) Leftovers(ctx context.Context) ([]Leftover, error) {
	made, err := s.journal.made(ctx, `m.state <> ? AND t.status IN ('failed', 'cancelled')`, madeGone)
	if err != nil {
		return nil, err
	}
	tasks, _, err := s.journal.list(ctx, query{status: []string{StatusFailed, StatusCancelled}, order: []taskOrder{{"created_at", true}}})
	if err != nil {
		return nil, err
	}
	leftovers := []Leftover{}
	for _, t := range tasks {
		if left := made[t.ID]; len(left) > 0 {
			leftovers = append(leftovers, Leftover{t.ID, t.TemplateRef, t.Status, t.CreatedBy, t.CreatedAt, left})
		}
	}
	return leftovers, nil
}

// made returns what tasks have made, by task; the condition is on m (what was
// made) and t (its task).
func (j journal) made(ctx context.Context, condition string, arguments ...any) (map[string][]Made, error) {
	rows, err := j.db.QueryContext(ctx, `SELECT m.task_id, m.kind, m.name, iif(m.label = '', m.name, m.label), m.state, m.external_id, m.url, m.commit_sha, m.reason, coalesce(s.id, '')
		FROM scaffolder_made m JOIN scaffolder_tasks t ON t.id = m.task_id
		LEFT JOIN scaffolder_steps s ON s.task_id = m.task_id AND s.position = m.position
		WHERE `+condition+` ORDER BY m.task_id, m.position, m.created_at, m.rowid`, arguments...)
	if err != nil {
		return nil, fmt.Errorf("read what tasks have made: %w", err)
	}
	defer rows.Close()
	made := map[string][]Made{}
	for rows.Next() {
		var m Made
		var task, state string
		if err := rows.Scan(&task, &m.Kind, &m.key, &m.Name, &state, &m.id, &m.URL, &m.commit, &m.Reason, &m.Step); err != nil {
			return nil, fmt.Errorf("read what tasks have made: %w", err)
		}
		m.Gone, m.intended = state == madeGone, state == madeIntended
		made[task] = append(made[task], m)
	}
	return made, rows.Err()
}

// settle writes that a thing is gone, or why it is not.
func (j journal) settle(ctx context.Context, task string, m Made) error {
	_, err := j.db.ExecContext(ctx, `UPDATE scaffolder_made SET reason = ?, state = CASE WHEN ? THEN 'gone' ELSE state END
		WHERE task_id = ? AND kind = ? AND name = ?`, m.Reason, m.Gone, task, m.Kind, m.key)
	if err != nil {
		return fmt.Errorf("write what became of %s %s of task %s: %w", m.Kind, m.Name, task, err)
	}
	return nil
}

// ledger is the account of one step.
type ledger struct {
	service  *Service
	task     string
	position int
	redact   func(string) string // takes the task's secrets out of a text
}

var _ action.Ledger = ledger{}

// Find implements action.Ledger.
func (l ledger) Find(ctx context.Context, kind, name string) (action.Thing, bool, error) {
	thing := action.Thing{Kind: kind, Name: name}
	err := l.service.cfg.DB.QueryRowContext(ctx, `SELECT external_id, url, commit_sha FROM scaffolder_made
		WHERE task_id = ? AND kind = ? AND name = ? AND state <> ?`, l.task, kind, name, madeGone).Scan(&thing.ID, &thing.URL, &thing.Commit)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return thing, false, nil
	case err != nil:
		return thing, false, fmt.Errorf("read %s %s of task %s: %w", kind, name, l.task, err)
	}
	return thing, true, nil
}

// Intend implements action.Ledger.
func (l ledger) Intend(ctx context.Context, thing action.Thing) error {
	return l.write(ctx, thing, madeIntended)
}

// Made implements action.Ledger.
func (l ledger) Made(ctx context.Context, thing action.Thing) error {
	return l.write(ctx, thing, madeDone)
}

func (l ledger) write(ctx context.Context, thing action.Thing, state string) error {
	_, err := l.service.cfg.DB.ExecContext(ctx, `INSERT INTO scaffolder_made
		(task_id, kind, name, label, position, state, external_id, url, commit_sha, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (task_id, kind, name) DO UPDATE SET state = excluded.state, external_id = excluded.external_id, url = excluded.url,
		commit_sha = CASE WHEN excluded.commit_sha = '' THEN commit_sha ELSE excluded.commit_sha END, reason = ''`,
		l.task, thing.Kind, thing.Name, l.redact(thing.Label), l.position, state, thing.ID, thing.URL, thing.Commit, l.service.cfg.Clock().UnixMilli())
	if err != nil {
		return fmt.Errorf("write %s %s of task %s: %w", thing.Kind, thing.Name, l.task, err)
	}
	return nil
}

// Forget implements action.Ledger.
func (l ledger) Forget(ctx context.Context, thing action.Thing) error {
	_, err := l.service.cfg.DB.ExecContext(ctx, `DELETE FROM scaffolder_made WHERE task_id = ? AND kind = ? AND name = ? AND state = ?`,
		l.task, thing.Kind, thing.Name, madeIntended)
	if err != nil {
		return fmt.Errorf("forget %s %s of task %s: %w", thing.Kind, thing.Name, l.task, err)
	}
	return nil
}
