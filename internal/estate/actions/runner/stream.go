package runner

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
)

const (
	flushEvery = 50 * time.Millisecond
	heartbeat  = 2 * time.Second
	batchMost  = 2000 // events
)

// stream numbers events and delivers them in order.
type stream struct {
	client *Client
	cancel context.CancelCauseFunc // told when the server says cancelled

	mu      sync.Mutex
	pending []protocol.Event
	seq     int64
	closed  bool
	wake    chan struct{}
}

var errCancelled = errors.New("the run was cancelled")

func newStream(client *Client, cancel context.CancelCauseFunc) *stream {
	return &stream{client: client, cancel: cancel, wake: make(chan struct{}, 1)}
}

func (s *stream) add(e protocol.Event) {
	s.mu.Lock()
	s.seq++
	e.Seq, e.Time = s.seq, time.Now().UTC()
	s.pending = append(s.pending, e)
	s.mu.Unlock()
	s.signal()
}

func (s *stream) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// close lets run return once everything is delivered.
func (s *stream) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.signal()
}

// run delivers until close, or until the server refuses.
func (s *stream) run(ctx context.Context) error {
	for {
		batch, closed := s.take()
		if len(batch) == 0 && closed {
			return nil
		}
		if err := s.deliver(ctx, batch); err != nil {
			s.cancel(err)
			return err
		}
		if len(batch) < batchMost {
			s.wait(ctx)
		}
	}
}

func (s *stream) deliver(ctx context.Context, batch []protocol.Event) error {
	answer, err := s.client.Report(ctx, batch)
	if err != nil {
		return err
	}
	if answer.Cancelled {
		s.cancel(errCancelled)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = s.pending[len(batch):]
	return nil
}

func (s *stream) take() (batch []protocol.Event, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending[:min(len(s.pending), batchMost)], s.closed
}

// wait returns when there is something to say: at once when the job is over,
// else after a moment in which lines gather.
func (s *stream) wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-s.wake:
		if _, closed := s.take(); closed {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(flushEvery):
		}
	case <-time.After(heartbeat):
	}
}
