package scaffold

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
)

// adding is a template that makes something of every kind within a repository
// that is there, publishes one of its own with a webhook, and then fails.
const adding = `
    - {id: file, action: 'catalog:write', input: {entity: {apiVersion: backstage.io/v1alpha1, kind: Component, metadata: {name: '${{ parameters.name }}'},
        spec: {type: service, lifecycle: production, owner: me}}}}
    - id: hook
      action: github:webhook
      input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=shared', webhookUrl: 'https://hooks.example.com/${{ secrets.path }}'}
    - {id: environment, action: 'github:environment:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=shared', name: prod}}
    - id: issues
      action: github:issues:create
      each: [one, two]
      input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=shared', title: Look, body: '${{ each.value }}'}
    - id: pull
      action: publish:github:pull-request
      input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=shared', branchName: add/it, title: Add, description: it}
    - id: publish
      action: publish:github
      input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}', defaultBranch: main, protectDefaultBranch: false}
    - {id: own, action: 'github:webhook', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}', webhookUrl: 'https://hooks.example.com/'}}
    - id: ownPull
      action: publish:github:pull-request
      input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}', branchName: next, title: Next, description: it, targetPath: more}
    - {id: fail, action: 'fs:rename', input: {files: [{from: nothing, to: nowhere}]}}`

// adds makes a task of adding that fails at its last step.
func (w *world) adds(t *testing.T, s *Service) Task {
	t.Helper()
	w.forge.add(t.Context(), "shared")
	commit(t, w, "shared", map[string]string{"README.md": "# Shared"})
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "own"}, Secrets: map[string]string{"path": "hidden-path"}})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusFailed || task.Steps[7].Status != StatusCompleted {
		t.Fatalf("task %s: %s", task.Status, task.Error)
	}
	return task
}

func TestWhatAFailedTaskMadeWithinRepositoriesIsListedAndCleaned(t *testing.T) {
	w := newWorld(t, small(adding))
	s, _ := w.start(t)
	task := w.adds(t, s)
	made, err := s.Made(t.Context(), task.ID)
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, m := range made {
		listed = append(listed, m.Step+": "+m.Kind+" "+m.Name)
	}
	want := []string{"hook: webhook apps/shared ***", "environment: environment apps/shared prod", "issues: issue apps/shared Look", "issues: issue apps/shared Look",
		"pull: branch apps/shared add/it", "pull: pull_request apps/shared add/it", "publish: repository apps/own", "own: webhook apps/own https://hooks.example.com/",
		"ownPull: branch apps/own next", "ownPull: pull_request apps/own next"}
	if !slices.Equal(listed, want) {
		t.Errorf("it made\n%s\nwant\n%s", strings.Join(listed, "\n"), strings.Join(want, "\n"))
	}
	if text, err := json.Marshal(made); err != nil || strings.Contains(string(text), "hidden-path") {
		t.Errorf("%s, %v: a secret is told", text, err)
	}
	if open := w.forge.open(); len(open) != 7 {
		t.Errorf("the forge has %q", open)
	}
	for range 2 { // asking again is fine
		made, err := s.Clean(t.Context(), task.ID)
		if err != nil || slices.ContainsFunc(made, func(m Made) bool { return !m.Gone }) {
			t.Fatalf("clean = %+v, %v", made, err)
		}
	}
	// What was within the repository of its own went with that.
	if open := w.forge.open(); !slices.Equal(open, []string{"own hooks", "own pulls"}) || w.forge.deleted != 1 {
		t.Errorf("left are %q; %d repositories were deleted", open, w.forge.deleted)
	}
	if branches, err := w.forge.in("shared").Run(t.Context(), "branch", "--format=%(refname:short)"); err != nil || strings.TrimSpace(string(branches)) != "main" {
		t.Errorf("branches of the repository that is there: %s, %v", branches, err)
	}
}

func TestABranchThatSomebodyWorkedOnWithKeepsAllThatTheTaskMade(t *testing.T) {
	w := newWorld(t, small(adding))
	s, _ := w.start(t)
	task := w.adds(t, s)
	if _, err := w.forge.in("shared").Run(t.Context(), "update-ref", "refs/heads/add/it", "refs/heads/main"); err != nil {
		t.Fatal(err)
	}
	made, err := s.Clean(t.Context(), task.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range made {
		if (m.Kind == action.KindBranch && m.Name == "apps/shared add/it") != (m.Reason != "") || m.Gone {
			t.Errorf("clean says %+v", m)
		}
	}
	if open := w.forge.open(); len(open) != 7 || w.forge.deleted != 0 {
		t.Errorf("left are %q; %d repositories were deleted", open, w.forge.deleted)
	}
}

func TestATaskThatIsCutOffMakesNothingWithinARepositoryTwice(t *testing.T) {
	for _, cut := range []string{"hooks", "environments", "issues", "refs", "pulls"} {
		t.Run("after "+cut, func(t *testing.T) {
			w := newWorld(t, small(adding))
			w.forge.add(t.Context(), "shared")
			commit(t, w, "shared", map[string]string{"README.md": "# Shared"})
			cutOff := make(chan struct{})
			var once sync.Once
			var first *Service
			var end func()
			w.forge.after = func(what string) {
				if what == cut {
					once.Do(func() { w.deafen(t); end(); close(cutOff) })
				}
			}
			first, end = w.start(t)
			task, err := first.Create(context.WithoutCancel(t.Context()), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "own"}, Secrets: map[string]string{"path": "x"}})
			if err != nil {
				t.Fatal(err)
			}
			<-cutOff
			end()
			w.hear(t)
			second, _ := w.start(t)
			if task = w.ended(t, task.ID); task.Steps[7].Status != StatusCompleted {
				t.Fatalf("after the restart the task is %s: %s", task.Status, task.Error)
			}
			if open := w.forge.open(); len(open) != 7 {
				t.Errorf("the forge has %q", open)
			}
			if made, err := second.Clean(t.Context(), task.ID); err != nil || slices.ContainsFunc(made, func(m Made) bool { return !m.Gone }) {
				t.Errorf("clean = %+v, %v", made, err)
			}
		})
	}
}

// deafen loses what is written of things that were made, as a kill does.
func (w *world) deafen(t *testing.T) {
	t.Helper()
	w.sql(t, `CREATE TRIGGER deaf BEFORE UPDATE ON scaffolder_made WHEN new.state = 'made' BEGIN SELECT RAISE(ABORT, 'the process is gone'); END`)
}

func (w *world) hear(t *testing.T) {
	t.Helper()
	w.sql(t, `DROP TRIGGER deaf`)
}

func (w *world) sql(t *testing.T, statement string) {
	t.Helper()
	if _, err := w.cfg.DB.ExecContext(context.Background(), statement); err != nil {
		t.Error(err)
	}
}
