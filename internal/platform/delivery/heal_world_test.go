package delivery_test

import (
	"net/http"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/scm/scmtest"
)

// heal writes what gitops writes of a sync that took back a change, so many
// in a row.
func (w *world) heal(attempt int64, started time.Time) {
	w.t.Helper()
	client := w.dyn.Resource(applications).Namespace("argocd")
	object := must[*unstructured.Unstructured](w.t)(client.Get(w.t.Context(), repository, metav1.GetOptions{}))
	revision, _, err := unstructured.NestedString(object.Object, "status", "sync", "revision")
	if err != nil {
		w.t.Fatal(err)
	}
	at := started.UTC().Format(time.RFC3339)
	state := map[string]any{"phase": "Succeeded", "startedAt": at, "finishedAt": at, "syncResult": map[string]any{"revision": revision},
		"operation": map[string]any{"initiatedBy": map[string]any{"automated": true}, "sync": map[string]any{"revision": revision, "autoHealAttemptsCount": attempt}}}
	if err := unstructured.SetNestedMap(object.Object, state, "status", "operationState"); err != nil {
		w.t.Fatal(err)
	}
	must[*unstructured.Unstructured](w.t)(client.Update(w.t.Context(), object, metav1.UpdateOptions{}))
}

// pods says how many of the workload's pods are there.
func (w *world) pods(app string, n int32) {
	w.t.Helper()
	ctx := w.t.Context()
	d := must[*appsv1.Deployment](w.t)(w.kube.AppsV1().Deployments(app).Get(ctx, app, metav1.GetOptions{}))
	d.Status = appsv1.DeploymentStatus{ObservedGeneration: d.Generation, Replicas: n, UpdatedReplicas: n, AvailableReplicas: n, ReadyReplicas: n}
	must[*appsv1.Deployment](w.t)(w.kube.AppsV1().Deployments(app).UpdateStatus(ctx, d, metav1.UpdateOptions{}))
}

// answer says what the application answers; nil: the edge has no target.
func (w *world) answer(app, revision string) {
	w.locked(func() {
		w.answers[app+".example.com"] = nil
		if revision != "" {
			w.answers[app+".example.com"] = func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("X-Revision", revision) }
		}
	})
}

// begun counts the deliveries there were.
func (w *world) begun(app string) int {
	w.t.Helper()
	return len(must[[]delivery.Delivery](w.t)(w.service.Deliveries(w.t.Context(), app, 100)))
}

func TestWhatIsChangedInTheClusterIsDeliveredAgain(t *testing.T) {
	w := newWorld(t)
	w.git = scmtest.New(t)
	w.connect()
	stop := w.serve()
	revision, _ := w.deliver("one")
	pushed := w.until("hello", "it is live", func(v delivery.View) bool { return v.Status == "live" }).Delivery

	healed := w.now().Add(time.Second)
	w.pods("hello", 0)
	w.answer("hello", "")
	w.heal(1, healed)
	view := w.until("hello", "a self-heal begins", func(v delivery.View) bool { return v.Delivery.StartedBy.Kind == "self-heal" })
	first := view.Delivery
	if first.ID == pushed.ID || first.Revision != revision || first.Image != pushed.Image || phase(view, "create").Status != delivery.Skipped ||
		phase(view, "build").Status != delivery.Skipped || phase(view, "build").Reason == "" || first.Message != "Say one" {
		t.Errorf("the delivery = %+v", first)
	}
	if kept := w.journalled("hello").Delivery; kept.ID != first.ID {
		t.Errorf("%s was told and %s is journalled: a kill would lose that", first.ID, kept.ID)
	}
	view = w.until("hello", "the link is withdrawn", func(v delivery.View) bool { return v.URL == "" })
	if view.Status != "in_progress" || view.Delivery.ID != first.ID || view.LiveRevision != "" {
		t.Errorf("while nothing answers it is %s: %s", view.Status, view.Reason)
	}
	stop() // and it is killed meanwhile
	stop = w.serve()
	w.answer("hello", revision)
	w.pods("hello", 1)
	view = w.until("hello", "it is live again", func(v delivery.View) bool { return v.Status == "live" && v.URL != "" })
	if view.Delivery.ID != first.ID || view.LiveRevision != revision || phase(view, "sync").Evidence["operationStartedAt"] == nil {
		t.Errorf("live again is %+v", view.Delivery)
	}

	w.heal(2, w.now().Add(2*time.Second)) // something fights over it
	w.until("hello", "the same goes on", func(v delivery.View) bool { return v.Delivery.StartedBy.Heals == 2 })
	stop()
	w.heal(3, w.now().Add(3*time.Second))
	stop = w.serve()
	w.until("hello", "and on", func(v delivery.View) bool { return v.Delivery.StartedBy.Heals == 3 })
	if n := w.begun("hello"); n != 2 {
		t.Errorf("%d deliveries, want the push and one self-heal", n)
	}

	stop()
	w.heal(1, w.now().Add(4*time.Second)) // another change, while nobody looks
	defer w.serve()()
	view = w.until("hello", "the next is not lost", func(v delivery.View) bool { return v.Status == "live" && v.Delivery.ID != first.ID })
	if n := w.begun("hello"); view.Delivery.StartedBy.Kind != "self-heal" || n != 3 {
		t.Errorf("%d deliveries, the latest by a %s", n, view.Delivery.StartedBy.Kind)
	}
	versions := must[[]delivery.Version](t)(w.service.Versions(t.Context(), "hello"))
	if len(versions) != 1 || versions[0].DeliveryID != pushed.ID || !versions[0].Live || versions[0].Rollback.Allowed {
		t.Errorf("versions = %+v", versions)
	}
}

func TestASelfHealBelongsToTheDeliveryThatGoesOn(t *testing.T) {
	w := newWorld(t)
	w.git = scmtest.New(t)
	w.connect()
	defer w.serve()()
	w.deliver("one")
	second := w.git.Commit(repository, "ana", "Say two", map[string]string{"src/server.js": "two"})
	w.push(repository, second, "Say two", "ana", "User")
	w.until("hello", "it is being built", func(v delivery.View) bool { return v.Delivery.Revision == second })
	w.heal(1, w.now())
	_, digest := w.image(repository, second)
	image := "registry.example.com/idp-hello@" + digest
	deployed := w.git.Commit(repository, scmtest.Bot, "Deploy [skip ci]", map[string]string{"deploy/deployment.yaml": "  image: " + image})
	w.push(repository, deployed, "Deploy [skip ci]", scmtest.Bot, "Bot")
	w.run("hello", image, deployed, second)
	view := w.until("hello", "it is live", func(v delivery.View) bool { return v.Status == "live" })
	if n := w.begun("hello"); view.Delivery.StartedBy.Kind != "push" || n != 2 {
		t.Errorf("%d deliveries, the latest by a %s", n, view.Delivery.StartedBy.Kind)
	}
}
