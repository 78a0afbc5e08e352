package catalog

import "context"

// RemoveLocation takes a location out with all that it states; one that is not
// there is fine.
func (c *Catalog) RemoveLocation(ctx context.Context, id string) error {
	return c.change(ctx, func(r records) error {
		_, err := r.exec(ctx, "remove location "+id, `DELETE FROM catalog_locations WHERE id = ?`, id)
		return err
	})
}
