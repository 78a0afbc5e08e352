package config

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
)

// Identity says who signs people in: the platform's own provider, or any OIDC
// issuer in its place.
type Identity struct {
	// Issuer is the issuer's address as its tokens spell it; empty: the
	// platform's own provider at login.<domain>.
	Issuer string `json:"issuer,omitempty"`
	// ClientID is the portal's at the issuer; its redirect address there is
	// https://portal.<domain>/auth/callback.
	ClientID string `json:"clientID,omitempty"`
	// ClientSecretFile holds the client's secret; a public client has none.
	ClientSecretFile string `json:"clientSecretFile,omitempty"`
	// GroupsClaim is the ID token's claim with the groups; by default "groups",
	// then "cognito:groups".
	GroupsClaim string `json:"groupsClaim,omitempty"`
	// Scopes are asked for at a sign-in; by default openid, profile, email and,
	// where the issuer offers them, groups and offline_access.
	Scopes []string `json:"scopes,omitempty"`
	// Roles gives each group viewer, developer or admin; by default admins and
	// developers have the roles of their names.
	Roles map[string]string `json:"roles,omitempty"`
	// DefaultRole is that of people in none of the groups: none, viewer or
	// developer. By default viewer with the own provider, none with another.
	DefaultRole string `json:"defaultRole,omitempty"`
	// SessionHours is how long a browser stays signed in.
	SessionHours int `json:"sessionHours"`
	// ClaimsMinutes is how soon a lost group takes effect.
	ClaimsMinutes int `json:"claimsMinutes"`
	// AuditDays is how long the audit trail is kept.
	AuditDays int `json:"auditDays"`
}

// Embedded reports whether the platform signs people in itself.
func (i Identity) Embedded() bool { return i.Issuer == "" }

// The roles that groups can give.
var groupRoles = []string{"viewer", "developer", "admin"}

func (i Identity) validate() error {
	errs := []error{
		check(i.SessionHours > 0 && i.SessionHours <= 720, "identity.sessionHours %d: use 1 to 720", i.SessionHours),
		check(i.ClaimsMinutes > 0 && i.ClaimsMinutes <= 1440, "identity.claimsMinutes %d: use 1 to 1440", i.ClaimsMinutes),
		check(i.AuditDays >= 30 && i.AuditDays <= 36500, "identity.auditDays %d: use 30 to 36500", i.AuditDays),
		check(slices.Contains([]string{"", "none", "viewer", "developer"}, i.DefaultRole),
			"identity.defaultRole %q: use none, viewer or developer", i.DefaultRole),
		check(i.ClientSecretFile == "" || filepath.IsAbs(i.ClientSecretFile), "identity.clientSecretFile %q: use an absolute path", i.ClientSecretFile),
	}
	for group, role := range i.Roles {
		errs = append(errs, check(group != "" && slices.Contains(groupRoles, role), "identity.roles.%s %q: use viewer, developer or admin", group, role))
	}
	if i.Embedded() {
		errs = append(errs, check(i.ClientID == "" && i.ClientSecretFile == "" && i.GroupsClaim == "" && len(i.Scopes) == 0,
			"identity.issuer: name the issuer that clientID, clientSecretFile, groupsClaim and scopes are for"))
		return errors.Join(errs...)
	}
	issuer, err := url.Parse(i.Issuer)
	return errors.Join(append(errs,
		check(err == nil && issuer.Scheme == "https" && issuer.Host != "" && issuer.RawQuery == "" && issuer.Fragment == "" && issuer.User == nil,
			"identity.issuer %q: use the issuer's https address, e.g. https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123", i.Issuer),
		check(i.ClientID != "", "identity.clientID: name the portal's client at %s", i.Issuer),
	)...)
}
