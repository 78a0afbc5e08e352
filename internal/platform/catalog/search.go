package catalog

import (
	"slices"
	"strings"
)

// searchText is what of an entity a person would look for it by, in lower case.
type searchText struct{ name, title, all string }

func searchTextOf(e Entity) searchText {
	name, title := strings.ToLower(e.Metadata.Name), strings.ToLower(e.Metadata.Title)
	parts := append([]string{e.Metadata.Name, e.Metadata.Title, e.Metadata.Description}, e.Metadata.Tags...)
	for _, relation := range e.Relations {
		if relation.Type == "ownedBy" {
			parts = append(parts, relation.TargetRef)
		}
	}
	return searchText{name, title, strings.ToLower(strings.Join(parts, "\n"))}
}

// How well an entity answers a term; lower is better.
const (
	exactName = iota
	nameBegins
	titleBegins
	nameHolds
	titleHolds
	elsewhere
	nowhere
)

// rank says how well an entity answers words that all have to be in it.
func (t searchText) rank(term string, words []string) int {
	for _, word := range words {
		if !strings.Contains(t.all, word) {
			return nowhere
		}
	}
	switch {
	case t.name == term:
		return exactName
	case strings.HasPrefix(t.name, term):
		return nameBegins
	case strings.HasPrefix(t.title, term):
		return titleBegins
	case strings.Contains(t.name, term):
		return nameHolds
	case strings.Contains(t.title, term):
		return titleHolds
	}
	return elsewhere
}

// textFilter is a full-text term and the fields to look for it in; with none,
// it is looked for in name, title, description, tags and owner.
type textFilter struct {
	term   string
	words  []string
	fields []string
}

func newTextFilter(term string, fields []string) textFilter {
	f := textFilter{term: strings.ToLower(strings.TrimSpace(term))}
	f.words = strings.Fields(f.term)
	for _, field := range fields {
		f.fields = append(f.fields, strings.ToLower(field))
	}
	return f
}

// rank says how well a row answers the filter.
func (f textFilter) rank(r row) int {
	switch {
	case f.term == "":
		return exactName
	case len(f.fields) == 0:
		return r.text.rank(f.term, f.words)
	}
	for _, field := range f.fields {
		if slices.ContainsFunc(r.index[field], func(value term) bool { return strings.Contains(value.lower, f.term) }) {
			return exactName
		}
	}
	return nowhere
}
