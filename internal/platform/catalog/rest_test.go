package catalog_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
)

type failure struct {
	Error    struct{ Name, Message string }
	Request  struct{ Method, URL string }
	Response struct{ StatusCode int }
}

func names(entities []catalog.Entity) string {
	var all []string
	for _, entity := range entities {
		all = append(all, entity.Metadata.Name)
	}
	return strings.Join(all, " ")
}

func TestEntitiesArePagedByLink(t *testing.T) {
	b := newBench(t)
	b.register("apps/web/catalog-info.yaml")
	const generated = "generated-x" // stands for the location
	path := "/entities" + query("order", "desc:metadata.name", "limit", "3")
	var seen []string
	for range 5 {
		var entities []catalog.Entity
		link := b.call(http.MethodGet, path, nil, &entities).Header.Get("Link")
		for i := range entities {
			if entities[i].Kind == "Location" {
				entities[i].Metadata.Name = generated
			}
		}
		seen = append(seen, names(entities))
		if link == "" {
			break
		}
		address, rel, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
		if rel != `; rel="next"` || !strings.HasPrefix(address, "/api/catalog/entities?") {
			t.Fatalf("Link %q", link)
		}
		path = strings.TrimPrefix(address, "/api/catalog")
	}
	if got := strings.Join(seen, "|"); got != "Web team orders|"+generated+" ann" {
		t.Errorf("pages %q", got)
	}
}

func TestByQueryCarriesTheQueryInItsCursor(t *testing.T) {
	b := newBench(t)
	b.register("apps/web/catalog-info.yaml")
	type answer struct {
		Items      []catalog.Entity
		TotalItems int
		PageInfo   struct{ NextCursor, PrevCursor string }
	}
	var first, second, back answer
	b.call(http.MethodGet, "/entities/by-query"+query("filter", "kind=component", "filter", "kind=group", "filter", "kind=user",
		"orderField", "metadata.name,asc", "limit", "2"), nil, &first)
	if names(first.Items) != "ann team" || first.TotalItems != 3 || first.PageInfo.PrevCursor != "" {
		t.Fatalf("first page %+v", first)
	}
	b.call(http.MethodGet, "/entities/by-query"+query("cursor", first.PageInfo.NextCursor, "filter", "kind=api"), nil, &second)
	if names(second.Items) != "Web" || second.TotalItems != 3 || second.PageInfo.NextCursor != "" {
		t.Fatalf("second page %+v", second)
	}
	b.call(http.MethodGet, "/entities/by-query"+query("cursor", second.PageInfo.PrevCursor), nil, &back)
	if names(back.Items) != "ann team" {
		t.Errorf("page before %+v", back)
	}
	var found answer
	b.call(http.MethodGet, "/entities/by-query"+query("fullTextFilterTerm", "SHOP", "fields", "metadata.name"), nil, &found)
	if names(found.Items) != "Web" || found.Items[0].Kind != "" || found.TotalItems != 1 {
		t.Errorf("full text %+v", found)
	}
	if response := b.call(http.MethodGet, "/entities/by-query?cursor=%25", nil, nil); response.StatusCode != http.StatusBadRequest {
		t.Errorf("malformed cursor: %s", response.Status)
	}
}

func TestAnEntityIsFoundByNameUIDAndRef(t *testing.T) {
	b := newBench(t)
	b.register("apps/web/catalog-info.yaml")
	var web, same catalog.Entity
	b.call(http.MethodGet, "/entities/by-name/Component/default/WEB", nil, &web)
	b.call(http.MethodGet, "/entities/by-uid/"+web.Metadata.UID, nil, &same)
	if web.Metadata.Name != "Web" || same.Metadata.Name != "Web" {
		t.Errorf("by name %+v, by uid %+v", web, same)
	}
	var refs struct{ Items []*catalog.Entity }
	b.call(http.MethodPost, "/entities/by-refs", map[string]any{
		"entityRefs": []string{"user:default/nobody", "component:default/web"}, "fields": []string{"kind"},
	}, &refs)
	if len(refs.Items) != 2 || refs.Items[0] != nil || refs.Items[1].Kind != "Component" || refs.Items[1].Metadata.Name != "" {
		t.Errorf("by refs %+v", refs.Items)
	}
	var none failure
	response := b.call(http.MethodGet, "/entities/by-name/component/default/none", nil, &none)
	const message = "No entity named 'none' found, with kind 'component' in namespace 'default'"
	if response.StatusCode != http.StatusNotFound || none.Error.Name != "NotFoundError" || none.Error.Message != message ||
		none.Request.URL != "/api/catalog/entities/by-name/component/default/none" || none.Response.StatusCode != http.StatusNotFound {
		t.Errorf("absent: %s %+v", response.Status, none)
	}
}

func TestADeletedEntityComesBackWhenItsLocationIsReadAgain(t *testing.T) {
	b := newBench(t)
	registration := b.register("apps/web/catalog-info.yaml")
	if response := b.call(http.MethodDelete, "/entities/by-uid/"+registration.Entities[0].Metadata.UID, nil, nil); response.StatusCode != http.StatusNoContent {
		t.Fatal(response.Status)
	}
	if b.has("component:default/web") {
		t.Fatal("it is still there")
	}
	response := b.call(http.MethodPost, "/refresh", map[string]string{"entityRef": "api:default/orders"}, nil)
	if response.StatusCode != http.StatusOK || !b.has("component:default/web") {
		t.Errorf("after refresh (%s) it is not back", response.Status)
	}
}

