package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v74/github"
	"github.com/google/uuid"
)

const (
	forgeTarget  = "forge" // commit statuses
	deliverTime  = 10 * time.Second
	deliverFirst = 100 * time.Millisecond
	deliverWait  = 30 * time.Second
	deliverMost  = 200 // attempts, some 100 minutes
)

// message is something that the outside is told, kept until it is delivered.
type message struct {
	ID            int64
	Target, Event string
	Body          []byte
	Attempts      int
}

func scanMessage(row scanner) (*message, error) {
	var m message
	return &m, missing(row.Scan(&m.ID, &m.Target, &m.Event, &m.Body, &m.Attempts))
}

func (a *Actions) targets() []string {
	targets := []string{forgeTarget}
	for _, hook := range a.cfg.Webhooks {
		targets = append(targets, hook.URL)
	}
	return targets
}

func (a *Actions) enqueue(ctx context.Context, q querier, target, event string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO outbox (target, event, body) VALUES (?, ?, ?)`, target, event, text)
	return err
}

func (a *Actions) publishRun(ctx context.Context, q querier, r *run, action string) error {
	body := eventParts(r)
	body["action"], body["workflow_run"] = action, a.runShape(r)
	body["workflow"] = map[string]any{"id": workflowID(r.Repo, r.Path), "name": r.Name, "path": r.Path, "state": "active"}
	return a.publish(ctx, q, "workflow_run", body)
}

func (a *Actions) publishJob(ctx context.Context, q querier, r *run, j *job, action string) error {
	shape, err := a.jobShape(ctx, q, r, j)
	if err != nil {
		return err
	}
	body := eventParts(r)
	body["action"], body["workflow_job"] = action, shape
	return a.publish(ctx, q, "workflow_job", body)
}

func (a *Actions) publish(ctx context.Context, q querier, event string, body any) error {
	for _, hook := range a.cfg.Webhooks {
		if err := a.enqueue(ctx, q, hook.URL, event, body); err != nil {
			return err
		}
	}
	return nil
}

// status is a commit status that is to be posted.
type status struct {
	Repo, SHA                           string
	State, Context, Description, Target string
}

func (a *Actions) postStatus(ctx context.Context, q querier, r *run, name, state, description string) error {
	if len(description) > 140 { // GitHub's limit
		description = strings.ToValidUTF8(description[:137], "") + "..."
	}
	return a.enqueue(ctx, q, forgeTarget, "status", status{Repo: r.Repo, SHA: r.SHA, State: state, Context: name,
		Description: description, Target: fmt.Sprintf("%s/%s/actions/runs/%d", a.web(), r.Repo, r.ID)})
}

// runOutbox delivers one target's messages in order.
func (a *Actions) runOutbox(ctx context.Context, target string) error {
	for ctx.Err() == nil {
		changed := a.outboxChanged.wait()
		wait, err := a.deliverNext(ctx, target)
		if err != nil && ctx.Err() == nil {
			a.log.Warn("deliver; it is tried again", "target", target, "error", err)
		}
		switch {
		case wait < 0: // delivered, look for the next
		case wait > 0:
			changed = nil
			fallthrough
		default:
			select {
			case <-ctx.Done():
				return nil
			case <-changed:
			case <-time.After(max(wait, time.Second)):
			}
		}
	}
	return nil
}

// deliverNext returns how long to wait: less than 0 not at all, 0 until there
// is something.
func (a *Actions) deliverNext(ctx context.Context, target string) (time.Duration, error) {
	m, err := scanMessage(a.db.QueryRowContext(ctx, `SELECT id, target, event, body, attempts FROM outbox WHERE target = ? ORDER BY id LIMIT 1`, target))
	if errors.Is(err, errNotFound) {
		return 0, nil
	}
	if err != nil {
		return deliverWait, err
	}
	again, cause := a.deliver(ctx, m)
	if cause != nil && again && m.Attempts < deliverMost {
		_, err := a.db.ExecContext(ctx, `UPDATE outbox SET attempts = attempts + 1 WHERE id = ?`, m.ID)
		return min(deliverFirst<<min(m.Attempts, 10), deliverWait), errors.Join(cause, err)
	}
	if cause != nil && ctx.Err() == nil {
		a.log.Error("a message was given up", "target", target, "event", m.Event, "error", cause)
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	_, err = a.db.ExecContext(ctx, `DELETE FROM outbox WHERE id = ?`, m.ID)
	return -1, err
}

func (a *Actions) deliver(ctx context.Context, m *message) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, deliverTime)
	defer cancel()
	if m.Target == forgeTarget {
		return a.deliverStatus(ctx, m)
	}
	for _, hook := range a.cfg.Webhooks {
		if hook.URL == m.Target {
			return true, a.deliverHook(ctx, hook, m)
		}
	}
	return false, nil // no longer configured
}

func (a *Actions) deliverStatus(ctx context.Context, m *message) (again bool, err error) {
	var s status
	if err := json.Unmarshal(m.Body, &s); err != nil {
		return false, err
	}
	client, err := a.forge.as(ctx, s.Repo)
	if err != nil {
		return retryable(err), err
	}
	owner, name, _ := strings.Cut(s.Repo, "/")
	_, _, err = client.Repositories.CreateStatus(ctx, owner, name, s.SHA, &github.RepoStatus{
		State: &s.State, Context: &s.Context, Description: &s.Description, TargetURL: &s.Target})
	if err != nil {
		a.forge.forget(s.Repo)
	}
	return retryable(err), err
}

// retryable: what the forge understood and refused it will refuse again, but
// a token that had run out is made anew.
func retryable(err error) bool {
	var refused *github.ErrorResponse
	if !errors.As(err, &refused) || refused.Response == nil {
		return true
	}
	code := refused.Response.StatusCode
	return code >= 500 || code == http.StatusUnauthorized || code == http.StatusTooManyRequests
}

func (a *Actions) deliverHook(ctx context.Context, hook Webhook, m *message) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(m.Body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-GitHub-Event", m.Event)
	request.Header.Set("X-GitHub-Delivery", uuid.NewSHA1(uuid.NameSpaceURL, fmt.Append(nil, m.Target, m.ID)).String())
	request.Header.Set("X-Hub-Signature-256", signature(hook.Secret.Reveal(), m.Body))
	request.Header.Set("User-Agent", "GitHub-Hookshot/pronto0")
	response, err := a.cfg.HTTPClient.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}
