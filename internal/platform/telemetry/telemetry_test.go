package telemetry

import (
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	coltracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
)

// collector is an OTLP receiver by the protocol's own types.
type collector struct {
	*httptest.Server
	mu     sync.Mutex
	status []int // answers to come; 200 after them
	taken  []*tracepb.ResourceSpans
	header http.Header
	path   string
	asked  chan struct{}
}

func newCollector(t *testing.T, status ...int) *collector {
	c := &collector{status: status, asked: make(chan struct{}, 100)}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { c.asked <- struct{}{} }()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.header, c.path = r.Header, r.URL.Path
		if len(c.status) > 0 {
			code := c.status[0]
			c.status = c.status[1:]
			w.WriteHeader(code)
			return
		}
		body, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		raw, err := io.ReadAll(body)
		request := &coltracepb.ExportTraceServiceRequest{}
		if err := errors.Join(err, proto.Unmarshal(raw, request)); err != nil {
			t.Error(err)
			return
		}
		c.taken = append(c.taken, request.ResourceSpans...)
		answer, err := proto.Marshal(&coltracepb.ExportTraceServiceResponse{})
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(answer)
	}))
	t.Cleanup(c.Close)
	return c
}

// journal keeps what is to be sent, as the deliveries' own does.
type journal struct {
	mu    sync.Mutex
	list  []delivery.Trace
	sent  chan string
	begun int
	fails int // notes that are lost, as by a kill
}

func (j *journal) BeginTraces(context.Context) error { j.begun++; return nil }

func (j *journal) UnsentTraces(context.Context, time.Time, int) ([]delivery.Trace, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]delivery.Trace{}, j.list...), nil
}

func (j *journal) TraceSent(_ context.Context, sent delivery.Trace) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fails > 0 {
		j.fails--
		return errors.New("killed")
	}
	for i, trace := range j.list {
		if trace.Timeline.ID == sent.Timeline.ID {
			j.list = append(j.list[:i:i], j.list[i+1:]...)
		}
	}
	j.sent <- sent.Timeline.ID
	return nil
}

const trace = "4bf92f3577b34da6a3ce929d0e0e4736"

var t0 = time.Date(2026, 3, 4, 9, 26, 53, 120_000_000, time.UTC)

func line(id string) delivery.Trace {
	began, ended := t0.Add(time.Second), t0.Add(2*time.Second)
	return delivery.Trace{Timeline: timeline.Of(timeline.Journey{ID: id, App: "hello", StartedBy: "push", Status: "failed", Reason: "a test failed", Revision: "1f2e3d4", Start: t0, End: &ended,
		Phases: []timeline.Phase{{Name: "build", Status: timeline.Failed, Start: &began, End: &ended, Reason: "a test failed", Evidence: map[string]any{"log": []string{"not ok"}, "run": float64(9)}}}},
		[]timeline.Step{{Key: "run/9/1", Phase: "build", Kind: timeline.KindRun, Name: "ci", Status: timeline.Failed, Start: began, Evidence: map[string]any{"run": float64(9), "ratio": 0.5, "ok": false, "empty": ""}}}, ended)}
}

// send runs an exporter until so many traces were noted as sent.
func send(t *testing.T, c *collector, j *journal, count int) {
	t.Helper()
	exporter, err := New(Config{Source: j, Endpoint: c.URL, Headers: map[string]string{"Authorization": "Bearer x"}, HTTP: c.Client(), Version: "v1",
		Logger: slog.New(slog.DiscardHandler), Every: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	stop := parttest.Start(t, exporter.Run)
	for range count {
		select {
		case <-j.sent:
		case <-time.After(20 * time.Second):
			t.Fatal("not sent within 20 s")
		}
	}
	stop()
}

func TestADeliveryIsATrace(t *testing.T) {
	c, j := newCollector(t), &journal{list: []delivery.Trace{line(trace)}, sent: make(chan string, 10)}
	send(t, c, j, 1)
	if len(c.taken) != 1 || c.path != "/v1/traces" || c.header.Get("Authorization") != "Bearer x" || j.begun != 1 {
		t.Fatalf("%d taken at %s with %v", len(c.taken), c.path, c.header)
	}
	if name := c.taken[0].Resource.Attributes[0]; name.Key != "service.name" || name.Value.GetStringValue() != "pronto" {
		t.Errorf("resource = %v", c.taken[0].Resource)
	}
	spans := c.taken[0].ScopeSpans[0].Spans
	if len(spans) != 3 {
		t.Fatalf("%d spans", len(spans))
	}
	for i, s := range spans {
		if hex.EncodeToString(s.TraceId) != trace || len(s.SpanId) != 8 || s.EndTimeUnixNano != uint64(t0.Add(2*time.Second).UnixNano()) {
			t.Errorf("span %d = %v", i, s)
		}
		if i > 0 && string(s.ParentSpanId) != string(spans[i-1].SpanId) {
			t.Errorf("span %d is not part of the one before", i)
		}
	}
	if spans[0].Name != "deliver hello" || len(spans[0].ParentSpanId) != 0 || spans[0].StartTimeUnixNano != uint64(t0.UnixNano()) ||
		spans[1].Status.Code != tracepb.Status_STATUS_CODE_ERROR || spans[1].Status.Message != "a test failed" {
		t.Errorf("spans = %v", spans)
	}
	attributes := map[string]string{}
	for _, a := range spans[2].Attributes {
		attributes[a.Key] = a.Value.String()
	}
	if len(attributes) != 6 || attributes["cicd.pipeline.run.id"] != "int_value:9" || attributes["pronto.phase"] != `string_value:"build"` {
		t.Errorf("attributes = %v", attributes)
	}
}

func TestACollectorThatIsAwayGetsItLater(t *testing.T) {
	c, j := newCollector(t, 503, 429, 401, 500), &journal{list: []delivery.Trace{line(trace)}, sent: make(chan string, 10)}
	send(t, c, j, 1)
	if len(c.taken) != 1 {
		t.Errorf("taken %d times", len(c.taken))
	}
}

func TestWhatIsRefusedHoldsUpNothing(t *testing.T) {
	c, j := newCollector(t, 400), &journal{list: []delivery.Trace{line(trace), line("0af7651916cd43dd8448eb211c80319c"), line("no id")}, sent: make(chan string, 10)}
	send(t, c, j, 3)
	if len(c.taken) != 1 || hex.EncodeToString(c.taken[0].ScopeSpans[0].Spans[0].TraceId) != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("taken %v", c.taken)
	}
}

// A stop between the sending and the note sends the same once more: same ids.
func TestWhatIsSentTwiceIsTheSame(t *testing.T) {
	c, j := newCollector(t), &journal{list: []delivery.Trace{line(trace)}, sent: make(chan string, 10), fails: 1}
	send(t, c, j, 1)
	if len(c.taken) != 2 || !proto.Equal(c.taken[0], c.taken[1]) {
		t.Errorf("taken %v", c.taken)
	}
}
