package access

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/access/accesstest"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// setUp is a portal over TLS that answers with the caller, and a browser.
func setUp(t *testing.T, groups ...string) (*Access, *site) {
	return setUpWith(t, accesstest.New(t, ""), map[string]any{
		"sub": "1", "name": "Ana", "email": "Ana@example.com", "groups": groups,
	})
}

// site is a portal with its provider and one browser.
type site struct {
	*httptest.Server
	issuer  *accesstest.Issuer
	browser *http.Client
}

func (s *site) signIn(t *testing.T) int {
	t.Helper()
	return s.issuer.SignIn(t, s.browser, s.URL).StatusCode
}

func setUpWith(t *testing.T, i *accesstest.Issuer, claims map[string]any) (*Access, *site) {
	t.Helper()
	i.SignsIn(claims)
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	a, err := New(Config{DB: db, PortalURL: server.URL, Issuer: i.URL, ClientID: accesstest.ClientID, HTTPClient: i.Client,
		Roles: map[string]Role{"admins": RoleAdmin, "devs": RoleDeveloper}, AdminToken: secret.New("pronto_boot"),
		SealKey: secret.New("a key"), Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	serve(mux, a)
	browser := server.Client()
	if browser.Jar, err = cookiejar.New(nil); err != nil {
		t.Fatal(err)
	}
	return a, &site{server, i, browser}
}

func serve(mux *http.ServeMux, a *Access) {
	for path, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"/auth/login": a.Login, "/auth/callback": a.Callback, "/auth/logout": a.Logout,
		"/who": func(w http.ResponseWriter, r *http.Request) error {
			user, err := a.Authenticate(r)
			if err == nil {
				_ = json.NewEncoder(w).Encode(user)
			}
			return err
		},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				status := http.StatusInternalServerError
				var p *fault.Error
				if errors.As(err, &p) {
					status = p.Status()
				}
				http.Error(w, err.Error(), status)
			}
		})
	}
}

func get(t *testing.T, client *http.Client, request *http.Request) (int, string) {
	t.Helper()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func request(t *testing.T, method, address string, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestAPersonSignsInAndOut(t *testing.T) {
	_, s := setUp(t, "devs")
	if status := s.signIn(t); status != 302 {
		t.Fatalf("signing in = %d", status)
	}
	who := s.URL + "/who"
	if status, body := get(t, s.browser, request(t, "GET", who)); status != 200 || !strings.Contains(body, `"role":"developer"`) || !strings.Contains(body, `"ref":"user:default/ana"`) {
		t.Fatalf("after signing in: %d %s", status, body)
	}
	if status, body := get(t, s.browser, request(t, "POST", who, "Sec-Fetch-Site", "cross-site")); status != 403 {
		t.Errorf("an unsafe request from another site = %d %s, want 403", status, body)
	}
	if status, _ := get(t, s.browser, request(t, "POST", who, "Sec-Fetch-Site", "same-origin")); status != 200 {
		t.Errorf("an unsafe request from the portal itself = %d, want 200", status)
	}
	if status, _ := get(t, s.browser, request(t, "POST", s.URL+"/auth/logout")); status != 204 {
		t.Errorf("signing out = %d", status)
	}
	if status, _ := get(t, s.browser, request(t, "GET", who)); status != 401 {
		t.Errorf("after signing out = %d, want 401", status)
	}
}

func TestSigningOutGoesOnAtTheProvider(t *testing.T) {
	i := accesstest.New(t, "")
	i.Discovery["end_session_endpoint"] = "https://signin.example.com/logout?x=1"
	_, s := setUpWith(t, i, map[string]any{"sub": "1", "email": "ana@example.com", "groups": "devs"})
	s.signIn(t)
	status, body := get(t, s.browser, request(t, "POST", s.URL+"/auth/logout"))
	if status != 200 || !strings.Contains(body, "https://signin.example.com/logout?client_id=portal\\u0026post_logout_redirect_uri=") {
		t.Errorf("signing out = %d %s", status, body)
	}
}

func TestAPersonInNoGroupIsRefused(t *testing.T) {
	a, s := setUp(t, "visitors")
	if status := s.signIn(t); status != 403 {
		t.Errorf("signing in = %d, want 403", status)
	}
	entries := trail(t, a)
	if len(entries) != 1 || entries[0].Outcome != OutcomeRefused || !strings.Contains(entries[0].Detail, "no group") {
		t.Errorf("the audit trail says %+v", entries)
	}
}

func TestACallbackThatWasNotBegunHereIsRefused(t *testing.T) {
	_, s := setUp(t, "devs")
	if status, _ := get(t, s.browser, request(t, "GET", s.URL+"/auth/callback?state=x&code=c1")); status != 400 {
		t.Errorf("an unknown state = %d, want 400", status)
	}
	// A sign-in that another browser began, as in login CSRF.
	other := *s.browser
	other.Jar = nil
	if status := s.issuer.SignIn(t, &other, s.URL).StatusCode; status != 400 {
		t.Errorf("another browser's sign-in = %d, want 400", status)
	}
}

func TestASessionIsAlwaysANewOne(t *testing.T) {
	a, s := setUp(t, "devs")
	s.signIn(t)
	portal, _ := url.Parse(s.URL)
	first := s.browser.Jar.Cookies(portal)[0].Value
	s.signIn(t)
	if second := s.browser.Jar.Cookies(portal)[0].Value; second == first {
		t.Error("the second sign-in kept the session")
	}
	if _, err := a.store.session(t.Context(), first, time.Now()); err == nil {
		t.Error("the session of before goes on")
	}
}

func TestSignInsAreLimited(t *testing.T) {
	_, s := setUp(t, "devs")
	last := 0
	for range loginBurst + 1 {
		last = s.signIn(t)
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("after %d sign-ins at once: %d, want 429", loginBurst+1, last)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	for _, c := range []struct {
		role   Role
		action Action
		want   bool
	}{
		{RoleViewer, ReadApps, true}, {RoleViewer, CreateApp, false}, {RoleViewer, DeleteApp, false},
		{RoleDeveloper, CreateApp, true}, {RoleDeveloper, DeleteApp, false}, {RoleDeveloper, WriteCatalog, false},
		{RoleAdmin, WriteCatalog, true}, {RoleAdmin, DeleteApp, true}, {RoleNone, ReadApps, false}, {RoleAdmin, "unknown", false},
	} {
		err := Authorize(WithUser(context.Background(), User{Role: c.role}), c.action)
		if (err == nil) != c.want {
			t.Errorf("%s may %s: %v, want %v", c.role, c.action, err, c.want)
		}
	}
	if err := Authorize(context.Background(), ReadApps); !errors.Is(err, errAnonymous) {
		t.Errorf("nobody = %v", err)
	}
	if role := roleOf([]string{"devs", "admins"}, map[string]Role{"devs": RoleDeveloper, "admins": RoleAdmin}); role != RoleAdmin {
		t.Errorf("two groups give %s", role)
	}
}

func TestTheWayBackStaysHere(t *testing.T) {
	for path, want := range map[string]string{"": "/", "/apps/x?a=1": "/apps/x?a=1", "//evil": "/", "https://evil": "/", `/\evil`: "/", "apps": "/"} {
		if got := localPath(path); got != want {
			t.Errorf("localPath(%q) = %q, want %q", path, got, want)
		}
	}
}
