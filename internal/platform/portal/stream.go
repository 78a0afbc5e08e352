package portal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// heartbeat keeps a quiet stream open through whatever is between.
const heartbeat = 15 * time.Second

// eventStream writes server-sent events.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func newEventStream(w http.ResponseWriter) (*eventStream, error) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	s := &eventStream{w, http.NewResponseController(w)}
	return s, s.control.Flush()
}

func (s *eventStream) send(id int64, kind string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if id > 0 {
		if _, err := fmt.Fprintf(s.w, "id: %d\n", id); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", kind, text); err != nil {
		return err
	}
	return s.control.Flush()
}

func (s *eventStream) beat() error {
	if _, err := fmt.Fprint(s.w, ": heartbeat\n\n"); err != nil {
		return err
	}
	return s.control.Flush()
}

// streamEvents tells what changes. Its error paths after the first byte end
// the stream, and the client comes back with the last id it saw.
func (p *Portal) streamEvents(w http.ResponseWriter, r *http.Request) error {
	app := r.URL.Query().Get("app")
	last := int64(0)
	if text := r.Header.Get("Last-Event-ID"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fault.Inputf("Last-Event-ID: is no id of this stream")
		}
		last = id
	}
	missed, snapshot, events, end, err := p.cfg.Delivery.Subscribe(r.Context(), app, last)
	if err != nil {
		return err
	}
	defer end()
	stream, err := newEventStream(w)
	if err == nil && snapshot {
		err = stream.send(0, "snapshot", appList{p.only(app)})
	}
	for i := 0; err == nil && i < len(missed); i++ {
		last = missed[i].ID
		err = stream.send(last, missed[i].Kind, missed[i].Data)
	}
	if err == nil {
		err = p.follow(r, stream, events, last)
	}
	if err != nil {
		p.log.Debug("an event stream ended", "error", err)
	}
	return nil
}

func (p *Portal) follow(r *http.Request, stream *eventStream, events <-chan delivery.Event, last int64) error {
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-ticker.C:
			if err := stream.beat(); err != nil {
				return err
			}
		case event, ok := <-events:
			if !ok {
				return nil // too slow; it comes back
			}
			if event.ID <= last {
				continue // was among those it had missed
			}
			if err := stream.send(event.ID, event.Kind, event.Data); err != nil {
				return err
			}
		}
	}
}

func (p *Portal) only(app string) []delivery.View {
	if app == "" {
		return p.cfg.Delivery.List()
	}
	if view, ok := p.cfg.Delivery.Get(app); ok {
		return []delivery.View{view}
	}
	return []delivery.View{}
}
