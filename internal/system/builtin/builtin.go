// Package builtin holds the entities that the catalog has from the start: the
// people and groups of the platform's own accounts, and the golden paths.
package builtin

import (
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scaffold"
	"github.com/pronto-platform/pronto/templates"
)

// Entities returns them; admins and developers are the names of the groups
// that the two accounts are in.
func Entities(admins, developers string) ([]catalog.Entity, error) {
	var entities []catalog.Entity
	for _, e := range []struct {
		kind, name string
		spec       map[string]any
	}{
		{"Group", admins, map[string]any{"type": "team", "children": []any{}}},
		{"Group", developers, map[string]any{"type": "team", "children": []any{}}},
		{"Group", "platform", map[string]any{"type": "team", "children": []any{}}},
		{"User", "admin", map[string]any{"memberOf": []any{admins, developers}}},
		{"User", "developer", map[string]any{"memberOf": []any{developers}}},
	} {
		entities = append(entities, catalog.Entity{
			APIVersion: "backstage.io/v1alpha1", Kind: e.kind, Metadata: catalog.Metadata{Name: e.name}, Spec: e.spec,
		})
	}
	own, err := scaffold.Entities(templates.FS)
	if err != nil {
		return nil, err
	}
	for _, raw := range own {
		entity, err := catalog.Decode(raw)
		if err != nil {
			return nil, err
		}
		entities = append(entities, entity...)
	}
	return entities, nil
}
