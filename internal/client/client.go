// Package client speaks the portal's API (api/openapi/pronto.yaml).
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Client is a caller with a token.
type Client struct {
	Base  *url.URL // https://portal.<domain>
	Token secret.String
	HTTP  *http.Client
}

// Error is an answer other than 2xx.
type Error struct {
	Status  int
	Name    string // Backstage's error name, e.g. NotFoundError
	Message string
	Fields  []FieldError
}

// FieldError is one fault of a submitted form.
type FieldError struct {
	Path    []string `json:"path"`
	Message string   `json:"message"`
}

func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	lines := make([]string, 0, len(e.Fields))
	for _, f := range e.Fields {
		line := f.Message
		if len(f.Path) > 0 {
			line = strings.Join(f.Path, ".") + ": " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// IsNotFound reports whether err says that there is no such thing.
func IsNotFound(err error) bool {
	var apiErr *Error
	return errors.As(err, &apiErr) && apiErr.Status == http.StatusNotFound
}

// Apps lists the applications.
func (c *Client) Apps(ctx context.Context) ([]App, error) {
	var out struct{ Apps []App }
	err := c.call(ctx, http.MethodGet, "/api/pronto/v1/apps", nil, &out)
	return out.Apps, err
}

// App returns one application.
func (c *Client) App(ctx context.Context, name string) (App, error) {
	var out App
	err := c.call(ctx, http.MethodGet, "/api/pronto/v1/apps/"+url.PathEscape(name), nil, &out)
	return out, err
}

// Delete begins an application's removal; watch it with Watch.
func (c *Client) Delete(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, "/api/pronto/v1/apps/"+url.PathEscape(name), nil, nil)
}

// Deleted lists the deleted applications that can be brought back, the last
// deleted first.
func (c *Client) Deleted(ctx context.Context) ([]Deleted, error) {
	var out struct{ Apps []Deleted }
	err := c.call(ctx, http.MethodGet, "/api/pronto/v1/deleted", nil, &out)
	return out.Apps, err
}

// Restore brings a deleted application back; watch its delivery with Watch.
func (c *Client) Restore(ctx context.Context, name string) (App, error) {
	var out App
	err := c.call(ctx, http.MethodPost, "/api/pronto/v1/deleted/"+url.PathEscape(name)+"/restore", nil, &out)
	return out, err
}

// Rollback goes back to the revision to, or without one to that which was live
// before; watch its delivery with Watch.
func (c *Client) Rollback(ctx context.Context, name, to string) (Rollback, error) {
	var out Rollback
	body := map[string]string{}
	if to != "" {
		body["to"] = to
	}
	err := c.call(ctx, http.MethodPost, "/api/pronto/v1/apps/"+url.PathEscape(name)+"/rollback", body, &out)
	return out, err
}

// Why says in one sentence where an application's latest delivery stands.
func (c *Client) Why(ctx context.Context, name string) (Why, error) {
	var out Why
	err := c.call(ctx, http.MethodGet, "/api/pronto/v1/apps/"+url.PathEscape(name)+"/why", nil, &out)
	return out, err
}

// Versions lists the revisions that were live, newest first.
func (c *Client) Versions(ctx context.Context, name string) ([]Version, error) {
	var out struct{ Versions []Version }
	err := c.call(ctx, http.MethodGet, "/api/pronto/v1/apps/"+url.PathEscape(name)+"/versions", nil, &out)
	return out.Versions, err
}

// Platform describes the system.
func (c *Client) Platform(ctx context.Context) (Platform, error) {
	var out Platform
	err := c.call(ctx, http.MethodGet, "/api/pronto/v1/platform", nil, &out)
	return out, err
}

// Create submits a template's form, as the portal's page does, and returns the task's id.
func (c *Client) Create(ctx context.Context, templateRef string, values map[string]any) (string, error) {
	var out Task
	body := map[string]any{"templateRef": templateRef, "values": values}
	err := c.call(ctx, http.MethodPost, "/api/scaffolder/v2/tasks", body, &out)
	return out.ID, err
}

// Logs copies an application's pod logs to out; with follow it goes on until ctx is done.
func (c *Client) Logs(ctx context.Context, name string, follow bool, out io.Writer) error {
	path := "/api/pronto/v1/apps/" + url.PathEscape(name) + "/logs"
	if !follow {
		return c.copy(ctx, path, out)
	}
	return c.events(ctx, path+"?follow=true", func(e event) error {
		var line struct{ Pod, Text string }
		if err := json.Unmarshal(e.data, &line); err != nil {
			return fmt.Errorf("log line: %w", err)
		}
		_, err := fmt.Fprintf(out, "%s %s\n", line.Pod, line.Text)
		return err
	})
}

// RunLog copies the log of a workflow run to out.
func (c *Client) RunLog(ctx context.Context, name string, run int64, out io.Writer) error {
	return c.copy(ctx, fmt.Sprintf("/api/pronto/v1/apps/%s/runs/%d/log", url.PathEscape(name), run), out)
}

func (c *Client) copy(ctx context.Context, path string, out io.Writer) error {
	return c.copyAs(ctx, path, "text/plain", out)
}

func (c *Client) copyAs(ctx context.Context, path, accept string, out io.Writer) error {
	res, err := c.do(ctx, http.MethodGet, path, nil, accept)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(out, res.Body)
	return err
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(raw)
	}
	res, err := c.do(ctx, method, path, body, "application/json")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("%s %s: decode the answer: %w", method, path, err)
	}
	return nil
}

// do returns a 2xx answer or an error; the caller closes the body.
func (c *Client) do(ctx context.Context, method, path string, body io.Reader, accept string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.Base.String()+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token.Reveal())
	req.Header.Set("Accept", accept)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach the portal: %w", err)
	}
	if res.StatusCode/100 != 2 {
		defer res.Body.Close()
		return nil, readError(res)
	}
	return res, nil
}

func readError(res *http.Response) error {
	const limit = 64 << 10
	raw, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return fmt.Errorf("read the portal's answer: %w", err)
	}
	var envelope struct {
		Error  struct{ Name, Message string }
		Errors []FieldError
	}
	if json.Unmarshal(raw, &envelope) != nil || envelope.Error.Message == "" && len(envelope.Errors) == 0 {
		return &Error{Status: res.StatusCode, Message: fmt.Sprintf("the portal answered %s: %s", res.Status, bytes.TrimSpace(raw))}
	}
	return &Error{Status: res.StatusCode, Name: envelope.Error.Name, Message: envelope.Error.Message, Fields: envelope.Errors}
}
