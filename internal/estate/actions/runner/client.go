// Package runner executes one job: it fetches the job, runs its steps in
// order and reports every line and every step's state to the server.
package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
)

// ErrGone is the server's word that there is, or will be, no job for this
// runner.
var ErrGone = errors.New("the server has no job for this runner")

// Client speaks the runner's protocol. Calls are retried until their context
// ends: the server may be restarted in the middle of a job.
type Client struct {
	URL      string // base, without a slash at the end
	Token    secret.String
	Instance string
	HTTP     *http.Client
}

const (
	retryFirst  = 50 * time.Millisecond
	retryMost   = 2 * time.Second
	requestTime = 40 * time.Second
)

// Acquire waits for a job.
func (c *Client) Acquire(ctx context.Context) (*protocol.Assignment, error) {
	for {
		var a protocol.Assignment
		found, err := c.persist(ctx, protocol.AcquirePath, protocol.AcquireRequest{Instance: c.Instance}, &a)
		if err != nil {
			return nil, fmt.Errorf("acquire a job: %w", err)
		}
		if found {
			return &a, nil
		}
	}
}

// Report delivers events.
func (c *Client) Report(ctx context.Context, events []protocol.Event) (protocol.ReportAnswer, error) {
	var answer protocol.ReportAnswer
	_, err := c.persist(ctx, protocol.ReportPath, protocol.Report{Instance: c.Instance, Events: events}, &answer)
	if err != nil {
		return answer, fmt.Errorf("report: %w", err)
	}
	return answer, nil
}

// persist retries what may pass: no connection, and answers 5xx or 429.
func (c *Client) persist(ctx context.Context, path string, in, out any) (bool, error) {
	for wait := retryFirst; ; wait = min(2*wait, retryMost) {
		found, retry, err := c.once(ctx, path, in, out)
		if !retry {
			return found, err
		}
		select {
		case <-ctx.Done():
			return false, errors.Join(err, ctx.Err())
		case <-time.After(wait):
		}
	}
}

func (c *Client) once(ctx context.Context, path string, in, out any) (found, retry bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	body, err := json.Marshal(in)
	if err != nil {
		return false, false, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+path, bytes.NewReader(body))
	if err != nil {
		return false, false, err
	}
	request.Header.Set("Authorization", "Bearer "+c.Token.Reveal())
	request.Header.Set("Content-Type", "application/json")
	response, err := c.HTTP.Do(request)
	if err != nil {
		return false, true, err
	}
	defer func() { _ = response.Body.Close() }() // read to its end or given up
	return decode(response, out)
}

func decode(response *http.Response, out any) (found, retry bool, err error) {
	switch code := response.StatusCode; code {
	case http.StatusOK:
		if err := json.NewDecoder(response.Body).Decode(out); err != nil {
			return false, true, fmt.Errorf("read answer: %w", err) // cut off on the way
		}
		return true, false, nil
	case http.StatusNoContent:
		return false, false, nil
	case http.StatusGone, http.StatusUnauthorized, http.StatusConflict:
		return false, false, fmt.Errorf("%w (status %d)", ErrGone, code)
	default:
		text, _ := io.ReadAll(io.LimitReader(response.Body, 512)) // only to tell more
		retry := code >= 500 || code == http.StatusTooManyRequests || code == http.StatusNotFound
		return false, retry, fmt.Errorf("status %d: %s", code, bytes.TrimSpace(text))
	}
}
