package portal

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

const (
	defaultTail = 200
	maxTail     = 10_000
)

func (p *Portal) getLogs(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.app(r); err != nil {
		return err
	}
	tail, err := intParameter(r, "tail", defaultTail, 0, maxTail)
	if err != nil {
		return err
	}
	follow, err := boolParameter(r, "follow")
	if err != nil {
		return err
	}
	options := delivery.LogOptions{Follow: follow, Tail: tail, Pod: r.URL.Query().Get("pod")}
	if follow {
		return p.followLogs(w, r, options)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	return p.cfg.Delivery.Logs(r.Context(), r.PathValue("name"), options, func(line delivery.LogLine) error {
		_, err := fmt.Fprintf(w, "%s %s\n", line.Pod, line.Text)
		return err
	})
}

func boolParameter(r *http.Request, name string) (bool, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return false, nil
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return false, fault.Inputf("%s: %q is neither true nor false", name, text)
	}
	return value, nil
}

// followLogs streams lines; errors after the first byte only end the stream.
func (p *Portal) followLogs(w http.ResponseWriter, r *http.Request, options delivery.LogOptions) error {
	stream, err := newEventStream(w)
	if err != nil {
		return err
	}
	shared := &sharedStream{stream: stream, kind: "log"}
	stop := shared.keepAlive()
	defer stop()
	err = p.cfg.Delivery.Logs(r.Context(), r.PathValue("name"), options, func(line delivery.LogLine) error {
		return shared.send(line)
	})
	if err != nil {
		p.log.Debug("a log stream ended", "error", err)
	}
	return nil
}

// sharedStream lets events of one kind and heartbeats be written by two goroutines.
type sharedStream struct {
	kind   string
	mu     sync.Mutex
	stream *eventStream
	failed error
}

func (s *sharedStream) send(data any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = s.stream.send(0, s.kind, data)
	}
	return s.failed
}

// keepAlive beats until stop is called, which waits for the last beat.
func (s *sharedStream) keepAlive() (stop func()) {
	done := make(chan struct{})
	var beater sync.WaitGroup
	beater.Go(func() {
		ticker := time.NewTicker(heartbeat)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				s.mu.Lock()
				if s.failed == nil {
					s.failed = s.stream.beat()
				}
				s.mu.Unlock()
			}
		}
	})
	return func() { close(done); beater.Wait() }
}

func runID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, fault.Inputf("id: %q is no run's number", r.PathValue("id"))
	}
	return id, nil
}

func (p *Portal) getRun(w http.ResponseWriter, r *http.Request) error {
	id, err := runID(r)
	if err != nil {
		return err
	}
	if _, err := p.app(r); err != nil {
		return err
	}
	run, err := p.cfg.Delivery.WorkflowRun(r.Context(), r.PathValue("name"), id)
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusOK, run)
	return nil
}

func (p *Portal) getRunLog(w http.ResponseWriter, r *http.Request) error {
	id, err := runID(r)
	if err != nil {
		return err
	}
	if _, err := p.app(r); err != nil {
		return err
	}
	var log bytes.Buffer
	if err := p.cfg.Delivery.RunLog(r.Context(), r.PathValue("name"), id, &log); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = w.Write(log.Bytes())
	return err
}
