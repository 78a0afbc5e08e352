package scaffold

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
)

const (
	longPoll  = 30 * time.Second
	keepAlive = 15 * time.Second
)

// getStream sends a task's events as they come, until its completion.
func (s *Service) getStream(w http.ResponseWriter, r *http.Request) error {
	id, after, err := s.streamOf(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Connection", "keep-alive")
	w.WriteHeader(http.StatusOK)
	flow := http.NewResponseController(w)
	if err := flow.Flush(); err != nil {
		return nil //nolint:nilerr // the caller is gone, or nothing can be streamed to it
	}
	for {
		changed := s.changes.wait()
		events, err := s.eventsAfter(r.Context(), id, after)
		if err != nil {
			s.logGone(r.Context(), "read events", err)
			return nil // the answer has begun: it is logged
		}
		for _, event := range events {
			if err := send(w, event); err != nil {
				return nil //nolint:nilerr // the caller is gone
			}
			after = max(after, event.ID)
		}
		if len(events) == 0 {
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return nil //nolint:nilerr // the caller is gone
			}
		}
		if err := flow.Flush(); err != nil || completed(events) {
			return nil //nolint:nilerr // the caller is gone
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-changed:
		case <-time.After(keepAlive):
		}
	}
}

func send(w http.ResponseWriter, event Event) error {
	data, err := json.Marshal(event)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event.Type, data)
	return err
}

// getEvents answers as soon as there are events, and [] if none came.
func (s *Service) getEvents(w http.ResponseWriter, r *http.Request) error {
	id, after, err := s.streamOf(r)
	if err != nil {
		return err
	}
	deadline := time.After(longPoll)
	for {
		changed := s.changes.wait()
		events, err := s.eventsAfter(r.Context(), id, after)
		if err != nil {
			return err
		}
		if len(events) > 0 {
			return s.answer(w, http.StatusOK, events)
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-deadline:
			return s.answer(w, http.StatusOK, []Event{})
		case <-changed:
		}
	}
}

func (s *Service) streamOf(r *http.Request) (id string, after int64, err error) {
	id = r.PathValue("id")
	if _, err := s.journal.get(r.Context(), id); err != nil {
		return "", 0, err
	}
	if text := r.URL.Query().Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil {
			return "", 0, fault.Inputf("after query parameter must be the number of an event, not %q", text)
		}
	}
	return id, after, nil
}

// eventsAfter gives the completion too when it lies before after: who asks
// for what follows it would wait for ever.
func (s *Service) eventsAfter(ctx context.Context, id string, after int64) ([]Event, error) {
	events, err := s.journal.events(ctx, id, after)
	if err != nil || len(events) > 0 || after == 0 {
		return events, err
	}
	all, err := s.journal.events(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	for _, event := range all {
		if event.Type == eventCompletion {
			return []Event{event}, nil
		}
	}
	return nil, nil
}

func completed(events []Event) bool {
	return len(events) > 0 && events[len(events)-1].Type == eventCompletion
}

func (s *Service) logGone(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		s.log.Error(what, "error", err)
	}
}
