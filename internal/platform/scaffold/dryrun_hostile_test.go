package scaffold

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression/expressiontest"
)

// listening is a service whose errors in the log are kept.
func listening(t *testing.T) (*Service, *bytes.Buffer) {
	t.Helper()
	w := newWorld(t, fstest.MapFS{})
	log := &bytes.Buffer{}
	w.cfg.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelError}))
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

// dryRunOf is a dry run of a template with this one step.
func dryRunOf(t *testing.T, step map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"values": map[string]any{}, "template": map[string]any{
		"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": map[string]any{"name": "new"},
		"spec": map[string]any{"type": "service", "steps": []any{step}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestAHostileTemplateIsRefusedByADryRun(t *testing.T) {
	s, log := listening(t)
	steps := map[string]map[string]any{
		"a billion rounds": {"action": "debug:log", "each": "${{ range(1000000000) }}"},
		"too many rounds":  {"action": "debug:log", "each": "${{ range(100000) }}"},
		"in a condition":   {"action": "debug:log", "if": expressiontest.Hostile["repeat as a value"]},
		"batch":            {"action": "debug:log", "input": map[string]any{"message": "${{ [1] | batch(2000000000, 'x') }}"}},
		"slice":            {"action": "debug:log", "input": map[string]any{"message": "${{ [1] | slice(2000000000) }}"}},
	}
	for name, source := range expressiontest.Hostile {
		steps[name+" in an input"] = map[string]any{"action": "debug:log", "input": map[string]any{"message": source}}
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			status, body := post(s, "/api/scaffolder/v2/dry-run", dryRunOf(t, step))
			if status != http.StatusBadRequest || !strings.Contains(body, `"name":"InputError"`) {
				t.Errorf("%d %.300s; want an InputError", status, body)
			}
		})
	}
	if log.Len() > 0 {
		t.Errorf("the log has errors:\n%s", log)
	}
}

func TestATemplateThatCannotBeUsedIsNoFaultOfTheScaffolder(t *testing.T) {
	s, log := listening(t)
	page := func(property string) string {
		return `{"template": {"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "new"},
			"spec": {"type": "service", "parameters": [{}, {"properties": {"name": ` + property + `}}],
				"steps": [{"action": "debug:log", "input": {"message": "x"}}]}}, "values": {"name": "x"}}`
	}
	deep := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	for name, c := range map[string]struct{ body, says string }{
		"a bad pattern":         {page(`{"pattern": "(?<x"}`), "spec.parameters[1]: properties.name.pattern"},
		"a reference to a host": {page(`{"$ref": "http://example.com/x.json"}`), "spec.parameters[1]: $ref to http://example.com/x.json: a form may refer to itself only"},
		"a reference to a file": {page(`{"$ref": "file:///etc/passwd"}`), "spec.parameters[1]: $ref to file:///etc/passwd"},
		"no type":               {page(`{"type": "text"}`), "spec.parameters[1]: properties.name.type"},
		"no definition":         {page(`{"$ref": "#/definitions/x"}`), "spec.parameters[1]: "},
		"a deep input":          {strings.Replace(page("{}"), `{"message": "x"}`, deep, 1), "values nest more than 100 deep"},
		"a number as a name":    {strings.Replace(page("{}"), `{"name": "new"}`, `{"name": 1}`, 1), "metadata.name is of type number where a string is expected"},
	} {
		status, body := post(s, "/api/scaffolder/v2/dry-run", c.body)
		if status != http.StatusBadRequest || !strings.Contains(body, c.says) || strings.Contains(body, "page-") || strings.Contains(body, "form://") {
			t.Errorf("%s: %d %.400s", name, status, body)
		}
	}
	if log.Len() > 0 {
		t.Errorf("the log has errors:\n%s", log)
	}
}
