package config

import (
	"strings"
	"testing"
)

func TestTelemetryNeedsACollectorThatIsSafe(t *testing.T) {
	for _, good := range []Telemetry{{}, {OTLPEndpoint: "https://c.example.com:4318", HeadersFile: "/etc/otlp"}, {OTLPEndpoint: "http://127.0.0.1:4318", Insecure: true}} {
		if err := good.validate(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
	for wrong, bad := range map[string]Telemetry{
		"telemetry.otlpEndpoint: name": {HeadersFile: "/etc/otlp"},
		"set telemetry.insecure":       {OTLPEndpoint: "http://c.example.com"},
		"use the collector's address":  {OTLPEndpoint: "c.example.com:4318"},
		"telemetry.headersFile":        {OTLPEndpoint: "https://c.example.com", HeadersFile: "otlp"},
		`"https://u:p@c"`:              {OTLPEndpoint: "https://u:p@c"},
	} {
		if err := bad.validate(); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%+v: %v, want %q", bad, err, wrong)
		}
	}
}
