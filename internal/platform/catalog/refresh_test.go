package catalog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
)

func TestWhatCannotBeReadRemovesNothingAndSaysWhy(t *testing.T) {
	b := newBench(t)
	made := b.register("apps/web/catalog-info.yaml")
	location := "location:" + "default/" + strings.TrimPrefix(b.locations()[0].EntityRef, "location:default/")
	for name, c := range map[string]struct {
		spoil func()
		want  string
	}{
		"the forge is down":     {func() { b.forge.stop(true) }, "ServiceUnavailableError: Unable to read url"},
		"the file is gone":      {func() { b.forge.remove("apps/web/catalog-info.yaml") }, "is not there"},
		"the file is empty":     {func() { b.forge.put("apps/web/catalog-info.yaml", "---\n# none\n") }, "has no entities"},
		"the file is no YAML":   {func() { b.forge.put("apps/web/catalog-info.yaml", "a: [") }, "document 1"},
		"the document is blank": {func() { b.forge.put("apps/web/catalog-info.yaml", "{}") }, "kind is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			c.spoil()
			b.refresh("component:web")
			for _, ref := range []string{"component:web", "api:orders", location} {
				if got := b.status(ref); !strings.Contains(got, c.want) {
					t.Errorf("status of %s = %q, want %q in it", ref, got, c.want)
				}
			}
			b.forge.stop(false)
			b.forge.put("apps/web/catalog-info.yaml", webDescriptor)
			b.refresh("component:web")
			web := b.entity("component:web")
			if b.status("component:web")+b.status("api:orders")+b.status(location) != "" || web.Metadata.UID != made.Entities[0].Metadata.UID {
				t.Errorf("after it was mended: %+v", web)
			}
		})
	}
}

