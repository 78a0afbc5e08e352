package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	loginAge     = 10 * time.Minute
	loginCookie  = "__Host-pronto-login"
	maxPending   = 10_000
	discoverTime = 10 * time.Second
)

// pendingLogins are sign-ins under way, by state. They live in memory: after
// a restart the person begins again.
type pendingLogins struct {
	mu    sync.Mutex
	clock func() time.Time
	each  map[string]pendingLogin
}

type pendingLogin struct {
	verifier, nonce, browser, back string
	until                          time.Time
}

func newPendingLogins(clock func() time.Time) *pendingLogins {
	return &pendingLogins{clock: clock, each: map[string]pendingLogin{}}
}

func (p *pendingLogins) add(state string, login pendingLogin) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	for old, l := range p.each {
		if now.After(l.until) || len(p.each) >= maxPending {
			delete(p.each, old)
		}
	}
	login.until = now.Add(loginAge)
	p.each[state] = login
}

// take returns a sign-in once.
func (p *pendingLogins) take(state string) (pendingLogin, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	login, ok := p.each[state]
	delete(p.each, state)
	return login, ok && p.clock().Before(login.until)
}

// discover asks the provider for its addresses until it once answered.
func (a *Access) discover(ctx context.Context) (*oidc.Provider, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.provider != nil {
		return a.provider, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discoverTime)
	defer cancel()
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, a.cfg.HTTPClient), a.cfg.Issuer)
	if err != nil {
		a.cfg.Logger.Warn("the identity provider does not answer", "issuer", a.cfg.Issuer, "error", err)
		return nil, &RefusalError{http.StatusServiceUnavailable, "signing in is not possible yet: the identity provider does not answer; try again in a moment"}
	}
	a.provider = provider
	return provider, nil
}

func (a *Access) oauth(provider *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: a.cfg.ClientID, ClientSecret: a.cfg.ClientSecret.Reveal(), Endpoint: provider.Endpoint(),
		RedirectURL: strings.TrimSuffix(a.cfg.PortalURL, "/") + "/auth/callback",
		Scopes:      []string{oidc.ScopeOpenID, "profile", "email", "groups"},
	}
}

// Login sends the browser to the identity provider.
func (a *Access) Login(w http.ResponseWriter, r *http.Request) error {
	if !a.logins.allow(clientAddress(r)) {
		return &RefusalError{http.StatusTooManyRequests, "too many attempts to sign in; wait a minute"}
	}
	provider, err := a.discover(r.Context())
	if err != nil {
		return err
	}
	state := rand.Text()
	login := pendingLogin{verifier: oauth2.GenerateVerifier(), nonce: rand.Text(), browser: rand.Text(), back: localPath(r.URL.Query().Get("return"))}
	a.pending.add(state, login)
	http.SetCookie(w, cookie(loginCookie, login.browser, loginAge))
	http.Redirect(w, r, a.oauth(provider).AuthCodeURL(state, oidc.Nonce(login.nonce), oauth2.S256ChallengeOption(login.verifier)), http.StatusFound)
	return nil
}

// Callback ends the sign-in that Login began in the same browser.
func (a *Access) Callback(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	login, ok := a.pending.take(query.Get("state"))
	browser, err := r.Cookie(loginCookie)
	if !ok || err != nil || browser.Value != login.browser {
		return &RefusalError{http.StatusBadRequest, "this sign-in was not begun here or took too long; begin again at /auth/login"}
	}
	if refused := query.Get("error"); refused != "" {
		return &RefusalError{http.StatusForbidden, "the identity provider refused: " + firstOf(query.Get("error_description"), refused)}
	}
	user, err := a.exchange(r.Context(), query.Get("code"), login)
	if err != nil {
		return err
	}
	if user.Role == RoleNone {
		return &RefusalError{http.StatusForbidden, fmt.Sprintf("%s is in no group that may use the portal; ask an administrator", user.Name)}
	}
	value, err := a.store.newSession(r.Context(), user, a.cfg.Clock(), a.cfg.SessionAge)
	if err != nil {
		return err
	}
	a.cfg.Logger.Info("signed in", "user", user.Ref, "role", string(user.Role))
	http.SetCookie(w, cookie(loginCookie, "", -1))
	http.SetCookie(w, cookie(CookieName, value.Reveal(), a.cfg.SessionAge))
	http.Redirect(w, r, login.back, http.StatusFound)
	return nil
}

// claims are the members of an ID token that are read.
type claims struct {
	Subject  string   `json:"sub"`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Username string   `json:"preferred_username"`
	Nonce    string   `json:"nonce"`
	Groups   []string `json:"groups"`
	Cognito  []string `json:"cognito:groups"`
}

func (a *Access) exchange(ctx context.Context, code string, login pendingLogin) (User, error) {
	provider, err := a.discover(ctx)
	if err != nil {
		return User{}, err
	}
	ctx = oidc.ClientContext(ctx, a.cfg.HTTPClient)
	token, err := a.oauth(provider).Exchange(ctx, code, oauth2.VerifierOption(login.verifier))
	if err != nil {
		return User{}, a.refused("the code was not accepted", err)
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: a.cfg.ClientID, Now: a.cfg.Clock}).Verify(ctx, raw)
	if err != nil {
		return User{}, a.refused("the ID token was not accepted", err)
	}
	var c claims
	if err := idToken.Claims(&c); err != nil {
		return User{}, a.refused("the ID token cannot be read", err)
	}
	if c.Nonce != login.nonce {
		return User{}, a.refused("the ID token belongs to another sign-in", errors.New("nonce differs"))
	}
	return a.userOf(c), nil
}

// refused tells the person what happened and the log why.
func (a *Access) refused(what string, cause error) error {
	a.cfg.Logger.Warn("sign-in failed", "what", what, "error", cause)
	return &RefusalError{http.StatusUnauthorized, "signing in failed: " + what + "; begin again at /auth/login"}
}

func (a *Access) userOf(c claims) User {
	groups := append(append([]string{}, c.Groups...), c.Cognito...)
	name := firstOf(c.Name, c.Username, c.Email, c.Subject)
	local, _, _ := strings.Cut(firstOf(c.Username, c.Email, c.Subject), "@")
	user := User{Ref: "user:default/" + refName(local), Name: name, Email: c.Email, Groups: groups, Role: roleOf(groups, a.cfg.Roles)}
	if user.Role == RoleNone {
		user.Role = a.cfg.DefaultRole
	}
	return user
}

// refName makes a name of the catalog's form out of what a provider calls a person.
func refName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
}

// Logout ends the session of the request, if it has one.
func (a *Access) Logout(w http.ResponseWriter, r *http.Request) error {
	if err := a.csrf.Check(r); err != nil {
		return errOrigin
	}
	if session, err := r.Cookie(CookieName); err == nil {
		if err := a.store.endSession(r.Context(), session.Value); err != nil {
			return err
		}
	}
	http.SetCookie(w, cookie(CookieName, "", -1))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func cookie(name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode, MaxAge: int(age.Seconds())}
	if age < 0 {
		c.MaxAge = -1
	}
	return c
}

// localPath keeps a way back within this site.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return "/"
	}
	return path
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
