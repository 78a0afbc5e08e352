package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/pronto-platform/pronto/internal/base/yamlcore"
)

// substitute replaces objects of the one key $text, $json, $yaml or $openapi,
// wherever they stand in a document, by the file that they name.
func (r *reader) substitute(ctx context.Context, fields map[string]any, at target) error {
	for key, value := range fields {
		resolved, err := r.resolve(ctx, value, at)
		if err != nil {
			return fmt.Errorf("%s%w", key, err)
		}
		fields[key] = resolved
	}
	return nil
}

// resolve returns a value with its placeholders replaced. An error begins with
// the rest of the path to what it is about.
func (r *reader) resolve(ctx context.Context, value any, at target) (any, error) {
	switch value := value.(type) {
	case []any:
		for i := range value {
			resolved, err := r.resolve(ctx, value[i], at)
			if err != nil {
				return nil, fmt.Errorf("[%d]%w", i, err)
			}
			value[i] = resolved
		}
	case map[string]any:
		if placeholder, address, is := placeholderOf(value); is {
			return r.include(ctx, placeholder, address, at)
		}
		for key := range value {
			resolved, err := r.resolve(ctx, value[key], at)
			if err != nil {
				return nil, fmt.Errorf(".%s%w", key, err)
			}
			value[key] = resolved
		}
	}
	return value, nil
}

func placeholderOf(object map[string]any) (placeholder string, address any, is bool) {
	if len(object) != 1 {
		return "", nil, false
	}
	for key, value := range object {
		placeholder, address = key, value
	}
	switch placeholder {
	case "$text", "$json", "$yaml", "$openapi":
		return placeholder, address, true
	}
	return "", nil, false
}

// include reads the file that a placeholder names. It has to be in the
// descriptor's own repository.
func (r *reader) include(ctx context.Context, placeholder string, address any, at target) (any, error) {
	name, is := address.(string)
	if !is || name == "" {
		return nil, fmt.Errorf(": %s takes the path of a file in the same repository, as a string", placeholder)
	}
	value, err := r.included(ctx, placeholder, name, at)
	if err != nil {
		return nil, fmt.Errorf(": %s %s: %w", placeholder, name, err)
	}
	return value, nil
}

func (r *reader) included(ctx context.Context, placeholder, name string, at target) (value any, err error) {
	from, err := at.sibling(name)
	if err != nil {
		return nil, err
	}
	if from, err = r.branched(ctx, from); err != nil {
		return nil, err
	}
	text, err := r.file(ctx, from)
	if err != nil {
		return nil, err
	}
	switch placeholder {
	case "$json":
		err = json.Unmarshal(text, &value)
	case "$yaml":
		err = yamlcore.Unmarshal(text, &value)
	case "$openapi":
		return r.bundle(ctx, text, from)
	default:
		return string(text), nil
	}
	return value, err
}
