package system

import (
	"context"
	"testing"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

func TestTheCreatorOfATaskUsesWhatTheyMaintain(t *testing.T) {
	people := map[string]access.User{
		"user:default/root": {Ref: "user:default/root", Role: access.RoleAdmin},
		"user:default/ana":  {Ref: "user:default/ana", Role: access.RoleDeveloper, Groups: []string{"team"}},
		"user:default/bob":  {Ref: "user:default/bob", Role: access.RoleDeveloper},
		"user:default/gone": {Ref: "user:default/gone"},
	}
	r := rights{
		known: func(_ context.Context, ref string) (access.User, error) { return people[ref], nil },
		application: func(name string) (delivery.View, bool) {
			return delivery.View{Name: name, Owner: "group:default/team", CreatedBy: "user:default/gone"}, name == "shop"
		},
		repository: func(_ context.Context, _, name string) (*github.Repository, error) {
			if name == "absent" {
				return nil, scm.ErrNotFound
			}
			private := name != "open"
			return &github.Repository{Private: &private}, nil
		},
		organization: "apps",
	}
	const none, read, both = "", "read", "both"
	for _, one := range []struct{ user, owner, name, want string }{
		{"root", "apps", "idp-shop", both}, {"root", "x", "y", both},
		{"ana", "apps", "idp-shop", both}, {"ana", "Apps", "IDP-Shop", both}, {"ana", "other", "idp-shop", none}, {"ana", "apps", "shop", none},
		{"ana", "apps", "idp-none", none}, {"ana", "apps", "open", read}, {"ana", "apps", "absent", none},
		{"bob", "apps", "idp-shop", none}, {"gone", "apps", "idp-shop", none}, {"nobody", "apps", "idp-shop", none},
	} {
		may := func(write bool) bool {
			err := r.MayUse(t.Context(), "user:default/"+one.user, one.owner, one.name, write)
			if err != nil && fault.Name(err) != "NotAllowedError" {
				t.Errorf("%+v: %v", one, err)
			}
			return err == nil
		}
		if got := may(true); got != (one.want == both) {
			t.Errorf("%+v: writes %v", one, got)
		}
		if got := may(false); got != (one.want != none) {
			t.Errorf("%+v: reads %v", one, got)
		}
	}
}
