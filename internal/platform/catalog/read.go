package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/scm"
	"sigs.k8s.io/yaml"
)

// Annotations that the catalog sets.
const (
	AnnotationManagedBy       = "backstage.io/managed-by-location"
	AnnotationManagedByOrigin = "backstage.io/managed-by-origin-location"
	AnnotationSource          = "backstage.io/source-location"
	AnnotationViewURL         = "backstage.io/view-url"
	AnnotationEditURL         = "backstage.io/edit-url"
)

// maxDepth bounds how far Location entities may lead from the registered one.
const maxDepth = 5

// reader reads the descriptors of one location.
type reader struct {
	files  *scm.Client
	origin string
	seen   map[string]bool
}

func (c *Catalog) read(ctx context.Context, address string) ([]Entity, error) {
	at, err := parseTarget(c.forge, address)
	if err != nil {
		return nil, err
	}
	r := &reader{c.scm, address, map[string]bool{}}
	entities, err := r.descriptors(ctx, at, address, 0)
	if err != nil {
		return nil, err
	}
	if len(entities) == 0 {
		return nil, inputErrorf("%s has no entities", address)
	}
	return entities, unique(entities)
}

func unique(entities []Entity) error {
	seen := map[string]bool{}
	for _, entity := range entities {
		ref := entity.Ref().String()
		if seen[ref] {
			return inputErrorf("%s is described twice", ref)
		}
		seen[ref] = true
	}
	return nil
}

func (r *reader) descriptors(ctx context.Context, at target, address string, depth int) ([]Entity, error) {
	if r.seen[at.address("blob")] {
		return nil, nil
	}
	r.seen[at.address("blob")] = true
	text, err := r.file(ctx, at)
	if err != nil {
		return nil, err
	}
	entities, err := Decode(text)
	if err != nil {
		return nil, inputErrorf("%s: %v", address, err)
	}
	for i := range entities {
		if entities[i], err = r.complete(ctx, entities[i], at, address); err != nil {
			return nil, err
		}
	}
	for _, location := range entities {
		if !strings.EqualFold(location.Kind, "location") {
			continue
		}
		more, err := r.follow(ctx, location, at, depth+1)
		if err != nil {
			return nil, err
		}
		entities = append(entities, more...)
	}
	return entities, nil
}

// complete resolves what the descriptor takes from other files, checks it and
// says where it comes from.
func (r *reader) complete(ctx context.Context, entity Entity, at target, address string) (Entity, error) {
	for key, value := range entity.Spec {
		resolved, err := r.substitute(ctx, value, at)
		if err != nil {
			return Entity{}, inputErrorf("%s: spec.%s: %v", address, key, err)
		}
		entity.Spec[key] = resolved
	}
	entity = normalise(entity)
	if err := check(entity); err != nil {
		return Entity{}, inputErrorf("%s: %v", address, err)
	}
	return annotate(entity, map[string]string{
		AnnotationManagedBy:       "url:" + address,
		AnnotationManagedByOrigin: "url:" + r.origin,
		AnnotationSource:          "url:" + at.source(),
		AnnotationViewURL:         at.address("blob"),
		AnnotationEditURL:         at.address("edit"),
	}), nil
}

// follow reads the targets that a Location entity names.
func (r *reader) follow(ctx context.Context, location Entity, at target, depth int) ([]Entity, error) {
	if depth > maxDepth {
		return nil, inputErrorf("%s: locations lead more than %d deep", location.Ref(), maxDepth)
	}
	var entities []Entity
	for _, address := range append(texts(location.Spec["target"]), texts(location.Spec["targets"])...) {
		next, err := at.relative(address)
		if err != nil {
			return nil, err
		}
		more, err := r.descriptors(ctx, next, next.address("blob"), depth)
		if err != nil {
			return nil, err
		}
		entities = append(entities, more...)
	}
	return entities, nil
}

func (r *reader) file(ctx context.Context, at target) ([]byte, error) {
	text, err := r.files.File(ctx, at.owner, at.repository, at.path, at.branch)
	switch {
	case errors.Is(err, scm.ErrNotFound):
		return nil, &Error{"InputError", fmt.Sprintf("Unable to read url, %s is not there", at.address("blob")), err}
	case err != nil:
		return nil, &Error{"ServiceUnavailableError", fmt.Sprintf("Unable to read url, %s: the forge did not answer as expected", at.address("blob")), err}
	}
	return text, nil
}

// substitute replaces objects of the one key $text, $json, $yaml or $openapi
// by the file they name, below any value of spec.
func (r *reader) substitute(ctx context.Context, value any, at target) (any, error) {
	var err error
	switch value := value.(type) {
	case []any:
		for i := range value {
			if value[i], err = r.substitute(ctx, value[i], at); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		if placeholder, address, is := placeholderOf(value); is {
			return r.include(ctx, placeholder, address, at)
		}
		for key := range value {
			if value[key], err = r.substitute(ctx, value[key], at); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

func placeholderOf(object map[string]any) (placeholder, address string, is bool) {
	if len(object) != 1 {
		return "", "", false
	}
	for key, value := range object {
		placeholder = key
		address, is = value.(string)
	}
	switch placeholder {
	case "$text", "$json", "$yaml", "$openapi":
		return placeholder, address, is
	}
	return "", "", false
}

func (r *reader) include(ctx context.Context, placeholder, address string, at target) (any, error) {
	from, err := at.relative(address)
	if err != nil {
		return nil, err
	}
	text, err := r.file(ctx, from)
	if err != nil {
		return nil, err
	}
	var value any
	switch placeholder {
	case "$json":
		err = json.Unmarshal(text, &value)
	case "$yaml":
		err = yaml.Unmarshal(text, &value)
	default:
		return string(text), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", placeholder, address, err)
	}
	return value, nil
}
