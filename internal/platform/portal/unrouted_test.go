package portal

import (
	"strings"
	"testing"
)

func TestAMethodThatIsNotServedIsToldWithThoseThatAre(t *testing.T) {
	_, server, _ := setUp(t)
	for path, want := range map[string]string{
		"/api/pronto/v1/apps":      "GET, HEAD",
		"/api/pronto/v1/apps/mine": "DELETE, GET, HEAD",
		"/api/pronto/v1/tokens/x":  "DELETE",
		"/api/catalog/refresh":     "POST",
		"/api/webhooks/github":     "POST",
		"/auth/login":              "GET, HEAD",
		"/healthz":                 "GET, HEAD",
	} {
		got := call(t, "PATCH", server.URL+path, "", bearer("pronto_admin")...)
		if got.status != 405 || got.header.Get("Allow") != want || !strings.Contains(got.body, `"MethodNotAllowedError"`) {
			t.Errorf("PATCH %s = %d %s, Allow %q, want 405 and %q", path, got.status, got.body, got.header.Get("Allow"), want)
		}
	}
	for _, path := range []string{"/api/pronto/v1/nothing", "/api/", "/auth/nothing"} {
		if got := call(t, "PATCH", server.URL+path, ""); got.status != 404 || got.header.Get("Allow") != "" || !strings.Contains(got.body, `"NotFoundError"`) {
			t.Errorf("PATCH %s = %d %s, want 404", path, got.status, got.body)
		}
	}
}
