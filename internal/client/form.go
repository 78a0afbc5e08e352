package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Form is what a template asks for.
type Form struct {
	Fields map[string]Property
	// Open says that the schema also takes fields that it does not name, by a
	// rule of its own such as patternProperties.
	Open bool
}

// Property is a form field's type as JSON Schema names it; empty if it has
// none or several.
type Property struct {
	Type string
}

// Form returns what a template of the default namespace asks for.
func (c *Client) Form(ctx context.Context, template string) (Form, error) {
	var out struct {
		Steps []struct {
			Schema map[string]any `json:"schema"`
		} `json:"steps"`
	}
	path := "/api/scaffolder/v2/templates/default/template/" + url.PathEscape(template) + "/parameter-schema"
	if err := c.call(ctx, http.MethodGet, path, nil, &out); err != nil {
		return Form{}, err
	}
	form := Form{Fields: map[string]Property{}}
	for _, page := range out.Steps {
		reading{&form, page.Schema, map[string]bool{}}.schema(page.Schema)
	}
	return form, nil
}

// reading finds the fields of one page.
type reading struct {
	form *Form
	page map[string]any
	seen map[string]bool // references that were followed
}

// schema notes the fields of a schema, and of those within it that are about
// the same values: a form shows some fields only when another has a value.
func (r reading) schema(schema map[string]any) {
	r.properties(schema["properties"])
	for _, rule := range []string{"patternProperties", "additionalProperties"} {
		if given, ok := schema[rule]; ok && given != false {
			r.form.Open = true
		}
	}
	for _, keyword := range []string{"if", "then", "else"} {
		r.within(schema[keyword])
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		several, _ := schema[keyword].([]any)
		for _, one := range several {
			r.within(one)
		}
	}
	dependencies, _ := schema["dependencies"].(map[string]any)
	for _, one := range dependencies {
		r.within(one)
	}
	if ref, ok := schema["$ref"].(string); ok && !r.seen[ref] {
		r.seen[ref] = true
		r.within(r.target(ref))
	}
}

func (r reading) within(value any) {
	if schema, ok := value.(map[string]any); ok {
		r.schema(schema)
	}
}

func (r reading) properties(value any) {
	properties, _ := value.(map[string]any)
	for name, p := range properties {
		property, _ := p.(map[string]any)
		if word, ok := property["type"].(string); ok || r.form.Fields[name].Type == "" {
			r.form.Fields[name] = Property{word}
		}
	}
}

// target is the part of the page that a JSON pointer such as
// #/definitions/address names.
func (r reading) target(ref string) any {
	if !strings.HasPrefix(ref, "#") {
		return nil
	}
	var found any = r.page
	for _, name := range strings.Split(strings.TrimPrefix(ref, "#"), "/")[1:] {
		object, _ := found.(map[string]any)
		found = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	}
	return found
}
