package delivery_test

import (
	"net/http"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
)

// kinds are a timeline's spans by kind.
func kinds(line timeline.Timeline) map[string]timeline.Span {
	list := map[string]timeline.Span{}
	for _, s := range line.Spans {
		list[s.Kind] = s
	}
	return list
}

// A delivery's timeline has what happened inside its phases, and has it still
// when the pods, the workflow run and the process that saw them are gone.
func TestATimelineStaysWhenWhatItTellsOfIsGone(t *testing.T) {
	w := newWorld(t)
	w.connect()
	stop := w.serve()
	first, deployed, began := commit("a"), commit("b"), w.now().UTC().Truncate(time.Second)
	ended := w.now()
	w.locked(func() {
		w.entries["component:default/hello"] = true
		w.repos["idp-hello"] = &repo{commit: first, message: "initial commit", author: "ana", deployment: "image: none",
			run: map[string]any{"id": 9, "name": "ci", "head_sha": first, "status": "completed", "conclusion": "success", "run_attempt": 1, "run_started_at": began, "updated_at": began},
			jobs: []map[string]any{{"id": 1, "name": "ci", "status": "completed", "conclusion": "success", "started_at": began, "completed_at": began,
				"steps": []any{map[string]any{"number": 1, "name": "Test", "status": "completed", "conclusion": "success", "started_at": began, "completed_at": began}}}}}
	})
	w.observe(delivery.Task{ID: "t1", Status: "completed", CreatedAt: began, FinishedAt: ended, EntityRef: "component:default/hello", Values: map[string]any{"name": "hello", "public": true},
		Steps: []delivery.TaskStep{{ID: "publish", Name: "Make the repository", Status: "completed", StartedAt: &began, FinishedAt: &ended}}})
	w.push("idp-hello", first, "initial commit", "ana", "User")
	w.until("hello", "its commit is known", func(v delivery.View) bool { return v.Delivery != nil && v.Delivery.Revision == first })
	_, digest := w.image("idp-hello", first)
	image := "registry.example.com/idp-hello@" + digest
	w.deployed("idp-hello", deployed, image)
	w.namespace("hello")
	w.ingress("hello")
	w.application("idp-hello", deployed)
	w.operated("idp-hello", deployed)
	w.rollOut("hello", image)
	w.locked(func() {
		w.records["hello.example.com"] = true
		w.answers["hello.example.com"] = func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("X-Revision", first) }
	})
	view := w.until("hello", "it is live", func(v delivery.View) bool { return v.Status == "live" })
	id := view.Delivery.ID
	w.whole(id)

	if err := w.kube.CoreV1().Pods("hello").Delete(t.Context(), "hello-1", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	w.locked(func() { w.repos["idp-hello"].run, w.repos["idp-hello"].jobs = nil, nil })
	stop()
	defer w.serve()()
	line := w.whole(id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:])
	if line.TraceID != id || line.StartedBy != "form" || line.Revision != first || len(line.SVG()) < 1000 {
		t.Errorf("timeline = %+v", line)
	}
	if _, err := w.service.Timeline(t.Context(), "hello", "4bf92f3577b34da6a3ce929d0e0e4736"); err == nil {
		t.Error("a delivery that is not there has a timeline")
	}
}

// whole waits until a delivery's timeline has everything, looking every time
// the application or the clock says something.
func (w *world) whole(id string) timeline.Timeline {
	w.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		line, err := w.service.Timeline(w.t.Context(), "hello", id)
		if err != nil {
			w.t.Fatal(err)
		}
		have, missing := kinds(line), ""
		for _, kind := range []string{timeline.KindTask, timeline.KindTaskStep, timeline.KindRepository, timeline.KindEntity, timeline.KindRun, timeline.KindJob, timeline.KindJobStep,
			timeline.KindImage, timeline.KindCommit, timeline.KindSync, timeline.KindRollout, timeline.KindPod, timeline.KindRecord, timeline.KindCertificate, timeline.KindTarget, timeline.KindProbe} {
			if s, ok := have[kind]; !ok || s.Status != timeline.Done {
				missing += " " + kind
			}
		}
		if missing == "" {
			return line
		}
		select {
		case <-tick.C:
		case <-deadline:
			w.t.Fatalf("the timeline lacks%s; it is %+v", missing, line)
		}
	}
}

// operated adds what Argo CD says of the sync's operation.
func (w *world) operated(name, revision string) {
	w.t.Helper()
	client := w.dyn.Resource(applications).Namespace("argocd")
	object := must[*unstructured.Unstructured](w.t)(client.Get(w.t.Context(), name, metav1.GetOptions{}))
	now := w.now().UTC().Format(time.RFC3339)
	state := map[string]any{"phase": "Succeeded", "startedAt": now, "finishedAt": now, "syncResult": map[string]any{"revision": revision,
		"resources": []any{map[string]any{"kind": "Deployment", "name": "hello", "status": "Synced"}}}}
	if err := unstructured.SetNestedMap(object.Object, state, "status", "operationState"); err != nil {
		w.t.Fatal(err)
	}
	must[*unstructured.Unstructured](w.t)(client.Update(w.t.Context(), object, metav1.UpdateOptions{}))
}
