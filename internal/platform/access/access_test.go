package access

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
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

	"github.com/golang-jwt/jwt/v5"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// issuer is the least an OIDC provider does; it checks PKCE as a real one.
type issuer struct {
	*httptest.Server
	key       *rsa.PrivateKey
	challenge string
	nonce     string
	groups    []string
}

func newIssuer(t *testing.T) *issuer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token",
			"jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		n := base64.RawURLEncoding.EncodeToString(key.N.Bytes())
		answer(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": n, "e": "AQAB"}}})
	})
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		i.challenge, i.nonce = q.Get("code_challenge"), q.Get("nonce")
		http.Redirect(w, r, q.Get("redirect_uri")+"?code=c1&state="+url.QueryEscape(q.Get("state")), http.StatusFound)
	})
	mux.HandleFunc("/token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if base64.RawURLEncoding.EncodeToString(sum[:]) != i.challenge {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iss": i.URL, "aud": "portal", "sub": "1", "nonce": i.nonce, "name": "Ana",
		"email": "Ana@example.com", "groups": i.groups, "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix()})
	token.Header["kid"] = "1"
	signed, err := token.SignedString(i.key)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": signed})
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// setUp is a portal over TLS that answers with the caller, and a browser.
func setUp(t *testing.T, groups ...string) (*Access, *httptest.Server, *http.Client) {
	i := newIssuer(t)
	i.groups = groups
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	a, err := New(Config{DB: db, PortalURL: server.URL, Issuer: i.URL, ClientID: "portal", HTTPClient: http.DefaultClient,
		Roles: map[string]Role{"admins": RoleAdmin, "devs": RoleDeveloper}, AdminToken: secret.New("pronto_boot"),
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for path, serve := range map[string]func(http.ResponseWriter, *http.Request) error{
		"/auth/login": a.Login, "/auth/callback": a.Callback, "/auth/logout": a.Logout,
		"/who": func(w http.ResponseWriter, r *http.Request) error {
			user, err := a.Authenticate(r)
			if err == nil {
				answer(w, user)
			}
			return err
		},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if err := serve(w, r); err != nil {
				status := http.StatusInternalServerError
				var p *RefusalError
				if errors.As(err, &p) {
					status = p.Status
				}
				http.Error(w, err.Error(), status)
			}
		})
	}
	browser := server.Client()
	if browser.Jar, err = cookiejar.New(nil); err != nil {
		t.Fatal(err)
	}
	return a, server, browser
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
	_, server, browser := setUp(t, "devs")
	if status, body := get(t, browser, request(t, "GET", server.URL+"/auth/login?return=/who")); status != 200 || !strings.Contains(body, `"role":"developer"`) || !strings.Contains(body, `"ref":"user:default/ana"`) {
		t.Fatalf("after signing in: %d %s", status, body)
	}
	if status, body := get(t, browser, request(t, "POST", server.URL+"/who", "Sec-Fetch-Site", "cross-site")); status != 403 {
		t.Errorf("an unsafe request from another site = %d %s, want 403", status, body)
	}
	if status, _ := get(t, browser, request(t, "POST", server.URL+"/who", "Sec-Fetch-Site", "same-origin")); status != 200 {
		t.Errorf("an unsafe request from the portal itself = %d, want 200", status)
	}
	if status, _ := get(t, browser, request(t, "POST", server.URL+"/auth/logout")); status != 204 {
		t.Errorf("signing out = %d", status)
	}
	if status, _ := get(t, browser, request(t, "GET", server.URL+"/who")); status != 401 {
		t.Errorf("after signing out = %d, want 401", status)
	}
}

func TestAPersonInNoGroupIsRefused(t *testing.T) {
	_, server, browser := setUp(t, "visitors")
	if status, body := get(t, browser, request(t, "GET", server.URL+"/auth/login")); status != 403 || !strings.Contains(body, "no group") {
		t.Errorf("signing in = %d %s, want 403 with the reason", status, body)
	}
}

func TestACallbackThatWasNotBegunHereIsRefused(t *testing.T) {
	_, server, browser := setUp(t, "devs")
	if status, _ := get(t, browser, request(t, "GET", server.URL+"/auth/callback?state=x&code=c1")); status != 400 {
		t.Errorf("an unknown state = %d, want 400", status)
	}
	// A sign-in that another browser began, as in login CSRF.
	other := *browser
	other.Jar = nil
	other.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := other.Do(request(t, "GET", server.URL+"/auth/login"))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if status, _ := get(t, browser, request(t, "GET", response.Header.Get("Location"))); status != 400 {
		t.Errorf("another browser's sign-in = %d, want 400", status)
	}
}

func TestSignInsAreLimited(t *testing.T) {
	_, server, browser := setUp(t, "devs")
	last := 0
	for range loginBurst + 1 {
		last, _ = get(t, browser, request(t, "GET", server.URL+"/auth/login?return=/who"))
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("after %d sign-ins at once: %d, want 429", loginBurst+1, last)
	}
}

func TestTokens(t *testing.T) {
	a, server, browser := setUp(t)
	ana := User{Ref: "user:default/ana", Role: RoleViewer}
	token, value, err := a.CreateToken(t.Context(), ana, "ci", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	who := func(token string) int {
		status, _ := get(t, browser, request(t, "GET", server.URL+"/who", "Authorization", "Bearer "+token))
		return status
	}
	for token, want := range map[string]int{value.Reveal(): 200, "pronto_boot": 200, "pronto_wrong": 401, "": 401} {
		if got := who(token); got != want {
			t.Errorf("token %q = %d, want %d", token, got, want)
		}
	}
	list, err := a.Tokens(t.Context(), ana.Ref)
	if err != nil || len(list) != 1 || list[0].LastUsedAt == nil {
		t.Errorf("tokens = %+v, %v", list, err)
	}
	if deleted, _ := a.DeleteToken(t.Context(), "user:default/eve", token.ID); deleted {
		t.Error("somebody else's token was revoked")
	}
	if deleted, err := a.DeleteToken(t.Context(), ana.Ref, token.ID); !deleted || err != nil {
		t.Errorf("revoke = %v, %v", deleted, err)
	}
	if got := who(value.Reveal()); got != 401 {
		t.Errorf("a revoked token = %d, want 401", got)
	}
}

func TestASessionAndATokenEnd(t *testing.T) {
	a, _, _ := setUp(t)
	now := time.Now()
	a.cfg.Clock = func() time.Time { return now }
	session, err := a.store.newSession(t.Context(), User{Ref: "user:default/ana"}, now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := a.CreateToken(t.Context(), User{Ref: "user:default/ana"}, "x", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Minute)
	byCookie, byToken := request(t, "GET", "/"), request(t, "GET", "/", "Authorization", "Bearer "+token.Reveal())
	byCookie.AddCookie(&http.Cookie{Name: CookieName, Value: session.Reveal()})
	for what, r := range map[string]*http.Request{"session": byCookie, "token": byToken} {
		if _, err := a.Authenticate(r); err == nil {
			t.Errorf("an ended %s was accepted", what)
		}
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
