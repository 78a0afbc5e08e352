package catalog

import (
	"encoding/json"
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// pathRef is the ref in the path of a by-name or by-entity call.
func pathRef(r *http.Request) string {
	return r.PathValue("kind") + ":" + r.PathValue("namespace") + "/" + r.PathValue("name")
}

func (c *Catalog) getByName(w http.ResponseWriter, r *http.Request) error {
	found, err := c.find(r.Context(), pathRef(r))
	if err == nil {
		c.write(w, http.StatusOK, found.entity)
	}
	return err
}

// ancestor is an entity, and the refs of those that led to it.
type ancestor struct {
	Entity  Entity   `json:"entity"`
	Parents []string `json:"parentEntityRefs"`
}

func (c *Catalog) getAncestry(w http.ResponseWriter, r *http.Request) error {
	found, err := c.find(r.Context(), pathRef(r))
	if err != nil {
		return err
	}
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	c.write(w, http.StatusOK, map[string]any{"rootEntityRef": found.ref, "items": ancestry(s, found)})
	return nil
}

// ancestry is an entity with all that led to it, each once.
func ancestry(s *snapshot, of row) []ancestor {
	var items []ancestor
	seen := map[string]bool{of.ref: true}
	for todo := []row{of}; len(todo) > 0; todo = todo[1:] {
		parents := []string{}
		for _, ref := range todo[0].parents {
			parent, there := s.byRef[ref]
			if !there {
				continue
			}
			parents = append(parents, ref)
			if !seen[ref] {
				seen[ref] = true
				todo = append(todo, parent)
			}
		}
		items = append(items, ancestor{todo[0].entity, parents})
	}
	return items
}

func (c *Catalog) getByUID(w http.ResponseWriter, r *http.Request) error {
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	found, there := s.byUID[r.PathValue("uid")]
	if !there {
		return fault.NotFoundf("No entity with uid %s", r.PathValue("uid"))
	}
	c.write(w, http.StatusOK, found.entity)
	return nil
}

// deleteByUID takes out the entity and leaves its location, which brings it
// back when it is read again.
func (c *Catalog) deleteByUID(w http.ResponseWriter, r *http.Request) error {
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	found, there := s.byUID[r.PathValue("uid")]
	if there && found.stands {
		return fault.Conflictf("%s stands for a registered location; delete the location %s instead", found.ref, found.location)
	}
	if there {
		err = c.change(r.Context(), func(rec records) error { return rec.remove(r.Context(), found.ref) })
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func (c *Catalog) postByRefs(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		EntityRefs []string        `json:"entityRefs"`
		Fields     []string        `json:"fields"`
		Query      json.RawMessage `json:"query"`
	}
	if err := bodies.Read(r, &body); err != nil {
		return err
	}
	filter, err := ParseFilter(r.URL.Query()["filter"]...)
	if err != nil {
		return err
	}
	fits, err := parsePredicate(body.Query)
	if err != nil {
		return err
	}
	fields, err := parseFields(append(body.Fields, r.URL.Query()["fields"]...))
	if err != nil {
		return err
	}
	items := make([]any, 0, len(body.EntityRefs))
	for _, ref := range body.EntityRefs {
		found, err := c.find(r.Context(), ref)
		if fault.IsNotFound(err) || err == nil && (!filter.matches(found.index) || !fits(found.index)) {
			items = append(items, nil)
			continue
		}
		if err != nil {
			return err
		}
		item, err := project(found.entity, fields)
		if err != nil {
			return err
		}
		items = append(items, item)
	}
	c.write(w, http.StatusOK, map[string]any{"items": items})
	return nil
}

func (c *Catalog) postRefresh(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		EntityRef string `json:"entityRef"`
	}
	if err := bodies.Read(r, &body); err != nil {
		return err
	}
	if err := c.Refresh(r.Context(), body.EntityRef); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}
