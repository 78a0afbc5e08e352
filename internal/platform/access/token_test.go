package access

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	a, s := setUp(t, "devs")
	s.signIn(t)
	ana := User{Ref: "user:default/ana", Role: RoleDeveloper}
	token, value, err := a.CreateToken(t.Context(), ana, NewToken{Name: "ci", Age: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	who := func(token string) int {
		status, _ := s.who(t, "Authorization", "Bearer "+token)
		return status
	}
	for token, want := range map[string]int{value.Reveal(): 200, "pronto_boot": 200, "pronto_wrong": 401, "": 401} {
		if got := who(token); got != want {
			t.Errorf("token %q = %d, want %d", token, got, want)
		}
	}
	list, err := a.Tokens(t.Context(), ana)
	if err != nil || len(list) != 1 || list[0].LastUsedAt == nil || list[0].Kind != TokenPersonal || list[0].Role != RoleDeveloper {
		t.Errorf("tokens = %+v, %v", list, err)
	}
	if deleted, _ := a.DeleteToken(t.Context(), User{Ref: "user:default/eve", Role: RoleAdmin}, token.ID); deleted {
		t.Error("somebody else's token was revoked")
	}
	if deleted, err := a.DeleteToken(t.Context(), ana, token.ID); !deleted || err != nil {
		t.Errorf("revoke = %v, %v", deleted, err)
	}
	if got := who(value.Reveal()); got != 401 {
		t.Errorf("a revoked token = %d, want 401", got)
	}
}

func TestATokenOfSomebodyWhoNeverSignedInOpensNothing(t *testing.T) {
	a, s := setUp(t)
	if status, body := s.who(t, "Authorization", personalToken(t, a, "user:default/ghost")); status != 401 || !strings.Contains(body, "vouch") {
		t.Errorf("= %d %s", status, body)
	}
}

func TestAServiceHasItsOwnRoleAndOwners(t *testing.T) {
	a, s := setUp(t)
	admin := User{Ref: "user:default/root", Role: RoleAdmin}
	wanted := func(role Role, owns ...string) NewToken {
		return NewToken{Name: "Deploy Bot", Age: time.Hour, Service: &Service{role, owns}}
	}
	token, value, err := a.CreateToken(t.Context(), admin, wanted(RoleViewer, "group:default/team-a"))
	if err != nil || token.Kind != TokenService || token.Owner != "service:default/deploy-bot" {
		t.Fatalf("token = %+v, %v", token, err)
	}
	if status, body := s.who(t, "Authorization", "Bearer "+value.Reveal()); status != 200 || !strings.Contains(body, `"role":"viewer"`) || !strings.Contains(body, "group:default/team-a") {
		t.Errorf("who = %d %s", status, body)
	}
	user, err := a.byToken(t.Context(), value.Reveal())
	if err != nil || !user.Maintains(Target{Owner: "team-a"}) || user.Maintains(Target{Owner: "team-b"}) {
		t.Errorf("the service maintains the wrong things: %+v, %v", user, err)
	}
	for what, try := range map[string]func() error{
		"made by a developer": func() error {
			_, _, err := a.CreateToken(t.Context(), User{Ref: "user:default/d", Role: RoleDeveloper}, wanted(RoleViewer))
			return err
		},
		"made by a service": func() error {
			_, _, err := a.CreateToken(t.Context(), user, NewToken{Name: "x", Age: time.Hour})
			return err
		},
		"with a role of none": func() error { _, _, err := a.CreateToken(t.Context(), admin, wanted(RoleMaintainer)); return err },
		"with a bad owner": func() error {
			_, _, err := a.CreateToken(t.Context(), admin, wanted(RoleViewer, "robot:x/y/z"))
			return err
		},
	} {
		if try() == nil {
			t.Errorf("a token %s was made", what)
		}
	}
	if list, err := a.Tokens(t.Context(), User{Ref: "user:default/other", Role: RoleAdmin}); err != nil || len(list) != 1 {
		t.Errorf("another administrator sees %v, %v", list, err)
	}
	if list, err := a.Tokens(t.Context(), User{Ref: "user:default/other", Role: RoleDeveloper}); err != nil || len(list) != 0 {
		t.Errorf("a developer sees %v, %v", list, err)
	}
	if deleted, err := a.DeleteToken(t.Context(), User{Ref: "user:default/other", Role: RoleAdmin}, token.ID); err != nil || !deleted {
		t.Errorf("revoked by another administrator: %v, %v", deleted, err)
	}
}

func TestASessionAndATokenEnd(t *testing.T) {
	a, s := setUp(t, "devs")
	s.signIn(t)
	session, err := a.store.newSession(t.Context(), "user:default/ana", a.cfg.Clock(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := a.CreateToken(t.Context(), User{Ref: "user:default/ana"}, NewToken{Name: "x", Age: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	later(a, 2*time.Minute)
	byCookie, byToken := request(t, "GET", "/"), request(t, "GET", "/", "Authorization", "Bearer "+token.Reveal())
	byCookie.AddCookie(&http.Cookie{Name: CookieName, Value: session.Reveal()})
	for what, r := range map[string]*http.Request{"session": byCookie, "token": byToken} {
		if _, err := a.Authenticate(r); err == nil {
			t.Errorf("an ended %s was accepted", what)
		}
	}
}