func (b *bench) locations() []catalog.Location {
	b.t.Helper()
	locations, err := b.catalog.Locations(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return locations
}

func TestAnInvalidEntityStaysAsItWasBesideItsSiblings(t *testing.T) {
	b := newBench(t)
	b.register("apps/web/catalog-info.yaml")
	broken := strings.Replace(webDescriptor, "lifecycle: production, owner: team, providesApis", "owner: team, providesApis", 1)
	b.forge.put("apps/web/catalog-info.yaml", strings.Replace(broken, "{name: orders}", "{name: orders, title: New}", 1))
	b.refresh("component:web")
	if got := b.status("component:web"); !strings.Contains(got, "spec.lifecycle is missing") {
		t.Errorf("status %q", got)
	}
	if web := b.entity("component:web"); web.Text("lifecycle") != "production" || web.Metadata.Title != "The shop" {
		t.Errorf("the last good one is lost: %+v", web)
	}
	if b.entity("api:orders").Metadata.Title != "New" || b.status("api:orders") != "" {
		t.Error("its sibling was not read")
	}
	if _, err := b.catalog.Register(t.Context(), b.target("apps/web/catalog-info.yaml")); err == nil {
		t.Error("registering it is not refused")
	}
}

func TestOrphansAreDeletedOrKeptAsConfigured(t *testing.T) {
	alone := strings.Split(webDescriptor, "---")[0]
	for strategy, kept := range map[catalog.OrphanStrategy]bool{catalog.OrphanDelete: false, catalog.OrphanKeep: true, "": false} {
		b := newBench(t)
		b.start(filepath.Join(t.TempDir(), "x.db"), func(cfg *catalog.Config) { cfg.Orphans = strategy })
		b.register("apps/web/catalog-info.yaml")
		b.forge.put("apps/web/catalog-info.yaml", alone)
		b.refresh("component:web")
		if there := b.has("api:orders"); there != kept {
			t.Errorf("strategy %q: the orphan is there = %v", strategy, there)
		}
		if !kept {
			continue
		}
		if got := b.entity("api:orders").Annotation(catalog.AnnotationOrphan); got != "true" {
			t.Errorf("orphan = %q", got)
		}
		b.forge.put("apps/web/catalog-info.yaml", webDescriptor)
		b.refresh("component:web")
		if got := b.entity("api:orders").Annotation(catalog.AnnotationOrphan); got != "" {
			t.Errorf("an entity that is stated again is still an orphan: %q", got)
		}
	}
}

func TestAMassDropRemovesNothing(t *testing.T) {
	b := newBench(t)
	var text strings.Builder
	for i := range 20 {
		fmt.Fprintf(&text, "---\n{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: d%d}, spec: {owner: team}}\n", i)
	}
	b.forge.put("apps/all/catalog.yaml", text.String())
	b.register("apps/all/catalog.yaml")
	b.forge.put("apps/all/catalog.yaml", "{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: d0}, spec: {owner: team}}")
	b.refresh("domain:d0")
	if got := b.entity("domain:d19").Annotation(catalog.AnnotationOrphan); got != "true" {
		t.Errorf("a dropped entity is no orphan: %q", got)
	}
	const another = "\n---\n{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: new}, spec: {owner: team}}\n"
	const one = "{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: d0}, spec: {owner: team}}"
	b.forge.put("apps/all/catalog.yaml", one+another)
	b.refresh("domain:d0")
	b.forge.put("apps/all/catalog.yaml", one)
	b.refresh("domain:d0")
	if b.has("domain:new") {
		t.Error("after a mass drop nothing is deleted any more")
	}
	if !b.has("domain:d19") {
		t.Error("an orphan of the mass drop was deleted by nobody")
	}
}

func TestAnOrphanedTemplateIsNotOffered(t *testing.T) {
	b := newBench(t)
	b.start(filepath.Join(t.TempDir(), "x.db"), func(cfg *catalog.Config) { cfg.Orphans = catalog.OrphanKeep })
	const template = "{apiVersion: scaffolder.backstage.io/v1beta3, kind: Template, metadata: {name: mine}, spec: {type: service, steps: []}}"
	const other = "{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: d}, spec: {owner: team}}"
	b.forge.put("apps/all/catalog.yaml", template+"\n---\n"+other)
	if _, err := b.catalog.RegisterTrusted(t.Context(), b.target("apps/all/catalog.yaml")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		templates, err := b.catalog.Templates(t.Context())
		if err != nil || len(templates) != want {
			t.Errorf("there are %d templates, %v; want %d", len(templates), err, want)
		}
		b.forge.put("apps/all/catalog.yaml", other)
		b.refresh("domain:d")
	}
	if !b.has("template:mine") {
		t.Error("the orphan is gone")
	}
}

func TestAPushReadsWhatItChangedAtOnce(t *testing.T) {
	b := newBench(t)
	b.forge.put("apps/all/catalog.yaml", `{apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: all},
		spec: {target: "`+b.target("apps/web/catalog-info.yaml")+`"}}`)
	b.register("apps/all/catalog.yaml")
	b.forge.put("apps/web/catalog-info.yaml", strings.Replace(webDescriptor, "The shop", "Pushed", 1))
	for _, other := range [][2]string{{"apps/other", "main"}, {"apps/web", "draft"}} {
		if err := b.catalog.Pushed(t.Context(), other[0], other[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.catalog.Pushed(t.Context(), "Apps/Web", "main"); err != nil {
		t.Fatal(err)
	}
	b.until("the push is read", "component", func() bool { return b.entity("component:web").Metadata.Title == "Pushed" })
}

func TestAPushIsReadAfterAStopOfTheProcess(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(t.TempDir(), "x.db")
	stop := b.start(path, func(*catalog.Config) {})
	b.register("apps/web/catalog-info.yaml")
	stop()
	b.forge.put("apps/web/catalog-info.yaml", strings.Replace(webDescriptor, "The shop", "Pushed", 1))
	b.start(path, func(*catalog.Config) {})
	b.until("the push is read", "component", func() bool { return b.entity("component:web").Metadata.Title == "Pushed" })
}

func TestAForgeThatIsDownAtTheStartIsAskedAgain(t *testing.T) {
	b := newBench(t)
	b.forge.stop(true)
	target := b.target("apps/web/catalog-info.yaml")
	b.start(filepath.Join(t.TempDir(), "x.db"), func(cfg *catalog.Config) {
		cfg.Locations = []catalog.Location{{Type: "url", Target: target}}
	})
	b.until("the forge is found down", "location", func() bool {
		return strings.Contains(b.status(b.locations()[0].EntityRef), "did not answer")
	})
	b.forge.stop(false)
	b.until("it is read", "component", func() bool { return b.has("component:web") })
}

func TestDirectoriesOfThisMachineAreReadIfConfigured(t *testing.T) {
	b := newBench(t)
	dir, db := t.TempDir(), filepath.Join(t.TempDir(), "x.db")
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const template = `{apiVersion: scaffolder.backstage.io/v1beta3, kind: Template, metadata: {name: go}, spec: {type: service, steps: []}}`
	write("go/template.yaml", template)
	write("go/skeleton/catalog-info.yaml", "metadata: {name: '${{ values.name }}'}")
	write(".git/catalog-info.yaml", "no: entity")
	write("team/catalog-info.yaml", `{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: d, description: {$text: ../README}}, spec: {owner: team}}`)
	write("README", "All of it.")
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	configured := func(cfg *catalog.Config) { cfg.Locations = []catalog.Location{{Type: "file", Target: dir}} }
	stop := b.start(db, configured)
	b.until("the directory is read", "template", func() bool { return b.has("template:go") })
	templates, err := b.catalog.Templates(t.Context())
	if err != nil || len(templates) != 1 || templates[0].Ref != "template:default/go" || templates[0].Source != "file:"+dir+"/go/" {
		t.Errorf("templates %+v, %v", templates, err)
	}
	if got := b.entity("domain:d").Metadata.Description; got != "All of it." {
		t.Errorf("description %q", got)
	}
	for _, name := range []string{"../link", "../../outside", "/etc/hostname"} {
		write("team/catalog-info.yaml", `{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: d, description: {$text: "`+name+`"}}, spec: {owner: team}}`)
		b.refresh("domain:d")
		if b.status("domain:d") == "" || b.entity("domain:d").Metadata.Description != "All of it." {
			t.Errorf("$text %s was read: %+v", name, b.entity("domain:d"))
		}
	}
	if response := b.call("DELETE", "/locations/"+b.locations()[0].ID, nil, nil); response.StatusCode != 409 {
		t.Errorf("a configured location is deleted: %s", response.Status)
	}
	stop()
	b.start(db, func(*catalog.Config) {})
	if b.has("template:go") || len(b.locations()) != 0 {
		t.Error("what the configuration states no more is still there")
	}
}
