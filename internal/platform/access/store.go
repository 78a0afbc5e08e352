package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// records keeps sessions and tokens; only hashes of their values.
type records struct{ db *sql.DB }

func hash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// newSession returns the value for the cookie.
func (s records) newSession(ctx context.Context, user User, now time.Time, age time.Duration) (secret.String, error) {
	value := secret.Random("")
	body, err := json.Marshal(user)
	if err != nil {
		return secret.String{}, fmt.Errorf("access: new session: %w", err)
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO access_sessions (hash, user, created_at, expires_at) VALUES (?, ?, ?, ?)`,
		hash(value.Reveal()), body, now.Unix(), now.Add(age).Unix())
	if err != nil {
		return secret.String{}, fmt.Errorf("access: new session: %w", err)
	}
	_, err = s.db.ExecContext(ctx, `DELETE FROM access_sessions WHERE expires_at <= ?`, now.Unix())
	return value, err
}

// session is whose session it is; sql.ErrNoRows if it is none or has ended.
func (s records) session(ctx context.Context, value string, now time.Time) (User, error) {
	return scanUser(s.db.QueryRowContext(ctx,
		`SELECT user FROM access_sessions WHERE hash = ? AND expires_at > ?`, hash(value), now.Unix()))
}

func (s records) endSession(ctx context.Context, value string) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM access_sessions WHERE hash = ?`, hash(value)); err != nil {
		return fmt.Errorf("access: end session: %w", err)
	}
	return nil
}

// token is whose token it is; sql.ErrNoRows if it is none or has expired.
func (s records) token(ctx context.Context, value string, now time.Time) (User, error) {
	return scanUser(s.db.QueryRowContext(ctx, `
		UPDATE access_tokens SET last_used_at = ? WHERE hash = ? AND expires_at > ? RETURNING user`,
		now.Unix(), hash(value), now.Unix()))
}

func scanUser(row *sql.Row) (User, error) {
	var body []byte
	if err := row.Scan(&body); err != nil {
		return User{}, err
	}
	var user User
	if err := json.Unmarshal(body, &user); err != nil {
		return User{}, fmt.Errorf("access: read user: %w", err)
	}
	return user, nil
}

// Token is an API token without its value.
type Token struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"createdAt"`
	ExpiresAt  time.Time  `json:"expiresAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`
}

// CreateToken makes an API token with the rights of user, and returns its
// value, which is kept nowhere.
func (a *Access) CreateToken(ctx context.Context, user User, name string, age time.Duration) (Token, secret.String, error) {
	value := secret.Random(TokenPrefix)
	now := a.cfg.Clock().UTC().Truncate(time.Second)
	token := Token{ID: uuid.NewString(), Name: name, CreatedAt: now, ExpiresAt: now.Add(age)}
	body, err := json.Marshal(user)
	if err != nil {
		return Token{}, secret.String{}, fmt.Errorf("access: new token: %w", err)
	}
	_, err = a.store.db.ExecContext(ctx,
		`INSERT INTO access_tokens (id, hash, name, user, owner, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		token.ID, hash(value.Reveal()), name, body, user.Ref, token.CreatedAt.Unix(), token.ExpiresAt.Unix())
	if err != nil {
		return Token{}, secret.String{}, fmt.Errorf("access: new token: %w", err)
	}
	return token, value, nil
}

// Tokens lists a person's API tokens, newest first.
func (a *Access) Tokens(ctx context.Context, owner string) ([]Token, error) {
	rows, err := a.store.db.QueryContext(ctx, `
		SELECT id, name, created_at, expires_at, last_used_at FROM access_tokens WHERE owner = ? ORDER BY created_at DESC, id`, owner)
	if err != nil {
		return nil, fmt.Errorf("access: list tokens: %w", err)
	}
	defer rows.Close()
	list := []Token{}
	for rows.Next() {
		var t Token
		var created, expires int64
		var used sql.NullInt64
		if err := rows.Scan(&t.ID, &t.Name, &created, &expires, &used); err != nil {
			return nil, fmt.Errorf("access: list tokens: %w", err)
		}
		t.CreatedAt, t.ExpiresAt = time.Unix(created, 0).UTC(), time.Unix(expires, 0).UTC()
		if used.Valid {
			at := time.Unix(used.Int64, 0).UTC()
			t.LastUsedAt = &at
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// DeleteToken revokes one of a person's tokens; false if they have no such.
func (a *Access) DeleteToken(ctx context.Context, owner, id string) (bool, error) {
	result, err := a.store.db.ExecContext(ctx, `DELETE FROM access_tokens WHERE id = ? AND owner = ?`, id, owner)
	if err != nil {
		return false, fmt.Errorf("access: revoke token: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
