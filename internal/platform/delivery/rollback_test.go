package delivery_test

import (
	"net/http"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/scm/scmtest"
)

const repository = "idp-hello"

// deliver commits a line of source and plays the whole chain until it is live.
func (w *world) deliver(source string) (revision, image string) {
	w.t.Helper()
	revision = w.git.Commit(repository, "ana", "Say "+source, map[string]string{"src/server.js": source, "deploy/deployment.yaml": "# none"})
	w.push(repository, revision, "Say "+source, "ana", "User")
	_, digest := w.image(repository, revision)
	image = "registry.example.com/idp-hello@" + digest
	deployed := w.git.Commit(repository, scmtest.Bot, "Deploy [skip ci]", map[string]string{"deploy/deployment.yaml": "  image: " + image})
	w.push(repository, deployed, "Deploy [skip ci]", scmtest.Bot, "Bot")
	w.run("hello", image, deployed, revision)
	w.until("hello", source+" is live", func(v delivery.View) bool { return v.Status == "live" && v.LiveRevision == revision })
	return revision, image
}

// run plays gitops, the controllers and the application: it runs image as it
// is at the commit synced, and answers the revision.
func (w *world) run(app, image, synced, answers string) {
	w.t.Helper()
	ctx := w.t.Context()
	if _, err := w.kube.CoreV1().Namespaces().Get(ctx, app, metav1.GetOptions{}); err != nil {
		w.namespace(app)
		w.ingress(app)
		w.application(repository, synced)
		w.rollOut(app, image)
	}
	w.locked(func() {
		w.records[app+".example.com"] = true
		w.answers[app+".example.com"] = func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("X-Revision", answers) }
	})
	d := must[*appsv1.Deployment](w.t)(w.kube.AppsV1().Deployments(app).Get(ctx, app, metav1.GetOptions{}))
	d.Spec.Template.Spec.Containers[0].Image = image
	d = must[*appsv1.Deployment](w.t)(w.kube.AppsV1().Deployments(app).Update(ctx, d, metav1.UpdateOptions{}))
	d.Status.ObservedGeneration = d.Generation
	must[*appsv1.Deployment](w.t)(w.kube.AppsV1().Deployments(app).UpdateStatus(ctx, d, metav1.UpdateOptions{}))
	pod := must[*corev1.Pod](w.t)(w.kube.CoreV1().Pods(app).Get(ctx, app+"-1", metav1.GetOptions{}))
	pod.Spec.Containers[0].Image = image
	must[*corev1.Pod](w.t)(w.kube.CoreV1().Pods(app).Update(ctx, pod, metav1.UpdateOptions{}))
	client := w.dyn.Resource(applications).Namespace("argocd")
	object := must[*unstructured.Unstructured](w.t)(client.Get(ctx, repository, metav1.GetOptions{}))
	if err := unstructured.SetNestedField(object.Object, synced, "status", "sync", "revision"); err != nil {
		w.t.Fatal(err)
	}
	must[*unstructured.Unstructured](w.t)(client.Update(ctx, object, metav1.UpdateOptions{}))
}

