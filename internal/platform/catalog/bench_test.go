package catalog

import (
	"fmt"
	"testing"
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
