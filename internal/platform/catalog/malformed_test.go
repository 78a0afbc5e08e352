package catalog_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// send asks the REST API with a body as it stands.
func (b *bench) send(method, path, body string) (status int, answer string) {
	b.t.Helper()
	recorder := httptest.NewRecorder()
	b.catalog.Handler().ServeHTTP(recorder, httptest.NewRequest(method, "/api/catalog"+path, strings.NewReader(body)))
	text, err := io.ReadAll(recorder.Result().Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return recorder.Code, string(text)
}

func TestWhateverIsSentTheAnswerIsCivil(t *testing.T) {
	b := newBench(t)
	b.register("apps/web/catalog-info.yaml")
	bodies := []string{
		"", "null", "[]", "{}", "1", `"x"`, "{", `{"entityRef": 1}`, `{"entityRef": "a:b:c/d"}`, `{"entityRefs": ["::", ""]}`,
		`{"type": "url", "target": "` + b.url + `/a"}`, `{"type": "url", "target": "` + b.url + `/a/b/blob/%zz/c"}`, `{"type": "url", "target": "http://[::1"}`,
		`{"query": {"a": {"$in": 1}}, "facets": [""]}`, `{"limit": -1}`, `{"cursor": "!"}`, `{"cursor": "e30="}`, `{"cursor": "bnVsbA=="}`,
		`{"cursor": "eyJvZmZzZXQiOi0xLCJsaW1pdCI6LTF9"}`, `{"entity": [], "location": "url:x"}`, `{"entity": {"metadata": {"labels": []}}}`,
		`{"location": {"type": "url", "target": "` + b.url + `/a/b"}, "catalogFilename": "../../x"}`, strings.Repeat("[", 100_000),
	}
	for _, route := range []string{
		"POST /entities/by-query", "POST /entities/by-refs", "POST /entity-facets", "POST /locations", "POST /locations?dryRun=true",
		"POST /locations/by-query", "PUT /locations/none", "POST /refresh", "POST /analyze-location", "POST /validate-entity",
	} {
		method, path, _ := strings.Cut(route, " ")
		for _, body := range bodies {
			checkCivil(t, b, method, path, body)
		}
	}
	for _, path := range []string{
		"/entities?limit=0", "/entities?limit=x", "/entities?offset=-1", "/entities?after=", "/entities?after=%00", "/entities?order=up", "/entities?order=asc:",
		"/entities?filter==", "/entities?filter=,,,", "/entities?fields=[0]", "/entities?fields=..", "/entities/by-query?limit=-1", "/entities/by-query?cursor=eyJ9",
		"/entities/by-query?orderField=,", "/entities/by-query?totalItems=some", "/entities/by-query?limit=99999999999999999999", "/entity-facets", "/entity-facets?facet=",
		"/entities/by-uid/%00", "/entities/by-name/a/b/c%2Fd", "/entities/by-name/%20/%20/%20/ancestry", "/locations/%2e", "/locations/by-entity/x/y/z", "/none",
	} {
		checkCivil(t, b, http.MethodGet, path, "")
	}
	checkCivil(t, b, http.MethodDelete, "/locations/none", "")
	checkCivil(t, b, http.MethodPatch, "/entities", "")
}

// checkCivil wants an answer, or a refusal in one of Backstage's shapes.
func checkCivil(t *testing.T, b *bench, method, path, body string) {
	t.Helper()
	status, answer := b.send(method, path, body)
	if status < http.StatusBadRequest {
		return
	}
	var shape struct {
		Error    *struct{ Name, Message string }
		Response struct{ StatusCode int }
		Errors   []struct{ Name, Message string }
	}
	err := json.Unmarshal([]byte(answer), &shape)
	enveloped := shape.Error != nil && shape.Error.Name != "" && shape.Error.Message != "" && shape.Response.StatusCode == status
	if err != nil || status >= http.StatusInternalServerError || !enveloped && len(shape.Errors) == 0 {
		t.Errorf("%s %s %.80s = %d %.200s", method, path, body, status, answer)
	}
}
