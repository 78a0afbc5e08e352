package forge

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

type callerKind int

const (
	anonymous callerKind = iota
	userCaller
	installationCaller
)

// level is what a caller may do with a repository, in GitHub's order.
type level int

const (
	levelNone level = iota
	levelPull
	levelTriage
	levelPush
	levelMaintain
	levelAdmin
)

// caller is who sends a request.
type caller struct {
	kind         callerKind
	account      account
	repositories []int64 // of an installation token; nil: all
	permissions  map[string]string
	tokenHash    []byte
}

func (c caller) scopes() string {
	if c.account.Admin {
		return "admin:org, admin:org_hook, admin:repo_hook, delete_repo, read:org, repo, workflow"
	}
	return "read:org, repo, workflow"
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// bearer takes the token out of Authorization: Bearer, token or Basic (the
// password, or the user name when there is no password).
func bearer(r *http.Request) string {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	value = strings.TrimSpace(value)
	switch strings.ToLower(scheme) {
	case "bearer", "token":
		return value
	case "basic":
		decoded, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return "invalid"
		}
		user, password, _ := strings.Cut(string(decoded), ":")
		if password == "" || password == "x-oauth-basic" {
			return user
		}
		return password
	case "":
		return ""
	}
	return "invalid"
}

// identify finds the caller by token. No token is the anonymous caller; a
// wrong or expired one is errCredentials.
func (f *Forge) identify(r *http.Request) (caller, error) {
	token := bearer(r)
	if r.Header.Get("Authorization") == "" {
		return caller{}, nil
	}
	if token == "" {
		return caller{}, errCredentials
	}
	return f.callerOf(r.Context(), hashToken(token))
}

func (f *Forge) callerOf(ctx context.Context, hash []byte) (caller, error) {
	var login, repositories, permissions string
	var installation bool
	var expires int64
	err := f.db.QueryRowContext(ctx, `SELECT login, installation, expires_at, repositories, permissions FROM tokens WHERE hash = ?`, hash).
		Scan(&login, &installation, &expires, &repositories, &permissions)
	if errors.Is(err, sql.ErrNoRows) || err == nil && expires != 0 && expires <= time.Now().Unix() {
		return caller{}, errCredentials
	}
	if err != nil {
		return caller{}, fmt.Errorf("read token: %w", err)
	}
	c := caller{kind: userCaller, tokenHash: hash}
	if c.account, err = findAccount(ctx, f.db, login); err != nil {
		return caller{}, err
	}
	if !installation {
		return c, nil
	}
	c.kind = installationCaller
	if repositories != "" {
		c.repositories = []int64{}
		if err := json.Unmarshal([]byte(repositories), &c.repositories); err != nil {
			return caller{}, fmt.Errorf("read token: %w", err)
		}
	}
	return c, json.Unmarshal([]byte(permissions), &c.permissions)
}

// levelOn decides what the caller may do with the repository: a member of the
// organisation reads its repositories, and has more where it was given.
func (f *Forge) levelOn(ctx context.Context, c caller, repo repository) (level, error) {
	base := levelNone
	if !repo.Private {
		base = levelPull
	}
	switch {
	case c.kind == anonymous:
		return base, nil
	case c.kind == installationCaller:
		return max(base, installationLevel(c, repo.ID)), nil
	case c.account.Admin || strings.EqualFold(c.account.Login, repo.Owner):
		return levelAdmin, nil
	}
	if strings.EqualFold(repo.Owner, f.cfg.Organization) {
		base = levelPull
	}
	var given level
	err := f.db.QueryRowContext(ctx, `SELECT level FROM collaborators WHERE repository_id = ? AND login = ?`, repo.ID, c.account.Login).Scan(&given)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return levelNone, fmt.Errorf("read collaborators: %w", err)
	}
	return max(base, given), nil
}

func installationLevel(c caller, repo int64) level {
	if c.repositories != nil && !slices.Contains(c.repositories, repo) {
		return levelNone
	}
	switch {
	case c.permissions["administration"] == "write":
		return levelAdmin
	case c.permissions["contents"] == "write":
		return levelPush
	case len(c.permissions) > 0: // metadata: read comes with any permission
		return levelPull
	}
	return levelNone
}

// canReadCode is false for an installation token without contents.
func (c caller) canReadCode() bool {
	return c.kind != installationCaller || c.permissions["contents"] != ""
}
