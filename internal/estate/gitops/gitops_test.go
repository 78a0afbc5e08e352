package gitops_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/kubetest"
	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/gitops"
)

// patience bounds every wait for an observation; none of them is a timing test.
const patience = 30 * time.Second

// bench is the part between a real API server and a real git.
type bench struct {
	t      testing.TB
	forge  *forge
	part   *gitops.GitOps
	client client.Client
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, forge: newForge(t)}
	kubernetes := kubetest.Start(t)
	set, err := gitops.DefaultApplicationSet(gitops.DefaultSet{
		Name: "apps", Organization: "apps", APIURL: b.forge.URL + "/api/v3/", Prefix: "idp-", Path: "deploy",
		Project: "apps", RequeueAfterSeconds: 180,
		// The bench has no garbage collector, which foreground deletion needs.
		SyncOptions: []string{"CreateNamespace=true", "PrunePropagationPolicy=background"},
		Finalizers:  []string{argo.BackgroundResourcesFinalizer},
	})
	if err != nil {
		t.Fatal(err)
	}
	logs := io.Discard
	if os.Getenv("GITOPS_TEST_LOG") != "" {
		logs = os.Stderr
	}
	b.part, err = gitops.New(gitops.Config{
		Dir: t.TempDir(), Kubernetes: kubernetes, Default: set,
		Project: gitops.DefaultProject("apps", b.forge.URL+"/apps", []string{"kube-*", "argocd"}),
		SCM:     gitops.SCM{APIURL: b.forge.URL + "/api/v3/", Organization: "apps", Token: secret.New("ghp_test")},
		Git:     gitcmd.Remote{Origin: b.forge.URL + "/"}, WebhookSecret: secret.New(webhookSecret),
		ConfirmMassDeletion: time.Hour, Logger: slog.New(slog.NewTextHandler(logs, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := argo.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if b.client, err = client.New(kubernetes, client.Options{Scheme: scheme}); err != nil {
		t.Fatal(err)
	}
	parttest.Start(b.t, b.part.Run)
	return b
}

func (b *bench) push(repo string, files map[string]string) string {
	b.t.Helper()
	sha := b.forge.commit(repo, files)
	b.forge.event(b.part.Handler(), "push", repo)
	return sha
}

// until waits for an observation of the application.
func (b *bench) until(app, what string, holds func(*argo.Application) bool) *argo.Application {
	b.t.Helper()
	found := &argo.Application{}
	err := wait.PollUntilContextTimeout(b.t.Context(), 10*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		err := b.client.Get(ctx, client.ObjectKey{Namespace: "argocd", Name: app}, found)
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil && holds(found), err
	})
	if err != nil {
		b.t.Fatalf("%s: %s: %v\nstatus: %s", app, what, err, describe(found))
	}
	return found
}

func describe(app *argo.Application) string {
	return fmt.Sprintf("sync %+v\nhealth %+v\nconditions %+v\noperation %+v", app.Status.Sync.Status, app.Status.Health, app.Status.Conditions, app.Status.OperationState)
}

func synced(revision string) func(*argo.Application) bool {
	return func(app *argo.Application) bool {
		state := app.Status.OperationState
		return app.Status.Sync.Status == argo.SyncStatusSynced && app.Status.Sync.Revision == revision &&
			state != nil && state.Phase == argo.OperationSucceeded
	}
}

// untilObject waits for an observation of an object; nil means that it is gone.
func (b *bench) untilData(namespace, name, want string) {
	b.t.Helper()
	err := wait.PollUntilContextTimeout(b.t.Context(), 10*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		got, err := b.data(ctx, namespace, name)
		return got == want, err
	})
	if err != nil {
		got, getErr := b.data(b.t.Context(), namespace, name)
		b.t.Fatalf("ConfigMap %s/%s holds %q (%v), want %q", namespace, name, got, getErr, want)
	}
}

// data is the value in a ConfigMap, "" when there is none.
func (b *bench) data(ctx context.Context, namespace, name string) (string, error) {
	var found corev1.ConfigMap
	err := b.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, &found)
	return found.Data["value"], client.IgnoreNotFound(err)
}

