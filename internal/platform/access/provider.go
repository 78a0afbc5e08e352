package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

const discoverTime = 10 * time.Second

// provider is the OIDC provider as it describes itself.
type provider struct {
	*oidc.Provider
	Scopes     []string `json:"scopes_supported"`
	EndSession string   `json:"end_session_endpoint"`
	Methods    []string `json:"token_endpoint_auth_methods_supported"`
}

// discover asks the provider for its addresses until it once answered.
func (a *Access) discover(ctx context.Context) (*provider, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.provider != nil {
		return a.provider, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discoverTime)
	defer cancel()
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, a.cfg.HTTPClient), a.cfg.Issuer)
	described := &provider{Provider: found}
	if err == nil {
		err = found.Claims(described)
	}
	if err != nil {
		a.cfg.Logger.Warn("the identity provider does not answer", "issuer", a.cfg.Issuer, "error", err)
		return nil, fault.Unavailablef("signing in is not possible yet: the identity provider does not answer; try again in a moment")
	}
	a.provider = described
	return described, nil
}

func (a *Access) oauth(p *provider) *oauth2.Config {
	endpoint := p.Endpoint()
	endpoint.AuthStyle = authStyle(p.Methods, a.cfg.ClientSecret.IsZero())
	return &oauth2.Config{
		ClientID: a.cfg.ClientID, ClientSecret: a.cfg.ClientSecret.Reveal(), Endpoint: endpoint,
		RedirectURL: strings.TrimSuffix(a.cfg.PortalURL, "/") + "/auth/callback",
		Scopes:      scopes(a.cfg.Scopes, p.Scopes),
	}
}

// authStyle is how the client says its secret. Left to be found out, a code or
// refresh token that was refused would be sent a second time. Without a word from
// the provider it is HTTP Basic (OpenID Connect Discovery 1.0, section 3).
func authStyle(methods []string, public bool) oauth2.AuthStyle {
	if public || len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// scopes are those that are configured, else the usual ones and, of those for
// groups and refresh tokens, what the provider offers: Cognito refuses a
// sign-in that names a scope it does not know.
func scopes(configured, offered []string) []string {
	list := slices.Clone(configured)
	if len(list) == 0 {
		list = []string{oidc.ScopeOpenID, "profile", "email"}
		for _, optional := range []string{"groups", oidc.ScopeOfflineAccess} {
			if slices.Contains(offered, optional) {
				list = append(list, optional)
			}
		}
	}
	if !slices.Contains(list, oidc.ScopeOpenID) {
		list = append([]string{oidc.ScopeOpenID}, list...)
	}
	return list
}

// endSession is where the browser ends its session at the provider (OpenID
// Connect RP-Initiated Logout 1.0); empty where the provider has none. Cognito's
// /logout knows its own parameter for the way back.
func (a *Access) endSession(p *provider) string {
	end, err := url.Parse(p.EndSession)
	if err != nil || p.EndSession == "" {
		return ""
	}
	home := strings.TrimSuffix(a.cfg.PortalURL, "/") + "/"
	query := end.Query()
	query.Set("client_id", a.cfg.ClientID)
	query.Set("post_logout_redirect_uri", home)
	if strings.HasPrefix(a.cfg.Issuer, "https://cognito-idp.") {
		query.Set("logout_uri", home)
	}
	end.RawQuery = query.Encode()
	return end.String()
}

// claims are the members of an ID token that are read.
type claims struct {
	Subject   string `json:"sub"`
	Email     string `json:"email"`
	Verified  any    `json:"email_verified"` // some providers send a string
	Name      string `json:"name"`
	Preferred string `json:"preferred_username"`
	Cognito   string `json:"cognito:username"`
	Nonce     string `json:"nonce"`
	Use       string `json:"token_use"` // Cognito's: id or access
	groups    []string
}

// verify checks an ID token's signature, issuer, audience and age and reads it.
func (a *Access) verify(ctx context.Context, p *provider, token *oauth2.Token) (claims, error) {
	raw, _ := token.Extra("id_token").(string)
	idToken, err := p.Verifier(&oidc.Config{ClientID: a.cfg.ClientID, Now: a.cfg.Clock}).Verify(ctx, raw)
	if err != nil {
		return claims{}, err
	}
	var c claims
	all := map[string]json.RawMessage{}
	if err := errors.Join(idToken.Claims(&c), idToken.Claims(&all)); err != nil {
		return claims{}, err
	}
	if c.Use != "" && c.Use != "id" {
		return claims{}, fmt.Errorf("token_use is %q, not id", c.Use)
	}
	c.groups, err = groupsOf(all, a.cfg.GroupsClaim)
	return c, err
}

// groupsOf reads the groups claim: a list of names, or one name. Without a
// configured claim it is groups, else Cognito's. A configured one is looked for
// by its whole name first, then as a path with dots, as Keycloak nests them.
func groupsOf(all map[string]json.RawMessage, configured string) ([]string, error) {
	names := []string{configured}
	if configured == "" {
		names = []string{"groups", "cognito:groups"}
	}
	for _, name := range names {
		raw, found := lookUp(all, name)
		if !found {
			continue
		}
		var list []string
		if json.Unmarshal(raw, &list) == nil {
			return list, nil
		}
		var one string
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, fmt.Errorf("claim %s is neither a list of names nor a name", name)
		}
		return []string{one}, nil
	}
	return nil, nil
}

func lookUp(members map[string]json.RawMessage, path string) (json.RawMessage, bool) {
	if raw, found := members[path]; found {
		return raw, true
	}
	head, rest, dotted := strings.Cut(path, ".")
	inner := map[string]json.RawMessage{}
	if !dotted || json.Unmarshal(members[head], &inner) != nil {
		return nil, false
	}
	return lookUp(inner, rest)
}

// local is the name that a person should have in the catalog. An address that
// the provider says it has not verified names nobody.
func (c claims) local() string {
	cognito, email := c.Cognito, c.Email
	if cognito == c.Subject {
		cognito = ""
	}
	if c.Verified == false || c.Verified == "false" {
		email = ""
	}
	name, _, _ := strings.Cut(firstOf(c.Preferred, cognito, email, c.Subject), "@")
	return refName(name)
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
