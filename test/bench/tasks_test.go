package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/test/platform"
)

const (
	tasksAtOnce    = 200
	readsPerSecond = 50
	readLimit      = 50 * time.Millisecond // for 95 % of reads
	tasksLimit     = 5 * time.Minute
	tasksPath      = "/api/scaffolder/v2/tasks"
)

// reads are what the portal's pages ask for.
var reads = []string{
	"/api/pronto/v1/apps", tasksPath + "?limit=20", "/api/catalog/entities/by-query?filter=kind=template",
	"/api/scaffolder/v2/templates/default/template/quiet/parameter-schema", "/api/pronto/v1/platform", tasksPath + "?status=completed&limit=1",
}

// BenchmarkTasks submits 200 tasks at once to a whole platform with one
// application and measures, through its edge, how long reads take until the
// last task has ended.
func BenchmarkTasks(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	for b.Loop() {
		run := &tasksRun{bench: &bench{B: b, dir: b.TempDir()}}
		run.begin(ctx)
		run.measure(ctx)
		run.tell()
	}
}

type tasksRun struct {
	*bench
	accepted, whole time.Duration
	mu              sync.Mutex
	took            sample
}

func (r *tasksRun) begin(ctx context.Context) {
	r.Helper()
	template := filepath.Join(platform.Root(), "test", "bench", "testdata", "quiet", "template.yaml")
	r.start(ctx, "catalog: {locations: [{type: file, target: "+template+"}]}")
	r.first(ctx)              // a platform that has just begun still unpacks its images
	for form := reads[3]; ; { // the catalog reads its locations beside the start
		status, _, err := r.call(ctx, http.MethodGet, form, nil)
		r.check(err)
		if status == http.StatusOK {
			return
		}
		select {
		case <-ctx.Done():
			r.Fatalf("GET %s: %d", form, status)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (r *tasksRun) measure(ctx context.Context) {
	r.Helper()
	ctx, stop := context.WithTimeout(ctx, tasksLimit)
	defer stop()
	reading, halt := context.WithCancel(ctx)
	var around sync.WaitGroup
	around.Go(func() { r.read(reading) })
	began := time.Now()
	r.submit(ctx)
	r.accepted = time.Since(began)
	for r.unfinished(ctx) > 0 {
		select {
		case <-ctx.Done():
			r.Fatalf("%d of %d tasks have not ended after %s", r.unfinished(context.WithoutCancel(ctx)), tasksAtOnce, tasksLimit)
		case <-time.After(100 * time.Millisecond):
		}
	}
	r.whole = time.Since(began)
	halt()
	around.Wait()
	if n := r.total(ctx, "completed"); n != tasksAtOnce+1 { // the first application's too
		r.Errorf("%d tasks completed, want %d", n, tasksAtOnce+1)
	}
}

// read asks at a steady rate, as many open pages do, whether or not the
// answers before have come.
func (r *tasksRun) read(ctx context.Context) {
	tick := time.NewTicker(time.Second / readsPerSecond)
	defer tick.Stop()
	var asked sync.WaitGroup
	defer asked.Wait()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			asked.Go(func() {
				began := time.Now()
				status, _, err := r.call(context.WithoutCancel(ctx), http.MethodGet, reads[n%len(reads)], nil)
				if err != nil || status != http.StatusOK {
					r.Errorf("GET %s: %d, %v", reads[n%len(reads)], status, err)
					return
				}
				r.mu.Lock()
				defer r.mu.Unlock()
				r.took = append(r.took, time.Since(began).Seconds())
			})
		}
	}
}

func (r *tasksRun) submit(ctx context.Context) {
	var submitted sync.WaitGroup
	for n := range tasksAtOnce {
		submitted.Go(func() {
			body := fmt.Appendf(nil, `{"templateRef":"quiet","values":{"name":"task%d"}}`, n)
			status, answer, err := r.call(ctx, http.MethodPost, tasksPath, body)
			if err != nil || status != http.StatusCreated {
				r.Errorf("task %d: %d %s, %v", n, status, answer, err)
			}
		})
	}
	submitted.Wait()
}

func (r *tasksRun) unfinished(ctx context.Context) int {
	return r.total(ctx, "open") + r.total(ctx, "processing")
}

func (r *tasksRun) total(ctx context.Context, status string) int {
	_, answer, err := r.call(ctx, http.MethodGet, tasksPath+"?limit=1&status="+status, nil)
	var list struct{ TotalTasks int }
	if err == nil {
		err = json.Unmarshal(answer, &list)
	}
	if err != nil {
		r.Fatalf("count tasks: %v", err)
	}
	return list.TotalTasks
}

func (r *tasksRun) call(ctx context.Context, method, path string, body []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, r.p.Env["PRONTO_URL"]+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+r.p.Env["PRONTO_TOKEN"])
	request.Header.Set("Content-Type", "application/json")
	response, err := r.p.HTTP.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

func (r *tasksRun) tell() {
	r.Helper()
	r.ReportMetric(r.whole.Seconds(), "s/200-tasks")
	r.ReportMetric(1000*r.took.p95(), "ms/read-p95")
	r.keep("-tasks", fmt.Sprintf(`# Tasks at once

%s

%d tasks of a template that publishes nothing, submitted at once through the edge of a platform with one application; meanwhile %d reads a second of what the portal's pages ask for.

| | |
|---|---|
| all submitted | %.1f s |
| all ended | %.1f s |
| reads meanwhile | %d |
| median of the reads | %.1f ms |
| p95 of the reads | **%.1f ms** |
`, machine(), tasksAtOnce, readsPerSecond, r.accepted.Seconds(), r.whole.Seconds(), len(r.took), 1000*r.took.median(), 1000*r.took.p95()))
	if p95 := time.Duration(r.took.p95() * float64(time.Second)); p95 > readLimit {
		r.Errorf("95 %% of the reads took up to %s, more than %s", p95, readLimit)
	}
}
