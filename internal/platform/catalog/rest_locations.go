package catalog

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func (c *Catalog) getLocations(w http.ResponseWriter, r *http.Request) error {
	locations, err := c.Locations(r.Context())
	if err != nil {
		return err
	}
	wrapped := make([]map[string]Location, 0, len(locations))
	for _, location := range locations {
		wrapped = append(wrapped, map[string]Location{"data": location})
	}
	c.write(w, http.StatusOK, wrapped)
	return nil
}

// maxLocations is the default length of a page of locations.
const maxLocations = 1000

// locationCursor is where a page of locations begins, and of which query.
type locationCursor struct {
	position
	Query json.RawMessage `json:"query,omitempty"`
}

func (c *Catalog) queryLocations(w http.ResponseWriter, r *http.Request) error {
	at, err := parseLocationQuery(r)
	if err != nil {
		return err
	}
	fits, err := parsePredicate(at.Query)
	if err != nil {
		return err
	}
	locations, err := c.Locations(r.Context())
	if err != nil {
		return err
	}
	chosen := []Location{}
	for _, location := range locations {
		rows := index{}
		for key, value := range map[string]string{"id": location.ID, "type": location.Type, "target": location.Target, "entityRef": location.EntityRef} {
			rows.add(key, value)
		}
		if fits(rows) {
			chosen = append(chosen, location)
		}
	}
	cut, more := page(chosen, at.Offset, at.Limit)
	info := map[string]string{}
	if more {
		next := locationCursor{position{at.Offset + at.Limit, at.Limit}, at.Query}
		if info["nextCursor"], err = encodeCursor(next); err != nil {
			return err
		}
	}
	c.write(w, http.StatusOK, map[string]any{"items": cut, "totalItems": len(chosen), "pageInfo": info})
	return nil
}

func parseLocationQuery(r *http.Request) (at locationCursor, err error) {
	var body struct {
		Cursor string          `json:"cursor"`
		Limit  *int            `json:"limit"`
		Query  json.RawMessage `json:"query"`
	}
	if err := bodies.Read(r, &body); err != nil {
		return at, err
	}
	if body.Cursor != "" {
		err = decodeCursor(body.Cursor, &at)
		if err == nil && (at.Limit < 1 || at.Offset < 0) {
			err = fault.Inputf("Malformed cursor")
		}
		return at, err
	}
	at = locationCursor{position{Limit: maxLocations}, body.Query}
	if body.Limit != nil {
		at.Limit = *body.Limit
	}
	return at, atLeast("limit", at.Limit, 1)
}

// locationInput reads a location that a caller names. Files of this machine
// are stated by the configuration alone: a caller could read any of them.
func locationInput(r *http.Request) (Location, error) {
	var body struct {
		Type     string `json:"type"`
		Target   string `json:"target"`
		Presence string `json:"presence"`
	}
	if err := strictBodies.Read(r, &body); err != nil {
		return Location{}, err
	}
	return Location{Type: body.Type, Target: body.Target}, checkLocation(body.Type, body.Target)
}

func checkLocation(kind, address string) error {
	if kind == typeFile {
		return fault.Inputf("Registered locations must be of type 'url'; " +
			"files of this machine are stated in pronto.yaml, in catalog.locations")
	}
	if kind != typeURL {
		return fault.Inputf("Registered locations must be of type 'url', not %q", kind)
	}
	if parsed, err := url.Parse(address); err != nil || parsed.Host == "" {
		return fault.Inputf("target %q is not a URL", address)
	}
	return nil
}

func (c *Catalog) postLocation(w http.ResponseWriter, r *http.Request) error {
	wanted, err := locationInput(r)
	if err != nil {
		return err
	}
	access.Describe(r.Context(), wanted.Target, "register a location")
	values := r.URL.Query()
	onConflict := values.Get("onConflict")
	if onConflict != "" && onConflict != "reject" && onConflict != "refresh" {
		return fault.Inputf("Invalid onConflict parameter %q, expected one of: reject, refresh", onConflict)
	}
	existing, exists, err := c.locationAt(r.Context(), wanted.Type, wanted.Target)
	if err != nil {
		return err
	}
	switch dryRun := values.Get("dryRun"); {
	case dryRun != "" && dryRun != "false":
		return c.tryLocation(w, r, wanted, exists)
	case exists && onConflict != "refresh" && !existing.wide():
		return fault.Conflictf("Location %s:%s already exists with ID %s; onConflict=refresh registers it anew, and lets it state every kind",
			existing.Type, existing.Target, existing.ID)
	case exists && onConflict != "refresh":
		return fault.Conflictf("Location %s:%s already exists with ID %s", existing.Type, existing.Target, existing.ID)
	}
	registration, err := c.RegisterTrusted(r.Context(), wanted.Target)
	if err != nil {
		return err
	}
	location, err := c.location(r.Context(), registration.LocationID)
	if err != nil {
		return err
	}
	c.write(w, http.StatusCreated, map[string]any{"location": location, "entities": registration.Entities})
	return nil
}

