package scaffold

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// post calls the scaffolder's API and returns status and body.
func post(s *Service, path, body string) (int, string) {
	recorder := httptest.NewRecorder()
	s.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
	return recorder.Code, recorder.Body.String()
}

// stumbling is a template whose second step fails until rename.to is free.
func stumbling(extra string) fstest.MapFS {
	return fstest.MapFS{
		"small/template.yaml": {Data: []byte(`
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: small}
spec:
  type: service
  parameters: {properties: {name: {type: string}}}
  steps:
    - {id: fetch, name: Fetch, action: 'fetch:template', input: {url: ./skeleton, values: {name: '${{ parameters.name }}'}}}
    - {id: move, name: Move, action: 'fs:rename', input: {files: [{from: a, to: b}]}}
    - {id: say, name: Say, action: 'debug:log', input: {message: 'it is done', listWorkspace: true}}` + extra)},
		"small/skeleton/a": {Data: []byte("${{ values.name }}")},
	}
}

// fails makes the task whose move fails: something is at b already.
func (w *world) fails(t *testing.T, s *Service, secrets map[string]string) Task {
	t.Helper()
	w.cfg.Templates.(fstest.MapFS)["small/skeleton/b"] = &fstest.MapFile{Data: []byte("in the way")}
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "ana"}, Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusFailed || !strings.Contains(task.Error, "b is there already") {
		t.Fatalf("task %s: %s", task.Status, task.Error)
	}
	delete(w.cfg.Templates.(fstest.MapFS), "small/skeleton/b")
	return task
}

