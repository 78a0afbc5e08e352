// Package accesstest is a small OIDC provider for tests: it signs with a key of
// its own, checks PKCE, rotates refresh tokens and can forget, refuse or fail.
package accesstest

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// ClientID is the one client that the provider knows.
const ClientID = "portal"

// Issuer is an OIDC provider.
type Issuer struct {
	URL    string
	Client *http.Client // reaches the provider under any name

	// Discovery is added to what the provider says of itself, e.g. scopes_supported.
	Discovery map[string]any

	server *httptest.Server
	key    *rsa.PrivateKey
	mu     sync.Mutex
	person map[string]any
	mode   Mode
	codes  map[string]grant
	tokens map[string]grant // by refresh token
	asked  []string
}

// Mode is what the provider does when it is asked to renew.
type Mode string

// Renew answers with the person's claims of now; Refuse with invalid_grant; Fail
// with 500; Silent gives no refresh token at a sign-in.
const (
	Renew  Mode = ""
	Refuse Mode = "refuse"
	Fail   Mode = "fail"
	Silent Mode = "silent"
)

type grant struct{ challenge, nonce string }

// signingKey is one for all providers of a test's process: making it takes long.
var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// New starts a provider whose issuer is at address; empty: its own.
func New(t *testing.T, address string) *Issuer {
	t.Helper()
	key, err := signingKey()
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{key: key, codes: map[string]grant{}, tokens: map[string]grant{}, Discovery: map[string]any{
		"scopes_supported": []string{"openid", "profile", "email", "groups", "offline_access"},
	}}
	mux := http.NewServeMux()
	i.server = httptest.NewTLSServer(mux)
	t.Cleanup(i.server.Close)
	if i.URL = address; address == "" {
		i.URL = "https://issuer.example.com"
	}
	issuer, err := url.Parse(i.URL)
	if err != nil {
		t.Fatal(err)
	}
	mux.HandleFunc(issuer.Path+"/.well-known/openid-configuration", i.discovery)
	mux.HandleFunc(issuer.Path+"/keys", i.keys)
	mux.HandleFunc("/authorize", i.authorize)
	mux.HandleFunc("/token", i.token)
	i.Client = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, i.server.Listener.Addr().String())
		},
		TLSClientConfig: &tls.Config{RootCAs: i.server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "example.com", MinVersion: tls.VersionTLS12},
	}}
	return i
}

// SignsIn says who signs in next, and what the provider says of them from now on.
func (i *Issuer) SignsIn(claims map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.person = claims
}

// Answers sets what the provider does from now on.
func (i *Issuer) Answers(mode Mode) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.mode = mode
}

// Asked lists the grant types that were redeemed.
func (i *Issuer) Asked() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string{}, i.asked...)
}

// SignIn lets a browser with a cookie jar sign in at the portal and follows it
// to the callback's answer, which is not followed further.
func (i *Issuer) SignIn(t *testing.T, browser *http.Client, portal string) *http.Response {
	t.Helper()
	client := *browser
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	begun := fetch(t, &client, portal+"/auth/login")
	if begun.StatusCode != http.StatusFound {
		return begun
	}
	provider := *i.Client
	provider.CheckRedirect = client.CheckRedirect
	back := fetch(t, &provider, begun.Header.Get("Location"))
	callback, err := url.Parse(back.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return fetch(t, &client, portal+"/auth/callback?"+callback.RawQuery)
}

func fetch(t *testing.T, client *http.Client, address string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	document := map[string]any{
		"issuer": i.URL, "authorization_endpoint": "https://signin.example.com/authorize", "token_endpoint": "https://signin.example.com/token",
		"jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	}
	maps.Copy(document, i.Discovery)
	answer(w, http.StatusOK, document)
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	n := base64.RawURLEncoding.EncodeToString(i.key.N.Bytes())
	answer(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": n, "e": "AQAB"}}})
}

func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("client_id") != ClientID {
		http.Error(w, "PKCE with S256 is needed", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	i.mu.Lock()
	i.codes[code] = grant{q.Get("code_challenge"), q.Get("nonce")}
	i.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?code="+code+"&state="+url.QueryEscape(q.Get("state")), http.StatusFound)
}

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	kind := r.FormValue("grant_type")
	i.asked = append(i.asked, kind)
	if i.mode == Fail {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	known, ok := i.redeem(r, kind)
	if !ok || kind == "refresh_token" && i.mode == Refuse {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := jwt.MapClaims{"iss": i.URL, "aud": ClientID, "exp": time.Now().Add(24 * time.Hour).Unix(), "iat": time.Now().Unix()}
	if kind == "authorization_code" {
		claims["nonce"] = known.nonce
	}
	maps.Copy(claims, i.person)
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = "1"
	signed, err := token.SignedString(i.key)
	if err != nil {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	body := map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "id_token": signed, "expires_in": 3600}
	if i.mode != Silent {
		refresh := "refresh-" + rand.Text()
		i.tokens[refresh] = known
		body["refresh_token"] = refresh
	}
	answer(w, http.StatusOK, body)
}

// redeem takes a code or a refresh token, each of which is good once.
func (i *Issuer) redeem(r *http.Request, kind string) (grant, bool) {
	if kind == "refresh_token" {
		known, ok := i.tokens[r.FormValue("refresh_token")]
		delete(i.tokens, r.FormValue("refresh_token"))
		return known, ok
	}
	known, ok := i.codes[r.FormValue("code")]
	delete(i.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	return known, ok && base64.RawURLEncoding.EncodeToString(sum[:]) == known.challenge
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a test's connection that is gone tells by itself
}
