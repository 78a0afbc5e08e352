package workflow

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// mask stands in a log where a secret would.
const mask = "***"

// Masker replaces secrets in log lines. It may be used by several goroutines.
type Masker struct {
	mu     sync.Mutex
	values []string
}

// Add masks value from now on: as it is, each of its lines by itself (a log is
// read line by line), and in the forms into which programs bring what they
// print, as GitHub's runner does. Lines of less than three characters within a
// longer value, such as the braces of a JSON document, would mask half of a log
// and are left.
func (m *Masker) Add(value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, line := range strings.FieldsFunc(value, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimSpace(line)
		if line == "" || len(line) < 3 && line != strings.TrimSpace(value) {
			continue
		}
		m.values = append(m.values, forms(line)...)
	}
	m.values = append(m.values, forms(value)[1:]...) // the whole of several lines as one, where a program has escaped it
	slices.SortFunc(m.values, func(a, b string) int {
		if n := len(b) - len(a); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	m.values = slices.Compact(m.values)
}

// forms of a text; the first is the text itself.
func forms(text string) []string {
	all := []string{text}
	escaped := []string{base64.StdEncoding.EncodeToString([]byte(text)), url.QueryEscape(text), url.PathEscape(text)}
	if quoted, err := json.Marshal(text); err == nil {
		escaped = append(escaped, strings.Trim(string(quoted), `"`))
	}
	for shift := range min(3, len(text)) { // the text within something longer that is encoded
		if whole := text[shift : len(text)-(len(text)-shift)%3]; len(whole) >= 3 {
			escaped = append(escaped, base64.StdEncoding.EncodeToString([]byte(whole)))
		}
	}
	for _, form := range escaped {
		if form != "" && form != text {
			all = append(all, form)
		}
	}
	return all
}

// Apply returns line with *** in place of every secret. Where secrets overlap,
// all that belongs to one of them goes.
func (m *Masker) Apply(line string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var spans []span
	for _, value := range m.values {
		for from := 0; ; {
			at := strings.Index(line[from:], value)
			if at < 0 {
				break
			}
			spans = append(spans, span{from + at, from + at + len(value)})
			from += at + 1
		}
	}
	if len(spans) == 0 {
		return line
	}
	return masked(line, spans)
}

type span struct{ from, to int }

func masked(line string, spans []span) string {
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var out strings.Builder
	done := 0
	for i := 0; i < len(spans); {
		merged := spans[i]
		for i++; i < len(spans) && spans[i].from <= merged.to; i++ {
			merged.to = max(merged.to, spans[i].to)
		}
		out.WriteString(line[done:merged.from] + mask)
		done = merged.to
	}
	return out.String() + line[done:]
}
