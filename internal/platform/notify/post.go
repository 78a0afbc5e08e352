package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// poster posts JSON to one address, which may itself be a secret.
type poster struct {
	address secret.String
	http    *http.Client
	agent   string
}

func newPoster(address secret.String, client *http.Client, version string) (poster, error) {
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Host == "" {
		return poster{}, errors.New("it is no address such as https://hooks.example.com/pronto")
	}
	// What is signed is for this receiver, not for where it may redirect to.
	bare := &http.Client{Transport: client.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return poster{address, bare, "pronto/" + version}, nil
}

// refusals are the answers that the same again would get again.
var refusals = []int{http.StatusBadRequest, http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}

// post sends a body; an error never tells the address.
func (p poster) post(ctx context.Context, body []byte, header http.Header) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.address.Reveal(), bytes.NewReader(body))
	if err != nil {
		return errors.New("the address cannot be used")
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", p.agent)
	response, err := p.http.Do(request)
	if err != nil {
		var told *url.Error
		if errors.As(err, &told) {
			err = told.Err // without the address
		}
		return fmt.Errorf("post: %w", err)
	}
	defer response.Body.Close()
	return answered(response)
}

const maxAnswer = 200

// answered says what an answer other than 2xx means.
func answered(response *http.Response) error {
	if response.StatusCode/100 == 2 {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		text = nil // the status says enough
	}
	err = fmt.Errorf("it answered %s: %s", response.Status, strings.Join(strings.Fields(string(text)), " "))
	if slices.Contains(refusals, response.StatusCode) {
		return refusedError{err}
	}
	if seconds, bad := strconv.Atoi(response.Header.Get("Retry-After")); bad == nil {
		return laterError{err, time.Duration(seconds) * time.Second}
	}
	return err
}

// Webhook posts signed JSON.
type Webhook struct {
	poster
	key secret.String
}

// NewWebhook makes the channel of a receiver that shares key.
func NewWebhook(address, key secret.String, client *http.Client, version string) (*Webhook, error) {
	p, err := newPoster(address, client, version)
	if err != nil {
		return nil, err
	}
	if key.IsZero() {
		return nil, errors.New("a key to sign with is needed")
	}
	return &Webhook{p, key}, nil
}

// payload is the body of a webhook; docs/guide/notifications.md describes it.
type payload struct {
	ID       string       `json:"id"`
	Event    string       `json:"event"`
	At       time.Time    `json:"at"`
	App      appBody      `json:"app"`
	Delivery deliveryBody `json:"delivery"`
	Why      whyBody      `json:"why"`
}

type appBody struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
	URL   string `json:"url,omitempty"`
}

type deliveryBody struct {
	ID        string  `json:"id"`
	Page      string  `json:"page"`
	StartedBy string  `json:"startedBy"`
	Revision  string  `json:"revision,omitempty"`
	Message   string  `json:"message,omitempty"`
	Author    string  `json:"author,omitempty"`
	Image     string  `json:"image,omitempty"`
	Seconds   float64 `json:"seconds"`
}

type whyBody struct {
	Phase    string   `json:"phase"`
	Code     string   `json:"code"`
	Sentence string   `json:"sentence"`
	Remedy   string   `json:"remedy,omitempty"`
	Lines    []string `json:"lines,omitempty"`
}

func payloadOf(m Message) payload {
	return payload{ID: m.ID, Event: m.Event, At: m.At, App: appBody{m.App, m.Owner, m.URL},
		Delivery: deliveryBody{m.Delivery, m.Page, m.StartedBy, m.Revision, m.Message, m.Author, m.Image, m.Seconds},
		Why:      whyBody{m.Phase, m.Code, m.Sentence, m.Remedy, m.Lines}}
}

// Send implements Channel, with the headers of GitHub's webhooks under our name.
func (w *Webhook) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(payloadOf(m))
	if err != nil {
		return refusedError{err}
	}
	mac := hmac.New(sha256.New, []byte(w.key.Reveal()))
	mac.Write(body)
	header := http.Header{}
	header.Set("X-Pronto-Event", m.Event)
	header.Set("X-Pronto-Delivery", m.ID)
	header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return w.post(ctx, body, header)
}
