package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Change is what Watch tells: the application as it is now, or that it is gone.
type Change struct {
	App     App
	Deleted bool
}

// ErrStop ends a watch without an error when a callback returns it.
var ErrStop = errors.New("stop watching")

// reconnectDelay is how long Watch waits before it asks a portal again that
// went away: it restarts within a second or two.
const reconnectDelay = 500 * time.Millisecond

// Watch calls each with an application's state and every change of it until
// each returns ErrStop, an error, or ctx is done. It survives restarts of the
// portal, which sends a snapshot to whoever comes back.
func (c *Client) Watch(ctx context.Context, name string, each func(Change) error) error {
	path := "/api/pronto/v1/events?app=" + url.QueryEscape(name)
	for {
		var calledErr error
		err := c.events(ctx, path, func(e event) error {
			calledErr = dispatch(e, name, each)
			return calledErr
		})
		var apiErr *Error
		switch {
		case errors.Is(calledErr, ErrStop):
			return nil
		case calledErr != nil:
			return calledErr
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &apiErr) && apiErr.Status < http.StatusInternalServerError:
			return err // asking again would not change it
		}
		select {
		case <-time.After(reconnectDelay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func dispatch(e event, name string, each func(Change) error) error {
	switch e.kind {
	case "snapshot":
		var list struct{ Apps []App }
		if err := json.Unmarshal(e.data, &list); err != nil {
			return fmt.Errorf("event stream: %w", err)
		}
		for _, app := range list.Apps {
			if app.Name == name {
				return each(Change{App: app})
			}
		}
		return each(Change{Deleted: true})
	case "app":
		var app App
		if err := json.Unmarshal(e.data, &app); err != nil {
			return fmt.Errorf("event stream: %w", err)
		}
		return each(Change{App: app})
	case "deleted":
		return each(Change{Deleted: true})
	default:
		return nil
	}
}

type event struct {
	kind string
	data []byte
}

// maxEvent bounds one line of the stream; a snapshot of thousands of applications fits.
const maxEvent = 16 << 20

// events reads server-sent events (HTML standard, section 9.2) until the stream ends.
func (c *Client) events(ctx context.Context, path string, each func(event) error) error {
	res, err := c.do(ctx, http.MethodGet, path, nil, "text/event-stream")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, maxEvent)
	var e event
	for lines.Scan() {
		field, value, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			e.kind = string(value)
		case "data":
			if e.data != nil {
				e.data = append(e.data, '\n')
			}
			e.data = append(e.data, value...)
		case "":
			if len(lines.Bytes()) == 0 && e.data != nil {
				if err := each(e); err != nil {
					return err
				}
				e = event{}
			}
		}
	}
	return lines.Err()
}
