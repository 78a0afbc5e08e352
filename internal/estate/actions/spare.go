package actions

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// spareAfter is how long no job has begun or ended before pods are started
// that nobody waits for, and those of jobs that are over are removed: the
// rollout that follows a job is over by then.
const spareAfter = 5 * time.Second

// spare knows when the machine may start pods that nobody waits for, and
// remove those whose job is over.
type spare struct {
	due *time.Timer // wakes the engine

	mu      sync.Mutex
	from    time.Time // when it may
	resting string    // the pod of the job that ended last
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

// rest leaves the pod of a runner that has told its job's end alone for now:
// to take it apart takes the machine from the rollout that follows the job.
// The one before it rests no longer, so that many jobs in a row do not fill
// the namespace.
func (s *spare) rest(pod string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resting = pod
}

func (s *spare) rests(pod string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.resting == pod && now.Before(s.from)
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