// tryLocation tells what a location would bring, and keeps nothing.
func (c *Catalog) tryLocation(w http.ResponseWriter, r *http.Request, wanted Location, exists bool) error {
	found := c.read(r.Context(), site{Location: wanted, trusted: true})
	if err := found.err(); err != nil {
		return err
	}
	wanted.ID, wanted.EntityRef = wanted.ref(), generated(wanted.Type, wanted.Target)
	c.write(w, http.StatusCreated, map[string]any{"location": wanted, "entities": found.entities(), "exists": exists})
	return nil
}

func (c *Catalog) getLocation(w http.ResponseWriter, r *http.Request) error {
	location, err := c.location(r.Context(), r.PathValue("id"))
	if err == nil {
		c.write(w, http.StatusOK, location)
	}
	return err
}

// putLocation gives a location another target. What it stated before goes when
// the new target was read and does not state it.
func (c *Catalog) putLocation(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	wanted, err := locationInput(r)
	if err != nil {
		return err
	}
	before, err := c.changeable(r)
	if err != nil {
		return err
	}
	access.Describe(ctx, wanted.Target, "location "+before.ID+" in place of "+before.Target)
	other, exists, err := c.locationAt(ctx, wanted.Type, wanted.Target)
	switch {
	case err != nil:
		return err
	case exists && other.ID != before.ID:
		return fault.Conflictf("Location %s:%s already exists with ID %s", other.Type, other.Target, other.ID)
	}
	if err := c.read(ctx, site{Location: wanted, trusted: true}).err(); err != nil {
		return err
	}
	err = c.change(ctx, func(rec records) error {
		rec.touch(before.EntityRef)
		_, err := rec.exec(ctx, "change location "+before.ID, `UPDATE catalog_locations SET target = ?, wide = 1, stale = stale + 1 WHERE id = ?`, wanted.Target, before.ID)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := c.refresh(ctx, before.ID); err != nil {
		return err
	}
	return c.getLocation(w, r)
}

// changeable is the location of a call, if a caller may change it.
func (c *Catalog) changeable(r *http.Request) (site, error) {
	location, err := c.location(r.Context(), r.PathValue("id"))
	if err == nil && location.configured {
		return location, fault.Conflictf("Location %s is stated in pronto.yaml, in catalog.locations; change it there", location.ref())
	}
	return location, err
}

func (c *Catalog) deleteLocation(w http.ResponseWriter, r *http.Request) error {
	location, err := c.changeable(r)
	if err != nil {
		return err
	}
	access.Describe(r.Context(), location.Target, "remove location "+location.ID)
	err = c.RemoveLocation(r.Context(), location.ID)
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func (c *Catalog) getLocationByEntity(w http.ResponseWriter, r *http.Request) error {
	found, err := c.find(r.Context(), pathRef(r))
	if err != nil {
		return err
	}
	if found.location == "" {
		return fault.NotFoundf("Entity %s comes from no registered location", found.ref)
	}
	location, err := c.location(r.Context(), found.location)
	if err == nil {
		c.write(w, http.StatusOK, location)
	}
	return err
}

func (c *Catalog) postValidate(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Location string          `json:"location"`
		Entity   json.RawMessage `json:"entity"`
	}
	if err := bodies.Read(r, &body); err != nil {
		return err
	}
	problems := problemsOf(body.Entity)
	if kind, address, _ := strings.Cut(body.Location, ":"); kind != typeURL || address == "" {
		problems = append(problems, "location "+body.Location+" must be of the form url:<target>, e.g. url:https://host/path")
	}
	if len(problems) == 0 {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	told := make([]Fault, 0, len(problems))
	for _, problem := range problems {
		told = append(told, Fault{"InputError", problem})
	}
	c.write(w, http.StatusBadRequest, map[string]any{"errors": told})
	return nil
}

// problemsOf tells all that is wrong with an entity that may not even be one.
func problemsOf(raw json.RawMessage) []string {
	if len(raw) == 0 {
		return []string{"entity is missing"}
	}
	var entity Entity
	if err := json.Unmarshal(raw, &entity); err != nil {
		return []string{fault.Readable(err).Error()}
	}
	return validate(entity)
}
