package delivery_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/pronto-platform/pronto/internal/base/kubetest"
	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

const applicationCRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: applications.argoproj.io}
spec:
  group: argoproj.io
  scope: Namespaced
  names: {plural: applications, singular: application, kind: Application, listKind: ApplicationList}
  versions:
  - name: v1alpha1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

var applications = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "applications"}

func commit(char string) string { return strings.Repeat(char, 40) }

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// connect gives the world a Kubernetes API server that knows Applications.
func (w *world) connect() {
	w.t.Helper()
	w.config.Kubernetes = kubetest.Start(w.t)
	w.kube = must[*kubernetes.Clientset](w.t)(kubernetes.NewForConfig(w.config.Kubernetes))
	w.dyn = must[*dynamic.DynamicClient](w.t)(dynamic.NewForConfig(w.config.Kubernetes))
	crd := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(applicationCRD), crd); err != nil {
		w.t.Fatal(err)
	}
	crds := schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	must[*unstructured.Unstructured](w.t)(w.dyn.Resource(crds).Create(w.t.Context(), crd, metav1.CreateOptions{}))
	w.namespace("argocd")
}

func (w *world) namespace(name string) {
	w.t.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	must[*corev1.Namespace](w.t)(w.kube.CoreV1().Namespaces().Create(w.t.Context(), ns, metav1.CreateOptions{}))
}

// serve runs a service on the world's state until stop is called.
func (w *world) serve() (stop func()) {
	w.t.Helper()
	service, err := delivery.New(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.service = service
	return parttest.Start(w.t, service.Run)
}

// ingress makes the host rule, as the first sync does.
func (w *world) ingress(app string) {
	w.t.Helper()
	kind := networkingv1.PathTypePrefix
	rule := networkingv1.IngressRule{Host: app + ".example.com", IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
		Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: &kind, Backend: networkingv1.IngressBackend{
			Service: &networkingv1.IngressServiceBackend{Name: app, Port: networkingv1.ServiceBackendPort{Number: 80}}}}}}}}
	ingress := &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Name: app}, Spec: networkingv1.IngressSpec{Rules: []networkingv1.IngressRule{rule}}}
	must[*networkingv1.Ingress](w.t)(w.kube.NetworkingV1().Ingresses(app).Create(w.t.Context(), ingress, metav1.CreateOptions{}))
}

// application says what Argo CD says of a sync.
func (w *world) application(name, revision string) {
	w.t.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": map[string]any{"name": name},
		"status": map[string]any{"sync": map[string]any{"status": "Synced", "revision": revision}, "health": map[string]any{"status": "Healthy"}},
	}}
	client := w.dyn.Resource(applications).Namespace("argocd")
	must[*unstructured.Unstructured](w.t)(client.Create(w.t.Context(), object, metav1.CreateOptions{}))
}

// rollOut makes a Deployment on an image with one ready pod, playing the
// controllers and the kubelet, which this API server does not have.
func (w *world) rollOut(app, image string) {
	w.t.Helper()
	labels := map[string]string{"app.kubernetes.io/name": app}
	spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: image}}}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: app}, Spec: appsv1.DeploymentSpec{
		Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: spec}}}
	ctx := w.t.Context()
	deployment = must[*appsv1.Deployment](w.t)(w.kube.AppsV1().Deployments(app).Create(ctx, deployment, metav1.CreateOptions{}))
	deployment.Status = appsv1.DeploymentStatus{ObservedGeneration: deployment.Generation, Replicas: 1, UpdatedReplicas: 1, AvailableReplicas: 1, ReadyReplicas: 1}
	must[*appsv1.Deployment](w.t)(w.kube.AppsV1().Deployments(app).UpdateStatus(ctx, deployment, metav1.UpdateOptions{}))
	pod := must[*corev1.Pod](w.t)(w.kube.CoreV1().Pods(app).Create(ctx,
		&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: app + "-1", Labels: labels}, Spec: spec}, metav1.CreateOptions{}))
	pod.Status = corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.Now()}}}
	must[*corev1.Pod](w.t)(w.kube.CoreV1().Pods(app).UpdateStatus(ctx, pod, metav1.UpdateOptions{}))
}

func TestAnApplicationGoesLiveFailsSurvivesARestartAndIsDeleted(t *testing.T) {
	w := newWorld(t)
	w.connect()
	stop := w.serve()
	first, deployed := commit("a"), commit("b")

	task := delivery.Task{ID: "t1", Status: "processing", TemplateRef: "template:default/nodejs", CreatedAt: w.now(),
		Values: map[string]any{"name": "hello", "public": true}}
	w.observe(task)
	w.until("hello", "create runs", func(v delivery.View) bool { return phase(v, "create").Status == delivery.Running })
	w.locked(func() {
		w.repos["idp-hello"] = &repo{commit: first, message: "initial commit", author: "ana", deployment: "image: none"}
		w.entries["component:default/hello"] = true
	})
	w.push("idp-hello", first, "initial commit", "ana", "User")
	task.Status, task.EntityRef = "completed", "component:default/hello"
	w.observe(task)
	w.until("hello", "create is done", func(v delivery.View) bool { return phase(v, "create").Status == delivery.Done })

	_, digest := w.image("idp-hello", first)
	image := "registry.example.com/idp-hello@" + digest
	w.deployed("idp-hello", deployed, image)
	view := w.until("hello", "build is done", func(v delivery.View) bool { return phase(v, "build").Status == delivery.Done })
	if view.URL != "" || phase(view, "build").Evidence["digest"] != digest {
		t.Errorf("after the build: url %q, evidence %v", view.URL, phase(view, "build").Evidence)
	}

	w.namespace("hello")
	w.ingress("hello")
	w.application("idp-hello", deployed)
	w.rollOut("hello", image)
	w.until("hello", "sync is done", func(v delivery.View) bool { return phase(v, "sync").Status == delivery.Done })
	w.locked(func() {
		w.records["hello.example.com"] = true
		w.answers["hello.example.com"] = func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("X-Revision", first) }
	})
	view = w.until("hello", "it is live", func(v delivery.View) bool { return v.Status == "live" })
	if view.URL != "https://hello."+w.host || view.LiveRevision != first {
		t.Errorf("live view = %+v", view)
	}

	w.aFailedBuildKeepsTheOldVersion()
	stop()
	if _, err := w.service.Deliveries(t.Context(), "hello", 1); !errors.Is(err, delivery.ErrNotRunning) {
		t.Errorf("asked while it is being stopped it says %v", err)
	}
	w.isKnownBeforeItIsFollowed()
	stop = w.serve()
	defer stop()
	view = w.until("hello", "after a restart the old version is live", func(v delivery.View) bool { return v.URL != "" })
	if view.Status != "failed" || !strings.Contains(view.Reason, `step "Test" of job "ci" failed: exit code 1`) {
		t.Errorf("after a restart: %s %q", view.Status, view.Reason)
	}
	w.aDeletionRunsToItsEnd()
}

