package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pronto-platform/pronto/internal/client"
)

// Values turns key=value arguments into a form's values. A field whose schema
// is a number or a boolean takes the value as such; one that does not read as
// its type goes as text, so that the portal's answer names the field and the rule.
func Values(pairs []string, schema map[string]client.Property) (map[string]any, error) {
	values := map[string]any{}
	for _, pair := range pairs {
		key, text, found := strings.Cut(pair, "=")
		if !found || key == "" {
			return nil, fmt.Errorf("--set %q: write it as key=value", pair)
		}
		values[key] = typed(text, schema[key].Type)
	}
	return values, nil
}

func typed(text, schemaType string) any {
	switch schemaType {
	case "integer", "number", "boolean", "object", "array":
		var v any
		if json.Unmarshal([]byte(text), &v) == nil {
			return v
		}
	}
	return text
}
