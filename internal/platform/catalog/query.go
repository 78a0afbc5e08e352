package catalog

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// order is a field to sort by.
type order struct {
	Field      string `json:"field"`
	Descending bool   `json:"descending,omitempty"`
}

// query is what a list of entities was asked for. Its JSON is what a cursor
// carries: Backstage's client looks there for the key query, to know by which
// method to ask for the next page.
type query struct {
	Filter     Filter          `json:"filter,omitempty"`
	Predicate  json.RawMessage `json:"query,omitempty"`
	Orders     []order         `json:"orders,omitempty"`
	Term       string          `json:"term,omitempty"`
	TermFields []string        `json:"termFields,omitempty"`
	NoTotal    bool            `json:"noTotal,omitempty"`
}

// selectRows returns the rows that a query asks for, in its order; without
// one, a full-text term puts the best answers first.
func selectRows(rows []row, q query) ([]row, error) {
	fits, err := parsePredicate(q.Predicate)
	if err != nil {
		return nil, err
	}
	text := newTextFilter(q.Term, q.TermFields)
	chosen := make([]ranked, 0, len(rows))
	for _, r := range rows {
		if !q.Filter.matches(r.index) || !fits(r.index) {
			continue
		}
		if rank := text.rank(r); rank != nowhere {
			chosen = append(chosen, ranked{r, rank})
		}
	}
	slices.SortStableFunc(chosen, func(a, b ranked) int {
		for _, o := range q.Orders {
			if c := compareBy(a.index, b.index, o); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.rank, b.rank)
	})
	selected := make([]row, len(chosen))
	for i := range chosen {
		selected[i] = chosen[i].row
	}
	return selected, nil
}

type ranked struct {
	row
	rank int
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
	return cmp.Compare(least(left), least(right))
}

func least(terms []term) string {
	lowest := terms[0].lower
	for _, one := range terms[1:] {
		lowest = min(lowest, one.lower)
	}
	return lowest
}

// page cuts the rows from offset on, at most limit (negative: no limit).
func page[T any](rows []T, offset, limit int) (cut []T, more bool) {
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
			counts[value.text]++
		}
	}
	facets := make([]Facet, 0, len(counts))
	for value, count := range counts {
		facets = append(facets, Facet{value, count})
	}
	slices.SortFunc(facets, func(a, b Facet) int { return cmp.Compare(a.Value, b.Value) })
	return facets
}