// While the platform starts nobody may be told that the application is gone.
func (w *world) isKnownBeforeItIsFollowed() {
	w.t.Helper()
	service := must[*delivery.Service](w.t)(delivery.New(w.config))
	if err := service.Restore(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if view, ok := service.Get("hello"); !ok || view.Status != "failed" || len(service.List()) != 1 {
		w.t.Errorf("before Run hello is %+v, %v", view, ok)
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := service.Deliveries(ctx, "hello", 1); !errors.Is(err, context.DeadlineExceeded) {
		w.t.Errorf("before Run its deliveries are answered with %v, want a wait", err)
	}
	if _, err := service.Deliveries(w.t.Context(), "other", 1); !errors.Is(err, delivery.ErrNotFound) {
		w.t.Errorf("what does not exist: %v", err)
	}
}

func (w *world) aFailedBuildKeepsTheOldVersion() {
	w.t.Helper()
	second := commit("c")
	run := map[string]any{"id": 9, "name": "ci", "head_sha": second, "status": "completed", "conclusion": "failure", "updated_at": w.now()}
	w.locked(func() {
		r := w.repos["idp-hello"]
		r.commit, r.message, r.author, r.run, r.log = second, "break it", "ana", run, "2026-01-01T00:00:00Z not ok 1\n##[error]Process completed with exit code 1.\n"
		r.jobs = []map[string]any{{"id": 1, "name": "ci", "conclusion": "failure", "steps": []any{map[string]any{"name": "Test", "conclusion": "failure"}}}}
	})
	w.push("idp-hello", second, "break it", "ana", "User")
	repository := map[string]any{"name": "idp-hello", "full_name": "apps/idp-hello"}
	if err := w.event("workflow_run", map[string]any{"action": "completed", "workflow_run": run, "repository": repository}); err != nil {
		w.t.Fatal(err)
	}
	view := w.until("hello", "the build failed", func(v delivery.View) bool { return v.Status == "failed" })
	want := `step "Test" of job "ci" failed: exit code 1; the old version is still live`
	if view.Reason != want || view.URL == "" || view.LiveRevision != commit("a") {
		w.t.Errorf("after a failed build: %q, url %q, live %s; want %q", view.Reason, view.URL, view.LiveRevision, want)
	}
}

func (w *world) aDeletionRunsToItsEnd() {
	w.t.Helper()
	_, _, events, end, err := w.service.Subscribe(w.t.Context(), "hello", 0)
	if err != nil {
		w.t.Fatal(err)
	}
	defer end()
	view, err := w.service.Delete(w.t.Context(), "hello", "user:default/ana")
	if err != nil || view.Status != "deleting" || view.URL != "" {
		w.t.Fatalf("Delete = %+v, %v", view, err)
	}
	namespaces := 0
	for event := range events {
		if namespaces == 0 && strings.Contains(w.reason(), "removing: namespace") {
			namespaces++
			w.finalize("hello") // no namespace controller here
			w.locked(func() { delete(w.records, "hello.example.com"); delete(w.answers, "hello.example.com") })
		}
		if event.Kind == "deleted" {
			break
		}
	}
	if _, ok := w.service.Get("hello"); ok || len(w.repos) > 0 || len(w.entries) > 0 {
		w.t.Errorf("after the deletion: app %v, repositories %v, entries %v", ok, w.repos, w.entries)
	}
	if _, err := w.service.Delete(w.t.Context(), "hello", ""); !errors.Is(err, delivery.ErrNotFound) {
		w.t.Errorf("a second deletion = %v, want ErrNotFound", err)
	}
}

func (w *world) reason() string {
	view, _ := w.service.Get("hello")
	return view.Reason
}

// finalize plays the namespace controller.
func (w *world) finalize(name string) {
	w.t.Helper()
	ns := must[*corev1.Namespace](w.t)(w.kube.CoreV1().Namespaces().Get(w.t.Context(), name, metav1.GetOptions{}))
	ns.Spec.Finalizers, ns.ResourceVersion = nil, ""
	must[*corev1.Namespace](w.t)(w.kube.CoreV1().Namespaces().Finalize(w.t.Context(), ns, metav1.UpdateOptions{}))
}

func (w *world) observe(task delivery.Task) {
	w.t.Helper()
	if err := w.service.ObserveTask(w.t.Context(), task); err != nil {
		w.t.Fatal(err)
	}
}
