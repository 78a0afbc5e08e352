package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// records keeps people, sessions, tokens and devices; of values that let
// somebody in only their hashes.
type records struct{ db *sql.DB }

func hash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// newSession returns the value for the cookie, always a new one.
func (s records) newSession(ctx context.Context, ref string, now time.Time, age time.Duration) (secret.String, error) {
	value := secret.Random("")
	_, err := s.db.ExecContext(ctx, `INSERT INTO access_sessions (hash, person, created_at, expires_at) VALUES (?, ?, ?, ?)`,
		hash(value.Reveal()), ref, now.Unix(), now.Add(age).Unix())
	if err == nil {
		_, err = s.db.ExecContext(ctx, `DELETE FROM access_sessions WHERE expires_at <= ?`, now.Unix())
	}
	if err != nil {
		return secret.String{}, fmt.Errorf("access: new session: %w", err)
	}
	return value, nil
}

// session is whose session it is; sql.ErrNoRows if it is none or has ended.
func (s records) session(ctx context.Context, value string, now time.Time) (ref string, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT person FROM access_sessions WHERE hash = ? AND expires_at > ?`, hash(value), now.Unix()).Scan(&ref)
	return ref, err
}

// endSession returns whose session it was, empty if it was none.
func (s records) endSession(ctx context.Context, value string) (ref string, err error) {
	err = s.db.QueryRowContext(ctx, `DELETE FROM access_sessions WHERE hash = ? RETURNING person`, hash(value)).Scan(&ref)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("access: end session: %w", err)
	}
	return ref, nil
}
