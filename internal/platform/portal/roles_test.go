package portal

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/access"
)

// mayDo says, beside the code's own table, who may do what. "maintainer" is
// whoever maintains the application or task that the route names.
var mayDo = map[access.Action]string{
	"apps.read":        "viewer developer maintainer admin",
	"logs.read":        "viewer developer maintainer admin",
	"platform.read":    "viewer developer maintainer admin",
	"catalog.read":     "viewer developer maintainer admin",
	"tasks.read":       "viewer developer maintainer admin",
	"tokens.manage":    "viewer developer maintainer admin",
	"device.approve":   "viewer developer maintainer admin",
	"apps.create":      "developer admin",
	"templates.dryrun": "developer admin",
	"apps.deploy":      "maintainer admin",
	"apps.delete":      "maintainer admin",
	"apps.restore":     "maintainer admin",
	"tasks.manage":     "maintainer admin",
	"catalog.write":    "admin",
	"audit.read":       "admin",
}

// expected is every route with its action; "-" is open to everyone. A route that
// is not in it fails the test: think of who may call it, then write it here.
const expected = `
GET /api/pronto/v1/apps apps.read
GET /api/pronto/v1/apps/{name} apps.read
DELETE /api/pronto/v1/apps/{name} apps.delete
GET /api/pronto/v1/apps/{name}/deliveries apps.read
GET /api/pronto/v1/apps/{name}/deliveries/{id} apps.read
GET /api/pronto/v1/apps/{name}/deliveries/{id}/timeline apps.read
GET /api/pronto/v1/apps/{name}/deliveries/{id}/timeline.svg apps.read
GET /api/pronto/v1/apps/{name}/logs logs.read
GET /api/pronto/v1/apps/{name}/runs logs.read
GET /api/pronto/v1/apps/{name}/runs/{id} logs.read
GET /api/pronto/v1/apps/{name}/runs/{id}/log logs.read
POST /api/pronto/v1/apps/{name}/runs/{id}/rerun apps.deploy
POST /api/pronto/v1/apps/{name}/runs/{id}/cancel apps.deploy
GET /api/pronto/v1/apps/{name}/why logs.read
GET /api/pronto/v1/apps/{name}/versions apps.read
POST /api/pronto/v1/apps/{name}/rollback apps.deploy
GET /api/pronto/v1/apps/{name}/resources apps.read
GET /api/pronto/v1/apps/{name}/metrics apps.read
GET /api/pronto/v1/apps/{name}/files apps.read
GET /api/pronto/v1/apps/{name}/file apps.read
PUT /api/pronto/v1/apps/{name}/file apps.deploy
GET /api/pronto/v1/deleted apps.read
POST /api/pronto/v1/deleted/{name}/restore apps.restore
GET /api/pronto/v1/events apps.read
GET /api/pronto/v1/names/{name} apps.read
GET /api/pronto/v1/platform platform.read
GET /api/pronto/v1/figures platform.read
GET /api/pronto/v1/capacity platform.read
GET /api/pronto/v1/leftovers tasks.read
GET /api/pronto/v1/tasks/{id}/made tasks.read
POST /api/pronto/v1/tasks/{id}/clean tasks.manage
GET /api/pronto/v1/me apps.read
GET /api/pronto/v1/tokens tokens.manage
POST /api/pronto/v1/tokens tokens.manage
DELETE /api/pronto/v1/tokens/{id} tokens.manage
GET /api/pronto/v1/audit audit.read
GET /api/pronto/v1/audit/export audit.read
GET /api/pronto/v1/device/{code} device.approve
POST /api/pronto/v1/device/{code} device.approve
POST /auth/device/code -
POST /auth/device/token -
GET /auth/login -
GET /auth/callback -
POST /auth/logout -
POST /api/webhooks/github -
GET /healthz -
GET /openapi.yaml -
GET /api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema catalog.read
GET /api/scaffolder/v2/tasks tasks.read
POST /api/scaffolder/v2/tasks apps.create
GET /api/scaffolder/v2/tasks/{id} tasks.read
POST /api/scaffolder/v2/tasks/{id}/cancel tasks.manage
POST /api/scaffolder/v2/tasks/{id}/retry tasks.manage
GET /api/scaffolder/v2/tasks/{id}/eventstream tasks.read
GET /api/scaffolder/v2/tasks/{id}/events tasks.read
POST /api/scaffolder/v2/autocomplete/{provider}/{resource} catalog.read
GET /api/scaffolder/v2/templating-extensions catalog.read
POST /api/scaffolder/v2/dry-run templates.dryrun
GET /api/scaffolder/v2/actions catalog.read
GET /api/catalog/entities catalog.read
GET /api/catalog/entities/by-query catalog.read
POST /api/catalog/entities/by-query catalog.read
POST /api/catalog/entities/by-refs catalog.read
GET /api/catalog/entities/by-uid/{uid} catalog.read
DELETE /api/catalog/entities/by-uid/{uid} catalog.write
GET /api/catalog/entities/by-name/{kind}/{namespace}/{name} catalog.read
GET /api/catalog/entities/by-name/{kind}/{namespace}/{name}/ancestry catalog.read
GET /api/catalog/entity-facets catalog.read
POST /api/catalog/entity-facets catalog.read
POST /api/catalog/refresh catalog.write
GET /api/catalog/locations catalog.read
POST /api/catalog/locations catalog.write
POST /api/catalog/locations/by-query catalog.read
GET /api/catalog/locations/{id} catalog.read
PUT /api/catalog/locations/{id} catalog.write
DELETE /api/catalog/locations/{id} catalog.write
GET /api/catalog/locations/by-entity/{kind}/{namespace}/{name} catalog.read
POST /api/catalog/analyze-location catalog.write
POST /api/catalog/validate-entity catalog.read
`

