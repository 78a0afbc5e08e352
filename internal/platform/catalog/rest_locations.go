package catalog

import (
	"net/http"
	"net/url"
	"strings"
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

func (c *Catalog) postLocation(w http.ResponseWriter, r *http.Request) error {
	var body Location
	if err := readBody(r, &body); err != nil {
		return err
	}
	if body.Type != "url" {
		return inputErrorf("Registered locations must be of type 'url'")
	}
	if parsed, err := url.Parse(body.Target); err != nil || parsed.Host == "" {
		return inputErrorf("target %q is not a URL", body.Target)
	}
	existing, exists, err := c.locationOf(r, body.Target)
	if err != nil {
		return err
	}
	switch {
	case r.URL.Query().Get("dryRun") == "true":
		return c.tryLocation(w, r, body.Target, exists)
	case exists:
		return conflictf("Location %s:%s already exists with ID %s", existing.Type, existing.Target, existing.ID)
	}
	registration, err := c.Register(r.Context(), body.Target)
	if err != nil {
		return err
	}
	c.write(w, http.StatusCreated, map[string]any{
		"location": Location{registration.LocationID, "url", body.Target}, "entities": registration.Entities,
	})
	return nil
}

// tryLocation tells what a location would bring, and keeps nothing.
func (c *Catalog) tryLocation(w http.ResponseWriter, r *http.Request, address string, exists bool) error {
	entities, err := c.read(r.Context(), address)
	if err != nil {
		return err
	}
	c.write(w, http.StatusCreated, map[string]any{
		"location": Location{"url:" + address, "url", address}, "entities": entities, "exists": exists,
	})
	return nil
}

func (c *Catalog) locationOf(r *http.Request, address string) (Location, bool, error) {
	locations, err := c.Locations(r.Context())
	if err != nil {
		return Location{}, false, err
	}
	for _, location := range locations {
		if location.Target == address {
			return location, true, nil
		}
	}
	return Location{}, false, nil
}

func (c *Catalog) getLocation(w http.ResponseWriter, r *http.Request) error {
	location, err := c.location(r.Context(), r.PathValue("id"))
	if err == nil {
		c.write(w, http.StatusOK, location)
	}
	return err
}

func (c *Catalog) deleteLocation(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	err := c.change(ctx, func(rec records) error {
		removed, err := rec.exec(ctx, "remove location "+id, `DELETE FROM catalog_locations WHERE id = ?`, id)
		if err == nil && removed == 0 {
			return notFoundf("Found no location with ID %s", id)
		}
		return err
	})
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
		return notFoundf("Entity %s comes from no registered location", found.entity.Ref())
	}
	location, err := c.location(r.Context(), found.location)
	if err == nil {
		c.write(w, http.StatusOK, location)
	}
	return err
}

func (c *Catalog) postRefresh(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		EntityRef string `json:"entityRef"`
	}
	if err := readBody(r, &body); err != nil {
		return err
	}
	if err := c.Refresh(r.Context(), body.EntityRef); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func (c *Catalog) postValidate(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Location string `json:"location"`
		Entity   Entity `json:"entity"`
	}
	if err := readBody(r, &body); err != nil {
		return err
	}
	problems := validate(body.Entity)
	if kind, address, found := strings.Cut(body.Location, ":"); !found || kind == "" || address == "" {
		problems = append(problems, "location must be of the form type:target, e.g. url:https://host/path")
	}
	if len(problems) == 0 {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	told := make([]map[string]string, 0, len(problems))
	for _, problem := range problems {
		told = append(told, map[string]string{"name": "InputError", "message": problem})
	}
	c.write(w, http.StatusBadRequest, map[string]any{"errors": told})
	return nil
}
