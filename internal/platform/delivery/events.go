package delivery

import (
	"sync"
	"time"
)

// Event is one change that others are told of.
type Event struct {
	ID   int64
	At   time.Time
	App  string
	Kind string // app or deleted
	Data any
}

// hub tells subscribers of events. A subscriber that does not keep up is
// dropped: its channel is closed, and it comes back with the last id it saw.
type hub struct {
	mu   sync.Mutex
	subs map[chan Event]string // the application wanted, or empty for all
}

const subscriberBuffer = 256

func newHub() *hub { return &hub{subs: map[chan Event]string{}} }

// subscribe returns a channel of events and what ends the subscription.
func (h *hub) subscribe(app string) (<-chan Event, func()) {
	events := make(chan Event, subscriberBuffer)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subs[events] = app
	return events, func() { h.drop(events) }
}

func (h *hub) drop(events chan Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.subs[events]; ok {
		delete(h.subs, events)
		close(events)
	}
}

func (h *hub) publish(event Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for events, app := range h.subs {
		if app != "" && app != event.App {
			continue
		}
		select {
		case events <- event:
		default:
			delete(h.subs, events)
			close(events)
		}
	}
}
