package actions_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/forge"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scaffold"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

const token = "ghp_admin0000000000000000000000000000000"

const header = `
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: NAME}
spec:
  type: service
  parameters: {properties: {name: {type: string}}}
  steps:
`

var files = map[string]string{
	"publish/template.yaml": header + `
    - {action: 'fetch:plain', input: {url: ./skeleton}}
    - id: publish
      action: publish:github
      input:
        repoUrl: ${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}
        description: Made whole
        collaborators: [{user: bo, access: push}, {team: nobody, access: pull}]
        topics: [GO, made]
        requiredApprovingReviewCount: 2
        requiredStatusCheckContexts: [ci]
        gitAuthorName: Ana
        gitAuthorEmail: ana@example.com
        gitCommitMessage: "Begin #1"
        sourcePath: app
    - {id: register, action: 'catalog:register', input: {repoContentsUrl: '${{ steps.publish.output.repoContentsUrl }}'}}
    - {action: 'github:webhook', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}', webhookUrl: 'https://hooks.example.com/', contentType: json}}
    - {action: 'github:webhook', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}', webhookUrl: 'https://hooks.example.com/', events: [push, status]}}
  output: {contents: '${{ steps.publish.output.repoContentsUrl }}', ref: '${{ steps.register.output.entityRef }}', commit: '${{ steps.publish.output.commitHash }}'}
`,
	"publish/skeleton/app/catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: whole}\nspec: {type: service, lifecycle: production, owner: ops}\n",
	"publish/skeleton/app/README.md":         "# Whole\n",
	"publish/skeleton/left-out.txt":          "not published\n",
	"halves/template.yaml": header + `
    - {id: create, action: 'github:repo:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=halves', repoVisibility: public, hasWiki: false}}
    - {action: 'fetch:template', input: {url: '${{ environment.parameters.forge }}/apps/whole/tree/master', values: {}}}
    - {action: 'fetch:plain:file', input: {url: '${{ environment.parameters.forge }}/apps/whole/blob/master/README.md', targetPath: copy/READ.md}}
    - {id: push, action: 'github:repo:push', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=halves', defaultBranch: main, protectDefaultBranch: false}}
    - {action: 'github:branch-protection:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=halves', enforceAdmins: false}}
  output: {remote: '${{ steps.create.output.remoteUrl }}', commit: '${{ steps.push.output.commitHash }}'}
`,
	"guarded/template.yaml": header + `
    - {action: 'fetch:plain', input: {url: ../deployed}}
    - {action: publish:github, input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}', defaultBranch: main}}
`,
	"bypassed/template.yaml": header + `
    - {action: 'fetch:plain', input: {url: ../deployed}}
    - action: publish:github
      input:
        repoUrl: ${{ environment.parameters.forgeHost }}?owner=apps&repo=${{ parameters.name }}
        defaultBranch: main
        bypassPullRequestAllowances: {apps: [github-actions]}
`,
	"deployed/deploy/deployment.yaml": "# +argocd:skip-file-rendering\nspec:\n  image: none\n",
	"waiting/template.yaml": header + `
    - {action: 'github:environment:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=variables', name: slow, waitTimer: 30}}
`,
	"lacking/template.yaml": header + `
    - {action: 'github:issues:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=whole', title: x}}
`,
	"hooking/template.yaml": header + `
    - {id: hook, action: 'github:webhook', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=whole', webhookUrl: 'https://hooks.example.com/more'}}
    - {id: again, action: 'github:webhook', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=whole', webhookUrl: 'https://hooks.example.com/more', contentType: json}}
    - {id: known, action: 'github:webhook', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=whole', webhookUrl: 'https://hooks.example.com/'}}
    - {action: 'github:issues:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=whole', title: x}}
`,
	"variables/template.yaml": header + `
    - {action: 'github:repo:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=variables', repoVariables: {region: eu}, secrets: {TOKEN: '${{ secrets.token }}'}}}
    - {action: 'github:environment:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=variables', name: prod, environmentVariables: {region: us}, secrets: {KEY: '${{ secrets.token }}'}}}
    - {action: 'github:environment:create', input: {repoUrl: '${{ environment.parameters.forgeHost }}?owner=apps&repo=variables', name: prod, environmentVariables: {region: asia}}}
`,
}

