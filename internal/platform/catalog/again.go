package catalog

import (
	"context"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// LocationOf returns the target that an entity was registered by, empty if it
// is not there or not of the forge, and whether an administrator trusts it.
func (c *Catalog) LocationOf(ctx context.Context, entityRef string) (target string, trusted bool, err error) {
	found, err := c.find(ctx, entityRef)
	if fault.IsNotFound(err) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	target, isURL := strings.CutPrefix(found.entity.Metadata.Annotations[AnnotationManagedByOrigin], typeURL+":")
	if !isURL {
		return "", false, nil
	}
	location, _, err := c.locationAt(ctx, typeURL, target)
	return target, location.trusted, err
}

// RegisterAgain registers a target whose repository was away, as it was
// registered before; one that is registered is read again.
func (c *Catalog) RegisterAgain(ctx context.Context, target string, trusted bool) error {
	_, err := c.register(ctx, target, trusted)
	return err
}
