package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Entry is a line of the audit trail.
type Entry struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`            // entity reference, or Anonymous
	Action  string    `json:"action"`           // a permission or one of the actions below
	Target  string    `json:"target,omitempty"` // e.g. the application's name
	Outcome string    `json:"outcome"`
	Status  int       `json:"status,omitempty"` // of the answer
	Address string    `json:"address,omitempty"`
	Detail  string    `json:"detail,omitempty"`
}

// Anonymous is the actor of a request that nobody signed.
const Anonymous = "anonymous"

// How what was asked for ended.
const (
	OutcomeDone    = "done"
	OutcomeRefused = "refused" // they may not, or must prove who they are
	OutcomeFailed  = "failed"  // it could not be done
)

// Actions of the trail that no permission stands for.
const (
	ActionLogin   = "auth.login"
	ActionLogout  = "auth.logout"
	ActionDevice  = "auth.device"
	ActionWebhook = "webhook.receive"
)

// OutcomeOf is what a status says of a request.
func OutcomeOf(status int) string {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusTooManyRequests:
		return OutcomeRefused
	case status >= http.StatusBadRequest:
		return OutcomeFailed
	}
	return OutcomeDone
}

// Bounds of what a caller can make an entry carry, in bytes.
const (
	maxTarget = 200
	maxDetail = 500
)

type subjectKey struct{}

// Subject is what a request turned out to be about.
type Subject struct{ Target, Detail string }

// WithSubject returns a context in which Describe fills the subject.
func WithSubject(ctx context.Context) (context.Context, *Subject) {
	s := &Subject{}
	return context.WithValue(ctx, subjectKey{}, s), s
}

// Describe tells the audit trail what the request in ctx is about where its path
// does not say so. Detail may be empty; neither may hold a secret.
func Describe(ctx context.Context, target, detail string) {
	if s, ok := ctx.Value(subjectKey{}).(*Subject); ok {
		s.Target, s.Detail = target, detail
	}
}

// Record writes an entry; when it returns without an error the entry is on disk.
// ID is given, and At where it is zero.
func (a *Access) Record(ctx context.Context, e Entry) error {
	if e.At.IsZero() {
		e.At = a.cfg.Clock()
	}
	if e.Actor == "" {
		e.Actor = Anonymous
	}
	_, err := a.cfg.DB.ExecContext(context.WithoutCancel(ctx), `
		INSERT INTO access_audit (at, actor, action, target, outcome, status, address, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.At.UnixMilli(), e.Actor, e.Action, clean(e.Target, maxTarget), e.Outcome, e.Status, clean(e.Address, maxTarget), clean(e.Detail, maxDetail))
	if err != nil {
		return fmt.Errorf("access: write the audit trail: %w", err)
	}
	return nil
}

// clean keeps a caller's text to one line of valid UTF-8.
func clean(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, text)
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}

// recordRefusal writes why somebody unknown was turned away and returns err, or
// what went wrong with writing. What one address can write is limited.
func (a *Access) recordRefusal(r *http.Request, action string, err error) error {
	var refusal *fault.Error
	if !errors.As(err, &refusal) {
		return err
	}
	entry := Entry{
		Action: action, Outcome: OutcomeOf(refusal.Status()), Status: refusal.Status(), Address: Address(r), Detail: refusal.Message,
	}
	if failed := a.RecordStranger(r.Context(), entry); failed != nil {
		return failed
	}
	return err
}

// RecordStranger writes an entry of a caller who is not known, as long as their
// address has not written too many of late: what is left out is in the log.
func (a *Access) RecordStranger(ctx context.Context, e Entry) error {
	if !a.limits.strangers.allow(e.Address) {
		a.cfg.Logger.Warn("left out of the audit trail: too many of this address", "action", e.Action, "address", e.Address, "status", e.Status)
		return nil
	}
	return a.Record(ctx, e)
}
