// Package webhook keeps webhooks and delivers their events: durably, in order
// and at once.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Target is what a hook listens to.
type Target struct {
	Type string // "repository" or "organization"
	ID   int64
}

// Hook is one webhook.
type Hook struct {
	ID          int64
	Target      Target
	URL         string
	ContentType string // "json" or "form"
	Secret      secret.String
	InsecureSSL bool
	Events      []string // names, or "*"
	Active      bool
	Created     time.Time
	Updated     time.Time
}

// Wants reports whether the hook is to receive event. Every hook gets ping.
func (h Hook) Wants(event string) bool {
	return event == "ping" || h.Active && (slices.Contains(h.Events, event) || slices.Contains(h.Events, "*"))
}

// Sign returns the hexadecimal HMAC-SHA1 and HMAC-SHA256 of body, as GitHub
// sends them in X-Hub-Signature and X-Hub-Signature-256.
func Sign(key secret.String, body []byte) (sum1, sum256 string) {
	sum := func(h func() hash.Hash) string {
		mac := hmac.New(h, []byte(key.Reveal()))
		mac.Write(body)
		return hex.EncodeToString(mac.Sum(nil))
	}
	return sum(sha1.New), sum(sha256.New)
}

// ErrNotFound is returned for a hook or delivery that does not exist.
var ErrNotFound = errors.New("not found")

// DB is a database or a transaction.
type DB interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const hookColumns = `id, target_type, target_id, url, content_type, secret, insecure_ssl, events, active, created_at, updated_at`

// Create stores h and sets its ID.
func Create(ctx context.Context, db DB, h *Hook) error {
	events, err := json.Marshal(h.Events)
	if err != nil {
		return fmt.Errorf("create hook: %w", err)
	}
	result, err := db.ExecContext(ctx, `INSERT INTO hooks (target_type, target_id, url, content_type, secret, insecure_ssl, events, active, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, h.Target.Type, h.Target.ID, h.URL, h.ContentType, h.Secret.Reveal(),
		h.InsecureSSL, string(events), h.Active, h.Created.Unix(), h.Updated.Unix())
	if err != nil {
		return fmt.Errorf("create hook: %w", err)
	}
	h.ID, err = result.LastInsertId()
	return err
}

// Update stores every changeable field of h.
func Update(ctx context.Context, db DB, h Hook) error {
	events, err := json.Marshal(h.Events)
	if err != nil {
		return fmt.Errorf("update hook: %w", err)
	}
	_, err = db.ExecContext(ctx, `UPDATE hooks SET url = ?, content_type = ?, secret = ?, insecure_ssl = ?, events = ?, active = ?, updated_at = ? WHERE id = ?`,
		h.URL, h.ContentType, h.Secret.Reveal(), h.InsecureSSL, string(events), h.Active, h.Updated.Unix(), h.ID)
	if err != nil {
		return fmt.Errorf("update hook %d: %w", h.ID, err)
	}
	return nil
}

// Delete removes a hook with everything still queued for it.
func Delete(ctx context.Context, db DB, id int64) error {
	if _, err := db.ExecContext(ctx, `DELETE FROM hooks WHERE id = ?`, id); err != nil {
		return fmt.Errorf("delete hook %d: %w", id, err)
	}
	return nil
}

// Retire keeps the target's hooks only for what is already queued.
func Retire(ctx context.Context, db DB, t Target) error {
	if _, err := db.ExecContext(ctx, `UPDATE hooks SET retired = 1 WHERE target_type = ? AND target_id = ?`, t.Type, t.ID); err != nil {
		return fmt.Errorf("retire hooks: %w", err)
	}
	return nil
}

// List returns the target's hooks, oldest first.
func List(ctx context.Context, db DB, t Target) (hooks []Hook, err error) {
	rows, err := db.QueryContext(ctx, `SELECT `+hookColumns+` FROM hooks WHERE target_type = ? AND target_id = ? AND retired = 0 ORDER BY id`, t.Type, t.ID)
	if err != nil {
		return nil, fmt.Errorf("list hooks: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		h, err := scan(rows)
		if err != nil {
			return nil, err
		}
		hooks = append(hooks, h)
	}
	return hooks, rows.Err()
}

// Get returns the target's hook with the id, or ErrNotFound.
func Get(ctx context.Context, db DB, t Target, id int64) (Hook, error) {
	return scan(db.QueryRowContext(ctx, `SELECT `+hookColumns+` FROM hooks WHERE target_type = ? AND target_id = ? AND id = ? AND retired = 0`, t.Type, t.ID, id))
}

func byID(ctx context.Context, db DB, id int64) (Hook, error) {
	return scan(db.QueryRowContext(ctx, `SELECT `+hookColumns+` FROM hooks WHERE id = ?`, id))
}

func scan(row interface{ Scan(...any) error }) (Hook, error) {
	var h Hook
	var key, events string
	var created, updated int64
	err := row.Scan(&h.ID, &h.Target.Type, &h.Target.ID, &h.URL, &h.ContentType, &key, &h.InsecureSSL, &events, &h.Active, &created, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return h, fmt.Errorf("hook: %w", ErrNotFound)
	}
	if err != nil {
		return h, fmt.Errorf("read hook: %w", err)
	}
	h.Secret, h.Created, h.Updated = secret.New(key), time.Unix(created, 0).UTC(), time.Unix(updated, 0).UTC()
	return h, json.Unmarshal([]byte(events), &h.Events)
}
