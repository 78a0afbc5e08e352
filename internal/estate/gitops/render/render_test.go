package render

import (
	"reflect"
	"testing"
)

func TestBothDialects(t *testing.T) {
	params := Params{"repository": "idp-One", "n": "2"}
	for name, test := range map[string]struct {
		template *Template
		in, want any
	}{
		"simple":               {&Template{}, "{{repository}}-{{ n }}", "idp-One-2"},
		"simple leaves others": {&Template{}, "{{unknown}}", "{{unknown}}"},
		"simple renders keys":  {&Template{}, map[string]any{"{{n}}": true}, map[string]any{"2": true}},
		"go":                   {&Template{Go: true}, "{{ normalize .repository }}", "idp-one"},
		"go renders keys":      {&Template{Go: true}, map[string]any{"k{{.n}}": []any{"{{.n}}", 3.0}}, map[string]any{"k2": []any{"2", 3.0}}},
		"slugify":              {&Template{Go: true}, `{{ slugify 8 true "One Two Three" }}`, "one-two"},
		"toYaml":               {&Template{Go: true}, `{{ toYaml (dict "a" 1) }}`, "a: 1"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.template.Tree(test.in, params)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			}
		})
	}
	for _, bad := range []string{`{{ env "HOME" }}`, `{{ .missing }}`, `{{`} {
		if out, err := (&Template{Go: true, Options: []string{"missingkey=error"}}).String(bad, params); err == nil {
			t.Errorf("%s rendered %q", bad, out)
		}
	}
}
