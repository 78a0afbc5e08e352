package catalog

import "sync"

// turns lets one at a time work on a location, so that an older reading never
// overwrites a newer one.
type turns struct {
	mu   sync.Mutex
	open map[string]*turn
}

type turn struct {
	sync.Mutex
	waiting int
}

// take waits for the turn on a location; the caller calls done.
func (t *turns) take(location string) (done func()) {
	t.mu.Lock()
	if t.open == nil {
		t.open = map[string]*turn{}
	}
	own := t.open[location]
	if own == nil {
		own = &turn{}
		t.open[location] = own
	}
	own.waiting++
	t.mu.Unlock()
	own.Lock()
	return func() {
		own.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		if own.waiting--; own.waiting == 0 {
			delete(t.open, location)
		}
	}
}
