package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/google/uuid"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// The kinds of tokens. A personal token may what its person may at the moment
// it is used; a service's has a role and owners of its own.
const (
	TokenPersonal = "personal"
	TokenService  = "service"
)

// Token is an API token without its value.
type Token struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Kind       string     `json:"kind"`
	Role       Role       `json:"role"`
	Owner      string     `json:"owner"` // entity reference of who acts with it
	CreatedAt  time.Time  `json:"createdAt"`
	ExpiresAt  time.Time  `json:"expiresAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`
	owns       []string
}

// NewToken is a token to be made.
type NewToken struct {
	Name    string
	Age     time.Duration
	Service *Service // nil: a token of the caller
}

// Service says what a program may do with its token.
type Service struct {
	Role Role     `json:"role"`
	Owns []string `json:"owns"` // entity references of groups in whose name it acts
}

var refPattern = regexp.MustCompile(`^(group|user):[a-z0-9._-]{1,63}/[a-z0-9._-]{1,63}$`)

func (s Service) check() error {
	if rank(s.Role) <= rank(RoleNone) {
		return fault.Inputf("service.role: use viewer, developer or admin")
	}
	for i, ref := range s.Owns {
		if !refPattern.MatchString(canonical(ref)) {
			return fault.Inputf("service.owns[%d]: %q is no entity reference such as group:default/developers", i, ref)
		}
	}
	return nil
}

