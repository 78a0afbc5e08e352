package action

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestActionsOnFilesMayBeCutOffAndRunAgain(t *testing.T) {
	template := fstest.MapFS{"s/a": file("a"), "s/c": file("c"), "s/d/e": file("e"), "s/${{ values.n }}": file("${{ values.n }}")}
	steps := []struct {
		action string
		input  map[string]any
	}{
		{"fetch:template", map[string]any{"url": "s", "values": map[string]any{"n": "new"}}},
		{"fetch:plain", map[string]any{"url": "s/d", "targetPath": "plain"}},
		{"fs:rename", map[string]any{"files": []any{
			map[string]any{"from": "a", "to": "b"}, map[string]any{"from": "b", "to": "deep/b"}, map[string]any{"from": "c", "to": "new", "overwrite": true}}}},
		{"fs:delete", map[string]any{"files": []any{"d", "plain/*"}}},
		{"catalog:write", map[string]any{"entity": map[string]any{"a": 1}}},
	}
	r := newRoom(t, template)
	for _, step := range steps {
		for range 2 { // as after a crash just before the step was written down
			if err := r.do(t, step.action, step.input); err != nil {
				t.Errorf("%s: %v", step.action, err)
			}
		}
	}
	for name, want := range map[string]string{"deep/b": "a", "new": "c", "catalog-info.yaml": "a: 1\n"} {
		if got, err := os.ReadFile(filepath.Join(r.call.Workspace, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	for says, input := range map[string]map[string]any{
		"there is no such file":  {"files": []any{map[string]any{"from": "gone", "to": "x"}}},
		"is there already":       {"files": []any{map[string]any{"from": "new", "to": "deep/b"}}},
		"requires property \"to": {"files": []any{map[string]any{"from": "new"}}},
	} {
		if err := r.do(t, "fs:rename", input); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("rename: %v, want %s", err, says)
		}
	}
}
