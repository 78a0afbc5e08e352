package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Me is who the token belongs to.
type Me struct {
	Ref    string   `json:"ref"`
	Name   string   `json:"name"`
	Role   string   `json:"role"`
	Groups []string `json:"groups"`
}

// Me asks who the client is signed in as.
func (c *Client) Me(ctx context.Context) (Me, error) {
	var out Me
	err := c.call(ctx, http.MethodGet, "/api/pronto/v1/me", nil, &out)
	return out, err
}

// RevokeToken ends one of the caller's tokens; "current" is the client's own.
func (c *Client) RevokeToken(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/api/pronto/v1/tokens/"+url.PathEscape(id), nil, nil)
}

// AuditEntry is a line of the audit trail.
type AuditEntry struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Action  string    `json:"action"`
	Target  string    `json:"target,omitempty"`
	Outcome string    `json:"outcome"` // done, refused or failed
	Status  int       `json:"status,omitempty"`
	Address string    `json:"address,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}

// AuditQuery picks entries; a zero member picks all.
type AuditQuery struct {
	Text, Actor, Action string
	Since               time.Time
}

// auditPage is how many entries are asked for at once.
const auditPage = 500

// Audit returns the matching entries, newest first, at most limit of them.
func (c *Client) Audit(ctx context.Context, q AuditQuery, limit int) ([]AuditEntry, error) {
	query := url.Values{}
	for name, value := range map[string]string{"q": q.Text, "actor": q.Actor, "action": q.Action} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if !q.Since.IsZero() {
		query.Set("since", q.Since.UTC().Format(time.RFC3339))
	}
	entries := []AuditEntry{}
	for len(entries) < limit {
		var page struct {
			Entries []AuditEntry
			Next    int64
		}
		query.Set("limit", strconv.Itoa(min(auditPage, limit-len(entries))))
		if err := c.call(ctx, http.MethodGet, "/api/pronto/v1/audit?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		entries = append(entries, page.Entries...)
		if page.Next == 0 {
			break
		}
		query.Set("before", strconv.FormatInt(page.Next, 10))
	}
	return entries, nil
}
