package actions

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

const (
	payloadMost = 25 << 20 // bytes, GitHub's own limit
	admitTime   = 8 * time.Second
)

// webhook takes the forge's events. A push is in the journal before the answer;
// when the forge cannot be read just now the engine tries again.
func (a *Actions) webhook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, payloadMost))
	if err != nil {
		http.Error(w, "the body cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	if !signed(a.cfg.WebhookSecret.Reveal(), r.Header.Get("X-Hub-Signature-256"), body) {
		http.Error(w, "X-Hub-Signature-256 does not match", http.StatusUnauthorized)
		return
	}
	switch r.Header.Get("X-GitHub-Event") {
	case "push":
		a.takePush(w, r, body)
	case "repository":
		a.takeRepository(w, r, body)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

func (a *Actions) takePush(w http.ResponseWriter, r *http.Request, body []byte) {
	var event github.PushEvent
	if err := json.Unmarshal(body, &event); err != nil || event.GetRepo().GetFullName() == "" {
		http.Error(w, "the body is not a push event", http.StatusBadRequest)
		return
	}
	if err := a.journalPush(r.Context(), &event, body); err != nil {
		a.log.Error("journal push", "repository", event.GetRepo().GetFullName(), "error", err)
		http.Error(w, "the event could not be stored", http.StatusInternalServerError)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), admitTime)
	defer cancel()
	if err := a.admitPushes(ctx); err != nil {
		a.log.Warn("start runs; it is tried again", "repository", event.GetRepo().GetFullName(), "error", err)
	}
	a.signal()
	w.WriteHeader(http.StatusAccepted)
}

func (a *Actions) takeRepository(w http.ResponseWriter, r *http.Request, body []byte) {
	var event github.RepositoryEvent
	if err := json.Unmarshal(body, &event); err != nil || event.GetRepo().GetFullName() == "" {
		http.Error(w, "the body is not a repository event", http.StatusBadRequest)
		return
	}
	if event.GetAction() == "deleted" {
		if err := a.forgetRepository(r.Context(), event.GetRepo().GetFullName(), event.GetRepo().GetID()); err != nil {
			a.log.Error("the runs of a deleted repository stay; the forge tells of it again", "error", err)
			http.Error(w, "the runs could not be removed", http.StatusInternalServerError)
			return
		}
		a.signal()
	}
	w.WriteHeader(http.StatusAccepted)
}

func signed(key, header string, body []byte) bool {
	return hmac.Equal([]byte(signature(key, body)), []byte(header))
}

func signature(key string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body) // never fails, see hash.Hash
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func pushKey(e *github.PushEvent) string {
	return strings.Join([]string{strconv.FormatInt(e.GetRepo().GetID(), 10), e.GetRepo().GetFullName(), e.GetRef(), e.GetBefore(), e.GetAfter()}, " ")
}

func (a *Actions) journalPush(ctx context.Context, e *github.PushEvent, body []byte) error {
	_, err := a.db.ExecContext(ctx, `INSERT INTO pushes (key, payload) VALUES (?, ?) ON CONFLICT DO NOTHING`, pushKey(e), body)
	return err
}

type pushRow struct {
	ID      int64
	Payload []byte
}

func scanPush(row scanner) (*pushRow, error) {
	var p pushRow
	return &p, row.Scan(&p.ID, &p.Payload)
}

// admitPushes makes runs of the pushes that have none yet.
func (a *Actions) admitPushes(ctx context.Context) error {
	pushes, err := all(ctx, a.db, scanPush, `SELECT id, payload FROM pushes WHERE done = 0 ORDER BY id`)
	if err != nil {
		return err
	}
	var first error
	for _, p := range pushes {
		if err := a.admit(ctx, p); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (a *Actions) admit(ctx context.Context, p *pushRow) error {
	var event github.PushEvent
	if err := json.Unmarshal(p.Payload, &event); err != nil {
		return fmt.Errorf("push %d: %w", p.ID, err)
	}
	deleted, err := gone(ctx, a.db, event.GetRepo().GetID())
	if err != nil {
		return err
	}
	push := facts(&event)
	var sources map[string]string
	if !push.Ignored() && !deleted {
		if sources, err = a.forge.workflows(ctx, event.GetRepo().GetFullName(), event.GetAfter()); err != nil {
			return err
		}
	}
	var runs []*run
	for _, path := range slices.Sorted(maps.Keys(sources)) {
		r := pushRun(&event, p.Payload, path, sources[path])
		if err := a.readVariables(ctx, r); err != nil {
			return err
		}
		runs = append(runs, r)
	}
	return a.inTx(ctx, func(tx *sql.Tx) error {
		deleted, err := gone(ctx, tx, event.GetRepo().GetID())
		if err != nil {
			return err
		}
		if deleted { // meanwhile
			runs = nil
		}
		for _, r := range runs {
			if err := a.startRun(ctx, tx, r, push); err != nil {
				return fmt.Errorf("%s: %w", r.Path, err)
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE pushes SET done = 1 WHERE id = ?`, p.ID)
		return err
	})
}

// facts are what the filters look at.
func facts(e *github.PushEvent) workflow.Push {
	p := workflow.Push{Ref: e.GetRef(), Deleted: e.GetDeleted(), Message: e.GetHeadCommit().GetMessage(),
		FromBot: e.GetSender().GetType() == "Bot"}
	for _, c := range e.Commits {
		p.Paths = slices.Concat(p.Paths, c.Added, c.Removed, c.Modified)
	}
	return p
}

func pushRun(e *github.PushEvent, payload []byte, path, source string) *run {
	title, _, _ := strings.Cut(e.GetHeadCommit().GetMessage(), "\n")
	return &run{Key: pushKey(e) + " " + path, Repo: e.GetRepo().GetFullName(), Path: path, Source: source, Event: "push",
		Payload: payload, Inputs: "{}", Ref: e.GetRef(), SHA: e.GetAfter(), Title: title, Actor: e.GetSender().GetLogin()}
}

// startRun decides whether the workflow runs for the push and journals the
// run with its jobs. What cannot run becomes a run that says why.
func (a *Actions) startRun(ctx context.Context, tx *sql.Tx, r *run, push workflow.Push) error {
	wf, err := workflow.Parse(r.Path, []byte(r.Source))
	if err != nil {
		r.Name = r.Path
		return a.insertRun(ctx, tx, r, nil, err)
	}
	r.Name = wf.Name()
	triggered, err := wf.Triggered(push)
	if err == nil && !triggered {
		return nil
	}
	return a.insertRun(ctx, tx, r, wf, err)
}