func must[T any](t *testing.T, value T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

type world struct {
	url   string
	key   *rsa.PrivateKey // of the App whose jobs push
	scm   *scm.Client
	tasks *scaffold.Service
	ended chan scaffold.Task
}

func newWorld(t *testing.T) *world {
	dir, log := t.TempDir(), slog.New(slog.NewTextHandler(io.Discard, nil))
	var face atomic.Pointer[http.Handler]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*face.Load()).ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	key = must(t, key, err)
	f, err := forge.New(forge.Config{Dir: filepath.Join(dir, "forge"), URL: address, Organization: "apps", SealKey: secret.New("a key"), Logger: log,
		App: forge.App{ID: 1, Slug: "github-actions", Key: &key.PublicKey}, Users: []forge.User{
			{Login: "pronto", Email: "pronto@example.com", Name: "Pronto", Admin: true, Token: secret.New(token)},
			{Login: "bo", Email: "bo@example.com", Name: "Bo", Token: secret.New("ghp_bo00000000000000000000000000000000000")}}})
	f = must(t, f, err)
	t.Cleanup(func() { _ = f.Close() })
	handler := f.Handler()
	face.Store(&handler)
	parttest.Start(t, f.Run)
	client, err := scm.New(scm.Config{APIURL: server.URL, Token: secret.New(token)})
	w := &world{url: server.URL, key: key, scm: must(t, client, err), ended: make(chan scaffold.Task, 100)}
	db, err := store.Open(t.Context(), filepath.Join(dir, "platform.db"))
	db = must(t, db, err)
	t.Cleanup(func() { _ = db.Close() })
	entities, err := catalog.New(catalog.Config{DB: db, SCM: client, ForgeURL: server.URL, Logger: log})
	entities = must(t, entities, err)
	parttest.Start(t, entities.Run)
	templates := fstest.MapFS{}
	for name, content := range files {
		templates[name] = &fstest.MapFile{Data: []byte(strings.Replace(content, "NAME", filepath.Dir(name), 1)), Mode: 0o644}
	}
	tasks, err := scaffold.New(scaffold.Config{
		DB: db, SCM: client, Catalog: entities, Templates: templates, Git: gitcmd.Remote{Origin: server.URL + "/", Token: secret.New(token)},
		Dir: filepath.Join(dir, "tasks"), SealKey: secret.New("a key"), Organization: "apps", Domain: "example.com", Logger: log,
		Vars: func() map[string]any { return map[string]any{"forge": server.URL, "forgeHost": address.Host} },
		OnChange: func(_ context.Context, task scaffold.Task) error {
			if task.Ended() {
				w.ended <- task
			}
			return nil
		},
	})
	w.tasks = must(t, tasks, err)
	parttest.Start(t, tasks.Run)
	return w
}

func (w *world) do(t *testing.T, template string, values map[string]any) scaffold.Task {
	t.Helper()
	given := map[string]string{"token": "open-sesame"}
	if _, err := w.tasks.Create(t.Context(), scaffold.CreateRequest{TemplateRef: template, Values: values, Secrets: given}); err != nil {
		t.Fatal(err)
	}
	select {
	case task := <-w.ended:
		return task
	case <-time.After(time.Minute):
		t.Fatal("the task does not end")
	}
	return scaffold.Task{}
}

