package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// A hostile template fails its own task with a sentence, and the next task
// runs as if nothing had been.
func TestAHostileTemplateFailsItsOwnTaskOnly(t *testing.T) {
	const each = "\n    - {id: a, action: 'debug:log', each: '"
	for name, c := range map[string]struct{ steps, says string }{
		"endless loops":  {"\n    - {id: a, action: 'debug:log', input: {message: 'x {% for i in range(10000) %}{% for j in range(10000) %}{% for k in range(10000) %}{% endfor %}{% endfor %}{% endfor %}'}}", "goes over its limit"},
		"a huge text":    {"\n    - {id: a, action: 'debug:log', input: {message: '${{ \"x\".repeat(1073741824) }}'}}", "goes over its limit"},
		"in a condition": {"\n    - {id: a, action: 'debug:log', if: '${{ \"x\".repeat(1073741824) }}'}", "if: the template goes over its limit"},
		"a huge each":    {each + "${{ range(5000) }}'}", "debug:log.each has 5000 values, more than 1000"},
		"a text as each": {each + "${{ 5 }}'}", "cannot be resolved to a value"},
		"unknown filter": {"\n    - {id: a, action: 'debug:log', input: {message: '${{ 1 | nosuch }}'}}", `Unknown template filter "nosuch"`},
		"a way out":      {"\n    - {id: a, action: 'fetch:template', input: {url: '.', targetPath: '../../sentinel'}}", "outside of the workspace"},
		"git hooks":      {"\n    - {id: a, action: 'catalog:write', input: {filePath: .git/hooks/pre-commit, entity: {a: 1}}}", "git's own"},
		"late bad round": {"\n    - {id: a, action: 'catalog:write', each: ['ok.yaml', ''], input: {filePath: '${{ each.value }}', entity: '${{ each.value and {a: 1} }}'}}", "Invalid input passed to action catalog:write[1], "},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, small(c.steps))
			files := w.cfg.Templates.(fstest.MapFS)
			files["good/template.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(small("\n    - {id: a, action: 'debug:log', input: {message: 'is ${{ 1 + 1 }}'}}").(fstest.MapFS)["small/template.yaml"].Data), "name: small", "name: good", 1))}
			sentinel := filepath.Join(filepath.Dir(w.cfg.Dir), "sentinel")
			if err := os.Mkdir(sentinel, 0o755); err != nil {
				t.Fatal(err)
			}
			s, _ := w.start(t)
			begin := time.Now()
			task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "a"}})
			if err != nil {
				t.Fatal(err)
			}
			if task = w.ended(t, task.ID); task.Status != StatusFailed || !strings.Contains(task.Error, c.says) {
				t.Errorf("the task is %s: %s", task.Status, task.Error)
			}
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			if entries, err := os.ReadDir(sentinel); err != nil || len(entries) != 0 {
				t.Errorf("the sentinel has %v, %v", entries, err)
			}
			if task, err = s.Create(t.Context(), CreateRequest{TemplateRef: "good", Values: map[string]any{"name": "a"}}); err != nil {
				t.Fatal(err)
			}
			if task = w.ended(t, task.ID); task.Status != StatusCompleted {
				t.Errorf("the next task is %s: %s", task.Status, task.Error)
			}
		})
	}
}
