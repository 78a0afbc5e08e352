package gitops

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

func TestTheWebhookAnswersAsArgoCDDoes(t *testing.T) {
	const push = `{"ref":"refs/heads/main","repository":{"html_url":"https://git.x/apps/one","default_branch":"main"}}`
	for name, test := range map[string]struct {
		method, event, signature, body string
		secret                         string
		want, queued                   int
	}{
		"a push":                   {"POST", "push", "", push, "", 200, 1},
		"a ping":                   {"POST", "ping", "", "{}", "", 200, 0},
		"an unknown event":         {"POST", "issues", "", push, "", 400, 0},
		"no event":                 {"POST", "", "", push, "", 400, 0},
		"no JSON":                  {"POST", "push", "", "<", "", 400, 0},
		"another method":           {"GET", "push", "", "", "", 405, 0},
		"a missing signature":      {"POST", "push", "", push, "s", 400, 0},
		"a wrong signature":        {"POST", "push", "sha256=00", push, "s", 400, 0},
		"GitHub's own test vector": {"POST", "ping", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "Hello, World!", "It's a Secret to Everybody", 200, 0},
	} {
		t.Run(name, func(t *testing.T) {
			hook := newWebhook(secret.New(test.secret), slog.New(slog.NewTextHandler(io.Discard, nil)))
			request := httptest.NewRequest(test.method, "/api/webhook", strings.NewReader(test.body))
			request.Header.Set("X-GitHub-Event", test.event)
			request.Header.Set("X-Hub-Signature-256", test.signature)
			recorder := httptest.NewRecorder()
			hook.ServeHTTP(recorder, request)
			if recorder.Code != test.want || len(hook.events) != test.queued {
				t.Errorf("%d %s with %d queued, want %d with %d", recorder.Code, recorder.Body, len(hook.events), test.want, test.queued)
			}
		})
	}
}

func TestAFullQueueIsSaid(t *testing.T) {
	hook := newWebhook(secret.String{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	for range queueLength {
		hook.events <- pushEvent{}
	}
	request := httptest.NewRequest(http.MethodPost, "/api/webhook", strings.NewReader(`{"repository":{"html_url":"https://git.x/a/b"}}`))
	request.Header.Set("X-GitHub-Event", "push")
	recorder := httptest.NewRecorder()
	hook.ServeHTTP(recorder, request)
	if recorder.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d", recorder.Code)
	}
}

func TestAPushConcernsTheRepositoryOfItsPage(t *testing.T) {
	names := repositoryURL("https://git.x:8443/apps/idp-one")
	for url, want := range map[string]bool{
		"https://git.x:8443/apps/idp-one.git": true, "https://git.x/apps/idp-one": true, "HTTPS://GIT.X/apps/IDP-one.git": true,
		"git@git.x:apps/idp-one.git": true, "ssh://git@git.x:22/apps/idp-one.git": true,
		"https://git.y/apps/idp-one.git": false, "https://git.x/apps/idp-one-more.git": false, "https://forge.svc/apps/idp-one.git": false,
	} {
		if names.MatchString(url) != want {
			t.Errorf("%s: matched %v", url, !want)
		}
	}
	event := pushEvent{Ref: "refs/heads/main"}
	event.Repository.DefaultBranch = "main"
	for target, want := range map[string]bool{"": true, "HEAD": true, "main": true, "refs/heads/main": true, "release": false} {
		if concerns(event, target) != want {
			t.Errorf("target revision %q: %v", target, !want)
		}
	}
}
