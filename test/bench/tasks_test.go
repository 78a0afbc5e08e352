package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scaffold"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

const (
	tasksAtOnce = 200
	readers     = 4
	readLimit   = 50 * time.Millisecond // for 95 % of reads
	tasksLimit  = 5 * time.Minute
)

// quietTemplate renders a file and publishes nothing.
var quietTemplate = fstest.MapFS{
	"quiet/template.yaml": {Data: []byte(`
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: quiet}
spec:
  type: service
  parameters: {required: [name], properties: {name: {type: string}}}
  steps:
    - {id: fetch, action: 'fetch:template', input: {url: ./skeleton, values: {name: '${{ parameters.name }}'}}}
    - {id: say, action: 'debug:log', input: {message: 'hello ${{ parameters.name }}', listWorkspace: true}}
`)},
	"quiet/skeleton/README.md": {Data: []byte("# ${{ values.name }}\n")},
}

// BenchmarkTasks submits 200 tasks at once and measures how long reads take
// until the last one has ended.
func BenchmarkTasks(b *testing.B) {
	for b.Loop() {
		s, ended := scaffolder(b)
		server := httptest.NewServer(s.Handler())
		began := time.Now()
		reads := &latencies{}
		working, stop := context.WithCancel(b.Context())
		var around sync.WaitGroup
		for range readers {
			around.Go(func() { reads.follow(working, b, server.URL+"/api/scaffolder/v2/") })
		}
		submit(b, server.URL)
		accepted := time.Since(began)
		select {
		case <-ended:
		case <-time.After(tasksLimit):
			b.Fatalf("%d tasks have not ended after %s", tasksAtOnce, tasksLimit)
		}
		whole := time.Since(began)
		stop()
		around.Wait()
		server.Close()
		p95 := time.Duration(reads.all.p95() * float64(time.Second))
		fmt.Printf("\n%d tasks: submitted in %.1f s, all ended after %.1f s; %d reads meanwhile: median %.1f ms, p95 %.1f ms\n",
			tasksAtOnce, accepted.Seconds(), whole.Seconds(), len(reads.all), 1000*reads.all.median(), 1000*reads.all.p95())
		b.ReportMetric(whole.Seconds(), "s/200-tasks")
		b.ReportMetric(1000*reads.all.p95(), "ms/read-p95")
		if p95 > readLimit {
			b.Errorf("95 %% of the reads took up to %s, more than %s", p95, readLimit)
		}
	}
}

// latencies are how long reads took.
type latencies struct {
	mu  sync.Mutex
	all sample
}

// follow reads as pages do, one request after the other.
func (l *latencies) follow(ctx context.Context, b *testing.B, api string) {
	for n := 0; ctx.Err() == nil; n++ {
		path := []string{"tasks?limit=20", "templates/default/template/quiet/parameter-schema", "tasks?status=completed&limit=1"}[n%3]
		began := time.Now()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, api+path, nil)
		if err != nil {
			b.Error(err)
			return
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			if ctx.Err() == nil {
				b.Error(err)
			}
			return
		}
		_, err = io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if ctx.Err() != nil {
			return
		}
		if err != nil || response.StatusCode != http.StatusOK {
			b.Errorf("GET %s: %s, %v", path, response.Status, err)
			return
		}
		l.mu.Lock()
		l.all = append(l.all, time.Since(began).Seconds())
		l.mu.Unlock()
	}
}

func submit(b *testing.B, server string) {
	b.Helper()
	var submitted sync.WaitGroup
	for n := range tasksAtOnce {
		submitted.Go(func() {
			body := fmt.Sprintf(`{"templateRef":"quiet","values":{"name":"task%d"}}`, n)
			response, err := http.Post(server+"/api/scaffolder/v2/tasks", "application/json", strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			response.Body.Close()
			if response.StatusCode != http.StatusCreated {
				b.Errorf("task %d: %s", n, response.Status)
			}
		})
	}
	submitted.Wait()
}

// scaffolder runs until the benchmark ends; ended is closed with the last task.
func scaffolder(b *testing.B) (s *scaffold.Service, ended <-chan struct{}) {
	b.Helper()
	check := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	dir, log := b.TempDir(), slog.New(slog.DiscardHandler)
	db, err := store.Open(b.Context(), filepath.Join(dir, "platform.db"))
	check(err)
	b.Cleanup(func() { _ = db.Close() })
	const forge = "http://127.0.0.1:1" // nobody is asked
	client, err := scm.New(scm.Config{APIURL: forge})
	check(err)
	entities, err := catalog.New(catalog.Config{DB: db, SCM: client, ForgeURL: forge, Logger: log})
	check(err)
	last := make(chan struct{})
	var count atomic.Int64
	s, err = scaffold.New(scaffold.Config{
		DB: db, Templates: quietTemplate, SCM: client, Catalog: entities, Dir: filepath.Join(dir, "tasks"),
		SealKey: secret.New("a key"), Organization: "apps", Domain: "example.com", Logger: log,
		OnChange: func(_ context.Context, t scaffold.Task) {
			if t.Status == scaffold.StatusFailed {
				b.Errorf("task %s: %s", t.ID, t.Error)
			}
			if t.Ended() && count.Add(1) == tasksAtOnce {
				close(last)
			}
		},
	})
	check(err)
	ctx, cancel := context.WithCancel(b.Context())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- s.Run(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-done:
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
	return s, last
}
