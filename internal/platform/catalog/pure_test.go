package catalog

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func decode(t *testing.T, text string) []Entity {
	t.Helper()
	entities, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return entities
}

func TestAnEntityIsWrittenAsItWasRead(t *testing.T) {
	const text = `{"apiVersion":"backstage.io/v1alpha1","kind":"Component","status":{"items":[{"type":"t","level":"info","message":"m","error":{"name":"n","message":"m"}}]},
		"metadata":{"name":"a","namespace":"n","title":"A","description":"d","labels":{"l":"1"},
			"annotations":{"backstage.io/techdocs-ref":"dir:."},"tags":["go"],"uid":"u","etag":"e","team":{"size":4},
			"links":[{"url":"https://x","title":"t","icon":"i","type":"y"}]},
		"spec":{"type":"service","nested":{"list":[1,true,null,"x"]}},
		"relations":[{"type":"ownedBy","targetRef":"group:default/g"}]}`
	var entity Entity
	if err := json.Unmarshal([]byte(text), &entity); err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(entity)
	if err != nil {
		t.Fatal(err)
	}
	var before, after any
	if err := json.Unmarshal([]byte(text), &before); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(written, &after); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before, after) {
		t.Errorf("written %s", written)
	}
}

func TestRefsTakeWhatIsLeftOutFromTheDefaults(t *testing.T) {
	group := Ref{Kind: "Group", Namespace: "n"}
	for _, c := range []struct {
		text     string
		defaults Ref
		want     string
	}{
		{"Component:Default/Web", Ref{}, "component:default/web"},
		{"component:web", Ref{}, "component:default/web"},
		{"team", group, "group:n/team"},
		{"other/team", group, "group:other/team"},
		{"user:team", group, "user:n/team"},
		{"web", Ref{}, ""},
		{"", group, ""},
		{"component:", Ref{}, ""},
		{":x", group, ""},
		{"component:a/b/c", Ref{}, ""},
		{"component:/x", Ref{}, ""},
	} {
		ref, err := ParseRef(c.text, c.defaults)
		got := ""
		if err == nil {
			got = ref.String()
		}
		if got != c.want {
			t.Errorf("ParseRef(%q) = %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

func TestAFilterSelectsWhatBackstagesGrammarSays(t *testing.T) {
	rows := indexOf(Entity{
		Kind: "Component",
		Metadata: Metadata{
			Name: "Web", Tags: []string{"Java"}, Labels: map[string]string{"tier": "1"},
			Annotations: map[string]string{"github.com/project-slug": "apps/web"},
		},
		Spec:      map[string]any{"type": "service", "replicas": 2.0, "public": true, "inner": map[string]any{"deep": "x"}},
		Relations: []Relation{{"ownedBy", "group:default/team"}},
	})
	for _, c := range []struct {
		filters []string
		want    bool
	}{
		{nil, true},
		{[]string{""}, true},
		{[]string{"kind=component"}, true},
		{[]string{"KIND=COMPONENT,spec.TYPE=service"}, true},
		{[]string{"kind=component,spec.type=website"}, false},
		{[]string{"kind=api", "kind=component"}, true},
		{[]string{"kind=api,kind=component"}, true},
		{[]string{"metadata.tags=java"}, true},
		{[]string{"metadata.tags.java=true"}, true},
		{[]string{"metadata.tags.go=true"}, false},
		{[]string{"metadata.annotations.github.com/project-slug"}, true},
		{[]string{"metadata.annotations.other"}, false},
		{[]string{"metadata.namespace=default"}, true},
		{[]string{"relations.ownedBy=group:default/team"}, true},
		{[]string{"spec.replicas=2,spec.public=true,spec.inner.deep=X"}, true},
	} {
		filter, err := ParseFilter(c.filters...)
		if err != nil {
			t.Fatal(err)
		}
		if got := filter.matches(rows); got != c.want {
			t.Errorf("filter %q selects = %v, want %v", c.filters, got, c.want)
		}
	}
	if _, err := ParseFilter("=x"); err == nil {
		t.Error("a filter without a key is accepted")
	}
}

func TestRelationsAreComputedBothWays(t *testing.T) {
	const spec = `
kind: Component
metadata: {name: Web}
spec: {owner: team, system: shop, subcomponentOf: big, providesApis: [a], consumesApis: [b], dependsOn: ["resource:db"], dependencyOf: ["component:x"]}
---
{kind: Component, metadata: {name: big}}
---
{kind: Component, metadata: {name: x}}
---
{kind: Group, metadata: {name: team}, spec: {parent: org, members: [ann]}}
---
{kind: Group, metadata: {name: org}, spec: {children: [team]}}
---
{kind: User, metadata: {name: ann}, spec: {memberOf: [team]}}
---
{kind: API, metadata: {name: a}}
---
{kind: Resource, metadata: {name: db}}
---
{kind: System, metadata: {name: shop}, spec: {domain: trade}}
---
{kind: Domain, metadata: {name: trade}}
`
	want := map[string][]string{
		"component:default/web": {
			"consumesApi api:default/b", "dependencyOf component:default/x", "dependsOn resource:default/db",
			"ownedBy group:default/team", "partOf component:default/big", "partOf system:default/shop", "providesApi api:default/a",
		},
		"component:default/big": {"hasPart component:default/web"},
		"component:default/x":   {"dependsOn component:default/web"},
		"group:default/team":    {"childOf group:default/org", "hasMember user:default/ann", "ownerOf component:default/web"},
		"group:default/org":     {"parentOf group:default/team"},
		"user:default/ann":      {"memberOf group:default/team"},
		"api:default/a":         {"apiProvidedBy component:default/web"},
		"resource:default/db":   {"dependencyOf component:default/web"},
		"system:default/shop":   {"hasPart component:default/web", "partOf domain:default/trade"},
		"domain:default/trade":  {"hasPart system:default/shop"},
	}
	for _, entity := range relate(decode(t, spec)) {
		var got []string
		for _, relation := range entity.Relations {
			got = append(got, relation.Type+" "+relation.TargetRef)
		}
		if ref := entity.Ref().String(); !slices.Equal(got, want[ref]) {
			t.Errorf("%s: relations %q, want %q", ref, got, want[ref])
		}
	}
}

func TestAWrongDescriptorIsToldWithTheField(t *testing.T) {
	const head = "apiVersion: backstage.io/v1alpha1\n"
	for _, c := range []struct{ text, want string }{
		{head + "kind: Component\nmetadata: {name: a}\nspec: {type: s, lifecycle: l, owner: o}", ""},
		{head + "kind: Component\nmetadata: {name: a}\nspec: {type: s, owner: o}", "spec.lifecycle is missing"},
		{head + "kind: Component\nmetadata: {name: a}\nspec: {type: [s], lifecycle: l, owner: o}", "spec.type must be a string"},
		{head + "kind: Component\nmetadata: {name: a}\nspec: {type: s, lifecycle: l, owner: o, dependsOn: [x]}", "spec.dependsOn: \"x\" names no kind"},
		{head + "kind: Gadget\nmetadata: {name: a}", "kind \"Gadget\" is not known"},
		{"kind: Domain\nmetadata: {name: a}\nspec: {owner: o}", "apiVersion is missing"},
		{"apiVersion: v1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: o}", "apiVersion \"v1\" is not one of kind Domain"},
		{head + "kind: Domain\nmetadata: {}\nspec: {owner: o}", "metadata.name is missing"},
		{head + "kind: Domain\nmetadata: {name: a b}\nspec: {owner: o}", "metadata.name \"a b\""},
		{head + "kind: Domain\nmetadata: {name: a, tags: [Ü]}\nspec: {owner: o}", "metadata.tags[0]"},
		{head + "kind: Domain\nmetadata: {name: a, labels: {\"-x\": v}}\nspec: {owner: o}", "metadata.labels: \"-x\""},
		{head + "kind: Domain\nmetadata: {name: a, links: [{url: here}]}\nspec: {owner: o}", "metadata.links[0].url"},
		{head + "kind: Group\nmetadata: {name: a}\nspec: {type: team}", "spec.children is missing"},
		{head + "kind: User\nmetadata: {name: a}\nspec: {memberOf: []}", ""},
		{head + "kind: User\nmetadata: {name: a}\nspec: {memberOf: [1]}", "spec.memberOf must be a list of strings"},
		{head + "kind: User\nmetadata: {name: a}\nspec: {memberOf: [], profile: {email: 1}}", "spec.profile.email"},
		{head + "kind: Domain\nmetadata: {name: a--b.c_d}\nspec: {owner: o}\nextra: 1", "extra is not a field of an entity"},
		{head + "kind: Domain\nmetadata: {name: a, links: [{url: 'javascript:alert(1)'}]}\nspec: {owner: o}", "scheme javascript"},
		{head + "kind: API\nmetadata: {name: a}\nspec: {type: openapi, lifecycle: l, owner: o, definition: {x: 1}}", "spec.definition must be a string"},
		{head + "kind: Location\nmetadata: {name: a}\nspec: {target: x, presence: maybe}", "spec.presence"},
		{head + "kind: Location\nmetadata: {name: a}\nspec: {}", "spec.target or spec.targets"},
		{"apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: a}\nspec: {type: s, steps: [{id: x}]}", "spec.steps[0].action is missing"},
	} {
		problems := strings.Join(validate(decode(t, c.text)[0]), "; ")
		if c.want == "" && problems != "" || !strings.Contains(problems, c.want) {
			t.Errorf("%s\nproblems %q, want %q", c.text, problems, c.want)
		}
	}
}

func TestOnlyFilesOfTheForgeAreTargets(t *testing.T) {
	const forge = "https://git.test:8443"
	for address, want := range map[string]string{
		forge + "/apps/web/blob/main/catalog-info.yaml":     "apps/web main catalog-info.yaml " + forge + "/apps/web/tree/main/",
		forge + "/apps/web/blob/main/a%20b/c.yaml":          "apps/web main a b/c.yaml " + forge + "/apps/web/tree/main/a%20b/",
		forge + "/apps/web/blob/main/":                      "",
		forge + "/apps/web/blob/main/../../other/x":         "",
		forge + "/apps/web/blob/main/%2e%2e/%2e%2e/other/x": "",
		forge + "/apps/web":                                 "apps/web",
		forge + "/apps/web/tree/a%2Fb":                      "apps/web a/b",
		forge + "/apps/web/tree/main/services/":             "apps/web main services",
		forge + "/apps/web/issues":                          "",
		forge + "/apps/..":                                  "",
		"https://git.test:8443.evil/apps/web/blob/main/x":   "",
		"http://169.254.169.254/latest/meta-data/a/b":       "",
	} {
		got := ""
		if at, err := parseTarget(forge+"/", address); err == nil {
			got = at.owner + "/" + at.repository + " " + at.branch + " " + at.path
			if !at.dir {
				got += " " + at.source()
			}
			got = strings.TrimSpace(got)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestFieldsWithDotsInTheirKeysAreFound(t *testing.T) {
	entity := Entity{Kind: "Component", Metadata: Metadata{
		Name: "a", Annotations: map[string]string{"github.com/project-slug": "x", "other": "y"},
	}}
	got, err := project(entity, []string{"kind", "metadata.annotations.github.com/project-slug", "spec.none"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"kind": "Component", "metadata": map[string]any{
		"annotations": map[string]any{"github.com/project-slug": "x"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("projection %v, want %v", got, want)
	}
}

func TestSeveralDocumentsAreReadAndEmptyOnesPassedOver(t *testing.T) {
	if got := decode(t, "---\n# nothing\n---\nkind: A\n---\n\n---\nkind: B\n"); len(got) != 2 || got[1].Kind != "B" {
		t.Errorf("decoded %v", got)
	}
	for text, want := range map[string]string{
		"kind: A\nkind: B\n":         "already",
		"metadata: {labels: {a: 1}}": "metadata.labels is of type number where a string is expected",
		"---\na: [":                  "document",
		"- list":                     "is of type array where an object is expected",
	} {
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