func TestTheForgeServesWhatTemplatesAskOfGitHub(t *testing.T) {
	w := newWorld(t)
	task := w.do(t, "publish", map[string]any{"name": "whole"})
	if task.Status != scaffold.StatusCompleted {
		t.Fatal(task.Error)
	}
	made, err := w.scm.Repository(t.Context(), "apps", "whole")
	if err != nil || made.GetDefaultBranch() != "master" || !made.GetPrivate() || made.GetDescription() != "Made whole" || strings.Join(made.Topics, " ") != "go made" {
		t.Errorf("the repository is %v", made)
	}
	if sha, err := w.scm.Branch(t.Context(), "apps", "whole", "master"); err != nil || sha != task.Output["commit"] || task.Output["ref"] != "component:default/whole" {
		t.Errorf("master is %s, %v; output %v", sha, err, task.Output)
	}
	if _, err := w.scm.File(t.Context(), "apps", "whole", "left-out.txt", "master"); err == nil {
		t.Error("what is outside of sourcePath was published")
	}
	protection, _, err := w.scm.Repositories.GetBranchProtection(t.Context(), "apps", "whole", "master")
	if err != nil || !protection.GetEnforceAdmins().Enabled || protection.GetRequiredPullRequestReviews().RequiredApprovingReviewCount != 2 {
		t.Errorf("protection = %v, %v", protection, err)
	}
	if level, _, err := w.scm.Repositories.GetPermissionLevel(t.Context(), "apps", "whole", "bo"); err != nil || level.GetPermission() != "write" {
		t.Errorf("bo may %s, %v", level.GetPermission(), err)
	}
	hooks, _, err := w.scm.Repositories.ListHooks(t.Context(), "apps", "whole", nil)
	if err != nil || len(hooks) != 1 || len(hooks[0].Events) != 2 {
		t.Errorf("hooks = %v, %v", hooks, err)
	}

	task = w.do(t, "halves", nil)
	if task.Status != scaffold.StatusCompleted {
		t.Fatal(task.Error)
	}
	for _, name := range []string{"README.md", "copy/READ.md"} {
		if text, err := w.scm.File(t.Context(), "apps", "halves", name, "main"); err != nil || string(text) != "# Whole\n" {
			t.Errorf("%s is %q, %v", name, text, err)
		}
	}
	if made, err := w.scm.Repository(t.Context(), "apps", "halves"); err != nil || made.GetPrivate() || made.GetHasWiki() {
		t.Errorf("the repository is %v, %v", made, err)
	}
	w.readsVariables(t)
	w.cleansWhatItHooked(t)
	for template, says := range map[string]string{
		"lacking": "create an issue of apps/whole: this forge has no such feature",
		"waiting": "wait_timer is not supported by this forge",
	} {
		if task = w.do(t, template, nil); task.Status != scaffold.StatusFailed || !strings.Contains(task.Error, says) {
			t.Errorf("%s is %s: %s", template, task.Status, task.Error)
		}
	}
}

// readsVariables makes a repository with variables and secrets and looks at them.
func (w *world) readsVariables(t *testing.T) {
	t.Helper()
	if task := w.do(t, "variables", nil); task.Status != scaffold.StatusCompleted {
		t.Fatal(task.Error)
	}
	if v, _, err := w.scm.Actions.GetRepoVariable(t.Context(), "apps", "variables", "REGION"); err != nil || v.Value != "eu" {
		t.Errorf("the repository's variable is %v, %v", v, err)
	}
	if v, _, err := w.scm.Actions.GetEnvVariable(t.Context(), "apps", "variables", "prod", "REGION"); err != nil || v.Value != "asia" {
		t.Errorf("the environment's variable is %v, %v", v, err)
	}
	secrets, _, err := w.scm.Actions.ListRepoSecrets(t.Context(), "apps", "variables", nil)
	if err != nil || secrets.TotalCount != 1 || secrets.Secrets[0].Name != "TOKEN" {
		t.Errorf("the repository's secrets are %v, %v", secrets, err)
	}
}

// cleansWhatItHooked takes away the webhook that a failed task has made, and
// leaves the one that was there before.
func (w *world) cleansWhatItHooked(t *testing.T) {
	t.Helper()
	task := w.do(t, "hooking", nil)
	made, err := w.tasks.Made(t.Context(), task.ID)
	if err != nil || task.Status != scaffold.StatusFailed || len(made) != 1 || made[0].Name != "apps/whole https://hooks.example.com/more" || made[0].Step != "hook" {
		t.Fatalf("the task is %s: %s; it made %+v, %v", task.Status, task.Error, made, err)
	}
	if made, err = w.tasks.Clean(t.Context(), task.ID); err != nil || !made[0].Gone {
		t.Errorf("clean = %+v, %v", made, err)
	}
	hooks, _, err := w.scm.Repositories.ListHooks(t.Context(), "apps", "whole", nil)
	if err != nil || len(hooks) != 1 || hooks[0].Config.GetURL() != "https://hooks.example.com/" {
		t.Errorf("hooks = %v, %v", hooks, err)
	}
}
