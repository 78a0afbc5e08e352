package actions

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

// accessLife is how long the forge's answer about a caller is kept.
const accessLife = 10 * time.Second

type accessCache struct {
	mu      sync.Mutex
	answers map[string]accessAnswer
}

type accessAnswer struct {
	status int
	push   bool
	until  time.Time
}

func newAccessCache() *accessCache { return &accessCache{answers: map[string]accessAnswer{}} }

// get returns an answer that is still good and forgets those that are not.
func (c *accessCache) get(key string) (accessAnswer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, answer := range c.answers {
		if time.Now().After(answer.until) {
			delete(c.answers, k)
		}
	}
	answer, ok := c.answers[key]
	return answer, ok
}

func (c *accessCache) put(key string, answer accessAnswer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[key] = answer
}

// allowed asks the forge, in the caller's name, what it may do.
func (a *Actions) allowed(ctx context.Context, authorization, repo string, write bool) error {
	key := hash(authorization + "\n" + repo)
	answer, ok := a.access.get(key)
	if !ok {
		var err error
		if answer, err = a.askForge(ctx, authorization, repo); err != nil {
			return fmt.Errorf("ask the forge about the caller: %w", err)
		}
		if answer.status < 500 {
			a.access.put(key, answer)
		}
	}
	switch {
	case answer.status == http.StatusUnauthorized:
		return &restError{http.StatusUnauthorized, "Bad credentials"}
	case answer.status >= 500:
		return &restError{http.StatusBadGateway, "The forge does not answer"}
	case answer.status != http.StatusOK:
		return errNotFound
	case write && !answer.push:
		return &restError{http.StatusForbidden, "Must have write access to this repository."}
	}
	return nil
}

func (a *Actions) askForge(ctx context.Context, authorization, repo string) (accessAnswer, error) {
	var body struct {
		Permissions map[string]bool `json:"permissions"`
	}
	status, err := a.readAs(ctx, authorization, a.apiRepo(repo), &body)
	return accessAnswer{status: status, push: body.Permissions["push"], until: time.Now().Add(accessLife)}, err
}

// readAs reads JSON of the forge in the caller's name; of another answer than
// 200 only its status.
func (a *Actions) readAs(ctx context.Context, authorization, address string, into any) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := a.cfg.HTTPClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }() // read to its end or not wanted
	if response.StatusCode != http.StatusOK {
		return response.StatusCode, nil
	}
	return response.StatusCode, json.NewDecoder(response.Body).Decode(into)
}

// nextAttempt begins a run anew.
func (a *Actions) nextAttempt(ctx context.Context, q querier, r *run) error {
	wf, err := workflow.Parse(r.Path, []byte(r.Source))
	if err != nil {
		return err
	}
	r.Attempt, r.Status, r.Conclusion, r.Cancelled, r.Updated, r.Started = r.Attempt+1, statusQueued, "", false, now(), 0
	if _, err := q.ExecContext(ctx, `UPDATE runs SET attempt = ?, status = ?, conclusion = '', cancelled = 0, started = 0, updated = ? WHERE id = ?`,
		r.Attempt, r.Status, r.Updated, r.ID); err != nil {
		return err
	}
	if err := a.insertJobs(ctx, q, r, wf); err != nil {
		return err
	}
	return a.publishRun(ctx, q, r, "requested")
}
