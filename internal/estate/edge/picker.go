package edge

import (
	"sync"
	"sync/atomic"
	"time"
)

// suspectFor is how long a target that failed is tried only after all others.
const suspectFor = 5 * time.Second

// picker chooses a target for each attempt of a request: round robin, never
// one that this request tried already while another is left, and those that
// failed lately last. With every target suspect it still picks one: serving
// from a doubtful target beats refusing.
type picker struct {
	turn     atomic.Uint64
	mu       sync.Mutex
	suspects map[string]time.Time // until when
}

func newPicker() *picker { return &picker{suspects: map[string]time.Time{}} }

// pick returns "" only when there is no target at all.
func (p *picker) pick(targets []string, tried map[string]int, now time.Time) string {
	if len(targets) == 0 {
		return ""
	}
	start := int(p.turn.Add(1) % uint64(len(targets)))
	return choose(targets, tried, func(target string) bool { return p.suspect(target, now) }, start)
}

// choose takes the first least-tried target from start on, those not suspect
// before the others.
func choose(targets []string, tried map[string]int, suspect func(string) bool, start int) string {
	best, bestCost := "", 0
	for i := range targets {
		target := targets[(start+i)%len(targets)]
		cost := 2 * tried[target]
		if suspect(target) {
			cost++
		}
		if best == "" || cost < bestCost {
			best, bestCost = target, cost
		}
	}
	return best
}

// fail notes that a target did not answer.
func (p *picker) fail(target string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, until := range p.suspects {
		if now.After(until) {
			delete(p.suspects, name)
		}
	}
	p.suspects[target] = now.Add(suspectFor)
}

func (p *picker) suspect(target string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.suspects[target])
}
