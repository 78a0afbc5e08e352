package action

import (
	"context"
	"encoding/json"
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func catalogWrite() Action {
	return Action{
		ID:          "catalog:write",
		Description: "Writes a descriptor into the workspace; one that is there is replaced.",
		Schema: Schema{
			Input: object([]string{"entity"}, map[string]any{
				"filePath": property("string", "Default catalog-info.yaml."),
				"entity":   property("object", "The entity."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Write the descriptor of a component", `
- id: descriptor
  action: catalog:write
  input:
    entity:
      apiVersion: backstage.io/v1alpha1
      kind: Component
      metadata:
        name: ${{ parameters.name }}
      spec:
        type: service
        lifecycle: production
        owner: ${{ parameters.owner }}
`}},
		DryRun: true,
		Run: func(ctx context.Context, c *Call, input map[string]any) error {
			content, err := yaml.Marshal(input["entity"])
			if err != nil {
				return fmt.Errorf("entity: %w", err)
			}
			name := text(input, "filePath", "catalog-info.yaml")
			if err := c.logf(ctx, "Writing %s", name); err != nil {
				return err
			}
			return write(ctx, c, ".", []entry{{path: name, content: content, mode: 0o644}}, true)
		},
	}
}

func catalogFetch(h *Host) Action {
	entity := property("object", "The entity.")
	return Action{
		ID:          "catalog:fetch",
		Description: "Returns entities of the catalog.",
		Schema: Schema{
			Input: object(nil, map[string]any{
				"entityRef":        property("string", "Reference of one entity."),
				"entityRefs":       listOf(property("string", ""), "References of several."),
				"optional":         property("boolean", "Go on where one is not there; default false."),
				"defaultKind":      property("string", "Of references that name none."),
				"defaultNamespace": property("string", "Of references that name none."),
			}),
			Output: object(nil, map[string]any{"entity": entity, "entities": listOf(entity, "In the order of entityRefs; null where one is not there.")}),
		},
		Examples: []Sample{{"Read the owner's entity", `
- id: owner
  action: catalog:fetch
  input:
    entityRef: ${{ parameters.owner }}
    defaultKind: Group
`}},
		DryRun: true,
		Run:    h.catalogFetch,
	}
}

func (h *Host) catalogFetch(ctx context.Context, c *Call, input map[string]any) error {
	one, several := text(input, "entityRef", ""), texts(input, "entityRefs")
	if _, given := input["entityRefs"]; one == "" && !given {
		if flag(input, "optional") {
			return nil
		}
		return fault.Inputf("Missing entity reference or references")
	}
	if one != "" {
		entity, err := h.entity(ctx, input, one)
		if err != nil {
			return err
		}
		c.Output["entity"] = entity
	}
	if _, given := input["entityRefs"]; !given {
		return nil
	}
	entities := []any{}
	for _, ref := range several {
		entity, err := h.entity(ctx, input, ref)
		if err != nil {
			return err
		}
		entities = append(entities, entity)
	}
	c.Output["entities"] = entities
	return nil
}

// entity is nil where the catalog has none and need not.
func (h *Host) entity(ctx context.Context, input map[string]any, text string) (any, error) {
	defaults := catalog.Ref{}
	defaults.Kind, _ = input["defaultKind"].(string)
	defaults.Namespace, _ = input["defaultNamespace"].(string)
	ref, err := catalog.ParseRef(text, defaults)
	if err != nil {
		return nil, fault.Inputf("%v", err)
	}
	entity, err := h.Catalog.Get(ctx, ref.String())
	switch {
	case fault.IsNotFound(err) && flag(input, "optional"):
		return nil, nil
	case fault.IsNotFound(err):
		return nil, fault.NotFoundf("Entity %s not found", text)
	case err != nil:
		return nil, fmt.Errorf("read entity %s: %w", text, err)
	}
	encoded, err := json.Marshal(entity)
	if err != nil {
		return nil, fmt.Errorf("read entity %s: %w", text, err)
	}
	var plain any
	if err := json.Unmarshal(encoded, &plain); err != nil {
		return nil, fmt.Errorf("read entity %s: %w", text, err)
	}
	return plain, nil
}