func configMap(name, value string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: {value: " + value + "}\n"
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "registry/idp-one@sha256:0000000000000000000000000000000000000000000000000000000000000000"}]}
`

func TestARepositoryIsKeptApplied(t *testing.T) {
	b := newBench(t)
	b.forge.create("idp-one")
	b.forge.event(b.part.Handler(), "repository", "idp-one")
	b.forge.create("other")
	revision := b.appliesPushes(t)
	t.Run("an edit by hand is healed, which is told apart from other syncs", func(t *testing.T) { b.healsEdits(t, revision) })
	t.Run("a broken manifest says so, and the next commit heals", b.saysWhatIsBroken)
	t.Run("an error of the forge deletes nothing", b.keepsOnErrors)
	t.Run("a repository that is gone takes its resources along", b.goesWithTheRepository)
}

// appliesPushes pushes twice and returns the second revision.
func (b *bench) appliesPushes(t *testing.T) string {
	t.Helper()
	first := b.push("idp-one", map[string]string{
		"deploy/a.yaml": configMap("a", "one"), "deploy/b.yaml": configMap("b", "one"),
		"deploy/deployment.yaml": "# +argocd:skip-file-rendering\n" + deployment,
	})
	app := b.until("idp-one", "first sync", synced(first))
	if app.Spec.Destination.Namespace != "one" || app.Status.Health.Status != "Healthy" || len(app.Status.Resources) != 2 {
		t.Fatalf("after the first sync: %+v %s", app.Spec.Destination, describe(app))
	}
	b.untilData("one", "a", "one")
	isHeal(t, "the first sync", app, 0)
	if len(app.Status.History) != 1 || app.Status.History[0].Revision != first {
		t.Errorf("history = %+v", app.Status.History)
	}

	second := b.push("idp-one", map[string]string{"deploy/a.yaml": configMap("a", "two"), "deploy/b.yaml": "", "deploy/deployment.yaml": deployment})
	app = b.until("idp-one", "second sync", synced(second))
	b.untilData("one", "a", "two")
	b.untilData("one", "b", "")
	if app.Status.Health.Status != "Progressing" || len(app.Status.Summary.Images) != 1 {
		t.Errorf("after the deployment: %s", describe(app))
	}

	isHeal(t, "a push's sync", app, 0)
	return second
}

func (b *bench) healsEdits(t *testing.T, revision string) {
	b.edit("one", "a", "by hand")
	b.untilData("one", "a", "two")
	app := b.until("idp-one", "healed", func(app *argo.Application) bool { return synced(revision)(app) && heals(app) == 1 })
	isHeal(t, "an edit", app, 1)
	if r := app.Status.OperationState.Operation.Sync.Resources; len(r) != 1 || r[0].Name != "a" || len(app.Status.History) != 2 {
		t.Errorf("it heals %+v; history %+v", r, app.Status.History)
	}
	if err := b.client.Delete(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "one", Name: "a"}}); err != nil {
		t.Fatal(err)
	}
	app = b.until("idp-one", "healed again", func(app *argo.Application) bool { return synced(revision)(app) && heals(app) == 2 })
	isHeal(t, "a deletion soon after", app, 2)
	b.untilData("one", "a", "two")

	app.Operation = &argo.Operation{Sync: &argo.SyncOperation{Revision: revision}, InitiatedBy: argo.OperationInitiator{Username: "ana"}}
	if err := b.client.Update(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	app = b.until("idp-one", "synced by hand", func(app *argo.Application) bool {
		return synced(revision)(app) && app.Status.OperationState.Operation.InitiatedBy.Username == "ana"
	})
	isHeal(t, "a sync by hand", app, 0)
}

func (b *bench) saysWhatIsBroken(t *testing.T) {
	b.push("idp-one", map[string]string{"deploy/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {value: [not, a, string]}\n"})
	app := b.until("idp-one", "failed sync", func(app *argo.Application) bool {
		state := app.Status.OperationState
		return state != nil && state.SyncResult != nil && len(state.SyncResult.Resources) == 1 &&
			state.SyncResult.Resources[0].Status == "SyncFailed"
	})
	if !strings.Contains(app.Status.OperationState.Message, "one or more objects failed to apply") {
		t.Errorf("message = %q", app.Status.OperationState.Message)
	}
	good := b.push("idp-one", map[string]string{"deploy/a.yaml": configMap("a", "three")})
	b.until("idp-one", "sync after the mend", synced(good))
	b.untilData("one", "a", "three")
}

func (b *bench) keepsOnErrors(*testing.T) {
	b.forge.broken.Store(true)
	b.forge.event(b.part.Handler(), "repository", "idp-one")
	b.untilSet("ErrorOccurred", "True")
	b.forge.broken.Store(false)
	b.forge.empty.Store(true)
	b.forge.event(b.part.Handler(), "repository", "idp-one")
	b.untilSet("ErrorOccurred", "False")
	b.until("idp-one", "still there", func(app *argo.Application) bool { return app.DeletionTimestamp.IsZero() })
	b.forge.empty.Store(false)
}

func (b *bench) goesWithTheRepository(t *testing.T) {
	b.forge.remove("idp-one")
	b.forge.event(b.part.Handler(), "repository", "idp-one")
	b.untilData("one", "a", "")
	err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		err := b.client.Get(ctx, client.ObjectKey{Namespace: "argocd", Name: "idp-one"}, &argo.Application{})
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
	if err != nil {
		t.Errorf("the application is still there: %v", err)
	}
}

func heals(app *argo.Application) int64 {
	return app.Status.OperationState.Operation.Sync.AutoHealAttemptsCount
}

// isHeal checks that the last operation is a heal, the how manieth in a row; 0: none.
func isHeal(t *testing.T, what string, app *argo.Application, attempt int64) {
	t.Helper()
	state := app.Status.OperationState
	if heals(app) != attempt || attempt > 0 && (!state.Operation.InitiatedBy.Automated || state.StartedAt.IsZero() || state.FinishedAt.IsZero()) {
		t.Errorf("%s is heal %d, want %d: %s", what, heals(app), attempt, describe(app))
	}
}

// edit changes a ConfigMap as a person does.
func (b *bench) edit(namespace, name, value string) {
	b.t.Helper()
	edited := &corev1.ConfigMap{}
	if err := b.client.Get(b.t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, edited); err != nil {
		b.t.Fatal(err)
	}
	edited.Data["value"] = value
	if err := b.client.Update(b.t.Context(), edited); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) untilSet(condition, status string) {
	b.t.Helper()
	set := &argo.ApplicationSet{}
	err := wait.PollUntilContextTimeout(b.t.Context(), 10*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		if err := b.client.Get(ctx, client.ObjectKey{Namespace: "argocd", Name: "apps"}, set); err != nil {
			return false, err
		}
		for _, found := range set.Status.Conditions {
			if found.Type == condition {
				return found.Status == status, nil
			}
		}
		return false, nil
	})
	if err != nil {
		b.t.Fatalf("application set: %s is not %s: %+v", condition, status, set.Status.Conditions)
	}
}
