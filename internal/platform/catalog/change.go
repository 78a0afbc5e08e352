package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Where entities come from that no location states.
const (
	builtinLocation  = "builtin:pronto"
	internalLocation = "internal:pronto"
)

// Registration is what a location brought.
type Registration struct {
	LocationID string
	Entities   []Entity
	Existed    bool // the location was registered already, and has been read again
}

// Register reads the descriptors at target and stores them. A target that is
// registered already is read again.
func (c *Catalog) Register(ctx context.Context, target string) (Registration, error) {
	entities, err := c.read(ctx, target)
	if err != nil {
		return Registration{}, err
	}
	var registration Registration
	err = c.change(ctx, func(r records) error {
		id, existed, err := r.location(ctx, target)
		if err != nil {
			return err
		}
		registration = Registration{LocationID: id, Existed: existed}
		return r.replace(ctx, id, entities)
	})
	if err != nil {
		return Registration{}, err
	}
	registration.Entities, err = c.stored(ctx, entities)
	return registration, err
}

// replace makes entities all that the location states.
func (r records) replace(ctx context.Context, location string, entities []Entity) error {
	for _, entity := range entities {
		holder, there, err := r.owner(ctx, entity.Ref().String())
		if err != nil {
			return err
		}
		if there && holder != location {
			return conflictf("Entity %s is already in the catalog, from another location", entity.Ref())
		}
	}
	if err := r.drop(ctx, location, entities); err != nil {
		return err
	}
	for _, entity := range entities {
		if err := r.put(ctx, entity, location); err != nil {
			return err
		}
	}
	return nil
}

// drop takes out what the location stated before and does no more.
func (r records) drop(ctx context.Context, location string, keep []Entity) error {
	kept := map[string]bool{}
	for _, entity := range keep {
		kept[entity.Ref().String()] = true
	}
	refs, err := r.refs(ctx, `SELECT ref FROM catalog_entities WHERE location_id = ?`, location)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if kept[ref] {
			continue
		}
		if _, err := r.exec(ctx, "remove "+ref, `DELETE FROM catalog_entities WHERE ref = ?`, ref); err != nil {
			return err
		}
	}
	return nil
}

func (r records) refs(ctx context.Context, statement string, args ...any) ([]string, error) {
	rows, err := r.tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, wrap(err, "list entities")
	}
	defer rows.Close()
	var refs []string
	for rows.Next() {
		var ref string
		if err := rows.Scan(&ref); err != nil {
			return nil, wrap(err, "list entities")
		}
		refs = append(refs, ref)
	}
	return refs, wrap(rows.Err(), "list entities")
}

// Upsert stores entities that no location states, such as users.
func (c *Catalog) Upsert(ctx context.Context, entities ...Entity) error {
	return c.change(ctx, func(r records) error { return r.putOwn(ctx, internalLocation, entities) })
}

func (r records) putOwn(ctx context.Context, location string, entities []Entity) error {
	for _, entity := range entities {
		entity = annotate(normalise(entity), map[string]string{
			AnnotationManagedBy: location, AnnotationManagedByOrigin: location,
		})
		if err := check(entity); err != nil {
			return err
		}
		if err := r.put(ctx, entity, ""); err != nil {
			return err
		}
	}
	return nil
}

// storeBuiltin stores the built-in entities and takes out those of an earlier
// start that are no more.
func (c *Catalog) storeBuiltin(ctx context.Context) error {
	err := c.change(ctx, func(r records) error {
		const ofBefore = `SELECT ref FROM catalog_entities WHERE location_id IS NULL
			AND json_extract(body, '$.metadata.annotations."` + AnnotationManagedBy + `"') = ?`
		refs, err := r.refs(ctx, ofBefore, builtinLocation)
		if err != nil {
			return err
		}
		now := map[string]bool{}
		for _, entity := range c.builtin {
			now[entity.Ref().String()] = true
		}
		for _, ref := range refs {
			if now[ref] {
				continue
			}
			if _, err := r.exec(ctx, "remove "+ref, `DELETE FROM catalog_entities WHERE ref = ?`, ref); err != nil {
				return err
			}
		}
		return r.putOwn(ctx, builtinLocation, c.builtin)
	})
	return err
}

// Remove takes out an entity and the location that made it, with all that
// location states. One that is not there is fine.
func (c *Catalog) Remove(ctx context.Context, entityRef string) error {
	ref, err := ParseRef(entityRef, Ref{})
	if err != nil {
		return inputErrorf("%v", err)
	}
	return c.change(ctx, func(r records) error {
		location, there, err := r.owner(ctx, ref.String())
		switch {
		case err != nil || !there:
			return err
		case location != "":
			_, err = r.exec(ctx, "remove location "+location, `DELETE FROM catalog_locations WHERE id = ?`, location)
		default:
			_, err = r.exec(ctx, "remove "+ref.String(), `DELETE FROM catalog_entities WHERE ref = ?`, ref.String())
		}
		return err
	})
}

// Refresh reads again the location an entity comes from; one without a
// location stays as it is.
func (c *Catalog) Refresh(ctx context.Context, entityRef string) error {
	found, err := c.find(ctx, entityRef)
	if err != nil || found.location == "" {
		return err
	}
	location, err := c.location(ctx, found.location)
	if err != nil {
		return err
	}
	return c.refresh(ctx, location)
}

// refresh reads a location again; one that was removed meanwhile stays removed.
func (c *Catalog) refresh(ctx context.Context, location Location) error {
	entities, err := c.read(ctx, location.Target)
	if err != nil {
		return err
	}
	return c.change(ctx, func(r records) error {
		found, err := r.refs(ctx, `SELECT id FROM catalog_locations WHERE id = ?`, location.ID)
		if err != nil || len(found) == 0 {
			return err
		}
		return r.replace(ctx, location.ID, entities)
	})
}

// refreshAll keeps what was read before of a location that cannot be read.
func (c *Catalog) refreshAll(ctx context.Context) {
	locations, err := c.Locations(ctx)
	if err != nil {
		c.log.Error("list the catalog's locations", "error", err)
		return
	}
	for _, location := range locations {
		if err := c.refresh(ctx, location); err != nil && ctx.Err() == nil {
			c.log.Warn("read a catalog location again", "target", location.Target, "error", err)
		}
	}
}

// change runs do in one transaction; after it, the catalog is read anew.
func (c *Catalog) change(ctx context.Context, do func(records) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return wrap(err, "begin")
	}
	if err := do(records{tx}); err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return fmt.Errorf("%w (and undo: %w)", err, undo)
		}
		return err
	}
	err = tx.Commit()
	c.cached.Store(nil)
	return wrap(err, "commit")
}

// stored returns the entities as the catalog has them.
func (c *Catalog) stored(ctx context.Context, entities []Entity) ([]Entity, error) {
	s, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	var found []Entity
	for _, entity := range entities {
		if r, there := s.byRef[entity.Ref().String()]; there {
			found = append(found, r.entity)
		}
	}
	return found, nil
}

func (c *Catalog) location(ctx context.Context, id string) (Location, error) {
	locations, err := c.Locations(ctx)
	if err != nil {
		return Location{}, err
	}
	for _, location := range locations {
		if location.ID == id {
			return location, nil
		}
	}
	return Location{}, notFoundf("Found no location with ID %s", id)
}
