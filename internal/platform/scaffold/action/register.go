package action

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func catalogRegister(h *Host) Action {
	return Action{
		ID:          "catalog:register",
		Description: "Registers a descriptor in the catalog.",
		Schema: Schema{
			Input: object(nil, map[string]any{
				"catalogInfoUrl":  property("string", "Address of the descriptor."),
				"repoContentsUrl": property("string", "Address of a repository's files, as publish:github gives it."),
				"catalogInfoPath": property("string", "Descriptor below repoContentsUrl; default /catalog-info.yaml."),
				"optional":        property("boolean", "Go on if it cannot be registered."),
			}),
			Output: object(nil, map[string]any{
				"entityRef":      property("string", "Of the entity that the descriptor is about."),
				"catalogInfoUrl": property("string", "Address that was registered."),
			}),
		},
		Examples: []Sample{{"Register what publish:github has published", `
- id: register
  action: catalog:register
  input:
    repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}
    catalogInfoPath: /catalog-info.yaml
`}},
		Run: h.register,
	}
}

func (h *Host) register(ctx context.Context, c *Call, input map[string]any) error {
	target := text(input, "catalogInfoUrl", "")
	if target == "" {
		base := text(input, "repoContentsUrl", "")
		if base == "" {
			return fault.Inputf("catalog:register needs catalogInfoUrl or repoContentsUrl")
		}
		target = strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(text(input, "catalogInfoPath", "/catalog-info.yaml"), "/")
	}
	if err := c.logf(ctx, "Registering %s in the catalog", target); err != nil {
		return err
	}
	registration, err := h.registerLocation(ctx, c, target)
	if err != nil {
		if flag(input, "optional") {
			return c.logf(ctx, "It was not registered: %v", err)
		}
		return fmt.Errorf("register %s: %w", target, err)
	}
	c.Output["catalogInfoUrl"] = target
	if ref := mainEntity(registration.Entities); ref != "" {
		c.Output["entityRef"] = ref
	}
	return nil
}

// registerLocation registers a target; one that was registered before is not
// of this task's making.
func (h *Host) registerLocation(ctx context.Context, c *Call, target string) (catalog.Registration, error) {
	thing := Thing{Kind: KindLocation, Name: target, URL: target}
	_, mine, err := c.Ledger.Find(ctx, thing.Kind, thing.Name)
	if err != nil {
		return catalog.Registration{}, err
	}
	if !mine {
		before, err := h.Catalog.Locations(ctx)
		if err != nil {
			return catalog.Registration{}, err
		}
		if slices.ContainsFunc(before, func(l catalog.Location) bool { return l.Target == target }) {
			return h.Catalog.Register(ctx, target)
		}
		if err := c.Ledger.Intend(ctx, thing); err != nil {
			return catalog.Registration{}, err
		}
	}
	ctx, done := seeThrough(ctx)
	defer done()
	registration, err := h.Catalog.Register(ctx, target)
	if err != nil {
		return registration, errors.Join(err, c.Ledger.Forget(ctx, thing))
	}
	thing.ID = registration.LocationID
	return registration, c.Ledger.Made(ctx, thing)
}

// mainEntity prefers a component that was not generated, as Backstage does.
func mainEntity(entities []catalog.Entity) string {
	for _, e := range entities {
		if e.Kind == "Component" && !strings.HasPrefix(e.Metadata.Name, "generated-") {
			return e.Ref().String()
		}
	}
	for _, e := range entities {
		if !strings.HasPrefix(e.Metadata.Name, "generated-") {
			return e.Ref().String()
		}
	}
	return ""
}
