package actions

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// spareAfter is how long no job has begun or ended before pods are started
// that nobody waits for: the rollout that follows a job is over by then.
const spareAfter = 5 * time.Second

// spare knows when the machine may start pods that nobody waits for.
type spare struct {
	due *time.Timer // wakes the engine

	mu   sync.Mutex
	from time.Time // when it may
}

// moved notes that a job has begun or ended.
func (s *spare) moved(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = now.Add(spareAfter)
	s.due.Reset(spareAfter)
}

func (s *spare) may(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !now.Before(s.from)
}

// keepWarm has pods wait for the next jobs: one of them always, the others
// once there is time for them. A pod's start would take the machine from the
// job that has just begun and from the rollout after it.
func (a *Actions) keepWarm(ctx context.Context, tx *sql.Tx) error {
	want := a.cfg.WarmRunners
	if !a.spare.may(a.cfg.Clock()) {
		want = min(want, 1)
	}
	var idle int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM runners WHERE job_id = 0`).Scan(&idle); err != nil {
		return err
	}
	for ; idle < want; idle++ {
		if _, err := tx.ExecContext(ctx, `INSERT INTO runners (name, created) VALUES (?, ?)`, runnerName(), now()); err != nil {
			return err
		}
	}
	return nil
}
