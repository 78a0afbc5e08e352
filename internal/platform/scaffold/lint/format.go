package lint

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// formatSchema is what template.yaml has to be.
//
//go:embed template.schema.json
var formatSchema []byte

// format checks template.yaml as a whole; false says that nothing more can be
// read from it.
func (l *linter) format() (ok bool, err error) {
	var schema map[string]any
	if err := json.Unmarshal(formatSchema, &schema); err != nil {
		return false, fmt.Errorf("the schema of templates: %w", err)
	}
	violations, err := form.Validate(schema, l.document.whole)
	if err != nil {
		return false, err
	}
	for _, v := range violations {
		l.found(TemplateFile, l.document.line(v.Path...), "%s %s", strings.Join(v.Path, "."), v.Message)
	}
	if len(violations) > 0 {
		return false, nil
	}
	l.document.read()
	return true, l.entity()
}

// entity has the catalog look at the template's metadata.
func (l *linter) entity() error {
	text, err := json.Marshal(l.document.whole)
	if err != nil {
		return err
	}
	entities, err := catalog.Decode(text)
	if err != nil {
		return err
	}
	for _, entity := range entities {
		for _, problem := range catalog.Problems(entity) {
			l.found(TemplateFile, l.document.line(fieldOf(problem)...), "%s", problem)
		}
	}
	return nil
}

// fieldOf is the field that a problem begins with.
func fieldOf(problem string) []string {
	field, _, _ := strings.Cut(problem, " ")
	return strings.Split(strings.TrimSuffix(field, ":"), ".")
}

// forms checks that every page of the form is a schema.
func (l *linter) forms() {
	spec, _ := l.document.whole["spec"].(map[string]any)
	_, several := spec["parameters"].([]any)
	for i, page := range l.document.pages {
		at := []string{"spec", "parameters"}
		if several {
			at = append(at, strconv.Itoa(i))
		}
		if err := form.Compile(page); err != nil {
			l.found(TemplateFile, l.document.line(at...), "%s: %s", strings.Join(at, "."), oneLine(err))
		}
	}
}

// steps checks each step against its action.
func (l *linter) steps() {
	seen := map[string]bool{}
	for i, s := range l.document.steps {
		at := []string{"spec", "steps", strconv.Itoa(i)}
		if seen[s.ID] {
			l.found(TemplateFile, l.document.line(append(at, "id")...), "the id %q is there twice", s.ID)
		}
		seen[s.ID] = true
		act, ok := l.actions[s.Action]
		if !ok {
			l.found(TemplateFile, l.document.line(append(at, "action")...), "there is no action %q; there are %s",
				s.Action, strings.Join(slices.Sorted(maps.Keys(l.actions)), ", "))
			continue
		}
		l.inputs(s, act, at)
	}
}

// inputs looks for names that the action does not know, and for those that it
// needs. What the values are is known after rendering only.
func (l *linter) inputs(s step, act action.Action, at []string) {
	known, _ := act.Schema.Input["properties"].(map[string]any)
	if act.Schema.Input["additionalProperties"] == false {
		for _, name := range slices.Sorted(maps.Keys(s.Input)) {
			if _, ok := known[name]; !ok {
				l.found(TemplateFile, l.document.line(append(at, "input", name)...), "%s has no input %q; it has %s",
					s.Action, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			}
		}
	}
	needed, _ := act.Schema.Input["required"].([]string)
	for _, name := range needed {
		if _, ok := s.Input[name]; !ok {
			l.found(TemplateFile, l.document.line(append(at, "input")...), "%s needs the input %q", s.Action, name)
		}
	}
}
