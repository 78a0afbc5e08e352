package delivery

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// offline is a service with one application and a forge, which follows nothing.
func offline(t *testing.T, forge http.HandlerFunc) *Service {
	t.Helper()
	server := httptest.NewServer(forge)
	t.Cleanup(server.Close)
	client, err := scm.New(scm.Config{APIURL: server.URL, HTTPClient: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	names := Names{Organization: "apps", RepositoryPrefix: "idp-", Domain: "example.com"}
	return &Service{cfg: Config{SCM: client, Clock: func() time.Time { return at(0) }}, names: names,
		trackers: map[string]*tracker{"hello": {}, "going": {}},
		views:    map[string]View{"hello": {Name: "hello"}, "going": {Name: "going", Deletion: &DeletionView{}}}}
}

func TestRunsAreListedNewestFirst(t *testing.T) {
	s := offline(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v3/repos/apps/idp-hello/actions/runs" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"total_count":2,"workflow_runs":[
			{"id":2,"name":"ci","event":"push","status":"in_progress","head_sha":"b","display_title":"Second","actor":{"login":"admin"},"updated_at":"2026-01-02T03:05:00Z"},
			{"id":1,"name":"ci","event":"push","status":"completed","conclusion":"success","head_sha":"a","run_started_at":"2026-01-02T03:04:05Z",
			 "updated_at":"2026-01-02T03:04:15Z","head_commit":{"message":"First\n\nbody","author":{"name":"Ana"}}}]}`)
	})
	runs, err := s.WorkflowRuns(t.Context(), "hello")
	if err != nil || len(runs) != 2 {
		t.Fatalf("runs = %v, %v", runs, err)
	}
	if r := runs[0]; r.ID != 2 || r.Message != "Second" || r.Author != "admin" || r.FinishedAt != nil {
		t.Errorf("the run that goes on = %+v", r)
	}
	if r := runs[1]; r.Message != "First" || r.Author != "Ana" || r.FinishedAt.Sub(*r.StartedAt).Seconds() != 10 || r.Conclusion != "success" {
		t.Errorf("the run that is over = %+v", r)
	}
	if none, err := s.WorkflowRuns(t.Context(), "going"); err != nil || none == nil || len(none) != 0 {
		t.Errorf("runs of a repository that is gone = %v, %v", none, err)
	}
}

func TestRunsAreRunAgainAndStopped(t *testing.T) {
	var asked []string
	s := offline(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/api/v3/repos/apps/idp-hello/actions/"))
		switch r.URL.Path[strings.Index(r.URL.Path, "/runs/"):] {
		case "/runs/1/rerun":
			w.WriteHeader(http.StatusCreated)
		case "/runs/1/cancel":
			w.WriteHeader(http.StatusAccepted)
		case "/runs/2/cancel":
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"message":"Cannot cancel a workflow run that is completed."}`)
			return
		default:
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, "{}")
	})
	ctx := t.Context()
	if err := errors.Join(s.RerunWorkflow(ctx, "hello", 1), s.CancelWorkflow(ctx, "hello", 1)); err != nil {
		t.Error(err)
	}
	if got := strings.Join(asked, ", "); got != "POST runs/1/rerun, POST runs/1/cancel" {
		t.Errorf("asked %s", got)
	}
	var refused *fault.Error
	if err := s.CancelWorkflow(ctx, "hello", 2); !errors.As(err, &refused) || !strings.Contains(refused.Message, "is completed") {
		t.Errorf("to stop one that is over: %v", err)
	}
	if err := s.RerunWorkflow(ctx, "hello", 3); !fault.IsNotFound(err) {
		t.Errorf("one that is not there: %v", err)
	}
	if err := s.RerunWorkflow(ctx, "going", 1); !errors.As(err, &refused) || refused.Name != fault.Conflict {
		t.Errorf("of an application that is being deleted: %v", err)
	}
}
