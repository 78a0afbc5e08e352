package action

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// room is what an action is tried in.
type room struct {
	host     *Host
	call     *Call
	outer    string // directory of the workspace
	sentinel string // directory beside the workspace that nothing may touch
	log      []string
}

// noLedger forgets everything: what is tried here makes nothing twice.
type noLedger struct{}

func (noLedger) Find(context.Context, string, string) (Thing, bool, error) {
	return Thing{}, false, nil
}
func (noLedger) Intend(context.Context, Thing) error { return nil }
func (noLedger) Made(context.Context, Thing) error   { return nil }
func (noLedger) Forget(context.Context, Thing) error { return nil }

var testEngine = sync.OnceValues(func() (*expression.Engine, error) { return expression.New([]string{"git.example.com"}) })

func newRoom(t *testing.T, template fs.FS) *room {
	t.Helper()
	engine, err := testEngine()
	if err != nil {
		t.Fatal(err)
	}
	r := &room{outer: t.TempDir()}
	r.sentinel = filepath.Join(r.outer, "sentinel")
	workspace := filepath.Join(r.outer, "workspace")
	for _, dir := range []string{r.sentinel, workspace} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(r.sentinel, "kept"), []byte("kept"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.host = &Host{Engine: engine, Hosts: []string{"git.example.com"}, Domain: "example.com"}
	r.call = &Call{
		TaskID: "1", CreatedAt: time.Unix(1700000000, 0), Workspace: workspace, Template: Source{Files: template, Dir: "."},
		Output: map[string]any{}, Ledger: noLedger{},
		Log: func(_ context.Context, text string) error { r.log = append(r.log, text); return nil },
	}
	return r
}

// do checks the input as the runner does and runs the action.
func (r *room) do(t *testing.T, id string, input map[string]any) error {
	t.Helper()
	action, ok := Builtin(r.host)[id]
	if !ok {
		t.Fatalf("there is no action %s", id)
	}
	encoded, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(encoded, &plain); err != nil {
		t.Fatal(err)
	}
	if err := action.Check(plain, nil); err != nil {
		return err
	}
	return action.Run(t.Context(), r.call, plain)
}

// untouched proves that nothing beside the workspace has changed.
func (r *room) untouched(t *testing.T) {
	t.Helper()
	var names []string
	err := filepath.WalkDir(r.outer, func(p string, d fs.DirEntry, err error) error {
		if err == nil && p == r.call.Workspace {
			return fs.SkipDir
		}
		names = append(names, p)
		return err
	})
	content, readErr := os.ReadFile(filepath.Join(r.sentinel, "kept"))
	if err != nil || readErr != nil || len(names) != 3 || string(content) != "kept" {
		t.Errorf("beside the workspace: %q, %q, %v, %v", names, content, err, readErr)
	}
}

// forge notes every call and answers from a table, or 404.
type forge struct {
	mu      sync.Mutex
	calls   []string // method, path and body
	answers map[string]string
}

func (r *room) withForge(t *testing.T, answers map[string]string) *forge {
	t.Helper()
	f := &forge{answers: answers}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		path := q.Method + " " + q.URL.Path[len("/api/v3/"):]
		f.mu.Lock()
		f.calls = append(f.calls, fmt.Sprintf("%s %s", path, body))
		answer, ok := f.answers[path]
		f.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		status := http.StatusOK
		if !ok {
			status, answer = http.StatusNotFound, `{"message":"Not Found"}`
		} else if len(answer) > 3 && answer[3] == ' ' {
			_, _ = fmt.Sscanf(answer[:3], "%d", &status)
			answer = answer[4:]
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	client, err := scm.New(scm.Config{APIURL: server.URL, HTTPClient: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	r.host.SCM = client
	return f
}
