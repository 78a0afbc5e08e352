package config

import (
	"errors"
	"net/url"
	"path/filepath"
)

// Telemetry says where deliveries are told as OpenTelemetry traces.
type Telemetry struct {
	// OTLPEndpoint is the collector's base address for OTLP over HTTP, e.g.
	// https://collector.example.com:4318; empty: nothing is sent.
	OTLPEndpoint string `json:"otlpEndpoint,omitempty"`
	// HeadersFile holds headers that are sent with each request, such as an
	// Authorization: one "Name: value" on a line.
	HeadersFile string `json:"headersFile,omitempty"`
	// Insecure allows an http address.
	Insecure bool `json:"insecure,omitempty"`
}

func (t Telemetry) validate() error {
	if t.OTLPEndpoint == "" {
		return check(t.HeadersFile == "" && !t.Insecure, "telemetry.otlpEndpoint: name the collector that headersFile and insecure are for")
	}
	u, err := url.Parse(t.OTLPEndpoint)
	return errors.Join(
		check(err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.RawQuery == "" && u.Fragment == "" && u.User == nil,
			"telemetry.otlpEndpoint %q: use the collector's address, e.g. https://collector.example.com:4318", t.OTLPEndpoint),
		check(err != nil || u.Scheme != "http" || t.Insecure, "telemetry.otlpEndpoint %q: use https, or set telemetry.insecure", t.OTLPEndpoint),
		check(t.HeadersFile == "" || filepath.IsAbs(t.HeadersFile), "telemetry.headersFile %q: use an absolute path", t.HeadersFile),
	)
}
