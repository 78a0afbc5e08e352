package telemetry

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
)

// errTrace is a timeline that cannot be a trace.
var errTrace = errors.New("no trace")

const (
	traceIDSize = 16
	scope       = "github.com/pronto-platform/pronto/delivery"
	sampled     = 1 // W3C trace flags
)

func resource(version string, spans []*tracepb.Span) *tracepb.ResourceSpans {
	return &tracepb.ResourceSpans{
		Resource:   &resourcepb.Resource{Attributes: []*commonpb.KeyValue{text("service.name", "pronto"), text("service.version", version)}},
		ScopeSpans: []*tracepb.ScopeSpans{{Scope: &commonpb.InstrumentationScope{Name: scope, Version: version}, Spans: spans}},
	}
}

// spansOf are a timeline's spans as OpenTelemetry has them.
func spansOf(t timeline.Timeline) ([]*tracepb.Span, error) {
	trace, err := hex.DecodeString(t.TraceID)
	if err != nil || len(trace) != traceIDSize {
		return nil, fmt.Errorf("%w: the id %q is not 16 bytes", errTrace, t.TraceID)
	}
	end := t.StartedAt
	if t.FinishedAt != nil {
		end = *t.FinishedAt
	}
	var spans []*tracepb.Span
	for _, s := range t.Spans {
		span, err := spanOf(s, trace, end)
		if err != nil {
			return nil, err
		}
		spans = append(spans, span)
	}
	return spans, nil
}

func spanOf(s timeline.Span, trace []byte, end time.Time) (*tracepb.Span, error) {
	id, err := hex.DecodeString(s.ID)
	if err != nil {
		return nil, fmt.Errorf("%w: span id %q", errTrace, s.ID)
	}
	parent, err := hex.DecodeString(s.Parent)
	if err != nil {
		return nil, fmt.Errorf("%w: span id %q", errTrace, s.Parent)
	}
	if s.End != nil {
		end = *s.End
	}
	if end.Before(s.Start) {
		end = s.Start
	}
	return &tracepb.Span{
		TraceId: trace, SpanId: id, ParentSpanId: parent, Flags: sampled, Name: s.Name, Kind: tracepb.Span_SPAN_KIND_INTERNAL,
		StartTimeUnixNano: nanos(s.Start), EndTimeUnixNano: nanos(end), Attributes: attributes(s), Status: status(s),
	}, nil
}

func nanos(at time.Time) uint64 { return uint64(max(at.UnixNano(), 0)) }

func status(s timeline.Span) *tracepb.Status {
	if s.Status == timeline.Failed {
		return &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: s.Reason}
	}
	return &tracepb.Status{}
}

// wellKnown are pieces of evidence that OpenTelemetry's conventions name.
var wellKnown = map[string]map[string]string{
	timeline.KindDelivery: {"revision": "vcs.ref.head.revision"},
	timeline.KindRun:      {"run": "cicd.pipeline.run.id", "url": "cicd.pipeline.run.url.full"},
	timeline.KindPod:      {"node": "k8s.node.name"},
	timeline.KindPodStep:  {"pod": "k8s.pod.name"},
	timeline.KindProbe:    {"url": "url.full", "code": "http.response.status_code"},
}

func attributes(s timeline.Span) []*commonpb.KeyValue {
	list := []*commonpb.KeyValue{text("pronto.kind", s.Kind), text("pronto.status", s.Status)}
	if s.Phase != "" {
		list = append(list, text("pronto.phase", s.Phase))
	}
	if s.Reason != "" {
		list = append(list, text("pronto.reason", s.Reason))
	}
	for _, key := range slices.Sorted(maps.Keys(s.Evidence)) {
		if v := value(s.Evidence[key]); v != nil {
			name := cmp.Or(wellKnown[s.Kind][key], "pronto."+key)
			list = append(list, &commonpb.KeyValue{Key: name, Value: v})
		}
	}
	return list
}

func text(key, value string) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
}

// value is a piece of evidence as an attribute; what is no plain value stands
// as JSON. Nil for what is empty.
func value(of any) *commonpb.AnyValue {
	switch v := of.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: v}}
	case bool:
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: v}}
	case float64: // as JSON gives every number
		if v == float64(int64(v)) {
			return &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: int64(v)}}
		}
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: v}}
	}
	raw, err := json.Marshal(of)
	if err != nil {
		raw = []byte(err.Error())
	}
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: string(raw)}}
}
