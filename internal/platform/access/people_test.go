package access

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/access/accesstest"
)

func trail(t *testing.T, a *Access) []Entry {
	t.Helper()
	var list []Entry
	if err := a.Audit(t.Context(), Search{}, 0, func(e Entry) error { list = append(list, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

// later moves the portal's clock.
func later(a *Access, by time.Duration) {
	at := a.cfg.Clock().Add(by)
	a.cfg.Clock = func() time.Time { return at }
}

func (s *site) who(t *testing.T, headers ...string) (int, string) {
	t.Helper()
	return get(t, s.browser, request(t, "GET", s.URL+"/who", headers...))
}

func personalToken(t *testing.T, a *Access, ref string) string {
	t.Helper()
	_, value, err := a.CreateToken(t.Context(), User{Ref: ref, Role: RoleDeveloper}, NewToken{Name: "t", Age: 100 * day})
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + value.Reveal()
}

func TestLostMembershipTakesEffectWithinTheClaimsAge(t *testing.T) {
	a, s := setUp(t, "admins")
	s.signIn(t)
	token := personalToken(t, a, "user:default/ana")
	s.issuer.SignsIn(map[string]any{"sub": "1", "name": "Ana", "groups": []string{"devs"}})
	later(a, 59*time.Minute)
	if _, body := s.who(t); !strings.Contains(body, `"role":"admin"`) {
		t.Errorf("before the claims are old: %s", body)
	}
	later(a, 2*time.Minute)
	if _, body := s.who(t); !strings.Contains(body, `"role":"developer"`) {
		t.Errorf("session after it was renewed: %s", body)
	}
	if _, body := s.who(t, "Authorization", token); !strings.Contains(body, `"role":"developer"`) {
		t.Errorf("token after it was renewed: %s", body)
	}
	s.issuer.SignsIn(map[string]any{"sub": "1", "name": "Ana"})
	later(a, 61*time.Minute)
	for what, headers := range map[string][]string{"session": nil, "token": {"Authorization", token}} {
		if status, body := s.who(t, headers...); status != 403 || !strings.Contains(body, "in no group") {
			t.Errorf("%s of a person in no group any more: %d %s", what, status, body)
		}
	}
}

func TestWhatTheProviderAnswersToARenewal(t *testing.T) {
	for _, c := range []struct {
		what           string
		prepare        func(*Access, *site)
		session, token int
	}{
		{"it renews", func(*Access, *site) {}, 200, 200},
		{"it refuses", func(_ *Access, s *site) { s.issuer.Answers(accesstest.Refuse) }, 401, 401},
		{"it has a fault", func(_ *Access, s *site) { s.issuer.Answers(accesstest.Fail) }, 200, 200},
		{"it names another person", func(_ *Access, s *site) {
			s.issuer.SignsIn(map[string]any{"sub": "2", "groups": []string{"admins"}})
		}, 401, 401},
		{"it forgot, being our own", func(a *Access, s *site) {
			a.cfg.Embedded = true
			a.began = a.cfg.Clock()
			s.issuer.Answers(accesstest.Refuse)
		}, 200, 200},
		{"it refuses, being our own, what it gave in this life", func(a *Access, s *site) {
			a.cfg.Embedded = true
			s.issuer.Answers(accesstest.Refuse)
		}, 401, 401},
	} {
		t.Run(c.what, func(t *testing.T) {
			a, s := setUp(t, "devs")
			a.began = a.cfg.Clock().Add(-time.Hour)
			s.signIn(t)
			token := personalToken(t, a, "user:default/ana")
			later(a, 2*time.Hour)
			c.prepare(a, s)
			if status, body := s.who(t); status != c.session {
				t.Errorf("session = %d %s, want %d", status, body, c.session)
			}
			if status, body := s.who(t, "Authorization", token); status != c.token {
				t.Errorf("token = %d %s, want %d", status, body, c.token)
			}
		})
	}
}

func TestWithoutARefreshTokenSessionAndTokensEndWithTheClaims(t *testing.T) {
	i := accesstest.New(t, "")
	i.Answers(accesstest.Silent)
	a, s := setUpWith(t, i, map[string]any{"sub": "1", "email": "ana@example.com", "groups": []string{"devs"}})
	s.signIn(t)
	token := personalToken(t, a, "user:default/ana")
	if status, body := s.who(t, "Authorization", token); status != 200 {
		t.Errorf("token while the claims are young = %d %s", status, body)
	}
	later(a, 61*time.Minute)
	if status, body := s.who(t, "Authorization", token); status != 401 || !strings.Contains(body, "sign in at the portal once to renew it") {
		t.Errorf("token = %d %s", status, body)
	}
	if status, body := s.who(t); status != 401 || !strings.Contains(body, "sign in again") {
		t.Errorf("session = %d %s", status, body)
	}
	if s.signIn(t) != 302 {
		t.Error("signing in again fails")
	}
	if status, body := s.who(t, "Authorization", token); status != 200 {
		t.Errorf("token after its person signed in again = %d %s", status, body)
	}
}

func TestAProviderWithAFaultIsLeftAloneForAMinute(t *testing.T) {
	a, s := setUp(t, "devs")
	s.signIn(t)
	later(a, 2*time.Hour)
	s.issuer.Answers(accesstest.Fail)
	for range 5 {
		s.who(t)
	}
	if asked := strings.Join(s.issuer.Asked(), " "); asked != "authorization_code refresh_token" {
		t.Errorf("asked %s", asked)
	}
	s.issuer.Answers(accesstest.Renew)
	later(a, 2*time.Minute)
	s.who(t)
	if asked := s.issuer.Asked(); len(asked) != 3 {
		t.Errorf("asked %s", asked)
	}
}

func TestTheRefreshTokenIsSealedAndNotLogged(t *testing.T) {
	a, s := setUp(t, "devs")
	var log bytes.Buffer
	a.cfg.Logger = slog.New(slog.NewTextHandler(io.Writer(&log), &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.signIn(t)
	p, err := a.store.person(t.Context(), "user:default/ana")
	if err != nil || len(p.refresh) == 0 || bytes.Contains(p.refresh, []byte("refresh-")) {
		t.Fatalf("kept %q, %v", p.refresh, err)
	}
	open, err := a.seal.Open(p.refresh, p.ref)
	if err != nil || !strings.HasPrefix(open.Reveal(), "refresh-") {
		t.Errorf("opened %q, %v", open.Reveal(), err)
	}
	if _, err := a.seal.Open(p.refresh, "user:default/eve"); err == nil {
		t.Error("it opens for somebody else")
	}
	get(t, s.browser, request(t, "POST", s.URL+"/auth/logout"))
	if p, err := a.store.person(t.Context(), "user:default/ana"); err != nil || p.refresh != nil {
		t.Errorf("after signing out it is kept still: %v", err)
	}
	s.signIn(t)
	s.issuer.Answers(accesstest.Refuse)
	later(a, 2*time.Hour)
	s.who(t)
	if strings.Contains(log.String(), "refresh-") {
		t.Errorf("the log says %s", log.String())
	}
}

func TestACognitoPoolSignsPeopleIn(t *testing.T) {
	i := accesstest.New(t, "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123")
	i.Discovery["scopes_supported"] = []string{"openid", "email", "phone", "profile"}
	i.Discovery["end_session_endpoint"] = "https://pool.auth.eu-west-1.amazoncognito.com/logout"
	token := func(use string) map[string]any {
		return map[string]any{
			"sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "token_use": use, "cognito:username": "bia", "cognito:groups": []string{"devs", "eu-west-1_AbCdEf123_Google"},
			"email": "bia@example.com", "email_verified": true, "auth_time": time.Now().Unix(), "origin_jti": "x", "jti": "y", "at_hash": "z",
		}
	}
	a, s := setUpWith(t, i, token("id"))
	if got := strings.Join(scopes(nil, []string{"openid", "email", "phone", "profile"}), " "); got != "openid profile email" {
		t.Errorf("scopes = %s; Cognito refuses those it does not know", got)
	}
	if status := s.signIn(t); status != 302 {
		t.Fatalf("signing in = %d: %+v", status, trail(t, a))
	}
	if _, body := s.who(t); !strings.Contains(body, `"ref":"user:default/bia"`) || !strings.Contains(body, `"role":"developer"`) {
		t.Errorf("who = %s", body)
	}
	later(a, 2*time.Hour)
	if status, _ := s.who(t); status != 200 {
		t.Errorf("renewed = %d", status)
	}
	if _, body := get(t, s.browser, request(t, "POST", s.URL+"/auth/logout")); !strings.Contains(body, "logout_uri=") {
		t.Errorf("signing out = %s", body)
	}
	i.SignsIn(token("access"))
	if status := s.signIn(t); status != 401 {
		t.Errorf("an access token in place of an ID token = %d, want 401", status)
	}
}

func TestGroupsAreReadFromTheConfiguredClaim(t *testing.T) {
	for _, c := range []struct {
		claim  string
		claims map[string]any
		want   int
	}{
		{"", map[string]any{"groups": []string{"devs"}}, 302},
		{"", map[string]any{"cognito:groups": []string{"devs"}}, 302},
		{"roles", map[string]any{"roles": "devs", "groups": []string{"admins"}}, 302},
		{"https://example.com/groups", map[string]any{"https://example.com/groups": []string{"devs"}}, 302},
		{"realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []string{"devs"}}}, 302},
		{"roles", map[string]any{"groups": []string{"devs"}}, 403},
		{"", map[string]any{"groups": 7}, 401},
	} {
		claims := map[string]any{"sub": "1", "email": "ana@example.com"}
		for name, value := range c.claims {
			claims[name] = value
		}
		a, s := setUpWith(t, accesstest.New(t, ""), claims)
		a.cfg.GroupsClaim = c.claim
		if got := s.signIn(t); got != c.want {
			t.Errorf("claim %q of %v = %d, want %d", c.claim, c.claims, got, c.want)
		}
	}
}

func TestNobodyBecomesSomebodyElseByName(t *testing.T) {
	a, s := setUp(t, "devs")
	ref := func(claims map[string]any) string {
		s.issuer.SignsIn(claims)
		if status := s.signIn(t); status != http.StatusFound {
			t.Fatalf("signing in = %d", status)
		}
		return trail(t, a)[0].Actor
	}
	devs := []string{"devs"}
	first := ref(map[string]any{"sub": "1", "email": "ana@example.com", "groups": devs})
	second := ref(map[string]any{"sub": "2", "email": "ana@elsewhere.com", "groups": devs})
	admin := ref(map[string]any{"sub": "3", "preferred_username": "admin", "groups": devs})
	if first != "user:default/ana" || second == first || !strings.HasPrefix(second, "user:default/ana-") || admin == machine.Ref {
		t.Errorf("refs = %s, %s, %s", first, second, admin)
	}
	if renamed := ref(map[string]any{"sub": "1", "preferred_username": "bia", "groups": devs}); renamed != first {
		t.Errorf("after a change of name: %s, want %s still", renamed, first)
	}
	if unverified := ref(map[string]any{"sub": "4", "email": "carl@example.com", "email_verified": "false", "groups": devs}); unverified != "user:default/4" {
		t.Errorf("by an address that was not verified: %s", unverified)
	}
	a.cfg.Embedded = true
	if own := ref(map[string]any{"sub": "5", "preferred_username": "admin", "groups": devs}); own != machine.Ref {
		t.Errorf("our own provider's admin is %s", own)
	}
}
