package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

const (
	timeout     = 10 * time.Second
	maxPayload  = 25 << 20
	maxResponse = 64 << 10
	maxInFlight = 16
	pruneEvery  = time.Hour
)

// Dispatcher sends queued deliveries. Unlike GitHub, which sends each event
// once and leaves repetition to a person, it tries again (1 s, 2 s, 4 s ... 1 h)
// until the receiver answers 2xx, across restarts, and keeps the order of
// events per hook and repository. An answer of 400, 410, 413, 415 or 422
// refuses that one event for good.
type Dispatcher struct {
	db       *sql.DB
	client   *http.Client
	insecure *http.Client
	host     string
	log      *slog.Logger
	wake     chan struct{}
}

// NewDispatcher sends through client; host is named in
// X-GitHub-Enterprise-Host.
func NewDispatcher(db *sql.DB, client *http.Client, host string, log *slog.Logger) *Dispatcher {
	plain := *client
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	plain.Timeout = timeout
	return &Dispatcher{db, &plain, withoutVerification(plain), host, log, make(chan struct{}, 1)}
}

// withoutVerification serves hooks whose owner asked for insecure_ssl.
func withoutVerification(client http.Client) *http.Client {
	if transport, ok := client.Transport.(*http.Transport); ok {
		transport = transport.Clone()
		if transport.TLSClientConfig == nil {
			transport.TLSClientConfig = &tls.Config{}
		}
		transport.TLSClientConfig.InsecureSkipVerify = true
		client.Transport = transport
	}
	return &client
}

// Wake makes the dispatcher look at the queue now.
func (d *Dispatcher) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx is done, and waits for what is being sent.
func (d *Dispatcher) Run(ctx context.Context) error {
	var inFlight sync.WaitGroup
	defer inFlight.Wait()
	busy := map[lane]bool{}
	done := make(chan lane)
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		due, wait, err := d.due(ctx, busy)
		if err != nil && ctx.Err() == nil {
			d.log.Error("webhook queue cannot be read", "err", err)
			wait = time.Second
		}
		for _, next := range due {
			busy[next.lane] = true
			inFlight.Go(func() {
				d.attempt(ctx, next)
				select {
				case done <- next.lane:
				case <-ctx.Done():
				}
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.wake:
		case freed := <-done:
			delete(busy, freed)
		case <-time.After(wait):
		case <-tick.C:
			if err := prune(ctx, d.db, time.Now()); err != nil {
				d.log.Error("webhook log cannot be pruned", "err", err)
			}
		}
	}
}

// due returns the deliveries to send now, one per idle lane, and how long
// until the next one falls due.
func (d *Dispatcher) due(ctx context.Context, busy map[lane]bool) (due []delivery, wait time.Duration, err error) {
	wait = pruneEvery
	queue, err := heads(ctx, d.db)
	if err != nil {
		return nil, wait, err
	}
	now := time.Now()
	for _, head := range queue {
		switch left := head.nextAt.Sub(now); {
		case busy[head.lane] || len(busy)+len(due) >= maxInFlight:
		case left <= 0:
			due = append(due, head)
		default:
			wait = min(wait, left)
		}
	}
	return due, wait, nil
}

func (d *Dispatcher) attempt(ctx context.Context, next delivery) {
	result := d.send(ctx, next)
	if ctx.Err() != nil && result.code == 0 {
		return // stopped, not failed: it goes out after the restart
	}
	if err := record(context.WithoutCancel(ctx), d.db, next, result); err != nil {
		d.log.Error("webhook delivery cannot be recorded", "delivery", next.guid, "err", err)
		return
	}
	if state := stateAfter(result.code); state != "delivered" {
		d.log.Warn("webhook not delivered", "hook", next.lane.hook, "event", next.event.Name, "delivery", next.guid,
			"attempt", next.attempts+1, "code", result.code, "status", result.status, "state", state)
	}
}

func (d *Dispatcher) send(ctx context.Context, next delivery) outcome {
	begin := time.Now()
	failed := func(err error) outcome {
		return outcome{at: begin, took: time.Since(begin), status: describe(err)}
	}
	hook, err := byID(ctx, d.db, next.lane.hook)
	if err != nil {
		return failed(err)
	}
	if next.event.Payload, err = payload(ctx, d.db, next.id); err != nil {
		return failed(err)
	}
	if len(next.event.Payload) > maxPayload {
		return outcome{at: begin, code: http.StatusRequestEntityTooLarge, status: "payload over 25 MB: not sent"}
	}
	request, err := d.request(ctx, hook, next)
	if err != nil {
		return failed(err)
	}
	client := d.client
	if hook.InsecureSSL {
		client = d.insecure
	}
	response, err := client.Do(request)
	if err != nil {
		return failed(err)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponse))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return failed(err)
	}
	return outcome{begin, time.Since(begin), response.StatusCode, http.StatusText(response.StatusCode), string(body)}
}

// describe leaves the hook's URL out: it may hold a credential.
func describe(err error) string {
	if urlErr := (*url.Error)(nil); errors.As(err, &urlErr) {
		return urlErr.Err.Error()
	}
	return err.Error()
}

func (d *Dispatcher) request(ctx context.Context, hook Hook, next delivery) (*http.Request, error) {
	body, contentType := next.event.Payload, "application/json"
	if hook.ContentType == "form" {
		body, contentType = []byte(url.Values{"payload": {string(body)}}.Encode()), "application/x-www-form-urlencoded"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("hook %d: %w", hook.ID, err)
	}
	h := request.Header
	h.Set("Content-Type", contentType)
	h.Set("Accept", "*/*")
	h.Set("User-Agent", "GitHub-Hookshot/pronto0")
	h.Set("X-GitHub-Event", next.event.Name)
	h.Set("X-GitHub-Delivery", next.guid)
	h.Set("X-GitHub-Hook-ID", strconv.FormatInt(hook.ID, 10))
	h.Set("X-GitHub-Hook-Installation-Target-Type", hook.Target.Type)
	h.Set("X-GitHub-Hook-Installation-Target-ID", strconv.FormatInt(hook.Target.ID, 10))
	h.Set("X-GitHub-Enterprise-Host", d.host)
	h.Set("X-GitHub-Enterprise-Version", "3.16.0")
	if !hook.Secret.IsZero() {
		sum1, sum256 := Sign(hook.Secret, body)
		h.Set("X-Hub-Signature", "sha1="+sum1)
		h.Set("X-Hub-Signature-256", "sha256="+sum256)
	}
	return request, nil
}
