package catalog

import (
	"context"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/pronto-platform/pronto/internal/base/yamlcore"
)

// bundler makes one document of an API description that is spread over files.
type bundler struct {
	*reader
	home  target         // of the description
	files map[string]any // what was read, by address
	under []string       // the references that are being resolved
	used  int            // references to other files
	size  int            // of what was written, roughly, in bytes
}

// maxBundle bounds what references to other files may make of a description,
// in bytes.
const maxBundle = 8 << 20

// bundle returns a description as one YAML text, with the parts that $ref
// takes from other files of the repository written in their place. References
// within the description stay. One that cannot be brought in is left as it is
// written only if it leads to another host.
func (r *reader) bundle(ctx context.Context, text []byte, at target) (string, error) {
	var root any
	if err := yamlcore.Unmarshal(text, &root); err != nil {
		return "", err
	}
	if _, is := root.(map[string]any); !is {
		return "", fmt.Errorf("it is not an API description")
	}
	b := &bundler{reader: r, home: at, files: map[string]any{at.own(): root}}
	whole, err := b.walk(ctx, root, at)
	if err != nil {
		return "", err
	}
	if b.used == 0 {
		return string(text), nil
	}
	written, err := yaml.Marshal(whole)
	return string(written), err
}

// walk returns a copy of a value that stands in the file at, with what it
// refers to in other files than the description.
func (b *bundler) walk(ctx context.Context, value any, at target) (any, error) {
	if b.size++; b.size > maxBundle {
		return nil, fmt.Errorf("with what it refers to, it has more than %d bytes", maxBundle)
	}
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i := range value {
			var err error
			if list[i], err = b.walk(ctx, value[i], at); err != nil {
				return nil, err
			}
		}
		return list, nil
	case string:
		b.size += len(value)
	case map[string]any:
		if reference, is := value["$ref"].(string); is {
			return b.refer(ctx, value, reference, at)
		}
		object := make(map[string]any, len(value))
		for key := range value {
			var err error
			if object[key], err = b.walk(ctx, value[key], at); err != nil {
				return nil, err
			}
		}
		return object, nil
	}
	return value, nil
}

func (b *bundler) refer(ctx context.Context, object map[string]any, reference string, at target) (any, error) {
	file, pointer, _ := strings.Cut(reference, "#")
	if file == "" && at.own() == b.home.own() || strings.Contains(file, "://") {
		return object, nil
	}
	next := at
	if file != "" {
		var err error
		if next, err = at.sibling(file); err != nil {
			return nil, err
		}
	}
	if next.own() == b.home.own() {
		return map[string]any{"$ref": "#" + pointer}, nil
	}
	key := next.own() + "#" + pointer
	for _, open := range b.under {
		if open == key {
			return nil, fmt.Errorf("$ref %s leads to itself", reference)
		}
	}
	b.used++
	part, err := b.part(ctx, next, pointer)
	if err != nil {
		return nil, fmt.Errorf("$ref %s: %w", reference, err)
	}
	b.under = append(b.under, key)
	defer func() { b.under = b.under[:len(b.under)-1] }()
	return b.walk(ctx, part, next)
}

// part returns what a JSON pointer names in a file.
func (b *bundler) part(ctx context.Context, at target, pointer string) (any, error) {
	value, known := b.files[at.own()]
	if !known {
		text, err := b.file(ctx, at)
		if err != nil {
			return nil, err
		}
		if err := yamlcore.Unmarshal(text, &value); err != nil {
			return nil, err
		}
		b.files[at.own()] = value
	}
	for _, key := range strings.Split(strings.Trim(pointer, "/"), "/") {
		if key == "" {
			continue
		}
		key = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
		object, is := value.(map[string]any)
		if value, known = object[key]; !is || !known {
			return nil, fmt.Errorf("%s has nothing at %s", at.own(), pointer)
		}
	}
	return value, nil
}
