package usage

import (
	"context"
	"sync"
	"time"
)

// Hub lets listeners share one sampler per key. A sampler runs from its first
// listener to its last.
type Hub[T any] struct {
	interval time.Duration
	open     func(key string) func(context.Context) (T, error)
	failed   func(key string, err error)

	mu       sync.Mutex
	samplers map[string]*sampler[T]
}

type sampler[T any] struct {
	listeners map[chan T]struct{}
	last      *T // what a listener that comes gets at once
	stop      context.CancelFunc
	ended     chan struct{}
}

// NewHub makes a hub. open returns what samples a key, called for each sampler
// and by one goroutine; failed is told of samples that could not be taken,
// which the listeners do not see.
func NewHub[T any](interval time.Duration, open func(key string) func(context.Context) (T, error), failed func(key string, err error)) *Hub[T] {
	return &Hub[T]{interval: interval, open: open, failed: failed, samplers: map[string]*sampler[T]{}}
}

// Follow gives samples to emit, the first at once, until ctx ends, which is no
// error, or emit fails. A listener that is slow misses samples.
func (h *Hub[T]) Follow(ctx context.Context, key string, emit func(T) error) error {
	samples, leave := h.join(key)
	defer leave()
	for {
		select {
		case <-ctx.Done():
			return nil
		case sample := <-samples:
			if err := emit(sample); err != nil {
				return err
			}
		}
	}
}

func (h *Hub[T]) join(key string) (samples chan T, leave func()) {
	samples = make(chan T, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	s, ok := h.samplers[key]
	if !ok {
		ctx, stop := context.WithCancel(context.Background())
		s = &sampler[T]{listeners: map[chan T]struct{}{}, stop: stop, ended: make(chan struct{})}
		h.samplers[key] = s
		go h.run(ctx, key, s)
	}
	s.listeners[samples] = struct{}{}
	if s.last != nil {
		samples <- *s.last
	}
	return samples, func() { h.leave(key, s, samples) }
}

// leave waits for the sampler to end when its last listener goes.
func (h *Hub[T]) leave(key string, s *sampler[T], samples chan T) {
	h.mu.Lock()
	delete(s.listeners, samples)
	last := len(s.listeners) == 0
	if last {
		delete(h.samplers, key)
	}
	h.mu.Unlock()
	if last {
		s.stop()
		<-s.ended
	}
}

func (h *Hub[T]) run(ctx context.Context, key string, s *sampler[T]) {
	defer close(s.ended)
	sample := h.open(key)
	ticker := time.NewTicker(h.interval)
	defer ticker.Stop()
	for {
		value, err := sample(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			h.failed(key, err)
		default:
			h.tell(s, value)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (h *Hub[T]) tell(s *sampler[T], value T) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.last = &value
	for samples := range s.listeners {
		select {
		case <-samples: // what it has not taken is old now
		default:
		}
		samples <- value
	}
}