func TestARetryGoesOnFromTheStepThatFailed(t *testing.T) {
	w := newWorld(t, stumbling(""))
	s, _ := w.start(t)
	task := w.fails(t, s, nil)
	if err := os.Remove(filepath.Join(s.workspace(task.ID), "b")); err != nil {
		t.Fatalf("the workspace of a failed task: %v", err)
	}
	before, err := s.journal.events(t.Context(), task.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	last := before[len(before)-1].ID
	if status, body := post(s, "/api/scaffolder/v2/tasks/"+task.ID+"/retry", "{}"); status != http.StatusCreated || body != `{"id":"`+task.ID+`"}` {
		t.Fatalf("retry: %d %s", status, body)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCompleted {
		t.Fatalf("after the retry the task is %s: %s", task.Status, task.Error)
	}
	log := messages(t, s, task.ID)
	for line, times := range map[string]int{"Finished step Fetch": 1, "Beginning step Fetch": 1, "Beginning step Move": 2, "it is done": 1,
		"Run completed with status: failed": 0, "Run completed with status: completed": 1} {
		if n := count(log, line); n != times {
			t.Errorf("the log has %q %d times, want %d: %q", line, n, times, log)
		}
	}
	after, err := s.journal.events(t.Context(), task.ID, last)
	if err != nil || after[0].Type != eventRecovered || after[0].Body.RecoverStrategy != recoverNone {
		t.Errorf("who followed up to the failure gets %+v, %v", after, err)
	}
	for path, want := range map[string]int{"/tasks/" + task.ID + "/retry": http.StatusConflict, "/tasks/1/retry": http.StatusNotFound} {
		if status, body := post(s, "/api/scaffolder/v2"+path, ""); status != want {
			t.Errorf("retry %s: %d %s, want %d", path, status, body, want)
		}
	}
	if !s.lost(task.ID) {
		t.Error("a completed task keeps its workspace")
	}
}

func TestALostWorkspaceIsFilledAgainByARetry(t *testing.T) {
	w := newWorld(t, stumbling(""))
	s, _ := w.start(t)
	task := w.fails(t, s, nil)
	if err := s.discard(task.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Retry(t.Context(), task.ID, nil); err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCompleted {
		t.Fatalf("after the retry the task is %s: %s", task.Status, task.Error)
	}
	if log := messages(t, s, task.ID); count(log, "Finished step Fetch") != 2 || !slices.ContainsFunc(log, func(line string) bool { return strings.HasSuffix(line, "- b") }) {
		t.Errorf("log = %q", log)
	}
}

func TestARetryAsksForTheSecretsThatItsStepsRead(t *testing.T) {
	w := newWorld(t, stumbling(`
    - {id: use, action: 'debug:log', input: {message: 'key ${{ secrets.key }}'}}`))
	s, _ := w.start(t)
	task := w.fails(t, s, map[string]string{"key": "s3cret", "other": "x"})
	if shown := encode(task); !strings.Contains(shown, `"secrets":["key"]`) || strings.Contains(shown, "s3cret") {
		t.Errorf("the task shows %s", shown)
	}
	status, body := post(s, "/api/scaffolder/v2/tasks/"+task.ID+"/retry", `{"secrets":{"other":"x"}}`)
	if status != http.StatusBadRequest || !strings.Contains(body, "secrets.key: is missing") {
		t.Errorf("without the secret: %d %s", status, body)
	}
	if err := os.Remove(filepath.Join(s.workspace(task.ID), "b")); err != nil {
		t.Fatal(err)
	}
	if err := s.Retry(t.Context(), task.ID, map[string]string{"key": "again"}); err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCompleted || task.sealed != "" {
		t.Errorf("the task is %s: %s", task.Status, task.Error)
	}
	if log := messages(t, s, task.ID); count(log, "***") != 1 {
		t.Errorf("log = %q", log)
	}
}

func TestWhichSecretsStepsRead(t *testing.T) {
	for input, reads := range map[string]bool{
		"${{ secrets.key }}":                         true,
		"${{ secrets['key'] }}":                      true,
		`${{ secrets["key"] | lower }}`:              true,
		"${{ secrets.other }}":                       false,
		"${{ parameters.key }}":                      false,
		"${{ secrets[parameters.name] }}":            true,
		"${{ secrets.other }} ${{ secrets | dump }}": true,
	} {
		if got := readsSecret(encode([]any{map[string]any{"x": input}}), "key"); got != reads {
			t.Errorf("%s reads key: %v", input, got)
		}
	}
}

func TestATaskThatWaitsIsCancelledAtOnce(t *testing.T) {
	w := newWorld(t, small(`
    - {id: say, action: 'debug:log', input: {message: hello}}`))
	s, err := New(w.cfg) // nothing takes its tasks
	if err != nil {
		t.Fatal(err)
	}
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "a"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Cancel(t.Context(), task.ID); err != nil {
		t.Fatal(err)
	}
	if task, err = s.Get(t.Context(), task.ID); err != nil || task.Status != StatusCancelled {
		t.Errorf("the task is %s, %v", task.Status, err)
	}
	want := []string{"Task " + task.ID + " has been cancelled.", "Run completed with status: cancelled"}
	if log := messages(t, s, task.ID); !slices.Equal(log, want) {
		t.Errorf("log = %q", log)
	}
	if err := s.Retry(t.Context(), task.ID, nil); err != nil {
		t.Fatal(err)
	}
	if log := messages(t, s, task.ID); len(log) != 1 {
		t.Errorf("after the retry the log has %q", log)
	}
}

func TestWorkspacesThatNobodyNeedsAreSweptAway(t *testing.T) {
	w := newWorld(t, stumbling(""))
	s, _ := w.start(t)
	task := w.fails(t, s, nil)
	for _, stray := range []string{"gone", discarded + "half", "gone.git"} {
		if err := os.Mkdir(filepath.Join(s.cfg.Dir, stray), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, round := range []struct {
		later bool
		left  int
	}{{false, 1}, {true, 0}} {
		if round.later {
			s.cfg.KeepWorkspace = -1
		}
		if err := s.sweep(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(s.cfg.Dir); err != nil || len(entries) != round.left || s.lost(task.ID) != round.later {
			t.Errorf("left are %v, %v", entries, err)
		}
	}
}
