package catalog

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

func (c *Catalog) getEntities(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	q, fields, err := parseQuery(values, "order")
	if err != nil {
		return err
	}
	at := position{Limit: -1}
	if after := values.Get("after"); after != "" {
		if err := decodeCursor(after, &at); err != nil {
			return err
		}
	}
	if err := parsePosition(values, &at); err != nil {
		return err
	}
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	rows, more := page(selectRows(s.rows, q), at.Offset, at.Limit)
	if more {
		next, err := encodeCursor(position{at.Offset + at.Limit, at.Limit})
		if err != nil {
			return err
		}
		values.Del("offset")
		values.Set("after", next)
		w.Header().Set("Link", fmt.Sprintf(`<%s?%s>; rel="next"`, r.URL.EscapedPath(), values.Encode()))
	}
	return c.writeRows(w, rows, fields, func(items []any) any { return items })
}

const defaultLimit = 20

func (c *Catalog) getByQuery(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	q, fields, err := parseQuery(values, "orderField")
	if err != nil {
		return err
	}
	at := cursor{q, position{Limit: defaultLimit}}
	if encoded := values.Get("cursor"); encoded != "" {
		at = cursor{}
		if err := decodeCursor(encoded, &at); err != nil {
			return err
		}
		values.Del("offset") // the cursor says where
	}
	if err := parsePosition(values, &at.position); err != nil {
		return err
	}
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	all := selectRows(s.rows, at.query)
	rows, more := page(all, at.Offset, at.Limit)
	info, err := pageInfo(at, more)
	if err != nil {
		return err
	}
	return c.writeRows(w, rows, fields, func(items []any) any {
		return map[string]any{"items": items, "totalItems": len(all), "pageInfo": info}
	})
}

// parseQuery reads what the two listings have in common; they differ in how
// they write the order: order=asc:field, orderField=field,asc.
func parseQuery(values url.Values, orderKey string) (query, []string, error) {
	filter, err := ParseFilter(values["filter"]...)
	if err != nil {
		return query{}, nil, err
	}
	fields, err := parseFields(values["fields"])
	if err != nil {
		return query{}, nil, err
	}
	termFields, err := parseFields(values["fullTextFilterFields"])
	if err != nil {
		return query{}, nil, err
	}
	q := query{Filter: filter, Term: values.Get("fullTextFilterTerm"), TermFields: termFields}
	for _, text := range values[orderKey] {
		parsed, err := parseOrder(text, orderKey)
		if err != nil {
			return query{}, nil, err
		}
		q.Orders = append(q.Orders, parsed)
	}
	return q, fields, nil
}

func parseOrder(text, key string) (order, error) {
	field, direction, _ := strings.Cut(text, ",")
	form := "field,asc or field,desc"
	if key == "order" {
		direction, field, _ = strings.Cut(text, ":")
		form = "asc:field or desc:field"
	}
	if field == "" || (direction != "asc" && direction != "desc" && (direction != "" || key == "order")) {
		return order{}, inputErrorf("Invalid %s parameter %q, must be of the form %s", key, text, form)
	}
	return order{field, direction == "desc"}, nil
}

func (c *Catalog) writeRows(w http.ResponseWriter, rows []row, fields []string, wrapped func([]any) any) error {
	items := make([]any, 0, len(rows))
	for _, r := range rows {
		item, err := project(r.entity, fields)
		if err != nil {
			return err
		}
		items = append(items, item)
	}
	c.write(w, http.StatusOK, wrapped(items))
	return nil
}

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

func (c *Catalog) getAncestry(w http.ResponseWriter, r *http.Request) error {
	found, err := c.find(r.Context(), pathRef(r))
	if err == nil {
		c.write(w, http.StatusOK, map[string]any{
			"rootEntityRef": found.entity.Ref().String(),
			"items":         []any{map[string]any{"entity": found.entity, "parentEntityRefs": []string{}}},
		})
	}
	return err
}

func (c *Catalog) getByUID(w http.ResponseWriter, r *http.Request) error {
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	found, there := s.byUID[r.PathValue("uid")]
	if !there {
		return notFoundf("No entity with uid %s", r.PathValue("uid"))
	}
	c.write(w, http.StatusOK, found.entity)
	return nil
}

// deleteByUID takes out the entity and leaves its location, which brings it
// back when it is read again.
func (c *Catalog) deleteByUID(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := c.change(ctx, func(rec records) error {
		_, err := rec.exec(ctx, "remove an entity", `DELETE FROM catalog_entities WHERE uid = ?`, r.PathValue("uid"))
		return err
	})
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func (c *Catalog) postByRefs(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		EntityRefs []string `json:"entityRefs"`
		Fields     []string `json:"fields"`
	}
	if err := readBody(r, &body); err != nil {
		return err
	}
	filter, err := ParseFilter(r.URL.Query()["filter"]...)
	if err != nil {
		return err
	}
	fields, err := parseFields(body.Fields)
	if err != nil {
		return err
	}
	items := make([]any, 0, len(body.EntityRefs))
	for _, ref := range body.EntityRefs {
		found, err := c.find(r.Context(), ref)
		if IsNotFound(err) || err == nil && !filter.matches(found.index) {
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

func (c *Catalog) getFacets(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	keys, err := parseFields(values["facet"])
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return inputErrorf("Missing facet parameter")
	}
	filter, err := ParseFilter(values["filter"]...)
	if err != nil {
		return err
	}
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	rows := selectRows(s.rows, query{Filter: filter})
	facets := map[string][]Facet{}
	for _, key := range keys {
		facets[key] = facetsOf(rows, key)
	}
	c.write(w, http.StatusOK, map[string]any{"facets": facets})
	return nil
}
