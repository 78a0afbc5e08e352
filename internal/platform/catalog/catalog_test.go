package catalog_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
)

func TestRegisteringBringsWhatTheDescriptorStates(t *testing.T) {
	b := newBench(t)
	first := b.register("apps/web/catalog-info.yaml")
	if first.Existed || first.LocationID == "" || len(first.Entities) != 2 {
		t.Fatalf("registration = %+v", first)
	}
	web, api := first.Entities[0], first.Entities[1]
	source := b.url + "/apps/web/tree/main/"
	for key, want := range map[string]string{
		catalog.AnnotationManagedBy:       "url:" + b.target("apps/web/catalog-info.yaml"),
		catalog.AnnotationManagedByOrigin: "url:" + b.target("apps/web/catalog-info.yaml"),
		catalog.AnnotationSource:          "url:" + source,
		catalog.AnnotationViewURL:         b.target("apps/web/catalog-info.yaml"),
		"github.com/project-slug":         "apps/web",
	} {
		if got := web.Annotation(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
	if web.Metadata.UID == "" || web.Metadata.Etag == "" || web.Metadata.Namespace != "default" {
		t.Errorf("metadata = %+v", web.Metadata)
	}
	if api.Text("definition") != "openapi: 3.1.0" {
		t.Errorf("the definition is %v", api.Spec["definition"])
	}

	b.forge.put("apps/web/catalog-info.yaml", strings.Replace(strings.Split(webDescriptor, "---")[0], "The shop", "Other", 1))
	second := b.register("apps/web/catalog-info.yaml")
	if !second.Existed || second.LocationID != first.LocationID || len(second.Entities) != 1 {
		t.Fatalf("second registration = %+v", second)
	}
	again := second.Entities[0].Metadata
	if again.UID != web.Metadata.UID || again.Etag == web.Metadata.Etag || again.Title != "Other" {
		t.Errorf("read again: %+v, before %+v", again, web.Metadata)
	}
	if b.has("api:default/orders") {
		t.Error("an entity that is stated no more is still there")
	}
}

func TestANameIsTakenOnceWhateverItsCase(t *testing.T) {
	b := newBench(t)
	b.register("apps/web/catalog-info.yaml")
	b.forge.put("apps/copy/catalog-info.yaml", strings.ReplaceAll(strings.Split(webDescriptor, "---")[0], "name: Web", "name: WEB"))
	if _, err := b.catalog.Register(t.Context(), b.target("apps/copy/catalog-info.yaml")); err == nil || !strings.Contains(err.Error(), "component:default/web") {
		t.Errorf("registering the same name = %v", err)
	}
	locations, err := b.catalog.Locations(t.Context())
	if err != nil || len(locations) != 1 {
		t.Errorf("locations = %v, %v; want the first alone", locations, err)
	}
}

func TestRemovingTakesTheEntityAndItsLocation(t *testing.T) {
	b := newBench(t)
	b.register("apps/web/catalog-info.yaml")
	for range 2 { // absent is fine
		if err := b.catalog.Remove(t.Context(), "component:default/web"); err != nil {
			t.Fatal(err)
		}
	}
	locations, err := b.catalog.Locations(t.Context())
	if err != nil || len(locations) != 0 || b.has("component:default/web") || b.has("api:default/orders") {
		t.Errorf("left over: %v, %v", locations, err)
	}
}

func TestBuiltinEntitiesFollowTheConfigurationAtEveryStart(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(t.TempDir(), "second.db")
	b.open(path, builtin())
	person := builtin()[1]
	person.Metadata.Name = "bob"
	if err := b.catalog.Upsert(t.Context(), person); err != nil {
		t.Fatal(err)
	}
	b.open(path, builtin()[:1])
	if !b.has("group:team") || b.has("user:ann") || !b.has("user:bob") {
		t.Error("after the second start there should be team and bob, and no ann")
	}
	team, err := b.catalog.Get(t.Context(), "group:default/team")
	if err != nil || !strings.HasPrefix(team.Annotation(catalog.AnnotationManagedBy), "builtin:") {
		t.Errorf("team = %+v, %v", team, err)
	}
	if len(team.Relations) != 1 || team.Relations[0] != (catalog.Relation{Type: "hasMember", TargetRef: "user:default/bob"}) {
		t.Errorf("relations of team = %v", team.Relations)
	}
}

func TestLocationsLeadToOthers(t *testing.T) {
	b := newBench(t)
	b.forge.put("apps/all/catalog.yaml", `{apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: all},
		spec: {targets: [./sub/group.yaml, "`+b.target("apps/web/catalog-info.yaml")+`"]}}`)
	b.forge.put("apps/all/sub/group.yaml", `{apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: g}, spec: {type: t, children: []}}`)
	if got, err := b.catalog.RegisterTrusted(t.Context(), b.target("apps/all/catalog.yaml")); err != nil || len(got.Entities) != 4 {
		t.Errorf("registered %v, %v", got.Entities, err)
	}
	group, err := b.catalog.Get(t.Context(), "group:g")
	if err != nil || group.Annotation(catalog.AnnotationManagedByOrigin) != "url:"+b.target("apps/all/catalog.yaml") ||
		group.Annotation(catalog.AnnotationManagedBy) != "url:"+b.target("apps/all/sub/group.yaml") {
		t.Errorf("group = %+v, %v", group, err)
	}
}
