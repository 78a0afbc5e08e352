package system

import (
	"database/sql"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/estate/identity"
	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// door is the portal's access before the embedded provider, both of which can
// be made anew.
type door struct {
	portal, provider *httptest.Server
	browser          *http.Client
	db               *sql.DB
	password         secret.String
	current          atomic.Pointer[access.Access]
	dex              atomic.Pointer[identity.Identity]
	renewals         atomic.Int32
}

func openDoor(t *testing.T) *door {
	t.Helper()
	d := &door{password: secret.Random("")}
	d.provider = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" && r.PostFormValue("grant_type") == "refresh_token" {
			d.renewals.Add(1)
		}
		d.dex.Load().Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(d.provider.Close)
	d.portal = httptest.NewTLSServer(http.HandlerFunc(d.serve))
	t.Cleanup(d.portal.Close)
	var err error
	if d.db, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.db.Close() })
	d.browser = d.portal.Client()
	if d.browser.Jar, err = cookiejar.New(nil); err != nil {
		t.Fatal(err)
	}
	d.startProvider(t)
	d.startPortal(t, true, time.Now)
	return d
}

func (d *door) serve(w http.ResponseWriter, r *http.Request) {
	a := d.current.Load()
	var err error
	switch r.URL.Path {
	case "/auth/login":
		err = a.Login(w, r)
	case "/auth/callback":
		err = a.Callback(w, r)
	case "/who":
		var user access.User
		if user, err = a.Authenticate(r); err == nil {
			_, _ = io.WriteString(w, user.Ref+" "+string(user.Role))
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
	}
}

// startProvider is a provider that remembers nothing of an earlier one.
func (d *door) startProvider(t *testing.T) {
	t.Helper()
	hash, err := identity.HashPassword(d.password)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := url.Parse(d.provider.URL)
	if err != nil {
		t.Fatal(err)
	}
	part, err := identity.New(identity.Config{
		Issuer: issuer, Logger: slog.New(slog.DiscardHandler),
		Clients: []identity.Client{{ID: portalClientID, Secret: secret.New("s"), RedirectURIs: []string{d.portal.URL + "/auth/callback"}}},
		Users:   []identity.User{{Email: "admin@x.localhost", Username: "admin", UserID: "admin", Groups: []string{adminGroup}, PasswordHash: hash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	parttest.Start(t, part.Run)
	d.dex.Store(part)
}

func (d *door) startPortal(t *testing.T, embedded bool, clock func() time.Time) {
	t.Helper()
	a, err := access.New(access.Config{
		DB: d.db, PortalURL: d.portal.URL, Issuer: d.provider.URL, Embedded: embedded, ClientID: portalClientID, ClientSecret: secret.New("s"),
		Roles: roles(nil), SealKey: secret.New("k"), HTTPClient: http.DefaultClient, ClaimsAge: time.Nanosecond, // asked at every request
		Logger: slog.New(slog.DiscardHandler), Clock: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.current.Store(a)
}

func (d *door) get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.portal.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d.do(t, r)
}

func (d *door) do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := d.browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

var formAction = regexp.MustCompile(`<form method="post" action="([^"]+)"`)

func (d *door) signIn(t *testing.T) {
	t.Helper()
	page, body := d.get(t, "/auth/login?return=/who")
	match := formAction.FindStringSubmatch(body)
	if match == nil {
		t.Fatalf("no login form, but %s: %s", page.Status, body)
	}
	action, err := page.Request.URL.Parse(html.UnescapeString(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"login": {"admin@x.localhost"}, "password": {d.password.Reveal()}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, action.String(), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, body := d.do(t, r); body != "user:default/admin admin" {
		t.Fatalf("signed in: %s", body)
	}
}

func TestTheEmbeddedProviderRenewsASession(t *testing.T) {
	d := openDoor(t)
	d.signIn(t)
	before := d.renewals.Load()
	for range 3 {
		if _, body := d.get(t, "/who"); body != "user:default/admin admin" {
			t.Errorf("renewed: %s", body)
		}
	}
	if asked := d.renewals.Load() - before; asked != 3 {
		t.Errorf("it was asked %d times in 3 requests, each of which must renew", asked)
	}
}

func TestARestartThrowsNobodyOut(t *testing.T) {
	d := openDoor(t)
	d.signIn(t)
	d.startProvider(t)
	d.startPortal(t, true, func() time.Time { return time.Now().Add(2 * time.Second) })
	before := d.renewals.Load()
	if _, body := d.get(t, "/who"); body != "user:default/admin admin" || d.renewals.Load() != before {
		t.Errorf("after a restart of both: %s", body)
	}
	// Any other provider that forgets has refused.
	d.startPortal(t, false, func() time.Time { return time.Now().Add(2 * time.Second) })
	if response, body := d.get(t, "/who"); response.StatusCode != http.StatusUnauthorized {
		t.Errorf("another provider that forgot: %s", body)
	}
}

func TestAnotherIssuerTakesTheEmbeddedOnesPlace(t *testing.T) {
	cfg := config.Default()
	cfg.State = t.TempDir()
	if sockets := systemSockets(cfg); sockets[cfg.Host("login")] == "" {
		t.Error("the login host is not served")
	}
	cfg.Identity.Issuer, cfg.Identity.ClientID = "https://issuer.example.com/pool", "pronto"
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	if sockets := systemSockets(cfg); sockets[cfg.Host("login")] != "" {
		t.Error("the login host is served although another issuer signs people in")
	}
	w := &wiring{ground: ground{cfg: cfg}, log: slog.New(slog.DiscardHandler)}
	if part, err := w.identity(); err != nil || part != nil {
		t.Errorf("the embedded provider is made: %v, %v", part, err)
	}
	if w.issuer() != "https://issuer.example.com/pool" {
		t.Errorf("issuer = %s", w.issuer())
	}
	w.cfg.Identity.ClientSecretFile = filepath.Join(cfg.State, "none")
	if _, err := w.access(nil); err == nil || !strings.Contains(err.Error(), "identity.clientSecretFile") {
		t.Errorf("a secret's file that is not there: %v", err)
	}
}
