package registry

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// serveToken is the realm of the challenge: GET with Basic credentials, or
// POST with an OAuth 2 password grant as containerd and BuildKit send it.
func (r *Registry) serveToken(w http.ResponseWriter, req *http.Request) {
	user, password, scopes, err := tokenRequest(w, req)
	if err != nil {
		writeError(w, http.StatusBadRequest, "UNSUPPORTED", err.Error())
		return
	}
	if r.failed.Tokens() < 1 {
		w.Header().Set("Retry-After", "5")
		writeError(w, http.StatusTooManyRequests, "TOOMANYREQUESTS", "too many refused logins; try again in a few seconds")
		return
	}
	granted, err := r.grant(req.Context(), user, password, parseScopes(scopes))
	switch {
	case errors.Is(err, errCredentials):
		r.failed.Allow()
		r.log.Info("login refused", "user", user)
		w.Header().Set("WWW-Authenticate", `Basic realm="`+r.cfg.URL.Host+`"`)
		writeError(w, http.StatusUnauthorized, "UNAUTHORIZED", "log in with any user name and a forge token as the password")
		return
	case err != nil:
		r.log.Warn("login could not be checked", "user", user, "error", err)
		writeError(w, http.StatusServiceUnavailable, "UNAVAILABLE", "the forge, which knows the credentials, does not answer; try again")
		return
	}
	r.writeToken(w, user, r.cfg.Admin.matches(user, password.Reveal()), granted)
}

func tokenRequest(w http.ResponseWriter, req *http.Request) (string, secret.String, []string, error) {
	switch req.Method {
	case http.MethodGet:
		user, password, _ := req.BasicAuth()
		return user, secret.New(password), req.URL.Query()["scope"], nil
	case http.MethodPost:
		req.Body = http.MaxBytesReader(w, req.Body, 64<<10)
		if err := req.ParseForm(); err != nil {
			return "", secret.String{}, nil, errors.New("the form cannot be read")
		}
		return passwordGrant(req.PostForm)
	}
	return "", secret.String{}, nil, errors.New("use GET or POST")
}

func passwordGrant(form url.Values) (string, secret.String, []string, error) {
	if form.Get("grant_type") != "password" {
		return "", secret.String{}, nil, errors.New("grant_type must be password")
	}
	return form.Get("username"), secret.New(form.Get("password")), form["scope"], nil
}

// grant decides what of the wanted access the caller gets.
func (r *Registry) grant(ctx context.Context, user string, password secret.String, want []access) ([]access, error) {
	allowed := func(a access) ([]string, error) { return r.forgeActions(ctx, password, a) }
	switch {
	case password.IsZero():
		return nil, errCredentials
	case r.cfg.Admin.matches(user, password.Reveal()):
		allowed = func(a access) ([]string, error) { return adminActions(a), nil }
	case r.cfg.Node.matches(user, password.Reveal()):
		allowed = func(access) ([]string, error) { return []string{pull}, nil }
	default:
		if err := r.forge.valid(ctx, password); err != nil {
			return nil, err
		}
	}
	granted := []access{}
	for _, a := range want {
		actions, err := allowed(a)
		if err != nil {
			return nil, err
		}
		if got := narrow(a, actions); got != nil {
			granted = append(granted, *got)
		}
	}
	return granted, nil
}

// forgeActions are what a token the forge knows may do.
func (r *Registry) forgeActions(ctx context.Context, token secret.String, a access) ([]string, error) {
	if a.Type != "repository" {
		return nil, nil
	}
	if strings.HasPrefix(a.Name, basePrefix) {
		return []string{pull}, nil
	}
	p, err := r.forge.permissions(ctx, token, owner(a.Name))
	return p.actions(), err
}

func (r *Registry) writeToken(w http.ResponseWriter, user string, platform bool, granted []access) {
	token, issued, err := r.tokens.issue(user, platform, granted)
	if err != nil {
		r.log.Error("token not issued", "error", err)
		writeError(w, http.StatusInternalServerError, "UNKNOWN", "the token could not be signed")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	err = json.NewEncoder(w).Encode(map[string]any{
		"token": token, "access_token": token, "token_type": "Bearer",
		"expires_in": int(r.tokens.lifetime.Seconds()), "issued_at": issued.UTC().Format(time.RFC3339),
	})
	if err != nil {
		r.log.Debug("token not delivered", "error", err)
	}
}