func TestFacetsCountValues(t *testing.T) {
	b := newBench(t)
	b.register("apps/web/catalog-info.yaml")
	var answer struct{ Facets map[string][]catalog.Facet }
	b.call(http.MethodGet, "/entity-facets"+query("facet", "kind", "facet", "relations.ownedBy", "filter", "spec.lifecycle=production"), nil, &answer)
	kinds, owners := answer.Facets["kind"], answer.Facets["relations.ownedBy"]
	if len(kinds) != 2 || kinds[1] != (catalog.Facet{Value: "Component", Count: 1}) ||
		len(owners) != 1 || owners[0] != (catalog.Facet{Value: "group:default/team", Count: 2}) {
		t.Errorf("facets %+v", answer.Facets)
	}
}

func TestLocationsAreRegisteredOnceAndRemoved(t *testing.T) {
	b := newBench(t)
	body := map[string]string{"type": "url", "target": b.target("apps/web/catalog-info.yaml")}
	type answer struct {
		Location catalog.Location
		Entities []catalog.Entity
		Exists   bool
	}
	var tried, made answer
	if response := b.call(http.MethodPost, "/locations?dryRun=true", body, &tried); response.StatusCode != http.StatusCreated ||
		tried.Exists || names(tried.Entities) != "Web orders" || b.has("component:web") {
		t.Fatalf("dry run: %s %+v", response.Status, tried)
	}
	if response := b.call(http.MethodPost, "/locations", body, &made); response.StatusCode != http.StatusCreated || names(made.Entities) != "Web orders" {
		t.Fatalf("register: %s %+v", response.Status, made)
	}
	if b.call(http.MethodPost, "/locations?dryRun=true", body, &tried); !tried.Exists {
		t.Error("a dry run does not tell that the location exists")
	}
	var twice failure
	if response := b.call(http.MethodPost, "/locations", body, &twice); response.StatusCode != http.StatusConflict || twice.Error.Name != "ConflictError" {
		t.Errorf("twice: %s %+v", response.Status, twice)
	}
	var listed []struct{ Data catalog.Location }
	var one, byEntity catalog.Location
	b.call(http.MethodGet, "/locations", nil, &listed)
	b.call(http.MethodGet, "/locations/"+made.Location.ID, nil, &one)
	b.call(http.MethodGet, "/locations/by-entity/api/default/orders", nil, &byEntity)
	if len(listed) != 1 || listed[0].Data != made.Location || one != made.Location || byEntity != made.Location {
		t.Errorf("listed %+v, one %+v, by entity %+v, made %+v", listed, one, byEntity, made.Location)
	}
	for _, want := range []int{http.StatusNoContent, http.StatusNotFound} {
		if response := b.call(http.MethodDelete, "/locations/"+made.Location.ID, nil, nil); response.StatusCode != want {
			t.Errorf("delete: %s, want %d", response.Status, want)
		}
	}
	if b.has("component:web") {
		t.Error("the entity outlives its location")
	}
}

func TestWhatCannotBeReadIsRefusedWithTheReason(t *testing.T) {
	b := newBench(t)
	b.forge.put("apps/bad/catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {}")
	for _, c := range []struct{ kind, target, want string }{
		{"url", b.target("apps/none/catalog-info.yaml"), "is not there"},
		{"url", "https://elsewhere.test/a/b/blob/main/c", "is not below"},
		{"url", b.target("apps/bad/catalog-info.yaml"), "spec.lifecycle is missing"},
		{"file", "/etc/passwd", "must be of type 'url'"},
	} {
		var answer failure
		response := b.call(http.MethodPost, "/locations", map[string]string{"type": c.kind, "target": c.target}, &answer)
		if response.StatusCode != http.StatusBadRequest || answer.Error.Name != "InputError" || !strings.Contains(answer.Error.Message, c.want) {
			t.Errorf("%s: %s %+v", c.target, response.Status, answer)
		}
	}
}

func TestADescriptorIsValidatedWithoutBeingKept(t *testing.T) {
	b := newBench(t)
	entity := map[string]any{"apiVersion": "backstage.io/v1alpha1", "kind": "Domain", "metadata": map[string]any{"name": "d"}, "spec": map[string]any{"owner": "o"}}
	if response := b.call(http.MethodPost, "/validate-entity", map[string]any{"location": "url:https://x/y", "entity": entity}, nil); response.StatusCode != http.StatusOK {
		t.Error(response.Status)
	}
	delete(entity, "spec")
	var answer struct {
		Errors []struct{ Name, Message string }
	}
	response := b.call(http.MethodPost, "/validate-entity", map[string]any{"location": "url:https://x/y", "entity": entity}, &answer)
	if response.StatusCode != http.StatusBadRequest || len(answer.Errors) != 1 || answer.Errors[0].Message != "spec.owner is missing" {
		t.Errorf("%s %+v", response.Status, answer)
	}
}
