package scaffold

import (
	"slices"
	"sync"
)

// line is where tasks wait for a worker. They are taken in order of arrival,
// but one creator's tasks never hold every worker, or the next person would
// wait until one of them ends; and they take no more than half of the workers
// while somebody else's wait.
type line struct {
	workers int

	mu      sync.Mutex
	waiting []waiter
	working map[string]int // tasks at work, by creator
	idle    int            // turns that found none that might be taken
}

type waiter struct{ task, creator string }

func newLine(workers int) *line { return &line{workers: workers, working: map[string]int{}} }

func (l *line) add(task, creator string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, waiter{task, creator})
}

// next takes a task out of the line; give its creator to done when it has
// ended. False: all that wait are of creators who have their share.
func (l *line) next() (waiter, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := l.first()
	if i < 0 {
		l.idle++
		return waiter{}, false
	}
	taken := l.waiting[i]
	l.waiting = slices.Delete(l.waiting, i, i+1)
	l.working[taken.creator]++
	return taken, true
}

// done gives a task's place back. True: a turn that found none before finds
// one now, and is to be taken again.
func (l *line) done(creator string) (again bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.working[creator]--; l.working[creator] == 0 {
		delete(l.working, creator)
	}
	if l.idle == 0 || l.first() < 0 {
		return false
	}
	l.idle--
	return true
}

// first is the place of who is next; -1: nobody may be.
func (l *line) first() int {
	for _, share := range []int{max(1, l.workers/2), max(1, l.workers-1)} {
		i := slices.IndexFunc(l.waiting, func(w waiter) bool { return l.working[w.creator] < share })
		if i >= 0 {
			return i
		}
	}
	return -1
}
