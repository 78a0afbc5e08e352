package catalog

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// crowd is a catalog of many components, each with its own words.
func crowd(count int) []row {
	rows := make([]row, count)
	for i := range rows {
		rows[i].entity = Entity{
			APIVersion: coreVersions[0], Kind: "Component",
			Metadata: Metadata{
				Name: fmt.Sprintf("service-%05d", i), Namespace: defaultNamespace, Title: fmt.Sprintf("The service number %d", i),
				Description: "Takes orders from the shop and hands them to the warehouse, which answers with a date.",
				Tags:        []string{"go", fmt.Sprintf("tag-%d", i%50)},
				Annotations: map[string]string{AnnotationSource: "url:https://git.test/apps/x/tree/main/", AnnotationManagedBy: "url:x"},
			},
			Spec: map[string]any{"type": "service", "lifecycle": "production", "owner": fmt.Sprintf("team-%d", i%100), "system": "shop"},
		}
	}
	return rows
}

func BenchmarkSearchOf5000(b *testing.B) {
	rows := newSnapshot(crowd(5000)).rows
	for name, q := range map[string]query{
		"term":             {Term: "number 49"},
		"owner":            {Term: "team-77"},
		"none":             {Term: "nowhere to be found"},
		"field":            {Term: "4999", TermFields: []string{"metadata.name"}},
		"filter and order": {Filter: Filter{{"metadata.tags.tag-7": {"true"}}}, Orders: []order{{Field: "metadata.title"}}},
		"all in order":     {Orders: []order{{Field: "metadata.name", Descending: true}}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := selectRows(rows, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSnapshotOf5000(b *testing.B) {
	for b.Loop() {
		newSnapshot(crowd(5000))
	}
}

// BenchmarkReloadOf5000 is what the first read after a change waits for.
func BenchmarkReloadOf5000(b *testing.B) {
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "x.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	client, err := scm.New(scm.Config{APIURL: "https://git.test"})
	if err != nil {
		b.Fatal(err)
	}
	c, err := New(Config{DB: db, SCM: client, ForgeURL: "https://git.test"})
	if err != nil {
		b.Fatal(err)
	}
	var entities []Entity
	for _, r := range crowd(5000) {
		entities = append(entities, r.entity)
	}
	if err := c.Upsert(b.Context(), entities...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c.cached.Store(nil)
		if _, err := c.current(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
