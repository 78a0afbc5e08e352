package scaffold

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
)

// signals wake those who wait for the next change of one task.
type signals struct {
	mu   sync.Mutex
	next map[string]*waiting
}

type waiting struct {
	changed chan struct{}
	count   int // of those who wait
}

func newSignals() *signals { return &signals{next: map[string]*waiting{}} }

// wait returns a channel that the next raise for this task closes, and what to
// call when nobody waits for it any more. Take it before looking.
func (s *signals) wait(task string) (changed <-chan struct{}, leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.next[task]
	if w == nil {
		w = &waiting{changed: make(chan struct{})}
		s.next[task] = w
	}
	w.count++
	return w.changed, func() { s.leave(task, w) }
}

func (s *signals) leave(task string, w *waiting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.count--; w.count == 0 && s.next[task] == w {
		delete(s.next, task)
	}
}

func (s *signals) raise(task string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.next[task]; w != nil {
		close(w.changed)
		delete(s.next, task)
	}
}

// quiet passes on warnings and errors only: the queue tells of itself often.
type quiet struct{ slog.Handler }

// Enabled implements slog.Handler.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }

func joined[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
