package edge

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"

	"github.com/caddyserver/caddy/v2"
)

// logModule hands Caddy's log to the Edge's logger.
type logModule struct{ byID }

// CaddyModule implements caddy.Module.
func (*logModule) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "caddy.logging.writers.pronto", New: func() caddy.Module { return new(logModule) }}
}

func (m *logModule) String() string { return "pronto" }

// WriterKey implements caddy.WriterOpener.
func (m *logModule) WriterKey() string { return "pronto:" + m.ID }

// OpenWriter implements caddy.WriterOpener.
func (m *logModule) OpenWriter() (io.WriteCloser, error) { return slogWriter{m.edge.log}, nil }

// slogWriter turns one JSON line of Caddy into one record. It takes the fields
// that tell what happened and leaves the request: a URL or a header of it may
// carry a credential.
type slogWriter struct{ log *slog.Logger }

type caddyLine struct {
	Level   string `json:"level"`
	Logger  string `json:"logger"`
	Message string `json:"msg"`
	Error   string `json:"error"`
	Name    string `json:"name"`
}

// level is the line's own, but that a stranger asks for a name that nobody
// holds is no fault of ours.
func (l caddyLine) level() slog.Level {
	switch {
	case strings.HasPrefix(l.Message, "failed to get permission for on-demand certificate"):
		return slog.LevelDebug
	case l.Level == "error":
		return slog.LevelError
	}
	return slog.LevelWarn
}

func (w slogWriter) Write(line []byte) (int, error) {
	entry, ok := parseLine(line)
	if !ok {
		w.log.Warn("caddy", "line", string(line))
		return len(line), nil
	}
	fields := []any{"logger", entry.Logger}
	if entry.Error != "" {
		fields = append(fields, "error", entry.Error)
	}
	if entry.Name != "" {
		fields = append(fields, "host", entry.Name)
	}
	w.log.Log(context.Background(), entry.level(), "caddy: "+entry.Message, fields...)
	return len(line), nil
}

func parseLine(line []byte) (entry caddyLine, ok bool) {
	err := json.Unmarshal(line, &entry)
	return entry, err == nil
}

func (slogWriter) Close() error { return nil }
