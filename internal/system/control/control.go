// Package control is how one process of the system tells others on the machine
// which of its parts are ready: a unix socket in the state directory with one
// route. What asks follows the stream; nobody polls a file or sleeps.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

// Part is one part's readiness as it travels on the socket, one JSON object a line.
type Part struct {
	Name string `json:"name"`
	// Milliseconds the part took to become ready.
	Milliseconds int64     `json:"milliseconds"`
	Since        time.Time `json:"since"`
	// Last marks the line after which every part of the process is ready.
	Last bool `json:"last,omitempty"`
}

// Board collects readiness and serves it.
type Board struct {
	mu      sync.Mutex
	parts   []Part
	names   []string
	changed chan struct{}
}

// NewBoard expects the named parts.
func NewBoard(names ...string) *Board { return &Board{names: names, changed: make(chan struct{})} }

// Starting are the parts that are not ready yet.
func (b *Board) Starting() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	starting := slices.Clone(b.names)
	for _, p := range b.parts {
		starting = slices.DeleteFunc(starting, func(name string) bool { return name == p.Name })
	}
	return starting
}

// Parts are the parts that are ready, in the order in which they became so.
func (b *Board) Parts() []Part {
	parts, _ := b.from(0)
	return slices.Clone(parts)
}

// Ready notes that the named part is ready.
func (b *Board) Ready(name string, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parts = append(b.parts, Part{Name: name, Milliseconds: took.Milliseconds(), Since: time.Now(), Last: len(b.parts)+1 == len(b.names)})
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *Board) from(i int) ([]Part, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.parts[i:], b.changed
}

// ServeHTTP streams what is known and then, unless the query says now, each
// change until all are ready.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	out, flush := json.NewEncoder(w), http.NewResponseController(w)
	for sent := 0; ; {
		parts, changed := b.from(sent)
		for _, p := range parts {
			if out.Encode(p) != nil || p.Last {
				return
			}
		}
		sent += len(parts)
		if r.URL.Query().Has("now") {
			return
		}
		if flush.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// Listen makes a unix socket that only this user may open, replacing one that
// a killed process left behind.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("listen on %s: %w", path, err), l.Close())
	}
	return l, nil
}

// Client makes HTTP requests over a unix socket; the URL's host is ignored.
func Client(path string) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		},
	}}
}

// connectInterval is how often Follow looks for a socket that is not there yet.
const connectInterval = 50 * time.Millisecond

// Follow calls each with every part of the process behind the socket until the
// last is ready, connecting anew while the process starts or is restarted.
// A part is told once.
func Follow(ctx context.Context, path string, each func(Part)) error {
	told := map[string]bool{}
	client := Client(path)
	defer client.CloseIdleConnections()
	tick := time.NewTicker(connectInterval)
	defer tick.Stop()
	for {
		if done := read(ctx, client, "", func(p Part) {
			if !told[p.Name] {
				told[p.Name] = true
				each(p)
			}
		}); done {
			return nil
		}
		select {
		case <-tick.C: // the process is not listening yet, or died and is restarted
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Now asks the process behind the socket which of its parts are ready. One
// that does not answer has none.
func Now(ctx context.Context, path string) []Part {
	client := Client(path)
	defer client.CloseIdleConnections()
	var parts []Part
	read(ctx, client, "?now", func(p Part) { parts = append(parts, p) })
	return parts
}

// read reports whether the last part was among those that were told.
func read(ctx context.Context, client *http.Client, query string, each func(Part)) (last bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://control/parts"+query, nil)
	if err != nil {
		return false
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	for lines := json.NewDecoder(res.Body); ; {
		var p Part
		if lines.Decode(&p) != nil {
			return false
		}
		each(p)
		if p.Last {
			return true
		}
	}
}
