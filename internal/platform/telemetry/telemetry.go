// Package telemetry tells deliveries as OpenTelemetry traces: when one ends,
// its timeline goes to a collector over OTLP/HTTP, under the delivery's id as
// trace id and with the times that were recorded.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

// Source is the journal of what is to be sent. What it gives, it gives again
// until it is told that it was sent.
type Source interface {
	// BeginTraces leaves out, the first time, what ended before tracing was asked for.
	BeginTraces(ctx context.Context) error
	// UnsentTraces are deliveries that ended before a time, the oldest first.
	UnsentTraces(ctx context.Context, before time.Time, limit int) ([]delivery.Trace, error)
	// TraceSent ends the duty to send one.
	TraceSent(ctx context.Context, sent delivery.Trace) error
}

// Config says what is sent where.
type Config struct {
	Source   Source
	Endpoint string            // base address of the collector, e.g. https://collector:4318
	Headers  map[string]string // sent with each request; may be secret
	HTTP     *http.Client      // verifies certificates
	Version  string            // of the platform
	Logger   *slog.Logger
	Settled  time.Duration // between a delivery's end and its sending; default 5 s
	Every    time.Duration // between two looks; default 2 s
}

// Exporter sends traces. It is a part.Part.
type Exporter struct {
	cfg    Config
	client otlptrace.Client
}

const (
	batch       = 20
	sendTimeout = 10 * time.Second
	longestWait = 5 * time.Minute
	tracesPath  = "/v1/traces"
)

// New checks the configuration and sends nothing yet.
func New(cfg Config) (*Exporter, error) {
	base, err := url.Parse(cfg.Endpoint)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("telemetry: endpoint %q: use an address such as https://collector:4318", cfg.Endpoint)
	}
	if cfg.Source == nil || cfg.HTTP == nil || cfg.Logger == nil {
		return nil, errors.New("telemetry: Source, HTTP and Logger are needed")
	}
	if cfg.Settled == 0 {
		cfg.Settled = 5 * time.Second
	}
	if cfg.Every == 0 {
		cfg.Every = 2 * time.Second
	}
	// The headers are for the collector, not for where it may redirect to.
	hc := &http.Client{Transport: cfg.HTTP.Transport, Timeout: sendTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	client := otlptracehttp.NewClient(
		otlptracehttp.WithEndpointURL(strings.TrimSuffix(strings.TrimSuffix(cfg.Endpoint, "/"), tracesPath)+tracesPath),
		otlptracehttp.WithHeaders(cfg.Headers), otlptracehttp.WithHTTPClient(hc), otlptracehttp.WithCompression(otlptracehttp.GzipCompression),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}), // the exporter tries again itself, from the journal
	)
	return &Exporter{cfg: cfg, client: client}, nil
}

// Name implements part.Part.
func (e *Exporter) Name() string { return "telemetry" }

// Run implements part.Part. A collector that is away keeps nobody waiting:
// what ended meanwhile is sent when it is back.
func (e *Exporter) Run(ctx context.Context, ready func()) error {
	if err := e.cfg.Source.BeginTraces(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	if err := e.client.Start(ctx); err != nil {
		return fmt.Errorf("telemetry: %w", err)
	}
	defer e.stop(context.WithoutCancel(ctx))
	ready()
	wait := e.cfg.Every
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		err := e.send(ctx)
		switch {
		case err == nil:
			wait = e.cfg.Every
		case ctx.Err() == nil:
			wait = min(2*wait, longestWait)
			e.cfg.Logger.Warn("traces wait for the collector", "again_in", wait, "error", err)
		}
		timer.Reset(wait)
	}
}

func (e *Exporter) stop(ctx context.Context) {
	if err := e.client.Stop(ctx); err != nil {
		e.cfg.Logger.Warn("stop the trace client", "error", err)
	}
}

// send sends what has ended and settled, one delivery in one request, and
// notes each after the collector took it.
func (e *Exporter) send(ctx context.Context) error {
	traces, err := e.cfg.Source.UnsentTraces(ctx, time.Now().Add(-e.cfg.Settled), batch)
	if err != nil {
		return err
	}
	for _, trace := range traces {
		spans, err := spansOf(trace.Timeline)
		if err == nil {
			err = e.client.UploadTraces(ctx, []*tracepb.ResourceSpans{resource(e.cfg.Version, spans)})
		}
		switch {
		case err == nil:
		case refused(err):
			e.cfg.Logger.Error("the collector refuses a trace; it is not sent again", "delivery", trace.Timeline.ID, "error", err)
		default:
			return fmt.Errorf("send the trace of delivery %s: %w", trace.Timeline.ID, err)
		}
		if err := e.cfg.Source.TraceSent(ctx, trace); err != nil {
			return err
		}
	}
	return nil
}

var refusal = regexp.MustCompile(`^failed to send to \S+: (400|413) `)

// refused reports whether sending the same again is forbidden by the protocol
// or without hope: the collector took a part, cannot read it, or finds it too
// large. See "Failures" in the OTLP specification.
func refused(err error) bool {
	return errors.Is(err, errTrace) || refusal.MatchString(err.Error()) || strings.Contains(err.Error(), "OTLP partial success")
}
