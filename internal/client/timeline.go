package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Timeline is a delivery with all that was recorded inside its phases.
type Timeline struct {
	ID         string     `json:"id"`
	TraceID    string     `json:"traceId"`
	App        string     `json:"app"`
	StartedBy  string     `json:"startedBy"`
	Status     string     `json:"status"`
	Reason     string     `json:"reason,omitempty"`
	Revision   string     `json:"revision,omitempty"`
	Message    string     `json:"message,omitempty"`
	Author     string     `json:"author,omitempty"`
	Image      string     `json:"image,omitempty"`
	StartedAt  time.Time  `json:"startedAt"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	Seconds    float64    `json:"seconds"`
	Stations   []Station  `json:"stations"`
	Spans      []Span     `json:"spans"`
}

// Station is one of the five phases in short.
type Station struct {
	Name    string  `json:"name"`
	Status  string  `json:"status"`
	Seconds float64 `json:"seconds"`
	Reason  string  `json:"reason,omitempty"`
}

// Span is a piece of a timeline; it stands after its parent.
type Span struct {
	ID       string         `json:"id"`
	Parent   string         `json:"parent,omitempty"` // none: the delivery itself
	Kind     string         `json:"kind"`
	Phase    string         `json:"phase,omitempty"`
	Name     string         `json:"name"`
	Status   string         `json:"status"`
	Start    time.Time      `json:"start"`
	End      *time.Time     `json:"end,omitempty"` // none: it was not seen to end
	Seconds  float64        `json:"seconds"`
	Reason   string         `json:"reason,omitempty"`
	Evidence map[string]any `json:"evidence"`
}

// Deliveries lists an application's deliveries, newest first, as many as the API gives.
func (c *Client) Deliveries(ctx context.Context, name string) ([]Delivery, error) {
	var out struct{ Deliveries []Delivery }
	err := c.call(ctx, http.MethodGet, "/api/pronto/v1/apps/"+url.PathEscape(name)+"/deliveries?limit=200", nil, &out)
	return out.Deliveries, err
}

// Timeline returns the timeline of a delivery, or with "latest" of the newest.
func (c *Client) Timeline(ctx context.Context, name, delivery string) (Timeline, error) {
	var out Timeline
	err := c.call(ctx, http.MethodGet, deliveryPath(name, delivery)+"/timeline", nil, &out)
	return out, err
}

// TimelineSVG copies the picture of a delivery's timeline to out.
func (c *Client) TimelineSVG(ctx context.Context, name, delivery string, out io.Writer) error {
	return c.copyAs(ctx, deliveryPath(name, delivery)+"/timeline.svg", "image/svg+xml", out)
}

func deliveryPath(name, delivery string) string {
	return "/api/pronto/v1/apps/" + url.PathEscape(name) + "/deliveries/" + url.PathEscape(delivery)
}
