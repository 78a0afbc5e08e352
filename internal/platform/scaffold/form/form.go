// Package form fills in the pages of a template and checks values against
// their JSON schemas.
package form

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// siteOption names the ui:options key by which a property takes its choices
// from the site's values: `ui:options: {pronto: architectures}`.
const siteOption = "pronto"

// Fill returns a template's pages with the site's choices filled in.
func Fill(given []map[string]any, vars map[string]any) ([]map[string]any, error) {
	pages, err := Clone(given)
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		properties, _ := page["properties"].(map[string]any)
		for _, p := range properties {
			if property, ok := p.(map[string]any); ok {
				offer(property, vars)
			}
		}
	}
	return pages, nil
}

// offer makes the site's list a property's choices, the first its default.
func offer(property, vars map[string]any) {
	options, _ := property["ui:options"].(map[string]any)
	name, _ := options[siteOption].(string)
	choices, _ := vars[name].([]any)
	if len(choices) == 0 {
		return
	}
	property["enum"] = choices
	if _, given := property["default"]; !given {
		property["default"] = choices[0]
	}
}

// WithDefaults adds the defaults of the fields that were left out, as the form
// in the browser does.
func WithDefaults(pages []map[string]any, values map[string]any) map[string]any {
	complete := map[string]any{}
	for _, page := range pages {
		properties, _ := page["properties"].(map[string]any)
		for name, p := range properties {
			if property, ok := p.(map[string]any); ok && property["default"] != nil {
				complete[name] = property["default"]
			}
		}
	}
	for name, value := range values {
		complete[name] = value
	}
	return complete
}

// Check validates values against every page. As in Backstage, what no page
// asks for is taken, unless a page has additionalProperties: false.
func Check(pages []map[string]any, values map[string]any) ([]Violation, error) {
	var violations []Violation
	for i, page := range pages {
		found, err := Validate(page, values)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		violations = append(violations, found...)
	}
	return violations, nil
}

// Validate checks a value against a JSON schema (draft 7, as Backstage's forms).
func Validate(schema map[string]any, value any) ([]Violation, error) {
	compiled, err := compile(schema)
	if err != nil {
		return nil, err
	}
	instance, err := Clone(value)
	if err != nil {
		return nil, err
	}
	var invalid *jsonschema.ValidationError
	switch err := compiled.Validate(instance); {
	case err == nil:
		return nil, nil
	case errors.As(err, &invalid):
		return violations(invalid, schema, instance), nil
	default:
		return nil, err
	}
}

func violations(e *jsonschema.ValidationError, schema map[string]any, instance any) []Violation {
	if len(e.Causes) > 0 {
		var all []Violation
		for _, cause := range e.Causes {
			all = append(all, violations(cause, schema, instance)...)
		}
		return all
	}
	path := e.InstanceLocation
	keyword, text, argument := describe(e.ErrorKind)
	return []Violation{newViolation(path, keyword, text, schemaOf(schema, path), at(instance, path), argument)}
}

func newViolation(path []string, keyword, text string, schema, instance, argument any) Violation {
	property := strings.Join(append([]string{"instance"}, path...), ".")
	if path == nil {
		path = []string{}
	}
	return Violation{Path: path, Property: property, Message: text, Schema: schema, Instance: instance,
		Name: keyword, Argument: argument, Stack: property + " " + text}
}

// describe words a violation as the npm package jsonschema does.
func describe(k jsonschema.ErrorKind) (keyword, text string, argument any) {
	switch k := k.(type) {
	case *kind.Required:
		return "required", fmt.Sprintf("requires property %q", strings.Join(k.Missing, `", "`)), k.Missing[0]
	case *kind.Pattern:
		return "pattern", fmt.Sprintf("does not match pattern %q", k.Want), k.Want
	case *kind.Type:
		return "type", "is not of a type(s) " + strings.Join(k.Want, ","), k.Want
	case *kind.Enum:
		return "enum", "is not one of enum values: " + list(k.Want), k.Want
	case *kind.Minimum:
		return "minimum", "must be greater than or equal to " + number(k.Want), number(k.Want)
	case *kind.Maximum:
		return "maximum", "must be less than or equal to " + number(k.Want), number(k.Want)
	case *kind.MinLength:
		return "minLength", fmt.Sprintf("does not meet minimum length of %d", k.Want), k.Want
	case *kind.MaxLength:
		return "maxLength", fmt.Sprintf("does not meet maximum length of %d", k.Want), k.Want
	case *kind.AdditionalProperties:
		return "additionalProperties", "is not allowed to have the additional property " + strings.Join(k.Properties, ", "), k.Properties
	}
	keyword = "schema"
	if path := k.KeywordPath(); len(path) > 0 {
		keyword = path[len(path)-1]
	}
	return keyword, k.LocalizedString(message.NewPrinter(language.English)), nil
}

func number(n *big.Rat) string { return n.RatString() }

func list(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ",")
}

func schemaOf(schema map[string]any, path []string) any {
	var found any = schema
	for _, name := range path {
		current, _ := found.(map[string]any)
		properties, _ := current["properties"].(map[string]any)
		found = properties[name]
	}
	return found
}

func at(instance any, path []string) any {
	for _, name := range path {
		object, _ := instance.(map[string]any)
		instance = object[name]
	}
	return instance
}

// Clone is a deep copy in the types that encoding/json decodes to.
func Clone[T any](value T) (T, error) {
	var clone T
	text, err := json.Marshal(value)
	if err != nil {
		return clone, err
	}
	err = json.Unmarshal(text, &clone)
	return clone, err
}

// Text is a string of an object, or otherwise what is given.
func Text(object map[string]any, name, otherwise string) string {
	if value, ok := object[name].(string); ok {
		return value
	}
	return otherwise
}
