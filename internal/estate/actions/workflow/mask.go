package workflow

import (
	"encoding/base64"
	"slices"
	"strings"
	"sync"
)

// Masker replaces secrets in log lines. It may be used by several goroutines.
type Masker struct {
	mu     sync.Mutex
	values []string
}

// Add masks value from now on, each of its lines by itself, and its base64
// form. Values of less than three characters would mask half of a log and are
// left.
func (m *Masker) Add(value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, line := range strings.Split(value, "\n") {
		line = strings.TrimSpace(line)
		if len(line) < 3 {
			continue
		}
		m.values = append(m.values, line, base64.StdEncoding.EncodeToString([]byte(line)))
	}
	slices.SortFunc(m.values, func(a, b string) int { return len(b) - len(a) })
	m.values = slices.Compact(m.values)
}

// Apply returns line with *** in place of every secret.
func (m *Masker) Apply(line string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, value := range m.values {
		line = strings.ReplaceAll(line, value, "***")
	}
	return line
}
