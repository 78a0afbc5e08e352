package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// List returns every application by name.
func (s *Service) List() []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Clock()
	list := make([]View, 0, len(s.views))
	for _, view := range s.views {
		list = append(list, view.at(now))
	}
	slices.SortFunc(list, func(a, b View) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Get returns one application.
func (s *Service) Get(name string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	view, ok := s.views[name]
	return view.at(s.cfg.Clock()), ok
}

// ErrNotFound is an application that does not exist.
var ErrNotFound = fault.NotFoundf("no such application")

// ErrNotRunning is a request before the start or after the end of Run.
var ErrNotRunning = fault.Unavailablef("deliveries are not being followed yet; try again in a moment")

// Deliveries returns an application's deliveries, newest first.
func (s *Service) Deliveries(ctx context.Context, name string, limit int) ([]Delivery, error) {
	t := s.known(name)
	if t == nil {
		return nil, ErrNotFound
	}
	id, err := ask(ctx, t, func(t *tracker) int64 { return t.app.ID })
	if err != nil {
		return nil, err
	}
	return s.journal.deliveries(ctx, id, limit)
}

// ask reads something of a tracker, after what was told to it before.
func ask[T any](ctx context.Context, t *tracker, read func(*tracker) T) (T, error) {
	answer := make(chan T, 1)
	var none T
	if !t.tell(ctx, func(_ context.Context, t *tracker) { answer <- read(t) }) {
		return none, firstError(ctx.Err(), t.ended())
	}
	select {
	case value := <-answer:
		return value, nil
	case <-t.gone:
		return none, t.ended()
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// learn tells a tracker something, and returns when it has journalled it.
func (t *tracker) learn(ctx context.Context, m message) error {
	kept := make(chan struct{})
	told := t.tell(ctx, func(ctx context.Context, t *tracker) {
		m(ctx, t)
		t.once(func(context.Context) { close(kept) })
	})
	if !told {
		return firstError(ctx.Err(), t.ended())
	}
	select {
	case <-kept:
		return nil
	case <-t.gone:
		return t.ended()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ended is why a tracker takes no messages any more: its application is gone,
// or the process is being stopped, which must not be taken for that.
func (t *tracker) ended() error {
	if t.s.known(t.app.Name) == t {
		return ErrNotRunning
	}
	return ErrNotFound
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Delete begins the removal of an application; asking again is fine. It
// returns once that is journalled.
func (s *Service) Delete(ctx context.Context, name, by string) (View, error) {
	t := s.known(name)
	if t == nil {
		return View{}, ErrNotFound
	}
	kept, err := ask(ctx, t, func(t *tracker) bool { return t.beginDeletion(ctx, by) })
	switch {
	case err != nil:
		return View{}, err
	case !kept:
		return View{}, fmt.Errorf("delete %s: cannot journal it", name)
	}
	view, _ := s.Get(name)
	return view, nil
}

func (t *tracker) beginDeletion(ctx context.Context, by string) bool {
	if t.app.Deletion != nil {
		return true
	}
	t.app.Deletion = newDeletion(by, t.s.cfg.Clock())
	if t.d == nil || t.d.Phase(Create).Status != Failed { // else it was never made
		t.app.Deletion.Backup = newID()
	}
	t.app.Address.Live = false
	if t.keep(ctx, t.d) {
		return true
	}
	t.app.Deletion = nil
	return false
}

// Subscribe streams events after lastID, of one application or of all. When
// they cannot be given without a gap, snapshot is true and the subscriber
// begins with List. end must be called.
func (s *Service) Subscribe(ctx context.Context, app string, lastID int64) (missed []Event, snapshot bool, events <-chan Event, end func(), err error) {
	events, end = s.hub.subscribe(app)
	if lastID <= 0 {
		return nil, true, events, end, nil
	}
	missed, whole, err := s.journal.eventsAfter(ctx, lastID, subscriberBuffer)
	if err != nil {
		end()
		return nil, false, nil, nil, err
	}
	missed = slices.DeleteFunc(missed, func(e Event) bool { return app != "" && e.App != app })
	return missed, !whole, events, end, nil
}

// Architectures are those of the cluster's nodes.
func (s *Service) Architectures() []string { return s.cluster.architectures() }
