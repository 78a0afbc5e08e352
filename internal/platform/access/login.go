package access

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

const (
	loginAge    = 10 * time.Minute
	loginCookie = "__Host-pronto-login"
	maxPending  = 10_000
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

// Login sends the browser to the identity provider.
func (a *Access) Login(w http.ResponseWriter, r *http.Request) error {
	if !a.limits.logins.allow(Address(r)) {
		return a.recordRefusal(r, ActionLogin, fault.TooManyRequestsf("too many attempts to sign in; wait a minute"))
	}
	described, err := a.discover(r.Context())
	if err != nil {
		return err
	}
	state := rand.Text()
	login := pendingLogin{verifier: oauth2.GenerateVerifier(), nonce: rand.Text(), browser: rand.Text(), back: localPath(r.URL.Query().Get("return"))}
	a.pending.add(state, login)
	http.SetCookie(w, cookie(loginCookie, login.browser, loginAge))
	http.Redirect(w, r, a.oauth(described).AuthCodeURL(state, oidc.Nonce(login.nonce), oauth2.S256ChallengeOption(login.verifier)), http.StatusFound)
	return nil
}

// Callback ends the sign-in that Login began in the same browser. The session
// is always a new one; one that the browser had before ends.
func (a *Access) Callback(w http.ResponseWriter, r *http.Request) error {
	login, user, session, err := a.signIn(r)
	if err != nil {
		return a.recordRefusal(r, ActionLogin, err)
	}
	entry := Entry{Actor: user.Ref, Action: ActionLogin, Outcome: OutcomeDone, Status: http.StatusFound, Address: Address(r)}
	if err := a.Record(r.Context(), entry); err != nil {
		return err
	}
	a.cfg.Logger.Info("signed in", "user", user.Ref, "role", string(user.Role))
	http.SetCookie(w, cookie(loginCookie, "", -1))
	http.SetCookie(w, cookie(CookieName, session.Reveal(), a.cfg.SessionAge))
	http.Redirect(w, r, login.back, http.StatusFound)
	return nil
}

func (a *Access) signIn(r *http.Request) (login pendingLogin, user User, session secret.String, err error) {
	query := r.URL.Query()
	login, ok := a.pending.take(query.Get("state"))
	browser, err := r.Cookie(loginCookie)
	if !ok || err != nil || browser.Value != login.browser {
		return login, user, session, fault.Inputf("this sign-in was not begun here or took too long; begin again at /auth/login")
	}
	if refused := query.Get("error"); refused != "" {
		return login, user, session, fault.NotAllowedf("the identity provider refused: %s", firstOf(query.Get("error_description"), refused))
	}
	p, err := a.exchange(r.Context(), query.Get("code"), login)
	if err != nil {
		return login, user, session, err
	}
	user = a.user(p)
	if user.Role == RoleNone {
		return login, user, session, fault.NotAllowedf("%s is in no group that may use the portal; ask an administrator", user.Name)
	}
	if before, err := r.Cookie(CookieName); err == nil {
		if _, err := a.store.endSession(r.Context(), before.Value); err != nil {
			return login, user, session, err
		}
	}
	session, err = a.store.newSession(r.Context(), user.Ref, a.cfg.Clock(), a.cfg.SessionAge)
	return login, user, session, err
}

// exchange redeems the code and remembers the person that the provider vouches for.
func (a *Access) exchange(ctx context.Context, code string, login pendingLogin) (person, error) {
	described, err := a.discover(ctx)
	if err != nil {
		return person{}, err
	}
	ctx = oidc.ClientContext(ctx, a.cfg.HTTPClient)
	token, err := a.oauth(described).Exchange(ctx, code, oauth2.VerifierOption(login.verifier))
	if err != nil {
		return person{}, a.refused("the code was not accepted", err)
	}
	c, err := a.verify(ctx, described, token)
	if err != nil {
		return person{}, a.refused("the ID token was not accepted", err)
	}
	if c.Nonce != login.nonce {
		return person{}, a.refused("the ID token belongs to another sign-in", errors.New("nonce differs"))
	}
	return a.remember(ctx, a.personOf(c), secret.New(token.RefreshToken))
}

// refused tells the person what happened and the log why. The cause holds what
// the provider answered, never what was sent to it.
func (a *Access) refused(what string, cause error) error {
	a.cfg.Logger.Warn("sign-in failed", "what", what, "error", cause)
	return fault.Authenticationf("signing in failed: %s; begin again at /auth/login", what)
}

// Logout ends the session of the request, if it has one, and says where the
// browser ends the provider's: 200 with that address, else 204.
func (a *Access) Logout(w http.ResponseWriter, r *http.Request) error {
	if err := a.csrf.Check(r); err != nil {
		return a.recordRefusal(r, ActionLogout, errOrigin)
	}
	if err := a.dropSession(r); err != nil {
		return err
	}
	http.SetCookie(w, cookie(CookieName, "", -1))
	address := ""
	if described, err := a.discover(r.Context()); err == nil {
		address = a.endSession(described)
	}
	if address == "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string]string{"redirect": address})
}

func (a *Access) dropSession(r *http.Request) error {
	session, err := r.Cookie(CookieName)
	if err != nil {
		return nil //nolint:nilerr // without a cookie there is no session to end
	}
	ref, err := a.store.endSession(r.Context(), session.Value)
	if err != nil || ref == "" {
		return err
	}
	if err := a.store.forgetRefresh(r.Context(), ref); err != nil {
		return err
	}
	return a.Record(r.Context(), Entry{Actor: ref, Action: ActionLogout, Outcome: OutcomeDone, Status: http.StatusNoContent, Address: Address(r)})
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
