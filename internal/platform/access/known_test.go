package access

import (
	"testing"
	"time"
)

func TestWhoGoesOnWithoutARequestIsKnownAsTheyAreNow(t *testing.T) {
	a, s := setUp(t, "devs")
	s.signIn(t)
	admin := User{Ref: "user:default/root", Role: RoleAdmin}
	service := NewToken{Name: "bot", Age: time.Hour, Service: &Service{RoleViewer, []string{"group:default/team-a"}}}
	if _, _, err := a.CreateToken(t.Context(), admin, service); err != nil {
		t.Fatal(err)
	}
	role := func(ref string) Role {
		user, err := a.Known(t.Context(), ref)
		if err != nil || user.Ref != ref {
			t.Errorf("%s is %+v, %v", ref, user, err)
		}
		return user.Role
	}
	for ref, want := range map[string]Role{
		"user:default/ana": RoleDeveloper, "user:default/admin": RoleAdmin, "service:default/bot": RoleViewer,
		"user:default/nobody": RoleNone, "service:default/none": RoleNone, "": RoleNone,
	} {
		if got := role(ref); got != want {
			t.Errorf("%s has the role %q, want %q", ref, got, want)
		}
	}
	if bot, err := a.Known(t.Context(), "service:default/bot"); err != nil || !bot.Maintains(Target{Owner: "team-a"}) {
		t.Errorf("the service is %+v, %v", bot, err)
	}
	if err := a.store.refuse(t.Context(), "user:default/ana"); err != nil {
		t.Fatal(err)
	}
	if got := role("user:default/ana"); got != RoleNone {
		t.Errorf("a person that the provider no longer vouches for has the role %q", got)
	}
}