func expectations(t *testing.T) map[string]string {
	t.Helper()
	list := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(expected), "\n") {
		words := strings.Fields(line)
		list[words[0]+" "+words[1]] = words[2]
	}
	return list
}

func TestEveryRouteHasTheActionThatIsExpected(t *testing.T) {
	w := newWorld(t)
	list := expectations(t)
	for _, route := range w.portal.routes() {
		action := string(route.action)
		if action == "" {
			action = "-"
		}
		if want := list[route.method+" "+route.path]; action != want {
			t.Errorf("%s %s needs %s, expected is %q", route.method, route.path, action, want)
		}
	}
	for _, route := range append(w.portal.routes(), route{action: access.DryRun}) {
		if route.action != "" && mayDo[route.action] == "" {
			t.Errorf("who may do %s is not said", route.action)
		}
	}
}

// visitor is somebody who makes requests, with the roles they have for "mine".
type visitor struct {
	name    string
	roles   string // empty: nobody, which is 401
	client  *http.Client
	headers []string
}

func (w *world) visitors(t *testing.T) []visitor {
	t.Helper()
	plain := w.Client()
	expired := w.browser(t, "expired", "admins")
	portal, err := url.Parse(w.URL)
	must(t, err)
	expired.Jar.SetCookies(portal, []*http.Cookie{{Name: access.CookieName, Value: "ended", Path: "/", Secure: true}})
	list := []visitor{
		{"nobody", "", plain, nil},
		{"a wrong token", "", plain, bearer("pronto_wrong")},
		{"a password", "", plain, []string{"Authorization", "Basic YWRtaW46YWRtaW4="}},
		{"an ended session", "", expired, nil},
		{"a viewer", "viewer", w.browser(t, "v", "viewers"), nil},
		{"a viewer who is in the owner's group", "viewer maintainer", w.browser(t, "vo", "viewers", "team-a"), nil},
		{"a developer of another team", "developer", w.browser(t, "s", "devs", "team-b"), nil},
		{"a developer of the team", "developer maintainer", w.browser(t, "m", "devs", "team-a"), nil},
		{"the developer who made it", "developer maintainer", w.browser(t, "d", "devs"), nil},
		{"an administrator", "admin", w.browser(t, "a", "admins"), nil},
		{"a service that reads", "viewer", plain, bearer(service(t, w.access, access.RoleViewer))},
		{"a service of the team", "viewer maintainer", plain, bearer(service(t, w.access, access.RoleViewer, "group:default/team-a"))},
		{"a service of another team", "developer", plain, bearer(service(t, w.access, access.RoleDeveloper, "team-b"))},
	}
	_, token, err := w.access.CreateToken(t.Context(), access.User{Ref: "user:default/s"}, access.NewToken{Name: "x", Age: time.Hour})
	must(t, err)
	return append(list, visitor{"a token of a developer of another team", "developer", plain, bearer(token.Reveal())})
}

