package form

import (
	"strings"
	"testing"
	"time"
)

func TestPagesAreCheckedAsTheFormDoes(t *testing.T) {
	properties := func(p map[string]any) map[string]any { return map[string]any{"properties": p} }
	for name, c := range map[string]struct {
		page, values map[string]any
		says         string // "" if the values are fine
	}{
		"a lookahead that matches":      {properties(map[string]any{"a": map[string]any{"pattern": "^(?!idp-)[a-z]+$"}}), map[string]any{"a": "app"}, ""},
		"a lookahead that does not":     {properties(map[string]any{"a": map[string]any{"pattern": "^(?!idp-)[a-z-]+$"}}), map[string]any{"a": "idp-app"}, "does not match pattern"},
		"a pattern that backtracks":     {properties(map[string]any{"a": map[string]any{"pattern": "^(?=(a+)+b)(a+)+$"}}), map[string]any{"a": strings.Repeat("a", 60) + "!"}, "does not match pattern"},
		"a field that nobody asked for": {properties(map[string]any{"a": map[string]any{}}), map[string]any{"b": 1}, ""},
		"a field that none may add":     {map[string]any{"properties": map[string]any{"a": map[string]any{}}, "additionalProperties": false}, map[string]any{"b": 1}, "is not allowed to have the additional property b"},
		"a reference within":            {map[string]any{"definitions": map[string]any{"x": map[string]any{"type": "string"}}, "properties": map[string]any{"a": map[string]any{"$ref": "#/definitions/x"}}}, map[string]any{"a": 1}, "is not of a type(s) string"},
	} {
		begin := time.Now()
		found, err := Check([]map[string]any{c.page}, c.values)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := (&Error{found}).Error(); c.says == "" && got != "" || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q, want %q", name, got, c.says)
		}
		if took := time.Since(begin); took > 3*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func TestAFormReadsNoFileAndNoNetwork(t *testing.T) {
	for _, ref := range []string{"file:///etc/passwd", "/etc/passwd", "../../x.json", "http://127.0.0.1:1/x.json"} {
		_, err := Check([]map[string]any{{"properties": map[string]any{"a": map[string]any{"$ref": ref}}}}, map[string]any{"a": 1})
		if err == nil || !strings.Contains(err.Error(), "a form may refer to itself only") {
			t.Errorf("$ref to %s: %v", ref, err)
		}
	}
}
