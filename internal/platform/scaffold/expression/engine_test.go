package expression

import (
	"reflect"
	"strings"
	"testing"
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
		"an empty string is left out":          {map[string]any{"a": ""}, map[string]any{}},
		"empty output is left out":             {map[string]any{"a": "${{ parameters.empty }} ${{ '' }}x", "b": "{% if parameters.no %}x{% endif %}"}, map[string]any{"a": " x"}},
		"keys are not rendered":                {map[string]any{"${{ 1 }}": "${{ 1 }}"}, map[string]any{"${{ 1 }}": float64(1)}},
		"null stays null":                      {[]any{nil, true, 1}, []any{nil, true, float64(1)}},
		"a sole expression over two lines":     {"${{ parameters\n .o }}", map[string]any{"k": "v"}},
		"a sole block keeps what it holds":     {"{% if parameters.yes %}${{ parameters.n }}{% endif %}", float64(3)},
		"a sole block of words is words":       {"{% if parameters.yes %}y{% endif %}", "y"},
		"dump of a value is text":              {"${{ parameters.o | dump }}", `{"k":"v"}`},
		"a comment is nothing":                 {map[string]any{"a": "{# x #}"}, map[string]any{}},
		"raw leaves expressions":               {"{% raw %}${{ x }}{% endraw %}", "${{ x }}"},
		"pick of what is not there":            {map[string]any{"a": "${{ parameters.o | pick('x.y') }}"}, map[string]any{}},
		"pick goes into lists":                 {"${{ parameters | pick('list[0]') }}", "a"},
		"parseEntityRef with defaults":         {"${{ 'ops' | parseEntityRef({defaultKind: 'group', defaultNamespace: 'x'}) | pick('namespace') }}", "x"},
		"parseEntityRef of an object":          {"${{ {kind: 'Group', name: 'ops'} | parseEntityRef }}", map[string]any{"kind": "Group", "namespace": "default", "name": "ops"}},
		"a foreign host leaves the text":       {"${{ 'evil.com?owner=a&repo=b' | projectSlug }}", "${{ 'evil.com?owner=a&repo=b' | projectSlug }}"},
	}
	e := testEngine(t)
	for name, c := range cases {
		got, err := e.Value(t.Context(), c.source, scope)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v renders to %#v, %v; want %#v", name, c.source, got, err, c.want)
		}
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

func TestAnUnknownFilterIsAClearError(t *testing.T) {
	for _, source := range []string{"${{ 1 | nosuchfilter }}", "x ${{ 1 | nosuchfilter }}", "${{ 1 | jsonify }}"} {
		_, err := testEngine(t).Value(t.Context(), map[string]any{"a": source}, nil)
		if err == nil || !strings.Contains(err.Error(), "Unknown template filter") {
			t.Errorf("%s: %v", source, err)
		}
	}
}

func TestCookiecuttersBracesAndFilterAreReadWhereAsked(t *testing.T) {
	content := "{{ cookiecutter.name }} ${{ cookiecutter.name }} {{ cookiecutter.o | jsonify }}"
	out, err := testEngine(t).Files(t.Context(), []File{{"{{cookiecutter.name}}.txt", &content}},
		map[string]any{"cookiecutter": map[string]any{"name": "n", "o": map[string]any{"k": 1}}}, Options{CookiecutterCompat: true})
	if err != nil || out[0].Path != "n.txt" || *out[0].Content != `n $n {"k":1}` {
		t.Errorf("rendered %+v, %v", out, err)
	}
}
