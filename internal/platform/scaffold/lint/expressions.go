package lint

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
)

// place is where an expression stands, which says what it may read.
type place struct {
	step    int // steps before it have run
	each    bool
	secrets bool
}

// expressions checks the syntax of every expression, and that what it reads
// is there.
func (l *linter) expressions(ctx context.Context) error {
	names := l.parameters()
	var failed error
	visit := func(p place) func(string, int) {
		return func(text string, line int) {
			if failed == nil && hasExpression(text) {
				failed = l.expression(ctx, text, line, p, names)
			}
		}
	}
	for i, s := range l.document.steps {
		at := []string{"spec", "steps", strconv.Itoa(i)}
		each := s.Each != nil
		l.document.strings(visit(place{i, false, false}), append(at, "each")...)
		l.document.strings(visit(place{i, each, false}), append(at, "if")...)
		l.document.strings(visit(place{i, each, true}), append(at, "input")...)
	}
	l.document.strings(visit(place{len(l.document.steps), false, false}), "spec", "output")
	return failed
}

// parameters are the fields that any page of the form asks for.
func (l *linter) parameters() map[string]bool {
	names := map[string]bool{}
	for _, page := range l.document.pages {
		fields(page, names)
	}
	return names
}

// fields collects properties, also those of conditions and dependencies.
func fields(schema any, names map[string]bool) {
	switch schema := schema.(type) {
	case map[string]any:
		for key, value := range schema {
			if properties, ok := value.(map[string]any); ok && key == "properties" {
				for name := range properties {
					names[name] = true
				}
				continue
			}
			fields(value, names)
		}
	case []any:
		for _, item := range schema {
			fields(item, names)
		}
	}
}

func (l *linter) expression(ctx context.Context, text string, line int, p place, names map[string]bool) error {
	if err := l.engine.Warm(ctx, []expression.File{{Path: text}}, expression.Options{}); err != nil {
		if ctx.Err() != nil {
			return err
		}
		l.found(TemplateFile, line, "the expression cannot be read: %s", strings.TrimPrefix(oneLine(err), "(unknown path) "))
		return nil
	}
	for _, r := range references(text) {
		if fault := l.fault(r, p, names); fault != "" {
			l.found(TemplateFile, line, "%s: %s", r, fault)
		}
	}
	return nil
}

// fault is what is wrong with a reference; empty: nothing.
func (l *linter) fault(r reference, p place, names map[string]bool) string {
	switch r.root {
	case "parameters":
		if len(r.path) > 0 && !names[r.path[0]] {
			return "the form has no field " + r.path[0] + "; it has " + strings.Join(slices.Sorted(maps.Keys(names)), ", ")
		}
	case "each":
		if !p.each {
			return "the step has no each"
		}
	case "secrets":
		if !p.secrets {
			return "secrets can be read in the input of a step only"
		}
	case "steps":
		return l.stepFault(r, p)
	}
	return ""
}

func (l *linter) stepFault(r reference, p place) string {
	if len(r.path) == 0 {
		return ""
	}
	at := slices.IndexFunc(l.document.steps, func(s step) bool { return s.ID == r.path[0] })
	switch {
	case at < 0:
		return "there is no step " + r.path[0]
	case at >= p.step:
		return "the step " + r.path[0] + " has not run yet"
	case len(r.path) > 1 && r.path[1] != "output":
		return "what a step gives is read as steps." + r.path[0] + ".output." + r.path[1]
	case len(r.path) < 3:
		return ""
	}
	act, known := l.actions[l.document.steps[at].Action]
	outputs, stated := act.Schema.Output["properties"].(map[string]any)
	if _, ok := outputs[r.path[2]]; known && stated && !ok {
		return act.ID + " gives no " + r.path[2] + "; it gives " + strings.Join(append(slices.Sorted(maps.Keys(outputs)), "nothing else"), ", ")
	}
	return ""
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
