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
	"time"

	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
)

const teamTemplate = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team}
spec: {type: team, children: []}
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: team, title: The team's own}
spec:
  type: service
  owner: group:default/team
  parameters: {properties: {zebra: {type: string}, name: {type: string}}}
  steps:
    - {id: fetch, action: 'fetch:template', input: {url: ./skeleton, values: {name: '${{ parameters.name }}'}}}
    - {id: wait, action: 'fs:rename', input: {files: [{from: a, to: b}]}}
    - {id: say, action: 'debug:log', input: {message: x, listWorkspace: with-contents}}
`

// teams is a world with a template in a repository of the forge.
func teams(t *testing.T) (*world, *Service) {
	t.Helper()
	w := newWorld(t, fstest.MapFS{})
	w.forge.add(t.Context(), "golden")
	commit(t, w, "golden", map[string]string{"team/template.yaml": teamTemplate, "team/skeleton/a": "first ${{ values.name }}"})
	s, _ := w.start(t)
	if _, err := w.catalog.RegisterTrusted(t.Context(), w.forge.URL+"/apps/golden/blob/main/team/template.yaml"); err != nil {
		t.Fatal(err)
	}
	w.known(t, s, "template:default/team", true)
	return w, s
}

// known waits until a template can be used, or cannot.
func (w *world) known(t *testing.T, s *Service, ref string, want bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for slices.Contains(s.templates.list(), ref) != want {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("the templates are %v; want %s: %v", s.templates.list(), ref, want)
		}
	}
}

func formOf(s *Service, name string) (int, string) {
	recorder := httptest.NewRecorder()
	s.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/api/scaffolder/v2/templates/default/template/"+name+"/parameter-schema", nil))
	return recorder.Code, recorder.Body.String()
}

func TestATemplateOfTheCatalogHasAFormAndTasks(t *testing.T) {
	w, s := teams(t)
	status, body := formOf(s, "team")
	if status != http.StatusOK || !strings.Contains(body, `"title":"The team's own"`) || !strings.Contains(body, `"ui:order":["zebra","name","*"]`) {
		t.Errorf("form: %d %s", status, body)
	}
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "team", Values: map[string]any{"name": "ana"}})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCompleted {
		t.Fatal(task.Error)
	}
	if log := strings.Join(messages(t, s, task.ID), "\n"); !strings.Contains(log, "first ana") {
		t.Errorf("log = %s", log)
	}
}

func TestAChangeOfATemplateDoesNotChangeATaskInFlight(t *testing.T) {
	w, s := teams(t)
	// A file in the way lets the task fail where it can be retried.
	commit(t, w, "golden", map[string]string{"team/skeleton/b": "in the way", "team/skeleton/a": "second ${{ values.name }}"})
	if s.readTemplates(t.Context()) {
		t.Fatal("the forge is silent")
	}
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "team", Values: map[string]any{"name": "ana"}})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusFailed {
		t.Fatalf("task %s: %s", task.Status, task.Error)
	}
	commit(t, w, "golden", map[string]string{"team/skeleton/a": "third ${{ values.name }}"})
	if s.readTemplates(t.Context()) {
		t.Fatal("the forge is silent")
	}
	for _, name := range []string{task.ID, snapshots} { // it must find all again
		if err := os.RemoveAll(filepath.Join(s.cfg.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Retry(t.Context(), task.ID, nil); err != nil {
		t.Fatal(err)
	}
	w.ended(t, task.ID)
	content, err := os.ReadFile(filepath.Join(s.workspace(task.ID), "a"))
	if err != nil || string(content) != "second ana" {
		t.Errorf("the task wrote %q, %v; want what its template said when it began", content, err)
	}
	if err := s.sweepSnapshots(t.Context()); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Join(s.cfg.Dir, snapshots)); err != nil || len(entries) == 0 {
		t.Errorf("snapshots %v, %v", entries, err)
	}
}

func TestATemplateThatCannotBeUsedSaysWhyAndHarmsNoOther(t *testing.T) {
	w, s := teams(t)
	bad := strings.ReplaceAll(strings.ReplaceAll(teamTemplate, "name: team", "name: bad"), "id: wait", "id: fetch")
	commit(t, w, "golden", map[string]string{"bad/template.yaml": bad})
	if _, err := w.catalog.RegisterTrusted(t.Context(), w.forge.URL+"/apps/golden/blob/main/bad/template.yaml"); err != nil {
		t.Fatal(err)
	}
	if s.readTemplates(t.Context()) {
		t.Fatal("the forge is silent")
	}
	const why = "Template template:default/bad cannot be used: spec.steps[1].id: \\\"fetch\\\" is there twice"
	if status, body := formOf(s, "bad"); status != http.StatusBadRequest || !strings.Contains(body, why) {
		t.Errorf("form: %d %s", status, body)
	}
	if entity, err := w.catalog.Get(t.Context(), "template:default/bad"); err != nil || entity.Status == nil || !strings.Contains(entity.Status.Items[0].Message, "is there twice") {
		t.Errorf("in the catalog it is %+v, %v", entity, err)
	}
	if status, body := formOf(s, "team"); status != http.StatusOK {
		t.Errorf("form of the other: %d %s", status, body)
	}
	second, err := New(w.cfg)
	if err != nil {
		t.Fatalf("a start beside a bad template: %v", err)
	}
	second.readTemplates(t.Context())
	if refs := second.templates.list(); !slices.Equal(refs, []string{"template:default/team"}) {
		t.Errorf("templates after a restart: %v", refs)
	}
}

func TestATemplateThatLeavesTheCatalogLeavesTheGallery(t *testing.T) {
	w, s := teams(t)
	if err := w.catalog.Remove(t.Context(), "template:default/team"); err != nil {
		t.Fatal(err)
	}
	w.known(t, s, "template:default/team", false)
	if status, _ := formOf(s, "team"); status != http.StatusNotFound {
		t.Errorf("form: %d", status)
	}
}

func TestATemplateOfADirectoryOfThisMachineWorks(t *testing.T) {
	w := newWorld(t, fstest.MapFS{})
	dir := filepath.Join(t.TempDir(), "team")
	for name, content := range map[string]string{"template.yaml": teamTemplate, "skeleton/a": "local ${{ values.name }}"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	entities, err := catalog.New(catalog.Config{DB: w.cfg.DB, SCM: w.cfg.SCM, ForgeURL: w.forge.URL, Logger: w.cfg.Logger,
		Locations: []catalog.Location{{Type: "file", Target: filepath.Join(dir, "template.yaml")}}})
	if err != nil {
		t.Fatal(err)
	}
	w.cfg.Catalog = entities
	parttest.Start(t, entities.Run)
	s, _ := w.start(t)
	w.known(t, s, "template:default/team", true)
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "team", Values: map[string]any{"name": "ana"}})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCompleted {
		t.Fatal(task.Error)
	}
	if log := strings.Join(messages(t, s, task.ID), "\n"); !strings.Contains(log, "local ana") {
		t.Errorf("log = %s", log)
	}
}
