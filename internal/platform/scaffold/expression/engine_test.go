package expression

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func testEngine(t *testing.T) *Engine {
	t.Helper()
	e, err := New([]string{"git.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestValuesAreRenderedAsBackstageDoes(t *testing.T) {
	scope := map[string]any{
		"parameters": map[string]any{"n": 3, "yes": true, "list": []any{"a"}, "o": map[string]any{"k": "v"}, "empty": "",
			"repo": "git.example.com?owner=apps&repo=idp-x"},
		"steps": map[string]any{"my-step": map[string]any{"output": map[string]any{"url": "u"}}},
	}
	cases := map[string]struct{ source, want any }{
		"a sole expression keeps a number":     {"${{ parameters.n }}", float64(3)},
		"a sole expression keeps a list":       {"${{ parameters.list }}", []any{"a"}},
		"a sole expression keeps false":        {"${{ parameters.n == 4 }}", false},
		"text around makes a string":           {"n=${{ parameters.n }}", "n=3"},
		"an object in text is not useful":      {"o=${{ parameters.o }}", "o=[object Object]"},
		"two expressions make a string":        {"${{ parameters.n }}${{ parameters.n }}", "33"},
		"what is undefined leaves its key":     {map[string]any{"a": "${{ parameters.missing }}", "b": 1}, map[string]any{"b": float64(1)}},
		"a step id with a dash":                {"${{ steps['my-step'].output.url }}", "u"},
		"a hole in a list is null":             {[]any{"${{ parameters.missing }}", "x"}, []any{nil, "x"}},
		"parseRepoUrl and pick":                {"${{ parameters.repo | parseRepoUrl | pick('owner') }}", "apps"},
		"projectSlug":                          {"${{ parameters.repo | projectSlug }}", "apps/idp-x"},
		"parseEntityRef":                       {"${{ 'group:ops' | parseEntityRef }}", map[string]any{"kind": "group", "namespace": "default", "name": "ops"}},
		"a filter that throws leaves the text": {"${{ 'ops' | parseEntityRef }}", "${{ 'ops' | parseEntityRef }}"},
		"a broken expression leaves the text":  {"${{ parameters. }}", "${{ parameters. }}"},
		"blocks work":                          {"{% if parameters.yes %}y{% endif %}", "y"},
		"nothing to do":                        {"plain {{ x }}", "plain {{ x }}"},
	}
	e := testEngine(t)
	for name, c := range cases {
		got, err := e.Value(t.Context(), c.source, scope)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v renders to %#v, %v; want %#v", name, c.source, got, err, c.want)
		}
	}
}

func TestAHostileTemplateIsStopped(t *testing.T) {
	e := testEngine(t)
	e.patience = 500 * time.Millisecond
	for name, source := range map[string]string{
		"a string that doubles": "{% set s = 'xxxxxxxxxxxxxxxx' %}{% for i in range(0, 40) %}{% set s = s + s %}{% endfor %}${{ s | length }} ",
		"an endless loop":       "${{ ''.constructor.constructor('for(;;){}')() }} ",
		"endless recursion":     "{% macro m() %}${{ m() }}{% endmacro %}${{ m() }} ",
	} {
		out, err := e.Value(t.Context(), source, map[string]any{})
		if err == nil && out != source {
			t.Errorf("%s rendered to %.40v", name, out)
		}
		if err != nil && !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e.patience = renderTime
	if out, err := e.Value(t.Context(), "${{ 1 + 1 }}", map[string]any{}); err != nil || out != float64(2) {
		t.Errorf("after them, 1 + 1 renders to %v, %v", out, err)
	}
}

func TestAFileThatCannotBeRenderedIsNamed(t *testing.T) {
	content := "${{ 1 | nosuchfilter }}"
	_, err := testEngine(t).Files(t.Context(), []File{{"src/a.js", &content}}, nil, Options{})
	if err == nil || !strings.Contains(err.Error(), "src/a.js") || !strings.Contains(err.Error(), "nosuchfilter") {
		t.Errorf("error = %v, want the file and the filter", err)
	}
}

func BenchmarkRender(b *testing.B) {
	e, err := New(nil)
	if err != nil {
		b.Fatal(err)
	}
	content := strings.Repeat("line ${{ values.name }}\n", 40)
	files := make([]File, 30)
	for i := range files {
		files[i] = File{"${{ values.name }}.txt", &content}
	}
	for b.Loop() {
		if _, err := e.Files(b.Context(), files, map[string]any{"values": map[string]any{"name": "x"}}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
