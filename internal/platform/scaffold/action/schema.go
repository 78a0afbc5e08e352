package action

import "github.com/pronto-platform/pronto/internal/platform/scaffold/form"

// The schemas of actions are written with these.
func object(required []string, properties map[string]any) map[string]any {
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func property(kind, description string) map[string]any {
	return map[string]any{"type": kind, "description": description}
}

func choice(description string, options ...any) map[string]any {
	return map[string]any{"type": "string", "enum": options, "description": description}
}

func oneOfTypes(description string, kinds ...any) map[string]any {
	return map[string]any{"type": kinds, "description": description}
}

func listOf(item map[string]any, description string) map[string]any {
	return map[string]any{"type": "array", "items": item, "description": description}
}

func with(properties ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, some := range properties {
		for name, p := range some {
			all[name] = p
		}
	}
	return all
}

func text(input map[string]any, name, otherwise string) string {
	return form.Text(input, name, otherwise)
}

func flag(input map[string]any, name string) bool { return flagOr(input, name, false) }

func flagOr(input map[string]any, name string, otherwise bool) bool {
	if value, ok := input[name].(bool); ok {
		return value
	}
	return otherwise
}

func number(input map[string]any, name string) float64 {
	value, _ := input[name].(float64)
	return value
}

func texts(input map[string]any, name string) []string {
	items, _ := input[name].([]any)
	var all []string
	for _, item := range items {
		if value, ok := item.(string); ok {
			all = append(all, value)
		}
	}
	return all
}

func objects(input map[string]any, name string) []map[string]any {
	items, _ := input[name].([]any)
	var all []map[string]any
	for _, item := range items {
		if value, ok := item.(map[string]any); ok {
			all = append(all, value)
		}
	}
	return all
}

// Placeholder makes up a value that a schema describes. Dry runs take it for
// the output of an action that does not support them.
func Placeholder(schema map[string]any) any {
	if examples, _ := schema["examples"].([]any); len(examples) > 0 {
		return examples[0]
	}
	switch schema["type"] {
	case "object":
		made := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		for name, p := range properties {
			property, _ := p.(map[string]any)
			made[name] = Placeholder(property)
		}
		return made
	case "array":
		if item, ok := schema["items"].(map[string]any); ok {
			return []any{Placeholder(item)}
		}
		return []any{}
	case "string":
		return "<example>"
	case "number":
		return 0
	case "boolean":
		return false
	}
	return "<unknown>"
}
