package portal

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/pronto-platform/pronto/api/openapi"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

const hookSecret = "It's a Secret to Everybody"

// setUp is a portal whose deliveries are not running: what needs them is
// tested where they live.
func setUp(t *testing.T) (*Portal, *httptest.Server, *access.Access) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	client := &http.Client{Transport: &http.Transport{}}
	forge, err := scm.New(scm.Config{APIURL: "https://git.example.com", HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	deliveries, err := delivery.New(delivery.Config{
		DB: db, SCM: forge, Kubernetes: &rest.Config{Host: "127.0.0.1:1"}, DNSServer: "127.0.0.1:1", HTTPClient: client,
		WebhookSecret: secret.New(hookSecret), Logger: log,
		Names: delivery.Names{Organization: "apps", RepositoryPrefix: "idp-", Domain: "example.com", Registry: "registry.example.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	who, err := access.New(access.Config{DB: db, PortalURL: "https://portal.example.com", Issuer: "https://login.example.com", ClientID: "portal",
		HTTPClient: client, AdminToken: secret.New("pronto_admin"), SealKey: secret.New("a key"), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	room := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		user, _ := access.UserFrom(r.Context())
		_, _ = io.WriteString(w, "room for "+user.Ref)
	})
	tasks := func(_ context.Context, id string) (access.Target, error) {
		if id != "1" {
			return access.Target{}, fault.NotFoundf("there is no such task")
		}
		return access.Target{Owner: "group:default/team-a", CreatedBy: "user:default/d"}, nil
	}
	p, err := New(Config{Access: who, Delivery: deliveries, Scaffolder: room, Catalog: room, TaskTarget: tasks, Logger: log, Platform: Platform{Domain: "example.com"},
		Web: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>" + strings.Repeat("page ", 100))}, "assets/app-1.js": {Data: []byte("x")}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	return p, server, who
}

func TestEveryRouteIsDescribedAndViceVersa(t *testing.T) {
	p, _, _ := setUp(t)
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := yaml.Unmarshal(openapi.Pronto, &document); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, item := range document.Paths {
		for method, operation := range item {
			if method == "parameters" {
				continue
			}
			described[strings.ToUpper(method)+" "+path] = true
			open := operation.(map[string]any)["security"] != nil
			for _, route := range p.routes() {
				if route.method == strings.ToUpper(method) && route.path == path && (route.action == "") != open {
					t.Errorf("%s %s: open to everyone is %v in the code and %v in the document", method, path, route.action == "", open)
				}
			}
		}
	}
	for _, route := range p.routes() {
		key := route.method + " " + route.path
		if !described[key] {
			t.Errorf("%s is not described", key)
		}
		delete(described, key)
	}
	for key := range described {
		t.Errorf("%s is described and not served", key)
	}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func call(t *testing.T, method, address, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

func bearer(token string) []string { return []string{"Authorization", "Bearer " + token} }

func TestWhoMayCallWhat(t *testing.T) {
	_, server, who := setUp(t)
	viewer := service(t, who, access.RoleViewer)
	for _, c := range []struct {
		method, path, token string
		want                int
	}{
		{"GET", "/api/pronto/v1/apps", "", 401},
		{"GET", "/api/pronto/v1/apps", "pronto_wrong", 401},
		{"GET", "/api/pronto/v1/apps", viewer, 200},
		{"DELETE", "/api/pronto/v1/apps/x", viewer, 404},
		{"DELETE", "/api/pronto/v1/apps/x", "pronto_admin", 404},
		{"GET", "/api/pronto/v1/apps/x/logs", "pronto_admin", 404},
		{"GET", "/api/pronto/v1/apps/x/runs/abc", "pronto_admin", 400},
		{"GET", "/api/pronto/v1/apps/x/deliveries", "pronto_admin", 404},
		{"GET", "/api/pronto/v1/apps/x/files", viewer, 404},
		{"GET", "/api/pronto/v1/apps/x/file?path=a", viewer, 404},
		{"PUT", "/api/pronto/v1/apps/x/file", viewer, 404},
		{"PUT", "/api/pronto/v1/apps/x/file", "pronto_admin", 404},
		{"GET", "/api/pronto/v1/apps/x/runs", viewer, 404},
		{"POST", "/api/pronto/v1/apps/x/runs/1/rerun", viewer, 404},
		{"POST", "/api/pronto/v1/apps/x/runs/1/cancel", "pronto_admin", 404},
		{"GET", "/api/pronto/v1/apps/x/versions", viewer, 404},
		{"GET", "/api/pronto/v1/apps/x/why", viewer, 404},
		{"POST", "/api/pronto/v1/apps/x/rollback", viewer, 404},
		{"GET", "/api/pronto/v1/apps/x/resources", viewer, 404},
		{"GET", "/api/pronto/v1/capacity", viewer, 200},
		{"GET", "/api/pronto/v1/figures?days=7&owner=group:default/a", viewer, 200},
		{"GET", "/api/pronto/v1/figures?days=366", viewer, 400},
		{"POST", "/api/scaffolder/v2/tasks", viewer, 403},
		{"GET", "/api/pronto/v1/apps/x/metrics?follow=true", viewer, 404},
		{"GET", "/api/pronto/v1/apps/x/metrics?follow=maybe", viewer, 400},
		{"POST", "/api/scaffolder/v2/tasks", "pronto_admin", 200},
		{"POST", "/api/scaffolder/v2/tasks/1/cancel", viewer, 403},
		{"GET", "/api/catalog/entities", "", 401},
		{"GET", "/api/catalog/entities", viewer, 200},
		{"POST", "/api/catalog/locations", viewer, 403},
		{"POST", "/api/catalog/entities/by-refs", viewer, 200},
		{"GET", "/api/nothing", "pronto_admin", 404},
		{"GET", "/healthz", "", 200},
		{"GET", "/openapi.yaml", "", 200},
		{"GET", "/auth/login", "", 503},
	} {
		headers := []string{}
		if c.token != "" {
			headers = bearer(c.token)
		}
		got := call(t, c.method, server.URL+c.path, "", headers...)
		if got.status != c.want {
			t.Errorf("%s %s = %d %s, want %d", c.method, c.path, got.status, got.body, c.want)
		}
		if got.status >= 400 {
			path, _, _ := strings.Cut(c.path, "?")
			checkEnvelope(t, c.method, path, got)
		}
	}
}

func checkEnvelope(t *testing.T, method, path string, got answer) {
	t.Helper()
	var e envelope
	if err := json.Unmarshal([]byte(got.body), &e); err != nil || e.Response.StatusCode != got.status || e.Request.URL != path || e.Error.Name == "" || e.Error.Message == "" {
		t.Errorf("%s %s: %s is not Backstage's envelope (%v)", method, path, got.body, err)
	}
}

func TestBadBodiesGetAClearErrorAndChangeNothing(t *testing.T) {
	_, server, who := setUp(t)
	asJSON := []string{"Authorization", "Bearer pronto_admin", "Content-Type", "application/json"}
	for body, want := range map[string]string{
		"":                            "The body cannot be read: it is empty",
		"not json":                    "The body cannot be read: it is not JSON",
		`{"name":"x"} {}`:             "more than one JSON value",
		`{"name":"x","role":"admin"}`: "there is no field",
		`{"name":""}`:                 "name: give the token a name",
		`{"name":"x","days":0}`:       "days: give a whole number from 1 to 365",
		`{"name":"x","days":"two"}`:   "days is of type string where a whole number is expected",
		`{"name":"` + strings.Repeat("x", 81) + `"}`: "name: give the token a name",
	} {
		if got := call(t, "POST", server.URL+"/api/pronto/v1/tokens", body, asJSON...); got.status != 400 || !strings.Contains(got.body, want) {
			t.Errorf("body %.40q = %d %s, want 400 with %q", body, got.status, got.body, want)
		}
	}
	if got := call(t, "POST", server.URL+"/api/pronto/v1/tokens", `{"name":"`+strings.Repeat("x", maxBody)+`"}`, asJSON...); got.status != 413 {
		t.Errorf("a large body = %d %.80s, want 413", got.status, got.body)
	}
	if list, err := who.Tokens(t.Context(), access.User{Ref: "user:default/admin"}); err != nil || len(list) != 0 {
		t.Errorf("bad bodies left %v, %v", list, err)
	}
	for _, token := range []string{machineToken(t, who), service(t, who, access.RoleAdmin)} {
		headers := append(bearer(token), "Content-Type", "application/json")
		if got := call(t, "POST", server.URL+"/api/pronto/v1/tokens", `{"name":"more"}`, headers...); got.status != 403 || !strings.Contains(got.body, "makes no tokens") {
			t.Errorf("a token makes another: %d %s, want 403", got.status, got.body)
		}
	}
	if got := call(t, "POST", server.URL+"/api/pronto/v1/tokens", `{"name":"ci"}`, asJSON...); got.status != 201 || !strings.Contains(got.body, `"token":"pronto_`) {
		t.Errorf("a good body = %d %s", got.status, got.body)
	}
}

func TestAWebhookNeedsItsSignature(t *testing.T) {
	_, server, _ := setUp(t)
	sign := func(body string) string {
		mac := hmac.New(sha256.New, []byte(hookSecret))
		mac.Write([]byte(body))
		return "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
	if got := sign("Hello, World!"); got != "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" {
		t.Fatalf("GitHub's test vector gives %s", got)
	}
	push := `{"ref":"refs/heads/main","repository":{"full_name":"apps/idp-x"}}`
	for _, c := range []struct {
		event, guid, body, signature string
		want                         int
	}{
		{"push", "1", push, sign(push), 202},
		{"push", "1", push, sign(push), 202},
		{"push", "2", push, sign("other"), 401},
		{"push", "2", push, "", 401},
		{"push", "2", push, "sha1=x", 401},
		{"push", "", push, sign(push), 400},
		{"push", "3", "not json", sign("not json"), 400},
		{"ping", "4", "{}", sign("{}"), 202},
	} {
		got := call(t, "POST", server.URL+"/api/webhooks/github", c.body, "X-GitHub-Event", c.event, "X-GitHub-Delivery", c.guid, "X-Hub-Signature-256", c.signature)
		if got.status != c.want {
			t.Errorf("%s %q = %d %s, want %d", c.event, c.guid, got.status, got.body, c.want)
		}
	}
}

func TestAPushIsToldOnceItsSignatureHolds(t *testing.T) {
	p, _, _ := setUp(t)
	var told []string
	p.cfg.Pushed = func(_ context.Context, repository, branch string) error {
		told = append(told, repository+" "+branch)
		return nil
	}
	server := httptest.NewServer(p.Handler())
	defer server.Close()
	for _, c := range []struct{ event, body, secret string }{
		{"push", `{"ref":"refs/heads/feature/x","repository":{"full_name":"apps/web"}}`, hookSecret},
		{"push", `{"ref":"refs/heads/main","repository":{"full_name":"apps/forged"}}`, "guess"},
		{"push", `{"ref":"refs/tags/v1","repository":{"full_name":"apps/web"}}`, hookSecret},
		{"ping", `{"ref":"refs/heads/main"}`, hookSecret},
	} {
		mac := hmac.New(sha256.New, []byte(c.secret))
		mac.Write([]byte(c.body))
		call(t, "POST", server.URL+"/api/webhooks/github", c.body, "X-GitHub-Event", c.event,
			"X-GitHub-Delivery", c.event+c.body, "X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	if got := strings.Join(told, ", "); got != "apps/web feature/x" {
		t.Errorf("told of %q, want the one push to a branch", got)
	}
}

func TestTheWebAppIsServedSafely(t *testing.T) {
	_, server, _ := setUp(t)
	page := call(t, "GET", server.URL+"/apps/hello", "", "Accept-Encoding", "gzip")
	for header, want := range map[string]string{
		"Content-Security-Policy": "frame-ancestors 'none'", "Strict-Transport-Security": "max-age", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "same-origin", "Content-Encoding": "gzip", "Content-Type": "text/html", "Cache-Control": "no-cache",
	} {
		if got := page.header.Get(header); !strings.Contains(got, want) {
			t.Errorf("%s = %q, want %q in it", header, got, want)
		}
	}
	if strings.Contains(strings.SplitN(page.header.Get("Content-Security-Policy"), "style-src", 2)[0], "unsafe-inline") {
		t.Error("scripts may stand in the page")
	}
	if again := call(t, "GET", server.URL+"/", "", "If-None-Match", page.header.Get("ETag")); again.status != 304 {
		t.Errorf("a page that is known already = %d, want 304", again.status)
	}
	if got := call(t, "GET", server.URL+"/assets/app-1.js", ""); !strings.Contains(got.header.Get("Cache-Control"), "immutable") || got.body != "x" {
		t.Errorf("an asset = %q %v", got.body, got.header)
	}
	for path, want := range map[string]int{"/assets/none.js": 404, "/../../etc/passwd": 307, "/assets": 200} {
		if got := call(t, "GET", server.URL+path, ""); got.status != want {
			t.Errorf("%s = %d, want %d", path, got.status, want)
		}
	}
	if got := call(t, "POST", server.URL+"/", ""); got.status != 405 {
		t.Errorf("POST / = %d, want 405", got.status)
	}
}

func TestTheEventStreamBeginsWithASnapshot(t *testing.T) {
	_, server, _ := setUp(t)
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/api/pronto/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer pronto_admin")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	reader := bufio.NewReader(response.Body)
	for _, want := range []string{"event: snapshot\n", "data: {\"apps\":[]}\n", "\n"} {
		if line, err := reader.ReadString('\n'); err != nil || line != want {
			t.Fatalf("line = %q, %v; want %q", line, err, want)
		}
	}
}

func TestNotReadyIsSaid(t *testing.T) {
	p, _, _ := setUp(t)
	p.cfg.Ready = func(context.Context) error { return os.ErrDeadlineExceeded }
	server := httptest.NewServer(p.Handler())
	defer server.Close()
	if got := call(t, "GET", server.URL+"/healthz", ""); got.status != 503 {
		t.Errorf("healthz = %d, want 503", got.status)
	}
}
