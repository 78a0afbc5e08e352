package access

import "testing"

func TestWhoMaintainsWhat(t *testing.T) {
	ana := func(role Role, groups ...string) User {
		return User{Ref: "user:default/ana", Groups: groups, Role: role}
	}
	for _, c := range []struct {
		what   string
		user   User
		target Target
		want   bool
	}{
		{"of the owner group", ana(RoleDeveloper, "developers"), Target{Owner: "group:default/developers"}, true},
		{"of the owner group, as a viewer", ana(RoleViewer, "team-a"), Target{Owner: "group:default/team-a"}, true},
		{"of the owner group, written short", ana(RoleDeveloper, "Team A"), Target{Owner: "team-a"}, true},
		{"of another group", ana(RoleDeveloper, "team-b"), Target{Owner: "group:default/team-a"}, false},
		{"of a group with the same name elsewhere", ana(RoleDeveloper, "team-a"), Target{Owner: "group:other/team-a"}, false},
		{"the owner in person", ana(RoleViewer), Target{Owner: "user:default/ana"}, true},
		{"another person", ana(RoleDeveloper), Target{Owner: "user:default/eve"}, false},
		{"a group named like the person", ana(RoleDeveloper), Target{Owner: "group:default/ana"}, false},
		{"the creator", ana(RoleDeveloper), Target{Owner: "group:default/x", CreatedBy: "user:default/ana"}, true},
		{"the creator who became a viewer", ana(RoleViewer), Target{CreatedBy: "user:default/ana"}, false},
		{"the owner without a role", ana(RoleNone), Target{Owner: "user:default/ana"}, false},
		{"nobody's", ana(RoleDeveloper, ""), Target{}, false},
	} {
		if got := c.user.Maintains(c.target); got != c.want {
			t.Errorf("%s: maintains = %v, want %v", c.what, got, c.want)
		}
		ctx := WithUser(t.Context(), c.user)
		if err := AuthorizeOn(ctx, DeleteApp, c.target); (err == nil) != c.want {
			t.Errorf("%s: delete: %v", c.what, err)
		}
	}
	admin := WithUser(t.Context(), User{Ref: "user:default/root", Role: RoleAdmin})
	if err := AuthorizeOn(admin, DeleteApp, Target{Owner: "group:default/x"}); err != nil {
		t.Errorf("an administrator: %v", err)
	}
}
