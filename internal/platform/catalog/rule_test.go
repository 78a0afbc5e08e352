package catalog_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

const (
	component = "{apiVersion: backstage.io/v1alpha1, kind: Component, metadata: {name: own}, spec: {type: service, lifecycle: production, owner: team}}\n"
	hostile   = component + `---
{apiVersion: scaffolder.backstage.io/v1beta3, kind: Template, metadata: {name: mine}, spec: {type: service, steps: []}}
---
{apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: admins}, spec: {type: team, children: []}}
---
{apiVersion: backstage.io/v1alpha1, kind: User, metadata: {name: eve}, spec: {memberOf: [admins]}}
`
	refusal = "kind Template is not allowed from this location; an administrator registers it by its address"
)

// restricted are the kinds that only trusted locations may state.
var restricted = []string{"template:mine", "group:admins", "user:eve"}

func TestATaskRegistersNeitherTemplatesNorPeople(t *testing.T) {
	b := newBench(t)
	b.forge.put("apps/own/catalog-info.yaml", hostile)
	target := b.target("apps/own/catalog-info.yaml")
	if _, err := b.catalog.Register(t.Context(), target); err == nil || !strings.Contains(err.Error(), "is not allowed from this location") {
		t.Errorf("registering: %v", err)
	}
	b.forge.put("apps/own/catalog-info.yaml", component)
	b.register("apps/own/catalog-info.yaml")
	for _, disguise := range []string{hostile, strings.Replace(hostile, "kind: Template", "kind: {$text: ./kind}", 1), strings.Replace(hostile, "kind: Template", "Kind: Template", 1)} {
		b.forge.put("apps/own/kind", "Template")
		b.forge.put("apps/own/catalog-info.yaml", disguise)
		b.refresh("component:own")
		for _, ref := range restricted {
			if b.has(ref) {
				t.Errorf("%s came from a location of a task", ref)
			}
		}
	}
	b.forge.put("apps/own/catalog-info.yaml", hostile)
	b.refresh("component:own")
	location := b.locations()[0]
	if got := b.status(location.EntityRef); !strings.Contains(got, refusal) {
		t.Errorf("status %q", got)
	}
	b.forge.put("apps/list/catalog-info.yaml", "{apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: list}, spec: {target: "+`"`+target+`"`+"}}")
	if _, err := b.catalog.Register(t.Context(), b.target("apps/list/catalog-info.yaml")); err == nil || b.has("template:mine") {
		t.Errorf("a nested location widens: %v", err)
	}
}

func TestAnAdministratorRegistersEveryKind(t *testing.T) {
	b := newBench(t)
	b.forge.put("apps/own/catalog-info.yaml", component)
	b.forge.put("apps/list/catalog-info.yaml", "{apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: list}, spec: {target: "+`"`+b.target("apps/own/catalog-info.yaml")+`"`+"}}")
	b.register("apps/own/catalog-info.yaml")
	b.forge.put("apps/own/catalog-info.yaml", hostile)
	body := map[string]string{"type": "url", "target": b.target("apps/own/catalog-info.yaml")}
	var told struct{ Error struct{ Message string } }
	if answer := b.call(http.MethodPost, "/locations", body, &told); answer.StatusCode != http.StatusConflict || !strings.Contains(told.Error.Message, "onConflict=refresh") {
		t.Errorf("a task's location again: %s %s", answer.Status, told.Error.Message)
	}
	if answer := b.call(http.MethodPost, "/locations?onConflict=refresh", body, nil); answer.StatusCode != http.StatusCreated {
		t.Fatalf("refresh: %s", answer.Status)
	}
	b.refresh("component:own")
	for _, ref := range restricted {
		if !b.has(ref) {
			t.Errorf("%s is missing", ref)
		}
	}
	if err := b.catalog.Remove(t.Context(), "component:own"); err != nil {
		t.Fatal(err)
	}
	body["target"] = b.target("apps/list/catalog-info.yaml")
	if answer := b.call(http.MethodPost, "/locations", body, nil); answer.StatusCode != http.StatusCreated || !b.has("template:mine") {
		t.Errorf("through a location that leads there: %s", answer.Status)
	}
}

func TestWhatWasTakenBeforeTheRuleGoes(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(t.TempDir(), "old.db")
	stop := b.start(path, func(*catalog.Config) {})
	b.forge.put("apps/own/catalog-info.yaml", hostile)
	if _, err := b.catalog.RegisterTrusted(t.Context(), b.target("apps/own/catalog-info.yaml")); err != nil {
		t.Fatal(err)
	}
	stop()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `UPDATE catalog_locations SET wide = 0`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b.forge.put("apps/own/catalog-info.yaml", hostile+"---\nkind: [\n") // the reading is in doubt
	b.start(path, func(*catalog.Config) {})
	b.until("the template is gone", "template", func() bool { return !b.has("template:mine") })
	if !b.has("component:own") {
		t.Error("the component is gone too")
	}
}

func TestATemplatesFilesAreOfItsOwnRepository(t *testing.T) {
	b := newBench(t)
	for stated, want := range map[string]string{
		"url:" + b.url + "/apps/own/tree/main/files/": "url:" + b.url + "/apps/own/tree/main/files/",
		"url:" + b.url + "/apps/other/tree/main/":     "url:" + b.url + "/apps/own/tree/main/",
		"file:/etc/": "url:" + b.url + "/apps/own/tree/main/",
	} {
		b.forge.put("apps/own/template.yaml", `{apiVersion: scaffolder.backstage.io/v1beta3, kind: Template,
			metadata: {name: mine, annotations: {backstage.io/source-location: "`+stated+`"}}, spec: {type: service, steps: []}}`)
		if _, err := b.catalog.RegisterTrusted(t.Context(), b.target("apps/own/template.yaml")); err != nil {
			t.Fatal(err)
		}
		if got := b.entity("template:mine").Annotation(catalog.AnnotationSource); got != want {
			t.Errorf("%s: files are read from %s, want %s", stated, got, want)
		}
	}
}
