package catalog

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestASearchPutsTheBestAnswersFirst(t *testing.T) {
	var rows []row
	for _, text := range []string{
		"{kind: Component, metadata: {name: invoices, description: Bills for orders}, spec: {owner: money}}",
		"{kind: Component, metadata: {name: orders, title: Orders of the shop}, spec: {owner: shop}}",
		"{kind: Component, metadata: {name: orders-api}, spec: {owner: shop}}",
		"{kind: Component, metadata: {name: web, title: Orders page, tags: [react]}, spec: {owner: shop}}",
		"{kind: Component, metadata: {name: reorders}, spec: {owner: warehouse}}",
		"{kind: Component, metadata: {name: other}, spec: {type: orders}}",
	} {
		rows = append(rows, row{entity: decode(t, text)[0]})
	}
	rows = newSnapshot(rows).rows
	for term, want := range map[string]string{
		"orders":      "orders orders-api web reorders invoices",
		"ORDERS shop": "orders orders-api web",
		"react":       "web",
		"warehouse":   "reorders",
		"page orders": "web",
		"nothing":     "",
		"  ":          "invoices orders orders-api other reorders web",
	} {
		found, err := selectRows(rows, query{Term: term})
		var names []string
		for _, r := range found {
			names = append(names, r.entity.Metadata.Name)
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("search for %q = %q, %v; want %q", term, got, err, want)
		}
	}
}

func TestPredicatesAreRefusedWithTheirFault(t *testing.T) {
	for text, want := range map[string]string{
		`"component"`:                                      "must be an object",
		`{"$all": {}}`:                                     "$all",
		`{"$some": []}`:                                    "$some",
		`{"$not": {"a": 1}, "b": 2}`:                       "must be the only key",
		`{"kind": {"$in": [{}]}}`:                          "$in takes",
		`{"kind": {"$exists": "yes"}}`:                     `field "kind"`,
		`{"kind": ["a"]}`:                                  `field "kind"`,
		`{"kind": null}`:                                   `field "kind"`,
		`{"relations": {"$contains": 1}}`:                  "",
		`{"relations": {"$contains": {"targetRef": "x"}}}`: "needs a type",
		`{"relations": {"$contains": {"type": "a", "name": "x"}}}`:      "knows type and targetRef",
		`{"spec": {"$contains": {"type": "a"}}}`:                        `field "spec"`,
		strings.Repeat(`{"$not":`, 40) + "{}" + strings.Repeat("}", 40): "deep",
	} {
		_, err := parsePredicate(json.RawMessage(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
	}
}
