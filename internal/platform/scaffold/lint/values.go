package lint

import (
	"fmt"
	"slices"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// values fills in the form: what was given, the defaults, and examples for
// what is required besides.
func (l *linter) values() (map[string]any, error) {
	pages, err := form.Fill(l.document.pages, l.options.Site)
	if err != nil {
		return nil, err
	}
	values := form.WithDefaults(pages, l.options.Values)
	for _, page := range pages {
		required, _ := page["required"].([]any)
		properties, _ := page["properties"].(map[string]any)
		for name, p := range properties {
			property, _ := p.(map[string]any)
			if _, given := values[name]; given || !slices.Contains(required, any(name)) {
				continue
			}
			values[name] = l.example(name, property)
		}
	}
	return values, nil
}

// example is a value that a property takes, as far as its schema shows one.
func (l *linter) example(name string, property map[string]any) any {
	var candidates []any
	for _, keyword := range []string{"examples", "enum"} {
		listed, _ := property[keyword].([]any)
		candidates = append(candidates, listed...)
	}
	candidates = append(candidates, property["const"], property["ui:placeholder"], l.picked(property), plain(property), name, "example")
	for _, candidate := range candidates {
		if candidate == nil {
			continue
		}
		if found, err := form.Validate(property, candidate); err == nil && len(found) == 0 {
			return candidate
		}
	}
	return "example"
}

// picked is what a field of Backstage's would have the person choose.
func (l *linter) picked(property map[string]any) any {
	switch property["ui:field"] {
	case "RepoUrlPicker":
		return fmt.Sprintf("%v?owner=%v&repo=example", l.options.Site["forgeHost"], l.options.Site["organization"])
	case "OwnerPicker":
		return "group:default/example"
	case "EntityPicker", "OwnedEntityPicker":
		return "component:default/example"
	case "MultiEntityPicker":
		return []any{"component:default/example"}
	}
	return nil
}

func plain(property map[string]any) any {
	switch property["type"] {
	case "integer", "number":
		if least, ok := property["minimum"].(float64); ok {
			return least
		}
		return 1
	case "boolean":
		return true
	case "array":
		return []any{}
	case "object":
		return map[string]any{}
	}
	return nil
}
