package catalog

import (
	"context"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// The first wait before a forge that did not answer is asked again.
const firstRetry = 2 * time.Second

// Run stores the built-in entities and the configured locations and is ready
// then. It reads every location at the start and from time to time, and at
// once those whose repositories were pushed to, until ctx ends.
func (c *Catalog) Run(ctx context.Context, ready func()) error {
	if err := c.storeBuiltin(ctx); err != nil {
		return err
	}
	if err := c.storeConfigured(ctx); err != nil {
		return err
	}
	if err := c.outdate(ctx, allLocations); err != nil {
		return err
	}
	ready()
	c.keepRead(ctx)
	return nil
}

// keepRead reads what is stale, and from time to time all: a share of the
// locations after the other, because hundreds at once would take the machine
// from whoever waits for it.
func (c *Catalog) keepRead(ctx context.Context) {
	ticker := time.NewTicker(c.every / shares)
	defer ticker.Stop()
	var again <-chan time.Time // while the forge does not answer
	for wait, share := firstRetry, 0; ; {
		if again == nil {
			if c.refreshStale(ctx) {
				wait = firstRetry
			} else {
				again, wait = time.After(wait), min(2*wait, c.every)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-c.pushed:
			again = nil
		case <-again:
			again = nil
		case <-ticker.C:
			share = (share + 1) % shares
			if err := c.outdate(ctx, shareOfLocations, shares, share); err != nil && ctx.Err() == nil {
				c.log.Error("read the catalog's locations again", "error", err)
			}
		}
	}
}

// shares are how many parts the locations are read again in.
const shares = 60

const shareOfLocations = `UPDATE catalog_locations SET stale = stale + 1 WHERE rowid % ? = ?`

const allLocations = `UPDATE catalog_locations SET stale = stale + 1`

// outdate notes that locations are to be read again. The note outlives the
// process.
func (c *Catalog) outdate(ctx context.Context, statement string, args ...any) error {
	_, err := c.db.ExecContext(ctx, statement, args...)
	return wrap(err, "note locations to read")
}

// Pushed says that a branch of a repository, owner/name, has changed: the
// locations that were read from it are read again at once, or after the next
// start of the process.
func (c *Catalog) Pushed(ctx context.Context, repository, branch string) error {
	const statement = `UPDATE catalog_locations SET stale = stale + 1 WHERE id IN
		(SELECT location_id FROM catalog_sources WHERE repository = ? AND branch = ?)`
	if err := c.outdate(ctx, statement, strings.ToLower(repository), branch); err != nil {
		return err
	}
	select {
	case c.pushed <- struct{}{}:
	default: // it is to look already
	}
	return nil
}

// refreshStale reads the locations that are to be read again, and reports
// whether the forge answered for all of them.
func (c *Catalog) refreshStale(ctx context.Context) (answered bool) {
	locations, err := c.sites(ctx, `stale > 0`)
	if err != nil {
		c.log.Error("list the catalog's locations", "error", err)
		return false
	}
	answered = true
	for _, location := range locations {
		if ctx.Err() != nil {
			continue
		}
		silent, err := c.refresh(ctx, location.ID)
		if err != nil && ctx.Err() == nil {
			c.log.Warn("read a catalog location again", "target", location.Target, "error", err)
		}
		answered = answered && err == nil && !silent
	}
	return answered
}

// Refresh reads again the location an entity comes from; one without a
// location stays as it is.
func (c *Catalog) Refresh(ctx context.Context, entityRef string) error {
	found, err := c.find(ctx, entityRef)
	if err != nil || found.location == "" {
		return err
	}
	_, err = c.refresh(ctx, found.location)
	return err
}

// refresh reads a location again. What is wrong with it is kept as its status;
// one that was removed meanwhile stays removed.
func (c *Catalog) refresh(ctx context.Context, id string) (silent bool, err error) {
	location, err := c.location(ctx, id)
	if err != nil {
		return false, unlessGone(err)
	}
	defer c.turns.take(location.Target)()
	if location, err = c.location(ctx, id); err != nil { // as it is now
		return false, unlessGone(err)
	}
	found := c.read(ctx, location)
	if ctx.Err() != nil {
		return true, nil // it was cut off, and tells nothing
	}
	var states []held
	err = c.change(ctx, func(r records) error {
		here, err := r.texts(ctx, `SELECT id FROM catalog_locations WHERE id = ?`, location.ID)
		if err != nil || len(here) == 0 {
			return err
		}
		if err := r.conflicts(ctx, location.Location, &found); err != nil {
			return err
		}
		if err := r.replace(ctx, location, found, c.orphans); err != nil {
			return err
		}
		states, err = r.held(ctx, location.ID)
		return err
	})
	if err == nil && !found.silent {
		c.watchers.tell(kindsHeld(states)) // what lies beside a descriptor may have changed
	}
	return found.silent, err
}

func unlessGone(err error) error {
	if fault.IsNotFound(err) {
		return nil
	}
	return err
}

func kindsHeld(states []held) map[string]bool {
	refs := map[string]bool{}
	for _, one := range states {
		refs[one.ref] = true
	}
	return kindsOf(refs)
}

// storeConfigured makes the configured locations those that the catalog has,
// and takes out those of an earlier start that are stated no more.
func (c *Catalog) storeConfigured(ctx context.Context) error {
	locations, err := c.sites(ctx, everySite)
	if err != nil {
		return err
	}
	return c.change(ctx, func(r records) error {
		stated := map[string]bool{}
		for _, location := range c.configured {
			stated[location.ref()] = true
			id, existed, err := r.ensure(ctx, location, 1, originConfigured)
			if err != nil {
				return err
			}
			if existed {
				const adopt = `UPDATE catalog_locations SET origin = 'configured' WHERE id = ?`
				if _, err := r.exec(ctx, "keep location "+id, adopt, id); err != nil {
					return err
				}
			}
		}
		for _, location := range locations {
			if location.configured && !stated[location.ref()] {
				if err := r.removeLocation(ctx, location.Location); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
