package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// everywhere are the kinds that every location may state. A Template runs with
// the platform's own access, and Users and Groups say who is who: those are
// taken from the configuration, and from where an administrator registered
// them.
var everywhere = []string{"component", "api", "system", "resource", "domain", "location"}

// wide reports whether a location may state entities of every kind.
func (s site) wide() bool { return s.configured || s.trusted }

func statedEverywhere(kind string) bool { return slices.Contains(everywhere, strings.ToLower(kind)) }

// allow refuses an entity of a kind that the location may not state.
func (r *reader) allow(kind string) error {
	if r.wide || statedEverywhere(kind) {
		return nil
	}
	return fault.NotAllowedf("kind %s is not allowed from this location; an administrator registers it by its address", kind)
}

// RegisterTrusted is Register for an administrator: the location may state
// entities of every kind, now and whenever it is read again.
func (c *Catalog) RegisterTrusted(ctx context.Context, target string) (Registration, error) {
	return c.register(ctx, target, true)
}

// narrow takes out what a location has stated and may not: it was read before
// the rule, or by a wider one. That holds even where the reading is in doubt.
func (r records) narrow(ctx context.Context, location site, before []held) (kept []held, err error) {
	for _, one := range before {
		if kind, _, _ := strings.Cut(one.ref, ":"); location.wide() || statedEverywhere(kind) {
			kept = append(kept, one)
			continue
		}
		if err := r.remove(ctx, one.ref); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// trust lets a location state entities of every kind.
func (r records) trust(ctx context.Context, id string) error {
	_, err := r.exec(ctx, "trust location "+id, `UPDATE catalog_locations SET wide = 1 WHERE id = ?`, id)
	return err
}

// covers reports whether a source location that a template states is in the
// template's own repository. Its files are read with the platform's own
// access, so it names no other and no directory of this machine.
func (t target) covers(source string) bool {
	address, found := strings.CutPrefix(source, typeURL+":")
	if !found || t.root != "" {
		return false
	}
	other, err := parseTarget(t.forge, address)
	return err == nil && strings.EqualFold(other.owner+"/"+other.repository, t.owner+"/"+t.repository)
}
