package e2e

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// noticed is the webhook that the platform tells how deliveries end.
var noticed hook

// hook takes what is signed with its key. Its first answer of each event is an
// error, as that of a receiver which is just being restarted.
type hook struct {
	server *httptest.Server
	dir    string

	mu      sync.Mutex
	seen    map[string]bool // by X-Pronto-Delivery
	notices []notice
}

type notice struct {
	Event    string
	App      struct{ Name, Owner, URL string }
	Delivery struct{ ID, Page, Revision string }
	Why      struct{ Code, Sentence, Remedy string }
}

const hookKey = "the key of the tests' webhook"

// listen starts the receiver and returns the configuration that names it.
func (h *hook) listen() (settings string, err error) {
	h.seen = map[string]bool{}
	if h.dir, err = os.MkdirTemp("", "pronto-hook-"); err != nil {
		return "", err
	}
	key := filepath.Join(h.dir, "key")
	if err := os.WriteFile(key, []byte(hookKey), 0o600); err != nil {
		return "", err
	}
	h.server = httptest.NewServer(h)
	return fmt.Sprintf("notifications: [{name: tests, type: webhook, url: %q, insecure: true, secretFile: %q}]", h.server.URL, key), nil
}

func (h *hook) close() error {
	if h.server != nil {
		h.server.Close()
	}
	return os.RemoveAll(h.dir)
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte(hookKey))
	mac.Write(body)
	var n notice
	if err = errors.Join(err, json.Unmarshal(body, &n)); err != nil ||
		r.Header.Get("X-Hub-Signature-256") != "sha256="+hex.EncodeToString(mac.Sum(nil)) || r.Header.Get("X-Pronto-Event") != n.Event {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	id := r.Header.Get("X-Pronto-Delivery")
	if !h.seen[id] {
		h.seen[id] = true
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	h.notices = append(h.notices, n)
}

// of is what was told of an event of an application's revision.
func (h *hook) of(app, revision, event string) (found []notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, n := range h.notices {
		if n.App.Name == app && n.Delivery.Revision == revision && n.Event == event {
			found = append(found, n)
		}
	}
	return found
}

// waitNotice waits for the one notice of an event.
func waitNotice(ctx context.Context, t *testing.T, app, revision, event string) notice {
	t.Helper()
	var found []notice
	err := platform.Eventually(ctx, event+" of "+app, func(context.Context) error {
		if found = noticed.of(app, revision, event); len(found) != 1 {
			return fmt.Errorf("the webhook has it %d times", len(found))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}

// waitStatus waits for the platform's commit status and returns what it says.
func waitStatus(ctx context.Context, t *testing.T, app, revision, state string) (description, page string) {
	t.Helper()
	err := platform.Eventually(ctx, "commit status of "+app, func(ctx context.Context) error {
		var combined struct {
			Statuses []struct {
				State, Context, Description string
				TargetURL                   string `json:"target_url"`
			}
		}
		status, err := forge(ctx, "repos/apps/idp-"+app+"/commits/"+revision+"/status", &combined)
		if err != nil {
			return err
		}
		for _, s := range combined.Statuses {
			if s.Context == "pronto/delivery" && s.State == state {
				description, page = s.Description, s.TargetURL
				return nil
			}
		}
		return fmt.Errorf("%d: %+v; want it %s", status, combined, state)
	})
	if err != nil {
		t.Fatal(err)
	}
	return description, page
}

func TestOthersAreToldHowADeliveryEnds(t *testing.T) {
	ctx := within(t, 3*time.Minute)
	const name = "told1"
	app := must[client.App](t)(p.Create(ctx, name, "replicas=1"))
	good := app.Delivery.Revision

	t.Run("that it is live", func(t *testing.T) {
		page := p.Env["PRONTO_URL"] + "/apps/" + name + "/deliveries/" + app.Delivery.ID
		if n := waitNotice(ctx, t, name, good, "delivery.live"); n.App.URL != p.URL(name) || n.Delivery.Page != page {
			t.Errorf("the webhook was told %+v", n)
		}
		if _, target := waitStatus(ctx, t, name, good, "success"); target != page {
			t.Errorf("the commit status leads to %s, want %s", target, page)
		}
	})
	t.Run("why it failed", func(t *testing.T) {
		work := must[string](t)(p.Clone(ctx, t.TempDir(), name))
		change(t, work, serverFile, "return [404, ", "return [200, ")
		bad := push(ctx, t, work, "Break it")
		must[client.App](t)(p.WaitRevision(ctx, name, bad))
		why := must[client.Why](t)(p.API.Why(ctx, name))
		if n := waitNotice(ctx, t, name, bad, "delivery.failed"); n.Why.Sentence != why.Sentence || n.Why.Remedy != why.Remedy || n.Why.Code != why.Code {
			t.Errorf("the webhook was told %+v, why says %+v", n.Why, why)
		}
		if description, _ := waitStatus(ctx, t, name, bad, "failure"); description != why.Sentence {
			t.Errorf("the commit status says %q, why %q", description, why.Sentence)
		}
	})
	t.Run("which begins nothing", func(t *testing.T) {
		var list struct{ Deliveries []client.Delivery }
		if status, err := portal(ctx, "/api/pronto/v1/apps/"+name+"/deliveries", &list); err != nil || len(list.Deliveries) != 2 {
			t.Errorf("%d, %v: %d deliveries, want the two that were pushed", status, err, len(list.Deliveries))
		}
		runIsRed(ctx, t, name, list.Deliveries[0].Revision)
	})
}
