package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// order is a field to sort by.
type order struct {
	Field      string `json:"field"`
	Descending bool   `json:"descending,omitempty"`
}

// query is what a list of entities was asked for.
type query struct {
	Filter     Filter   `json:"filter,omitempty"`
	Orders     []order  `json:"orders,omitempty"`
	Term       string   `json:"term,omitempty"`
	TermFields []string `json:"termFields,omitempty"`
}

// selectRows returns the rows that a query asks for, in its order.
func selectRows(rows []row, q query) []row {
	var chosen []row
	for _, r := range rows {
		if q.Filter.matches(r.index) && contains(r.index, q.Term, q.TermFields) {
			chosen = append(chosen, r)
		}
	}
	slices.SortStableFunc(chosen, func(a, b row) int {
		for _, o := range q.Orders {
			if c := compareBy(a.index, b.index, o); c != 0 {
				return c
			}
		}
		return 0
	})
	return chosen
}

// compareBy puts entities that have no such field last, either way.
func compareBy(a, b index, o order) int {
	key := strings.ToLower(o.Field)
	left, right := a[key], b[key]
	switch {
	case len(left) == 0 || len(right) == 0:
		return cmp.Compare(len(right), len(left))
	case o.Descending:
		left, right = right, left
	}
	return cmp.Compare(strings.ToLower(slices.Min(left)), strings.ToLower(slices.Min(right)))
}

// contains reports whether one of the fields (empty: any) contains the term.
func contains(rows index, term string, fields []string) bool {
	term = strings.ToLower(strings.TrimSpace(term))
	if term == "" {
		return true
	}
	found := func(values []string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.Contains(strings.ToLower(v), term) })
	}
	for _, field := range fields {
		if found(rows[strings.ToLower(field)]) {
			return true
		}
	}
	if len(fields) > 0 {
		return false
	}
	for _, values := range rows {
		if found(values) {
			return true
		}
	}
	return false
}

// page cuts the rows from offset on, at most limit (negative: no limit).
func page(rows []row, offset, limit int) (cut []row, more bool) {
	rows = rows[min(max(offset, 0), len(rows)):]
	if limit < 0 || limit >= len(rows) {
		return rows, false
	}
	return rows[:limit], true
}

// Facet is a value and how many entities have it.
type Facet struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// facetsOf counts the values of a key.
func facetsOf(rows []row, key string) []Facet {
	counts := map[string]int{}
	for _, r := range rows {
		for _, value := range r.index[strings.ToLower(key)] {
			counts[value]++
		}
	}
	facets := make([]Facet, 0, len(counts))
	for value, count := range counts {
		facets = append(facets, Facet{value, count})
	}
	slices.SortFunc(facets, func(a, b Facet) int { return cmp.Compare(a.Value, b.Value) })
	return facets
}
