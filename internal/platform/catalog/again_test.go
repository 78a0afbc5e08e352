package catalog_test

import "testing"

// What a deletion removes comes back with the same rights, once its repository is back.
func TestALocationIsRegisteredAgainAsItWas(t *testing.T) {
	b := newBench(t)
	for _, trusted := range []bool{false, true} {
		b.forge.put("apps/own/catalog-info.yaml", component)
		target := b.target("apps/own/catalog-info.yaml")
		if err := b.catalog.RegisterAgain(t.Context(), target, trusted); err != nil {
			t.Fatal(err)
		}
		got, is, err := b.catalog.LocationOf(t.Context(), "component:own")
		if err != nil || got != target || is != trusted {
			t.Errorf("it is registered by %q, trusted %v, %v; want %q, %v", got, is, err, target, trusted)
		}
		if err := b.catalog.Remove(t.Context(), "component:own"); err != nil {
			t.Fatal(err)
		}
		if got, _, err := b.catalog.LocationOf(t.Context(), "component:own"); err != nil || got != "" {
			t.Errorf("after it is removed: %q, %v", got, err)
		}
		if err := b.catalog.RegisterAgain(t.Context(), target, trusted); err != nil || !b.has("component:own") {
			t.Errorf("again: %v", err)
		}
		if err := b.catalog.Remove(t.Context(), "component:own"); err != nil {
			t.Fatal(err)
		}
	}
}
