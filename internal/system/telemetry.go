package system

import (
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/telemetry"
)

// telemetry is the part that tells deliveries as traces, where that is asked for.
func (w *wiring) telemetry(deliveries *delivery.Service) ([]need, error) {
	wanted := w.cfg.Telemetry
	if wanted.OTLPEndpoint == "" {
		return nil, nil
	}
	file, err := readSecret(wanted.HeadersFile)
	if err != nil {
		return nil, fmt.Errorf("telemetry.headersFile: %w", err)
	}
	headers, err := headersOf(file.Reveal())
	if err != nil {
		return nil, fmt.Errorf("telemetry.headersFile %s: %w", wanted.HeadersFile, err)
	}
	exporter, err := telemetry.New(telemetry.Config{
		Source: deliveries, Endpoint: wanted.OTLPEndpoint, Headers: headers, HTTP: w.http, Version: Version, Logger: w.logger("telemetry"),
	})
	if err != nil {
		return nil, err
	}
	return []need{{part: exporter}}, nil
}

// headersOf reads "Name: value" lines. An error does not tell a line's text:
// it may be a secret.
func headersOf(text string) (map[string]string, error) {
	headers := map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, found := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !found || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf("line %d: write a header as Name: value", i+1)
		}
		headers[name] = value
	}
	return headers, nil
}
