package catalog

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func (c *Catalog) getEntities(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	q, fields, err := parseQuery(values, "order")
	if err != nil {
		return err
	}
	at, err := linkPosition(values)
	if err != nil {
		return err
	}
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	chosen, err := selectRows(s.rows, q)
	if err != nil {
		return err
	}
	rows, more := page(chosen, at.Offset, at.Limit)
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

// linkPosition reads where a page begins; without limit it has no end.
func linkPosition(values url.Values) (position, error) {
	at := position{Limit: -1}
	if err := wholeNumber(values, "offset", 0, &at.Offset); err != nil {
		return at, err
	}
	if err := wholeNumber(values, "limit", 1, &at.Limit); err != nil {
		return at, err
	}
	if !values.Has("after") {
		return at, nil
	}
	if err := decodeCursor(values.Get("after"), &at); err != nil {
		return at, err
	}
	if at.Offset < 0 || at.Limit < -1 || at.Limit == 0 {
		return at, fault.Inputf("Malformed cursor")
	}
	return at, nil
}

const defaultLimit = 20

func (c *Catalog) getByQuery(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	q, fields, err := parseQuery(values, "orderField")
	if err != nil {
		return err
	}
	at := cursor{q, position{Limit: defaultLimit}}
	if at.NoTotal, err = parseTotal(values.Get("totalItems")); err != nil {
		return err
	}
	if err := wholeNumber(values, "offset", 0, &at.Offset); err != nil {
		return err
	}
	if err := wholeNumber(values, "limit", 0, &at.Limit); err != nil {
		return err
	}
	if encoded := values.Get("cursor"); encoded != "" {
		if at, err = continued(encoded, values.Get("limit") != "", at.Limit); err != nil {
			return err
		}
	}
	return c.answerQuery(w, r, at, fields)
}

// continued returns what a cursor stands for; the page may be of another
// length than the one before.
func continued(encoded string, resized bool, limit int) (cursor, error) {
	var at cursor
	if err := decodeCursor(encoded, &at); err != nil {
		return at, err
	}
	if resized {
		at.Limit = limit
	}
	if at.Offset < 0 || at.Limit < 0 {
		return at, fault.Inputf("Malformed cursor")
	}
	return at, nil
}

func parseTotal(mode string) (none bool, err error) {
	switch mode {
	case "", "include":
		return false, nil
	case "exclude":
		return true, nil
	}
	return false, fault.Inputf("Invalid totalItems parameter %q, expected one of: include, exclude", mode)
}

// queryBody is a query as it is posted.
type queryBody struct {
	Cursor  string          `json:"cursor"`
	Query   json.RawMessage `json:"query"`
	Limit   *int            `json:"limit"`
	Offset  *int            `json:"offset"`
	OrderBy []struct {
		Field string `json:"field"`
		Order string `json:"order"`
	} `json:"orderBy"`
	FullTextFilter struct {
		Term   string   `json:"term"`
		Fields []string `json:"fields"`
	} `json:"fullTextFilter"`
	Fields     []string `json:"fields"`
	TotalItems string   `json:"totalItems"`
}

func (c *Catalog) postByQuery(w http.ResponseWriter, r *http.Request) error {
	var body queryBody
	if err := bodies.Read(r, &body); err != nil {
		return err
	}
	fields, err := parseFields(body.Fields)
	if err != nil {
		return err
	}
	at, err := body.cursor()
	if err != nil {
		return err
	}
	return c.answerQuery(w, r, at, fields)
}

func (b queryBody) cursor() (at cursor, err error) {
	at.Limit = defaultLimit
	for key, number := range map[string]*int{"limit": b.Limit, "offset": b.Offset} {
		if number == nil {
			continue
		}
		if err := atLeast(key, *number, 0); err != nil {
			return at, err
		}
	}
	if b.Limit != nil {
		at.Limit = *b.Limit
	}
	if b.Cursor != "" {
		return continued(b.Cursor, b.Limit != nil, at.Limit)
	}
	if b.Offset != nil {
		at.Offset = *b.Offset
	}
	at.Predicate, at.Term, at.TermFields = b.Query, b.FullTextFilter.Term, b.FullTextFilter.Fields
	for _, one := range b.OrderBy {
		if one.Field == "" || one.Order != "asc" && one.Order != "desc" {
			return at, fault.Inputf("Invalid orderBy, must be of the form {field, order}, with order asc or desc")
		}
		at.Orders = append(at.Orders, order{one.Field, one.Order == "desc"})
	}
	at.NoTotal, err = parseTotal(b.TotalItems)
	return at, err
}

func (c *Catalog) answerQuery(w http.ResponseWriter, r *http.Request, at cursor, fields []string) error {
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	all, err := selectRows(s.rows, at.query)
	if err != nil {
		return err
	}
	rows, more := page(all, at.Offset, at.Limit)
	info, err := pageInfo(at, more)
	if err != nil {
		return err
	}
	total := len(all)
	if at.NoTotal {
		total = 0
	}
	return c.writeRows(w, rows, fields, func(items []any) any {
		return map[string]any{"items": items, "totalItems": total, "pageInfo": info}
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
		return order{}, fault.Inputf("Invalid %s parameter %q, must be of the form %s", key, text, form)
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

// facetsBody is a question for facets as it is posted.
type facetsBody struct {
	Facets []string        `json:"facets"`
	Query  json.RawMessage `json:"query"`
}

func (c *Catalog) getFacets(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	filter, err := ParseFilter(values["filter"]...)
	if err != nil {
		return err
	}
	return c.answerFacets(w, r, values["facet"], query{Filter: filter})
}

func (c *Catalog) postFacets(w http.ResponseWriter, r *http.Request) error {
	var body facetsBody
	if err := bodies.Read(r, &body); err != nil {
		return err
	}
	return c.answerFacets(w, r, body.Facets, query{Predicate: body.Query})
}

func (c *Catalog) answerFacets(w http.ResponseWriter, r *http.Request, wanted []string, q query) error {
	keys, err := parseFields(wanted)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return fault.Inputf("Missing facet parameter")
	}
	s, err := c.current(r.Context())
	if err != nil {
		return err
	}
	rows, err := selectRows(s.rows, q)
	if err != nil {
		return err
	}
	facets := map[string][]Facet{}
	for _, key := range keys {
		facets[key] = facetsOf(rows, key)
	}
	c.write(w, http.StatusOK, map[string]any{"facets": facets})
	return nil
}
