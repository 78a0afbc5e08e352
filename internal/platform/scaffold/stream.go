package scaffold

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

const (
	longPoll  = 30 * time.Second
	keepAlive = 15 * time.Second
)

// getStream sends a task's events as they come, until its completion. A task
// that says of itself that it can be recovered may go on after it: then the
// stream stays open.
func (s *Service) getStream(w http.ResponseWriter, r *http.Request) error {
	task, after, err := s.streamOf(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Connection", "keep-alive")
	w.WriteHeader(http.StatusOK)
	flow := http.NewResponseController(w)
	look := s.eventsAfter // at first with a completion that lies before
	for {
		if err := flow.Flush(); err != nil {
			return nil //nolint:nilerr // the caller is gone, or nothing can be streamed to it
		}
		events, err := s.next(r.Context(), task, after, keepAlive, look)
		if err != nil {
			s.logGone(r.Context(), "read events", err)
			return nil // the answer has begun: it is logged
		}
		if err := send(w, events); err != nil {
			return nil //nolint:nilerr // the caller is gone
		}
		if completed(events) {
			if err := flow.Flush(); err != nil || !task.recoverable() {
				return nil //nolint:nilerr // the caller is gone
			}
		}
		for _, event := range events {
			after = max(after, event.ID)
		}
		look = s.journal.events
	}
}

// send writes events, or a comment that keeps a quiet stream open.
func send(w http.ResponseWriter, events []Event) error {
	if len(events) == 0 {
		_, err := fmt.Fprint(w, ": still here\n\n")
		return err
	}
	for _, event := range events {
		data, err := json.Marshal(event)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event.Type, data); err != nil {
			return err
		}
	}
	return nil
}

// getEvents answers as soon as there are events, and [] if none came.
func (s *Service) getEvents(w http.ResponseWriter, r *http.Request) error {
	task, after, err := s.streamOf(r)
	if err != nil {
		return err
	}
	events, err := s.next(r.Context(), task, after, longPoll, s.eventsAfter)
	switch {
	case r.Context().Err() != nil:
		return nil //nolint:nilerr // the caller is gone
	case err != nil:
		return err
	case events == nil:
		events = []Event{}
	}
	return s.answer(w, http.StatusOK, events)
}

// next returns a task's events after an id as soon as look finds some; none
// when patience is over.
func (s *Service) next(ctx context.Context, task Task, after int64, patience time.Duration,
	look func(context.Context, string, int64) ([]Event, error)) ([]Event, error) {
	over := time.NewTimer(patience)
	defer over.Stop()
	for {
		changed, leave := s.changes.wait(task.ID)
		events, err := look(ctx, task.ID, after)
		if err != nil || len(events) > 0 {
			leave()
			for i := range events {
				events[i].Recoverable = task.recoverable()
			}
			return events, err
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-over.C:
			leave()
			return nil, nil
		case <-changed:
		}
		leave()
		if err != nil {
			return nil, err
		}
	}
}

func (s *Service) streamOf(r *http.Request) (task Task, after int64, err error) {
	if text := r.URL.Query().Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return Task{}, 0, fault.Inputf("after query parameter must be the number of an event, not %q", text)
		}
	}
	task, err = s.journal.get(r.Context(), r.PathValue("id"))
	return task, after, err
}

// eventsAfter gives the completion too when it lies before after: who asks
// for what follows it would wait for ever.
func (s *Service) eventsAfter(ctx context.Context, id string, after int64) ([]Event, error) {
	events, err := s.journal.events(ctx, id, after)
	if err != nil || len(events) > 0 || after == 0 {
		return events, err
	}
	return s.journal.completion(ctx, id)
}

func completed(events []Event) bool {
	return len(events) > 0 && events[len(events)-1].Type == eventCompletion
}

func (s *Service) logGone(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		s.log.Error(what, "error", err)
	}
}
