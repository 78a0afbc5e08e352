package portal

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// bodies are what no route may take, nor fall over.
func bodies() map[string]string {
	huge := strings.Repeat("x", 2*maxBody)
	return map[string]string{
		"nothing":       "",
		"half JSON":     `{"name":`,
		"no JSON":       "\x00\xff<script>",
		"null":          "null",
		"a list":        "[1,2]",
		"a text":        `"x"`,
		"two values":    `{} {}`,
		"an odd member": `{"nobodyKnowsThis":true}`,
		"wrong types": `{"name":{"a":1},"days":"x","service":7,"approve":"yes","revision":[1],"path":3,"content":{},"sha":[],"message":1,
			"templateRef":5,"values":"x","secrets":3,"template":[],"directoryContents":"x","entityRefs":"x","entityRef":9,"location":4,
			"entity":"x","type":1,"target":{},"query":[[]],"filter":3,"facets":7}`,
		"deep":         strings.Repeat(`{"values":`, 20_000) + "1" + strings.Repeat("}", 20_000),
		"huge":         `{"name":"` + huge + `"}`,
		"not a number": `{"days":1e999}`,
		"NUL":          `{"name":"a\u0000b","templateRef":"template:default/\u0000","entityRef":"\u0000","type":"url","target":"https://x/\u0000","revision":"\u0000","path":"\u0000"}`,
	}
}

func TestMalformedBodiesGetTheDocumentedError(t *testing.T) {
	w := newWorld(t)
	admin := visitor{"an administrator", "admin", w.browser(t, "a", "admins"), nil}
	for _, route := range w.portal.routes() {
		if route.method == http.MethodGet || route.path == "/auth/logout" {
			continue
		}
		for what, body := range bodies() {
			for _, kind := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded", ""} {
				status, text := w.ask(t, admin, route.method, address(route.path), body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin")
				checkAnswer(t, route.method+" "+route.path+" with "+what+" as "+kind, status, text)
			}
		}
	}
}

// paths are values that a path's place must take.
var paths = []string{
	"..%2f..%2fetc%2fpasswd", "%2e%2e", "%00", "a%00b", "%ff%fe", "%0d%0aSet-Cookie:%20x=1", "'%20OR%201=1--", "%25", "*",
	"%3Cscript%3E", "é", strings.Repeat("a", 3000), "-1", "99999999999999999999", "1e3", "{name}", "a%2Fb", ".", "%20",
}

func TestBadPathsAndQueriesGetTheDocumentedError(t *testing.T) {
	w := newWorld(t)
	admin := visitor{"an administrator", "admin", w.browser(t, "a", "admins"), nil}
	for _, route := range w.portal.routes() {
		if strings.HasPrefix(route.path, "/auth/") {
			continue
		}
		for _, value := range paths {
			path := route.path
			for _, place := range []string{"{name}", "{id}", "{namespace}", "{kind}", "{code}", "{uid}", "{key}"} {
				path = strings.ReplaceAll(path, place, value)
			}
			if path != route.path {
				status, text := w.ask(t, admin, route.method, path, "{}", "Content-Type", "application/json", "Sec-Fetch-Site", "same-origin")
				checkAnswer(t, route.method+" "+path, status, text)
			}
		}
		if route.method == http.MethodGet && !strings.Contains(route.path, "{name}") {
			for _, query := range []string{"limit", "offset", "tail", "days", "follow", "after", "before", "since", "order", "orderField", "filter", "fields", "facet", "cursor", "path", "format", "q", "fullTextFilterTerm"} {
				for _, value := range []string{"%00", "x", "-1", "99999999999999999999", "'%20OR%201=1--", "%ff", "a=b=c", "a%3D%3D,,,%3D", "1e9", "%25%25"} {
					status, text := w.ask(t, admin, route.method, address(route.path)+"?"+query+"="+value, "")
					checkAnswer(t, route.path+"?"+query+"="+value, status, text)
				}
			}
		}
	}
}

// checkAnswer finds a fault of ours, a leak, or an error in no documented shape.
// 503 says that a part is not running, which is so in this test.
func checkAnswer(t *testing.T, what string, status int, body string) {
	t.Helper()
	if len(what) > 200 {
		what = what[:200] + "..."
	}
	if status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		t.Errorf("%s = %d %.300s", what, status, body)
	}
	if status < http.StatusBadRequest {
		return
	}
	noLeak(t, what, body)
	var shape struct {
		Error    json.RawMessage
		Errors   []json.RawMessage
		Response struct{ StatusCode int }
	}
	if err := json.Unmarshal([]byte(body), &shape); err != nil {
		t.Errorf("%s: %d in no documented shape: %.300s", what, status, body)
		return
	}
	var backstage envelopeError
	var oauth string
	switch {
	case len(shape.Errors) > 0 && status == http.StatusBadRequest:
	case strings.Contains(what, "/auth/device/") && json.Unmarshal(shape.Error, &oauth) == nil && oauth != "":
	case json.Unmarshal(shape.Error, &backstage) == nil && backstage.Name != "" && backstage.Message != "" && shape.Response.StatusCode == status:
	default:
		t.Errorf("%s: %d in no documented shape: %.300s", what, status, body)
	}
}
