package form

import "strings"

// FieldError says what is wrong with one value of a form.
type FieldError struct {
	Path    string // dotted, e.g. "name"; empty for the form as a whole
	Message string
}

// Violation is a FieldError as Backstage answers it (the shape of the npm
// package jsonschema).
type Violation struct {
	Path     []string `json:"path"`
	Property string   `json:"property"`
	Message  string   `json:"message"`
	Schema   any      `json:"schema"`
	Instance any      `json:"instance"`
	Name     string   `json:"name"`
	Argument any      `json:"argument,omitempty"`
	Stack    string   `json:"stack"`
}

// Error is a form with values that are not acceptable.
type Error struct{ Violations []Violation }

func (e *Error) Error() string {
	texts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		texts[i] = strings.TrimPrefix(v.Stack, "instance.")
	}
	return strings.Join(texts, "; ")
}

// Violation gives a field's error the shape of a schema's.
func (f FieldError) Violation(pages []map[string]any, values map[string]any) Violation {
	var path []string
	if f.Path != "" {
		path = strings.Split(strings.TrimPrefix(f.Path, "/"), ".")
	}
	var schema any
	for _, page := range pages {
		if found := schemaOf(page, path); found != nil {
			schema = found
		}
	}
	return newViolation(path, "validation", f.Message, schema, at(values, path), nil)
}