func TestARollbackBringsBackWhatWasDeployed(t *testing.T) {
	w := newWorld(t)
	w.git = scmtest.New(t)
	w.connect()
	defer w.serve()()
	ctx, ana := t.Context(), delivery.Person{Ref: "user:default/ana", Name: "Ana"}
	first, image := w.deliver("one")
	if _, err := w.service.Rollback(ctx, "hello", "", ana); err == nil || !strings.Contains(err.Error(), "no earlier revision") {
		t.Errorf("with one version: %v", err)
	}
	second, _ := w.deliver("two")

	back := must[delivery.Rollback](t)(w.service.Rollback(ctx, "hello", "", ana))
	if again := must[delivery.Rollback](t)(w.service.Rollback(ctx, "hello", first[:7], ana)); again != back || back.To != first {
		t.Errorf("twice: %v and %v, want the same back to %s", back, again, first)
	}
	if got := w.git.Git(repository, "log", "-1", "--format=%H %an <%ae> %s", "main"); got != back.Revision+" Ana <ana@users.noreply.example.com> Revert to "+first[:7] {
		t.Errorf("the commit is %s", got)
	}
	if got := w.git.Git(repository, "show", "main:src/server.js", "main:deploy/deployment.yaml"); got != "one  image: "+image {
		t.Errorf("the files are %q", got)
	}
	w.run("hello", image, back.Revision, first)
	view := w.until("hello", "the first is live again", func(v delivery.View) bool { return v.Status == "live" && v.LiveRevision == back.Revision })
	if d := view.Delivery; d.StartedBy.Kind != "rollback" || d.StartedBy.To != first || phase(view, "build").Status != delivery.Skipped || !strings.HasSuffix(d.Image, image[strings.Index(image, "@"):]) {
		t.Errorf("the rollback's delivery = %+v", d)
	}
	message := w.git.Git(repository, "log", "-1", "--format=%B", "main")
	w.push(repository, back.Revision, message, "admin", "User") // the forge's event, late
	list := must[delivery.ResourceList](t)(w.service.Resources(ctx, "hello"))
	if n := len(list.Resources); list.Application == nil || list.Application.Sync != "Synced" || n == 0 || list.Resources[n-1].Name != "hello-1" {
		t.Errorf("resources = %+v", list)
	}
	w.theVersionsSaySo(first, second, back.Revision)
	if _, err := w.service.Rollback(ctx, "hello", first, ana); err == nil || !strings.Contains(err.Error(), "is what is deployed now") {
		t.Errorf("to what is live: %v", err)
	}
}

func (w *world) theVersionsSaySo(first, second, rollback string) {
	w.t.Helper()
	versions := must[[]delivery.Version](w.t)(w.service.Versions(w.t.Context(), "hello"))
	if len(versions) != 3 {
		w.t.Fatalf("%d versions, want 3", len(versions))
	}
	for i, want := range []struct {
		revision, reason string
		live             bool
	}{{rollback, "is what is deployed now", true}, {second, "", false}, {first, "is what is deployed now", false}} {
		v := versions[i]
		if v.Revision != want.revision || v.Live != want.live || v.Rollback.Allowed != (want.reason == "") || !strings.Contains(v.Rollback.Reason, want.reason) || v.Image == "" {
			w.t.Errorf("version %d = %+v, want %+v", i, v, want)
		}
	}
}

func TestARollbackNeedsTheImageAndAFormTheQuota(t *testing.T) {
	w := newWorld(t)
	w.git = scmtest.New(t)
	w.connect()
	w.config.Limits.ApplicationsPerOwner = 1
	defer w.serve()()
	first, image := w.deliver("one")
	w.deliver("two")
	w.theOwnerMayHaveNoMore()
	w.dropImage(image)
	_, err := w.service.Rollback(t.Context(), "hello", first, delivery.Person{})
	if err == nil || !strings.Contains(err.Error(), "does not have the image") {
		t.Errorf("without its image: %v", err)
	}
	if _, err := w.service.Delete(t.Context(), "hello", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.service.Rollback(t.Context(), "hello", first, delivery.Person{}); err == nil || !strings.Contains(err.Error(), "is being deleted") {
		t.Errorf("while it is being deleted: %v", err)
	}
}

func (w *world) theOwnerMayHaveNoMore() {
	w.t.Helper()
	ctx := w.t.Context()
	verdict := must[delivery.NameCheck](w.t)(w.service.ValidateName(ctx, "other", "platform"))
	want := delivery.Quota{Owner: "group:default/platform", Used: 1, Limit: 1}
	if verdict.Available || verdict.Quota == nil || *verdict.Quota != want || !strings.Contains(verdict.Reason, "has 1 of the 1 applications") {
		w.t.Errorf("with the quota used up: %+v", verdict)
	}
	if verdict = must[delivery.NameCheck](w.t)(w.service.ValidateName(ctx, "other", "developers")); !verdict.Available {
		w.t.Errorf("for another owner: %+v", verdict)
	}
	for owner, path := range map[string]string{"group:default/platform": "owner", "group:default/developers": ""} {
		problems := must[[]delivery.FieldError](w.t)(w.service.ValidateCreate(ctx, "", map[string]any{"name": "other", "owner": owner}))
		if (len(problems) == 0) != (path == "") || path != "" && problems[0].Path != path {
			w.t.Errorf("a form of %s: %v, want one on %q", owner, problems, path)
		}
	}
}
