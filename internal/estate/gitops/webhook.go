package gitops

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

const (
	// maxPayload is Argo CD's default webhook.maxPayloadSizeMB.
	maxPayload = 50 << 20
	// queueLength is how many events wait; one more is answered with 503.
	queueLength = 1000
)

// pushEvent is what is read of a push or repository payload.
type pushEvent struct {
	Ref        string `json:"ref"`
	Action     string `json:"action"`
	Repository struct {
		HTMLURL       string `json:"html_url"`
		DefaultBranch string `json:"default_branch"`
	} `json:"repository"`

	kind string
}

// webhook is POST /api/webhook: it takes GitHub's push, ping and repository
// events. Unlike Argo CD's it also generates the ApplicationSets at once.
type webhook struct {
	secret secret.String
	log    *slog.Logger
	events chan pushEvent
}

func newWebhook(secret secret.String, log *slog.Logger) *webhook {
	return &webhook{secret: secret, log: log, events: make(chan pushEvent, queueLength)}
}

// ServeHTTP answers 200 for what is accepted, also when nothing matches it.
func (h *webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "Webhook processing failed: the method must be POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		http.Error(w, fmt.Sprintf("Webhook processing failed: The payload is either too large or corrupted. Please check the payload size (must be under %d MB) and ensure it is valid JSON", maxPayload>>20), http.StatusBadRequest)
		return
	}
	event, err := h.parse(r.Header, body)
	if err != nil {
		h.log.Warn("webhook refused", "event", r.Header.Get("X-GitHub-Event"), "error", err)
		http.Error(w, "Webhook processing failed: "+err.Error(), http.StatusBadRequest)
		return
	}
	if event == nil {
		return
	}
	select {
	case h.events <- *event:
	default:
		http.Error(w, "Queue is full, discarding webhook payload", http.StatusServiceUnavailable)
	}
}

// parse returns nil for an event that asks for nothing.
func (h *webhook) parse(header http.Header, body []byte) (*pushEvent, error) {
	kind := header.Get("X-GitHub-Event")
	switch kind {
	case "push", "ping", "repository":
	case "":
		return nil, errors.New("Unknown webhook event") //nolint:staticcheck // Argo CD's answer, word for word
	default:
		return nil, fmt.Errorf("event %q is not one of push, ping, repository", kind)
	}
	if !h.secret.IsZero() && !signed(h.secret, header.Get("X-Hub-Signature-256"), body) {
		return nil, errors.New("HMAC verification failed")
	}
	if kind == "ping" {
		return nil, nil
	}
	if kindOf := header.Get("Content-Type"); kindOf != "" && !strings.HasPrefix(kindOf, "application/json") {
		return nil, fmt.Errorf("content type %q: the webhook must send application/json", kindOf)
	}
	event := &pushEvent{kind: kind}
	if err := json.Unmarshal(body, event); err != nil {
		return nil, fmt.Errorf("error parsing payload: %w", err)
	}
	if event.Repository.HTMLURL == "" {
		return nil, errors.New("error parsing payload: repository.html_url is missing")
	}
	return event, nil
}

func signed(key secret.String, signature string, body []byte) bool {
	given, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}
