package system

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/access"
)

// access is the portal's door: the platform's own identity provider behind it,
// or the one that the configuration names.
func (w *wiring) access(db *sql.DB) (*access.Access, error) {
	identity := w.cfg.Identity
	cfg := access.Config{
		DB: db, PortalURL: w.cfg.URL("portal").String(), Issuer: w.issuer(), Embedded: identity.Embedded(),
		ClientID: portalClientID, ClientSecret: w.creds.OIDCClientSecret,
		Scopes: identity.Scopes, GroupsClaim: identity.GroupsClaim,
		Roles: roles(identity.Roles), DefaultRole: access.RoleViewer, AdminToken: w.creds.APIToken, SealKey: w.creds.AccessSeal,
		SessionAge: time.Duration(identity.SessionHours) * time.Hour, ClaimsAge: time.Duration(identity.ClaimsMinutes) * time.Minute,
		KeepAudit:  time.Duration(identity.AuditDays) * 24 * time.Hour,
		HTTPClient: w.http, Logger: w.logger("access"),
	}
	if !identity.Embedded() {
		cfg.ClientID, cfg.DefaultRole = identity.ClientID, access.RoleNone
		var err error
		if cfg.ClientSecret, err = readSecret(identity.ClientSecretFile); err != nil {
			return nil, fmt.Errorf("identity.clientSecretFile: %w", err)
		}
	}
	switch identity.DefaultRole {
	case "":
	case "none":
		cfg.DefaultRole = access.RoleNone
	default:
		cfg.DefaultRole = access.Role(identity.DefaultRole)
	}
	return access.New(cfg)
}

// issuer is whose ID tokens the portal takes.
func (w *wiring) issuer() string {
	if w.cfg.Identity.Embedded() {
		return w.cfg.URL("login").String()
	}
	return w.cfg.Identity.Issuer
}

func roles(configured map[string]string) map[string]access.Role {
	if len(configured) == 0 {
		return map[string]access.Role{adminGroup: access.RoleAdmin, developerGroup: access.RoleDeveloper}
	}
	given := map[string]access.Role{}
	for group, role := range configured {
		given[group] = access.Role(role)
	}
	return given
}

// readSecret reads a file that holds one; no file, no secret.
func readSecret(file string) (secret.String, error) {
	if file == "" {
		return secret.String{}, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return secret.String{}, err
	}
	value := strings.TrimSpace(string(raw))
	if value == "" {
		return secret.String{}, fmt.Errorf("%s is empty", file)
	}
	return secret.New(value), nil
}
