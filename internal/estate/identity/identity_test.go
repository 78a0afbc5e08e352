package identity

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
)

const (
	redirect = "https://portal.example/auth/callback"
	email    = "ada@pronto.localhost"
)

// provider is a running identity part and a browser in front of it.
type provider struct {
	client   *http.Client // stops at redirects to the application
	config   oauth2.Config
	verifier *oidc.IDTokenVerifier
	password secret.String
	ctx      context.Context
	issuer   string
}

func start(t *testing.T) *provider {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	password := secret.Random("")
	part := newPart(t, server.URL, password)
	handler = part.Handler()
	parttest.Start(t, part.Run)

	ctx := oidc.ClientContext(t.Context(), server.Client())
	discovered, err := oidc.NewProvider(ctx, server.URL)
	if err != nil {
		t.Fatalf("discover: %v", err)
	}
	return &provider{
		client: browser(t), password: password, ctx: ctx, issuer: server.URL,
		verifier: discovered.Verifier(&oidc.Config{ClientID: "portal"}),
		config: oauth2.Config{
			ClientID: "portal", ClientSecret: "portal-secret", RedirectURL: redirect, Endpoint: discovered.Endpoint(),
			Scopes: []string{oidc.ScopeOpenID, "email", "profile", "groups"},
		},
	}
}

func newPart(t *testing.T, issuer string, password secret.String) *Identity {
	t.Helper()
	hash, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(issuer)
	if err != nil {
		t.Fatal(err)
	}
	part, err := New(Config{
		Issuer:  u,
		Clients: []Client{{ID: "portal", Secret: secret.New("portal-secret"), RedirectURIs: []string{redirect}}, {ID: "cli", Public: true}},
		Users:   []User{{Email: email, Username: "ada", UserID: "1", Groups: []string{"admins"}, PasswordHash: hash}},
		Logger:  slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return part
}

func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "portal.example" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

var formAction = regexp.MustCompile(`<form method="post" action="([^"]+)"`)

// login opens the form and sends it; the answer is where the provider leads.
func (p *provider) login(t *testing.T, authURL, password string) (*http.Response, string) {
	t.Helper()
	page, body := p.get(t, authURL)
	match := formAction.FindStringSubmatch(body)
	if match == nil {
		t.Fatalf("no login form, but %s: %s", page.Status, body)
	}
	action, err := page.Request.URL.Parse(html.UnescapeString(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	response, err := p.client.PostForm(action.String(), url.Values{"login": {email}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	return response, read(t, response)
}

func (p *provider) get(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	response, err := p.client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return response, read(t, response)
}

func read(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestLoginGivesATokenThatNamesThePersonAndTheirGroups(t *testing.T) {
	p := start(t)
	verifier := oauth2.GenerateVerifier()
	response, body := p.login(t, p.config.AuthCodeURL("state-1", oidc.Nonce("nonce-1"), oauth2.S256ChallengeOption(verifier)), p.password.Reveal())
	back, err := response.Location()
	if err != nil {
		t.Fatalf("no redirect but %s: %s", response.Status, body)
	}
	if !strings.HasPrefix(back.String(), redirect+"?") || back.Query().Get("state") != "state-1" {
		t.Fatalf("redirected to %s", back)
	}
	if _, err := p.config.Exchange(p.ctx, back.Query().Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier())); err == nil {
		t.Fatal("the code was exchanged with another verifier")
	}

	response, _ = p.login(t, p.config.AuthCodeURL("state-2", oidc.Nonce("nonce-2"), oauth2.S256ChallengeOption(verifier)), p.password.Reveal())
	back, err = response.Location()
	if err != nil {
		t.Fatal(err)
	}
	token, err := p.config.Exchange(p.ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.verifier.Verify(p.ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Email  string   `json:"email"`
		Name   string   `json:"name"`
		Groups []string `json:"groups"`
	}
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if id.Nonce != "nonce-2" || claims.Email != email || claims.Name != "ada" || len(claims.Groups) != 1 || claims.Groups[0] != "admins" {
		t.Errorf("nonce %q, claims %+v", id.Nonce, claims)
	}
}

func TestWrongPasswordIsRefused(t *testing.T) {
	p := start(t)
	response, body := p.login(t, p.config.AuthCodeURL("s"), "not-the-password")
	if response.StatusCode != http.StatusUnauthorized || !strings.Contains(body, `id="login-error"`) {
		t.Errorf("%s: %s", response.Status, body)
	}
	if strings.Contains(body, "not-the-password") {
		t.Error("the page repeats the password")
	}
}

func TestUnknownRedirectIsRefused(t *testing.T) {
	p := start(t)
	p.config.RedirectURL = "https://evil.example/callback"
	response, _ := p.get(t, p.config.AuthCodeURL("s"))
	if response.StatusCode != http.StatusBadRequest || response.Request.URL.Host == "evil.example" {
		t.Errorf("%s at %s", response.Status, response.Request.URL)
	}
}

func TestPagesCarryOurFaceAndNoScript(t *testing.T) {
	p := start(t)
	response, body := p.get(t, p.config.AuthCodeURL("s"))
	if !strings.Contains(body, "<title>Pronto</title>") || strings.Contains(body, "<script") {
		t.Errorf("login page: %s", body)
	}
	if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy %q", policy)
	}
	for _, asset := range []string{"/theme/styles.css", "/theme/logo.svg"} {
		if response, _ := p.get(t, p.issuer+asset); response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", asset, response.Status)
		}
	}
}

func TestDeviceFlowIsOffered(t *testing.T) {
	p := start(t)
	response, err := p.client.PostForm(p.issuer+"/device/code", url.Values{"client_id": {"cli"}, "scope": {"openid email"}})
	if err != nil {
		t.Fatal(err)
	}
	if body := read(t, response); response.StatusCode != http.StatusOK || !strings.Contains(body, "user_code") {
		t.Errorf("%s: %s", response.Status, body)
	}
}

func TestBadConfigurationIsNamed(t *testing.T) {
	issuer := &url.URL{Scheme: "https", Host: "login.example"}
	log := slog.New(slog.DiscardHandler)
	for want, cfg := range map[string]Config{
		"Issuer":       {Logger: log},
		"Logger":       {Issuer: issuer},
		"secret":       {Issuer: issuer, Logger: log, Clients: []Client{{ID: "a", RedirectURIs: []string{redirect}}}},
		"redirect URI": {Issuer: issuer, Logger: log, Clients: []Client{{ID: "a", Secret: secret.New("s")}}},
		"bcrypt":       {Issuer: issuer, Logger: log, Users: []User{{Email: "a@b", UserID: "1", PasswordHash: []byte("plain")}}},
	} {
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