// CreateToken makes an API token for user, or for a service in their name, and
// returns its value, which is kept nowhere. A caller with an API token gets none,
// so that nobody makes more of a stolen one; the machine's own token makes some.
func (a *Access) CreateToken(ctx context.Context, user User, wanted NewToken) (Token, secret.String, error) {
	switch {
	case user.token != "" && !user.service:
		return Token{}, secret.String{}, errTokenOfToken
	case user.service:
		return Token{}, secret.String{}, fault.NotAllowedf("a service makes no tokens; ask an administrator")
	case wanted.Service != nil && !Allowed(user.Role, ServiceTokens):
		return Token{}, secret.String{}, fault.NotAllowedf("the role %q may not do %s; ask an administrator", user.Role, ServiceTokens)
	}
	now := a.cfg.Clock().UTC().Truncate(time.Second)
	token := Token{
		ID: uuid.NewString(), Name: wanted.Name, Kind: TokenPersonal, Owner: user.Ref, Role: user.Role,
		CreatedAt: now, ExpiresAt: now.Add(wanted.Age), owns: []string{},
	}
	role := RoleNone
	if wanted.Service != nil {
		if err := wanted.Service.check(); err != nil {
			return Token{}, secret.String{}, err
		}
		role = wanted.Service.Role
		token.Kind, token.Owner, token.Role = TokenService, "service:default/"+refName(wanted.Name), role
		for _, ref := range wanted.Service.Owns {
			token.owns = append(token.owns, canonical(ref))
		}
	}
	owns, err := json.Marshal(token.owns)
	if err != nil {
		return Token{}, secret.String{}, fmt.Errorf("access: new token: %w", err)
	}
	value := secret.Random(TokenPrefix)
	_, err = a.store.db.ExecContext(ctx,
		`INSERT INTO access_tokens (id, hash, name, kind, owner, role, owns, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		token.ID, hash(value.Reveal()), token.Name, token.Kind, token.Owner, role, owns, token.CreatedAt.Unix(), token.ExpiresAt.Unix())
	if err != nil {
		return Token{}, secret.String{}, fmt.Errorf("access: new token: %w", err)
	}
	return token, value, nil
}

const tokenColumns = `id, name, kind, owner, role, owns, created_at, expires_at, last_used_at`

func scanToken(row interface{ Scan(...any) error }) (Token, error) {
	var t Token
	var owns []byte
	var created, expires int64
	var used sql.NullInt64
	if err := row.Scan(&t.ID, &t.Name, &t.Kind, &t.Owner, &t.Role, &owns, &created, &expires, &used); err != nil {
		return Token{}, err
	}
	t.CreatedAt, t.ExpiresAt = time.Unix(created, 0).UTC(), time.Unix(expires, 0).UTC()
	if used.Valid {
		at := time.Unix(used.Int64, 0).UTC()
		t.LastUsedAt = &at
	}
	if err := json.Unmarshal(owns, &t.owns); err != nil {
		return Token{}, fmt.Errorf("access: read token %s: %w", t.ID, err)
	}
	return t, nil
}

// usedEvery is how exact a token's last use is known: a write for each request
// would cost each a commit.
const usedEvery = time.Minute

// byToken is who acts with a token now.
func (a *Access) byToken(ctx context.Context, value string) (User, error) {
	if a.cfg.AdminToken.Equal(value) {
		return machine, nil
	}
	now := a.cfg.Clock()
	token, err := scanToken(a.store.db.QueryRowContext(ctx,
		`SELECT `+tokenColumns+` FROM access_tokens WHERE hash = ? AND expires_at > ?`, hash(value), now.Unix()))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return User{}, errToken
	case err != nil:
		return User{}, fmt.Errorf("access: find a token: %w", err)
	}
	user, err := a.actor(ctx, token)
	if err != nil {
		return User{}, err
	}
	user.token = token.ID
	if token.LastUsedAt == nil || now.Sub(*token.LastUsedAt) >= usedEvery {
		if _, err := a.store.db.ExecContext(ctx, `UPDATE access_tokens SET last_used_at = ? WHERE id = ?`, now.Unix(), token.ID); err != nil {
			return User{}, fmt.Errorf("access: note a token's use: %w", err)
		}
	}
	return user, nil
}

// actor is the service, or the person as the provider last described them.
func (a *Access) actor(ctx context.Context, token Token) (User, error) {
	switch {
	case token.Kind == TokenService:
		return User{Ref: token.Owner, Name: token.Name, Groups: token.owns, Role: token.Role, service: true}, nil
	case token.Owner == machine.Ref:
		return machine, nil
	}
	p, err := a.current(ctx, token.Owner)
	switch {
	case errors.Is(err, errUnrenewable):
		return User{}, errTokenRests
	case err != nil:
		return User{}, err
	}
	user := a.user(p)
	if user.Role == RoleNone {
		return User{}, fault.NotAllowedf("the token's owner is in no group that may use the portal; ask an administrator")
	}
	return user, nil
}

// Tokens lists a person's API tokens, and those of services for whoever may
// make them, newest first.
func (a *Access) Tokens(ctx context.Context, user User) ([]Token, error) {
	rows, err := a.store.db.QueryContext(ctx, `SELECT `+tokenColumns+` FROM access_tokens
		WHERE expires_at > ? AND (kind = 'personal' AND owner = ? OR kind = 'service' AND ?) ORDER BY created_at DESC, id`,
		a.cfg.Clock().Unix(), user.Ref, Allowed(user.Role, ServiceTokens))
	if err != nil {
		return nil, fmt.Errorf("access: list tokens: %w", err)
	}
	defer rows.Close()
	list := []Token{}
	for rows.Next() {
		t, err := scanToken(rows)
		if err != nil {
			return nil, fmt.Errorf("access: list tokens: %w", err)
		}
		if t.Kind == TokenPersonal {
			t.Role = user.Role
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// ThisToken is the id that stands for the token that the request is made with.
const ThisToken = "current"

// DeleteToken revokes one of a person's tokens, or a service's for whoever may
// make those; false if there is no such.
func (a *Access) DeleteToken(ctx context.Context, user User, id string) (bool, error) {
	if id == ThisToken {
		id = user.token
	}
	result, err := a.store.db.ExecContext(ctx, `DELETE FROM access_tokens
		WHERE id = ? AND (owner = ? OR kind = 'service' AND ?)`, id, user.Ref, Allowed(user.Role, ServiceTokens))
	if err != nil {
		return false, fmt.Errorf("access: revoke token: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