func (c visitor) may(action access.Action) bool {
	for _, role := range strings.Fields(c.roles) {
		if strings.Contains(" "+mayDo[action]+" ", " "+role+" ") {
			return true
		}
	}
	return false
}

// address fills a route's path for the application and the task of team-a.
func address(path string) string {
	return strings.NewReplacer("{name}", "mine", "{id}", "1", "{namespace}", "default", "{kind}", "template",
		"{code}", "BBBB-BBBB", "{uid}", "x", "{key}", "x").Replace(path)
}

func TestEveryRouteForEveryRole(t *testing.T) {
	w := newWorld(t)
	visitors := w.visitors(t)
	for _, route := range w.portal.routes() {
		if route.action == "" {
			continue // /auth and the webhook have tests of their own
		}
		for _, c := range visitors {
			status, body := w.ask(t, c, route.method, address(route.path), "", "Sec-Fetch-Site", "same-origin")
			turnedAway := status == http.StatusUnauthorized || status == http.StatusForbidden
			switch {
			case c.roles == "" && status != http.StatusUnauthorized:
				t.Errorf("%s: %s %s = %d, want 401", c.name, route.method, route.path, status)
			case c.roles != "" && c.may(route.action) == turnedAway:
				t.Errorf("%s: %s %s = %d %s, may %s is %v", c.name, route.method, route.path, status, body, route.action, c.may(route.action))
			}
			if turnedAway {
				checkRefusal(t, c.name+": "+route.method+" "+route.path, status, body)
			}
		}
	}
}

func checkRefusal(t *testing.T, what string, status int, body string) {
	t.Helper()
	name := map[int]string{401: "AuthenticationError", 403: "NotAllowedError"}[status]
	if !strings.HasPrefix(body, `{"error":{"name":"`+name+`","message":"`) {
		t.Errorf("%s: %d without the envelope: %s", what, status, body)
	}
	noLeak(t, what, body)
}

func TestAnotherSiteChangesNothing(t *testing.T) {
	w := newWorld(t)
	admin := visitor{"an administrator on another site", "admin", w.browser(t, "a", "admins"), nil}
	for _, route := range w.portal.routes() {
		if route.action == "" || route.method == http.MethodGet {
			continue
		}
		for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example.com"}} {
			if status, _ := w.ask(t, admin, route.method, address(route.path), "", headers...); status != http.StatusForbidden {
				t.Errorf("%s %s with %v = %d, want 403", route.method, route.path, headers, status)
			}
		}
	}
}

// ask makes a request and reads the beginning of the answer: some never end.
func (w *world) ask(t *testing.T, c visitor, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, w.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	for _, pairs := range [][]string{c.headers, headers} {
		for i := 0; i+1 < len(pairs); i += 2 {
			r.Header.Set(pairs[i], pairs[i+1])
		}
	}
	client := *c.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		return answer.StatusCode, ""
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer.StatusCode, string(text)
}

// noLeak finds what an error must not tell.
func noLeak(t *testing.T, what, body string) {
	t.Helper()
	for _, word := range []string{"goroutine", ".go:", "panic", "SQL", "sqlite", "SELECT ", "/tmp/", "/root/", "/var/lib", "127.0.0.1:"} {
		if strings.Contains(body, word) {
			t.Errorf("%s tells %q: %.300s", what, word, body)
		}
	}
}
