package catalog

import (
	"encoding/json"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// project returns an entity with only the wanted fields (dotted paths); with
// none wanted, the whole entity.
func project(entity Entity, fields []string) (any, error) {
	if len(fields) == 0 {
		return entity, nil
	}
	encoded, err := json.Marshal(entity)
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	if err := json.Unmarshal(encoded, &whole); err != nil {
		return nil, err
	}
	wanted := map[string]any{}
	for _, field := range fields {
		copyField(wanted, whole, field)
	}
	return wanted, nil
}

// copyField follows a path whose keys may contain dots themselves, as those of
// annotations do.
func copyField(to, from map[string]any, path string) bool {
	if value, there := from[path]; there {
		to[path] = value
		return true
	}
	for end := strings.IndexByte(path, '.'); end >= 0; {
		key, rest := path[:end], path[end+1:]
		if inner, isMap := from[key].(map[string]any); isMap {
			target, exists := to[key].(map[string]any)
			if !exists {
				target = map[string]any{}
			}
			if copyField(target, inner, rest) {
				to[key] = target
				return true
			}
		}
		next := strings.IndexByte(rest, '.')
		if next < 0 {
			return false
		}
		end += 1 + next
	}
	return false
}

// parseFields reads the fields parameters, of which each may hold several.
func parseFields(parameters []string) ([]string, error) {
	var fields []string
	for _, parameter := range parameters {
		for _, field := range strings.Split(parameter, ",") {
			field = strings.TrimSpace(field)
			if strings.ContainsAny(field, "[]") {
				return nil, fault.Inputf("invalid field %q: array positions cannot be asked for", field)
			}
			if field != "" {
				fields = append(fields, field)
			}
		}
	}
	return fields, nil
}
