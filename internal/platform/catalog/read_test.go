package catalog_test

import (
	"strings"
	"testing"
)

const domain = "{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: d, %}, spec: {owner: team}}"

func TestARepositoryAndPatternsStandForTheirDescriptors(t *testing.T) {
	b := newBench(t)
	for path, name := range map[string]string{"a/catalog-info.yaml": "a", "b/c/catalog-info.yml": "c", "other.yaml": "x"} {
		b.forge.put("apps/mono/"+path, "{apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: "+name+"}, spec: {owner: team}}")
	}
	for address, want := range map[string]string{
		b.url + "/apps/mono":                            "a c",
		b.url + "/apps/mono/tree/main/b/":               "c",
		b.url + "/apps/mono/blob/main/**/catalog*.y*ml": "a c",
		b.url + "/apps/mono/blob/main/*.yaml":           "x",
	} {
		registration, err := b.catalog.Register(t.Context(), address)
		if err != nil || names(registration.Entities) != want {
			t.Errorf("%s brings %q, %v; want %q", address, names(registration.Entities), err, want)
		}
		if err == nil {
			if err := b.catalog.Remove(t.Context(), registration.Entities[0].Ref().String()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestLocationsThatLeadToEachOtherComeToAnEnd(t *testing.T) {
	b := newBench(t)
	location := func(name, target string) string {
		return "{apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: " + name + "}, spec: {target: " + target + "}}"
	}
	b.forge.put("apps/ring/a.yaml", location("a", "./b.yaml"))
	b.forge.put("apps/ring/b.yaml", location("b", "./a.yaml"))
	if got := names(b.register("apps/ring/a.yaml").Entities); got != "a b" {
		t.Errorf("registered %q", got)
	}
	type answer struct {
		RootEntityRef string
		Items         []struct {
			Entity           struct{ Metadata struct{ Name string } }
			ParentEntityRefs []string
		}
	}
	var got answer
	b.call("GET", "/entities/by-name/location/default/b/ancestry", nil, &got)
	if got.RootEntityRef != "location:default/b" || len(got.Items) != 3 || got.Items[0].ParentEntityRefs[0] != "location:default/a" ||
		len(got.Items[1].ParentEntityRefs) != 2 {
		t.Errorf("ancestry %+v", got)
	}

	b.forge.put("apps/deep/0.yaml", location("n0", "./1.yaml"))
	for i := range 12 {
		b.forge.put("apps/deep/"+string(rune('1'+i))+".yaml", location("n"+string(rune('b'+i)), "./"+string(rune('2'+i))+".yaml"))
	}
	if _, err := b.catalog.Register(t.Context(), b.target("apps/deep/0.yaml")); err == nil || !strings.Contains(err.Error(), "more than 10 deep") {
		t.Errorf("a deep chain = %v", err)
	}
	b.forge.put("apps/ring/may.yaml", "{apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: may}, spec: {target: ./none.yaml, presence: optional}}")
	if got := names(b.register("apps/ring/may.yaml").Entities); got != "may" {
		t.Errorf("an optional target that is not there = %q", got)
	}
	b.forge.put("apps/ring/file.yaml", "{apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: f}, spec: {type: file, target: /etc/passwd}}")
	if _, err := b.catalog.Register(t.Context(), b.target("apps/ring/file.yaml")); err == nil || !strings.Contains(err.Error(), "pronto.yaml") {
		t.Errorf("a location of type file in a repository = %v", err)
	}
}

func TestPlaceholdersTakeFilesOfTheSameRepository(t *testing.T) {
	b := newBench(t)
	b.forge.put("apps/p/docs/text.md", "# Hello")
	b.forge.put("apps/p/list.json", `["a"]`)
	b.forge.put("apps/p/labels.yaml", "tier: gold")
	b.forge.put("apps/p/openapi.yaml", "openapi: 3.1.0\npaths: {/a: {$ref: 'paths/a.yaml#/get~1a'}}\ncomponents: {schemas: {X: {type: string}}}")
	b.forge.put("apps/p/paths/a.yaml", "get/a: {get: {schema: {$ref: '../openapi.yaml#/components/schemas/X'}, other: {$ref: ../schema.yaml}}}")
	b.forge.put("apps/p/schema.yaml", "type: integer")
	b.forge.put("apps/p/loop.yaml", "openapi: 3.1.0\na: {$ref: ./loop2.yaml}")
	b.forge.put("apps/p/loop2.yaml", "b: {$ref: ./loop2.yaml}")
	b.forge.put("apps/p/catalog-info.yaml", strings.Replace(domain, "%", "description: {$text: ./docs/text.md}, tags: {$json: /list.json}, labels: {$yaml: labels.yaml}", 1)+
		"\n---\n{apiVersion: backstage.io/v1alpha1, kind: API, metadata: {name: api}, spec: {type: openapi, lifecycle: l, owner: team, definition: {$openapi: ./openapi.yaml}}}")
	got := b.register("apps/p/catalog-info.yaml").Entities
	if m := got[0].Metadata; m.Description != "# Hello" || len(m.Tags) != 1 || m.Labels["tier"] != "gold" {
		t.Errorf("metadata %+v", m)
	}
	definition := got[1].Text("definition")
	for _, want := range []string{"$ref: '#/components/schemas/X'", "type: integer", "openapi: 3.1.0"} {
		if !strings.Contains(definition, want) {
			t.Errorf("definition\n%s\nhas no %q", definition, want)
		}
	}
	b.forge.put("apps/p/bad.json", "{")
	b.forge.put("apps/p/large", strings.Repeat("x", 1<<20+1))
	for placeholder, want := range map[string]string{
		"{$text: ./none}":         "metadata.description: $text ./none: Unable to read url",
		"{$text: ./large}":        "larger than",
		"{$json: bad.json}":       "metadata.description: $json bad.json",
		"{$text: 1}":              "takes the path of a file",
		"{$text: ../../../x}":     "x is not there",
		"{$openapi: ./loop.yaml}": "leads to itself",
		"{$text: '" + b.target("apps/web/catalog-info.yaml") + "'}": "not in the same repository",
		"{$text: 'http://169.254.169.254/latest'}":                  "is not below",
	} {
		b.forge.put("apps/p/bad.yaml", strings.Replace(domain, "%", "description: "+placeholder, 1))
		_, err := b.catalog.Register(t.Context(), b.target("apps/p/bad.yaml"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", placeholder, err, want)
		}
	}
}
