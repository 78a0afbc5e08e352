package scaffold

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/access"
)

func TestTheAuditTrailIsToldWhatATaskIsAbout(t *testing.T) {
	w := newWorld(t, small(`
    - {id: fail, action: 'fs:rename', input: {files: [{from: none, to: other}]}}`))
	s, _ := w.start(t)
	post := func(path, body string) *access.Subject {
		ctx, subject := access.WithSubject(t.Context())
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(body))
		s.Handler().ServeHTTP(httptest.NewRecorder(), r)
		return subject
	}
	const template = "template:default/small for application a"
	made := post("/api/scaffolder/v2/tasks", `{"templateRef": "small", "values": {"name": "a"}}`)
	if made.Target != "a" || made.Detail != "submit "+template {
		t.Errorf("submitted: %+v", made)
	}
	tasks, err := s.List(t.Context())
	if err != nil || len(tasks) != 1 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	id := tasks[0].ID
	w.ended(t, id)
	for path, want := range map[string]string{
		"/api/pronto/v1/tasks/" + id + "/clean":      "clean what was made by ",
		"/api/scaffolder/v2/tasks/" + id + "/cancel": "cancel ",
		"/api/scaffolder/v2/tasks/" + id + "/retry":  "retry ",
	} {
		if got := post(path, ""); got.Target != id || got.Detail != want+template {
			t.Errorf("%s: %+v", path, got)
		}
	}
}
