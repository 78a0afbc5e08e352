package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/client"
)

// Values turns key=value arguments into a form's values. A field whose schema
// is a number or a boolean takes the value as such; one that does not read as
// its type goes as text, so that the portal's answer names the field and the rule.
// The portal takes values that no field is there for, so a misspelt key would
// be lost without a word: it is refused here.
func Values(pairs []string, form client.Form) (map[string]any, error) {
	values := map[string]any{}
	for _, pair := range pairs {
		key, text, found := strings.Cut(pair, "=")
		if !found || key == "" {
			return nil, fmt.Errorf("--set %q: write it as key=value", pair)
		}
		field, known := form.Fields[key]
		if !known && !form.Open {
			return nil, fmt.Errorf("--set %s: the template has no such field; %s", key, instead(key, slices.Sorted(maps.Keys(form.Fields))))
		}
		values[key] = typed(text, field.Type)
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

// instead names the fields that may have been meant, or else all.
func instead(key string, fields []string) string {
	if len(fields) == 0 {
		return "it has none"
	}
	near := slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return !alike(key, field) })
	if len(near) == 0 {
		return "it has " + strings.Join(fields, ", ")
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}

// alike reports whether one word may be a misspelling or a part of another.
func alike(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	shorter := min(len(a), len(b))
	return edits(a, b) <= max(1, shorter/3) || shorter > 2 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// edits is Levenshtein's distance, in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
