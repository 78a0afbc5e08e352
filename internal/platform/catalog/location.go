package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Location is where entities are read from.
type Location struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Target    string `json:"target"`
	EntityRef string `json:"entityRef,omitempty"` // of the Location entity that stands for it
}

// site is a location as the catalog keeps it.
type site struct {
	Location
	configured bool
	trusted    bool    // by an administrator who registered it
	stale      int     // reasons to read it again; 0: none
	faults     []Fault // of the last reading
}

func (l Location) ref() string { return l.Type + ":" + l.Target }

// entity is what stands for a location in the catalog.
func (l Location) entity() Entity {
	ref, _ := ParseRef(l.EntityRef, Ref{}) // it was made by us
	return Entity{
		APIVersion: coreVersions[0], Kind: "Location",
		Metadata: Metadata{
			Name: ref.Name, Namespace: defaultNamespace, UID: l.ID,
			Annotations: map[string]string{AnnotationManagedBy: l.ref(), AnnotationManagedByOrigin: l.ref()},
		},
		Spec: map[string]any{"type": l.Type, "target": l.Target},
	}
}

// Where a location is stated.
const (
	originRegistered = "registered"
	originConfigured = "configured"
)

// localTarget is a file or a directory of this machine.
func localTarget(address string) (target, error) {
	if !filepath.IsAbs(address) {
		return target{}, fault.Inputf("%q is not an absolute path", address)
	}
	address = filepath.Clean(address)
	info, err := os.Stat(address)
	switch {
	case err != nil:
		return target{}, &fault.Error{Name: "InputError", Message: "Unable to read file, " + address + " is not there or cannot be read", Cause: err}
	case info.IsDir():
		return target{root: address, dir: true}, nil
	}
	return target{root: filepath.Dir(address), path: filepath.Base(address)}, nil
}

// Locations returns all locations, oldest first.
func (c *Catalog) Locations(ctx context.Context) ([]Location, error) {
	sites, err := c.sites(ctx, everySite)
	locations := make([]Location, len(sites))
	for i := range sites {
		locations[i] = sites[i].Location
	}
	return locations, err
}

const everySite = `TRUE`

// sites are the locations that a condition on their columns chooses, oldest first.
func (c *Catalog) sites(ctx context.Context, condition string, args ...any) ([]site, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT id, type, target, origin, wide, stale, faults FROM catalog_locations
		WHERE `+condition+` ORDER BY created_at, id`, args...)
	if err != nil {
		return nil, wrap(err, "list locations")
	}
	defer rows.Close()
	var sites []site
	for rows.Next() {
		var l site
		var origin, faults string
		if err := rows.Scan(&l.ID, &l.Type, &l.Target, &origin, &l.trusted, &l.stale, &faults); err != nil {
			return nil, wrap(err, "list locations")
		}
		if err := json.Unmarshal([]byte(faults), &l.faults); err != nil {
			return nil, wrap(err, "list locations")
		}
		l.EntityRef, l.configured = generated(l.Type, l.Target), origin == originConfigured
		sites = append(sites, l)
	}
	return sites, wrap(rows.Err(), "list locations")
}

func (c *Catalog) location(ctx context.Context, id string) (site, error) {
	found, err := c.sites(ctx, `id = ?`, id)
	if err == nil && len(found) == 0 {
		err = fault.NotFoundf("Found no location with ID %s", id)
	}
	if err != nil {
		return site{}, err
	}
	return found[0], nil
}

// locationAt finds a location by what it names.
func (c *Catalog) locationAt(ctx context.Context, kind, address string) (found site, exists bool, err error) {
	at, err := c.sites(ctx, `type = ? AND target = ?`, kind, address)
	if err != nil || len(at) == 0 {
		return site{}, false, err
	}
	return at[0], true, nil
}

// ensure makes sure that there is a location, and returns its id.
func (r records) ensure(ctx context.Context, location Location, stale int, origin string) (id string, existed bool, err error) {
	const find = `SELECT id FROM catalog_locations WHERE type = ? AND target = ?`
	err = r.tx.QueryRowContext(ctx, find, location.Type, location.Target).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, true, wrap(err, "find location "+location.Target)
	}
	id = uuid.NewString()
	const insert = `INSERT INTO catalog_locations (id, type, target, origin, stale, created_at) VALUES (?, ?, ?, ?, ?, ?)`
	_, err = r.tx.ExecContext(ctx, insert, id, location.Type, location.Target, origin, stale, time.Now().UnixMilli())
	r.touch(generated(location.Type, location.Target))
	return id, false, wrap(err, "store location "+location.Target)
}

// removeLocation takes out a location with all that it states.
func (r records) removeLocation(ctx context.Context, location Location) error {
	states, err := r.held(ctx, location.ID)
	if err != nil {
		return err
	}
	removed, err := r.exec(ctx, "remove location "+location.ID, `DELETE FROM catalog_locations WHERE id = ?`, location.ID)
	if err != nil || removed == 0 {
		return err
	}
	r.touch(location.EntityRef)
	for _, one := range states {
		r.touch(one.ref)
	}
	return nil
}

// reread notes how the last reading of a location went, and where it led.
func (r records) reread(ctx context.Context, location site, now reading) error {
	told := list[Fault](now.faults[location.EntityRef])
	const faults = `UPDATE catalog_locations SET faults = ? WHERE id = ? AND faults <> ?`
	if err := r.changing(ctx, location.EntityRef, "mark location "+location.ID, faults, told, location.ID, told); err != nil {
		return err
	}
	if now.silent {
		return nil // it stays stale
	}
	const clear = `UPDATE catalog_locations SET stale = 0 WHERE id = ? AND stale = ?` // no push came meanwhile
	if _, err := r.exec(ctx, "mark location "+location.ID, clear, location.ID, location.stale); err != nil {
		return err
	}
	if !now.doubt { // else what it led to before may still be where it leads
		if _, err := r.exec(ctx, "note sources", `DELETE FROM catalog_sources WHERE location_id = ?`, location.ID); err != nil {
			return err
		}
	}
	for from := range now.from {
		const insert = `INSERT INTO catalog_sources (location_id, repository, branch) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
		if _, err := r.exec(ctx, "note sources", insert, location.ID, from.name, from.branch); err != nil {
			return err
		}
	}
	return nil
}
