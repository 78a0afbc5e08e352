package actions

import (
	"context"
	"errors"
	"sync"
	"time"
)

// silenceMost is how long a runner with a job may report nothing: it sends a
// heartbeat every two seconds, also while its job says nothing.
const silenceMost = 2 * time.Minute

// heartbeats remembers when each runner was last heard. It lives in memory, so
// that a server that was away gives every runner a fresh window. Times carry
// the monotonic clock: a machine that slept has not waited.
type heartbeats struct {
	mu    sync.Mutex
	heard map[string]time.Time // by the runner's name
}

func (h *heartbeats) beat(name string, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard[name] = at
}

// silent returns those of busy that were not heard for silenceMost. The window
// of a runner begins with the first look at it; those not in busy are forgotten.
func (h *heartbeats) silent(busy []string, at time.Time) (silent []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	known := h.heard
	h.heard = make(map[string]time.Time, len(busy))
	for _, name := range busy {
		heard, ok := known[name]
		if !ok {
			heard = at
		}
		h.heard[name] = heard
		if at.Sub(heard) >= silenceMost {
			silent = append(silent, name)
		}
	}
	return silent
}

// loseSilent fails the jobs whose runners are not heard any more.
func (a *Actions) loseSilent(ctx context.Context) error {
	rows, err := all(ctx, a.db, scanRunner, `SELECT `+runnerColumns+` FROM runners
		WHERE job_id IN (SELECT id FROM jobs WHERE status = ?)`, statusInProgress)
	if err != nil {
		return err
	}
	busy := make([]string, len(rows))
	for i, row := range rows {
		busy[i] = row.Name
	}
	var failed error
	for _, name := range a.heartbeats.silent(busy, a.cfg.Clock()) {
		failed = errors.Join(failed, a.loseRunner(ctx, name, "the runner was lost"))
	}
	return failed
}
