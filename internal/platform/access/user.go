// Package access says who is calling and what they may do: sign-in through an
// OIDC provider, sessions, API tokens, devices that sign in through a browser,
// roles by group, the table of permissions, and the audit trail.
package access

import "context"

// Role is what a person may do, from least to most.
type Role string

// The roles, see Allowed for what each may do. Nobody is given RoleMaintainer:
// a person has it where they maintain what a request is about.
const (
	RoleNone       Role = ""
	RoleViewer     Role = "viewer"
	RoleDeveloper  Role = "developer"
	RoleMaintainer Role = "maintainer"
	RoleAdmin      Role = "admin"
)

// User is the person or the program that makes a request.
type User struct {
	Ref    string   `json:"ref"` // entity reference, e.g. "user:default/ana"
	Name   string   `json:"name"`
	Email  string   `json:"email"`
	Groups []string `json:"groups"`
	Role   Role     `json:"role"`

	session bool   // in a browser, signed in with a cookie
	service bool   // a program with a token of its own
	token   string // id of the token that was sent
}

// machine is who the platform's own administrator token speaks for.
var machine = User{Ref: "user:default/admin", Name: "admin", Groups: []string{}, Role: RoleAdmin}

type userKey struct{}

// WithUser returns a context that carries the caller.
func WithUser(ctx context.Context, user User) context.Context {
	return context.WithValue(ctx, userKey{}, user)
}

// UserFrom returns the caller, or false where nobody is signed in.
func UserFrom(ctx context.Context) (User, bool) {
	user, ok := ctx.Value(userKey{}).(User)
	return user, ok
}
