package catalog

import "context"

// RemoveLocation takes a location out with all that it states; one that is not
// there is fine.
func (c *Catalog) RemoveLocation(ctx context.Context, id string) error {
	location, err := c.location(ctx, id)
	if err != nil {
		return unlessGone(err)
	}
	return c.change(ctx, func(r records) error { return r.removeLocation(ctx, location.Location) })
}
