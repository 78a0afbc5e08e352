package catalog

import (
	"context"

	"github.com/pronto-platform/pronto/internal/platform/fault"
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

// Register reads the descriptors at target, an address of the forge, and
// stores them. A target that is registered already is read again. With
// anything wrong in it, nothing is changed. Templates, users and groups are
// refused unless the location was registered by RegisterTrusted.
func (c *Catalog) Register(ctx context.Context, target string) (Registration, error) {
	return c.register(ctx, target, false)
}

func (c *Catalog) register(ctx context.Context, target string, trusted bool) (Registration, error) {
	defer c.turns.take(target)()
	location, _, err := c.locationAt(ctx, typeURL, target)
	if err != nil {
		return Registration{}, err
	}
	if location.ID == "" {
		location.Location = Location{Type: typeURL, Target: target}
	}
	location.trusted = location.trusted || trusted
	found := c.read(ctx, location)
	if err := found.err(); err != nil {
		return Registration{}, err
	}
	var registration Registration
	err = c.change(ctx, func(r records) error {
		id, existed, err := r.ensure(ctx, location.Location, 0, originRegistered)
		if err != nil {
			return err
		}
		if trusted {
			if err := r.trust(ctx, id); err != nil {
				return err
			}
		}
		registration = Registration{LocationID: id, Existed: existed}
		location.ID, location.EntityRef = id, generated(typeURL, target)
		if err := r.conflicts(ctx, location.Location, &found); err != nil {
			return err
		}
		if err := found.err(); err != nil {
			return err
		}
		return r.replace(ctx, location, found, c.orphans)
	})
	if err != nil {
		return Registration{}, err
	}
	registration.Entities, err = c.stored(ctx, found.entities())
	return registration, err
}

// conflicts takes out of a reading the entities that come from elsewhere. One
// that its own location states no more may be taken over.
func (r records) conflicts(ctx context.Context, location Location, now *reading) error {
	var own []stated
	for _, one := range now.stated {
		ref := one.entity.Ref().String()
		holder, err := r.owner(ctx, ref)
		if err != nil {
			return err
		}
		if holder.there && holder.location != location.ID && !holder.orphan {
			now.faults[location.EntityRef] = append(now.faults[location.EntityRef],
				Fault{"ConflictError", "Entity " + ref + " is already in the catalog, from another location"})
			continue
		}
		own = append(own, one)
	}
	now.stated = own
	return nil
}

// replace makes a reading all that the location states, as far as it tells.
func (r records) replace(ctx context.Context, location site, now reading, strategy OrphanStrategy) error {
	before, err := r.held(ctx, location.ID)
	if err != nil {
		return err
	}
	if before, err = r.narrow(ctx, location, before); err != nil {
		return err
	}
	v := judge(before, now, strategy)
	for _, ref := range v.drop {
		if err := r.remove(ctx, ref); err != nil {
			return err
		}
	}
	for _, ref := range v.orphan {
		if err := r.setOrphan(ctx, ref); err != nil {
			return err
		}
	}
	for _, ref := range sortedKeys(v.faults) {
		if err := r.setFaults(ctx, ref, v.faults[ref]); err != nil {
			return err
		}
	}
	for _, one := range now.stated {
		if err := r.put(ctx, one, location.ID, now.faults[one.entity.Ref().String()]); err != nil {
			return err
		}
	}
	return r.reread(ctx, location, now)
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
		if err := r.put(ctx, stated{entity: entity}, "", nil); err != nil {
			return err
		}
	}
	return nil
}

// storeBuiltin stores the built-in entities and takes out those of an earlier
// start that are no more.
func (c *Catalog) storeBuiltin(ctx context.Context) error {
	return c.change(ctx, func(r records) error {
		const ofBefore = `SELECT ref FROM catalog_entities WHERE location_id IS NULL
			AND json_extract(body, '$.metadata.annotations."` + AnnotationManagedBy + `"') = ?`
		refs, err := r.texts(ctx, ofBefore, builtinLocation)
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
			if err := r.remove(ctx, ref); err != nil {
				return err
			}
		}
		return r.putOwn(ctx, builtinLocation, c.builtin)
	})
}

// Remove takes out an entity and the location that made it, with all that
// location states. One that is not there is fine. A location that the
// configuration states stays.
func (c *Catalog) Remove(ctx context.Context, entityRef string) error {
	ref, err := ParseRef(entityRef, Ref{})
	if err != nil {
		return fault.Inputf("%v", err)
	}
	locations, err := c.sites(ctx, everySite)
	if err != nil {
		return err
	}
	return c.change(ctx, func(r records) error {
		holder, err := r.owner(ctx, ref.String())
		if err != nil || !holder.there {
			return err
		}
		for _, location := range locations {
			if location.ID == holder.location && !location.configured {
				return r.removeLocation(ctx, location.Location)
			}
		}
		return r.remove(ctx, ref.String())
	})
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
