package scaffold

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
)

// publishing is a template that publishes, registers and then fails.
const publishing = `
    - {id: entity, action: 'catalog:write', input: {entity: {apiVersion: backstage.io/v1alpha1, kind: Component, metadata: {name: '${{ parameters.name }}'},
        spec: {type: service, lifecycle: production, owner: me}}}}
    - id: publish
      action: publish:github
      input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}', defaultBranch: main, protectDefaultBranch: false}
    - {id: register, action: 'catalog:register', input: {repoContentsUrl: '${{ steps.publish.output.repoContentsUrl }}'}}
    - {id: fail, action: 'fs:rename', input: {files: [{from: nothing, to: nowhere}]}}`

// leaves makes a task that fails when it has published and registered.
func (w *world) leaves(t *testing.T, s *Service, name string) Task {
	t.Helper()
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": name}})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusFailed || task.Steps[2].Status != StatusCompleted {
		t.Fatalf("task %s: %s", task.Status, task.Error)
	}
	return task
}

func TestWhatAFailedTaskMadeIsListedAndCleanedOnRequest(t *testing.T) {
	w := newWorld(t, small(publishing))
	var cleaned []string
	w.cfg.OnClean = func(_ context.Context, task Task, _ []Made) error { cleaned = append(cleaned, task.ID); return nil }
	s, _ := w.start(t)
	task := w.leaves(t, s, "left")
	leftovers, err := s.Leftovers(t.Context())
	if err != nil || len(leftovers) != 1 || leftovers[0].ID != task.ID {
		t.Fatalf("leftovers = %+v, %v", leftovers, err)
	}
	made := leftovers[0].Made
	if len(made) != 2 || made[0].Kind != action.KindRepository || made[0].Name != "apps/left" || made[0].Step != "publish" || made[1].Kind != action.KindLocation {
		t.Errorf("it made %+v", made)
	}
	for range 2 { // asking again is fine
		status, body := post(s, "/api/pronto/v1/tasks/"+task.ID+"/clean", "")
		if status != http.StatusOK || strings.Count(body, `"gone":true`) != 2 {
			t.Fatalf("clean: %d %s", status, body)
		}
	}
	if locations, err := w.catalog.Locations(t.Context()); err != nil || len(locations) != 0 || w.forge.deleted != 1 {
		t.Errorf("left are locations %v, %v; %d repositories were deleted", locations, err, w.forge.deleted)
	}
	if leftovers, err := s.Leftovers(t.Context()); err != nil || len(leftovers) != 0 || len(cleaned) != 2 || !s.lost(task.ID) {
		t.Errorf("after cleaning: %+v, %v; told of %v", leftovers, err, cleaned)
	}
	if status, body := post(s, "/api/scaffolder/v2/tasks/"+task.ID+"/retry", ""); status != http.StatusConflict || !strings.Contains(body, "cleaned away") {
		t.Errorf("retry of a cleaned task: %d %s", status, body)
	}
}

func TestARepositoryThatSomebodyWorkedOnWithIsNotCleaned(t *testing.T) {
	w := newWorld(t, small(publishing))
	s, _ := w.start(t)
	task := w.leaves(t, s, "used")
	commit(t, w, "used", nil)
	made, err := s.Clean(t.Context(), task.ID)
	if err != nil || made[0].Gone || !strings.Contains(made[0].Reason, "branch main has commits that this task did not make") || made[1].Gone {
		t.Errorf("clean = %+v, %v", made, err)
	}
	if locations, err := w.catalog.Locations(t.Context()); err != nil || len(locations) != 1 || w.forge.deleted != 0 {
		t.Errorf("locations %v, %v; %d repositories were deleted", locations, err, w.forge.deleted)
	}
	if leftovers, err := s.Leftovers(t.Context()); err != nil || len(leftovers) != 1 || leftovers[0].Made[0].Reason == "" {
		t.Errorf("leftovers = %+v, %v", leftovers, err)
	}
	if err := w.cfg.SCM.DeleteRepository(t.Context(), "apps", "used"); err != nil { // by hand
		t.Fatal(err)
	}
	if err := s.lookAfter(t.Context()); err != nil {
		t.Fatal(err)
	}
	if made, err := s.Made(t.Context(), task.ID); err != nil || !made[0].Gone || made[1].Gone {
		t.Errorf("made = %+v, %v", made, err)
	}
}

// commit pushes a commit of somebody else with these files.
func commit(t *testing.T, w *world, repository string, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	git := gitcmd.Git{Dir: dir, Env: []string{"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b"}}
	if _, err := git.Run(t.Context(), "clone", "--quiet", w.forge.in(repository).Dir, "."); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"add", "--all"}, {"commit", "--quiet", "--allow-empty", "--message", "more"}, {"push", "--quiet", "origin", "HEAD"},
	} {
		if _, err := git.Run(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOnlyWhatATaskMadeIsCleaned(t *testing.T) {
	w := newWorld(t, small(publishing))
	s, _ := w.start(t)
	first := w.leaves(t, s, "mine")
	second, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "mine"}})
	if err != nil {
		t.Fatal(err)
	}
	if second = w.ended(t, second.ID); second.Status != StatusFailed || !strings.Contains(second.Error, "exists already") {
		t.Fatalf("the second task is %s: %s", second.Status, second.Error)
	}
	if made, err := s.Clean(t.Context(), second.ID); err != nil || len(made) != 0 || w.forge.deleted != 0 {
		t.Errorf("clean of the second = %+v, %v", made, err)
	}
	// Cut off between the intention and the answer, nobody knows whose it is.
	if _, err := w.cfg.DB.Exec(`UPDATE scaffolder_made SET state = 'intended', external_id = '' WHERE task_id = ?`, first.ID); err != nil {
		t.Fatal(err)
	}
	if made, err := s.Clean(t.Context(), first.ID); err != nil || made[0].Reason != action.InDoubt || w.forge.deleted != 0 {
		t.Errorf("clean in doubt = %+v, %v", made, err)
	}
	done := newWorld(t, small(`
    - {id: say, action: 'debug:log', input: {message: hello}}`))
	other, _ := done.start(t)
	task, err := other.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "a"}})
	if err != nil {
		t.Fatal(err)
	}
	task = done.ended(t, task.ID)
	if status, body := post(other, "/api/pronto/v1/tasks/"+task.ID+"/clean", ""); status != http.StatusConflict {
		t.Errorf("clean of a completed task: %d %s", status, body)
	}
}

func TestACleaningThatWasCutOffGoesOn(t *testing.T) {
	w := newWorld(t, small(publishing))
	s, _ := w.start(t)
	task := w.leaves(t, s, "cut")
	if _, err := s.journal.clean(t.Context(), task.ID, w.cfg.Clock()); err != nil {
		t.Fatal(err)
	}
	if err := w.cfg.SCM.DeleteRepository(t.Context(), "apps", "cut"); err != nil { // and nothing was written of it
		t.Fatal(err)
	}
	if left, err := s.Leftovers(t.Context()); err != nil || len(left) != 1 {
		t.Fatalf("leftovers = %+v, %v", left, err)
	}
	if made, err := s.Clean(t.Context(), task.ID); err != nil || !made[0].Gone || !made[1].Gone {
		t.Errorf("clean = %+v, %v", made, err)
	}
}
