package delivery

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

func byKey(steps []timeline.Step) map[string]timeline.Step {
	list := map[string]timeline.Step{}
	for _, s := range steps {
		list[s.Key] = s
	}
	return list
}

func TestStepsSayWhatFactsTell(t *testing.T) {
	begun, ended := at(1), at(3)
	f := facts(created, pushed, built, synced, exposed, answered)
	f.Task.FinishedAt = at(1)
	f.Task.Steps = []TaskStep{{ID: "publish", Name: "Make the repository", Action: "publish:github", Status: "completed", StartedAt: &t0, FinishedAt: &begun}, {ID: "last", Status: "open"}}
	f.Run = &RunFact{ID: 9, Name: "ci", Status: "completed", Conclusion: "failure", StartedAt: at(1), FinishedAt: at(3), Attempt: 2, Jobs: []Job{{ID: 4, Name: "ci",
		Status: "completed", Conclusion: "failure", StartedAt: &begun, FinishedAt: &ended, Steps: []Step{{Number: 1, Name: "Test", Status: "completed", Conclusion: "failure", StartedAt: &begun, FinishedAt: &ended}}}}}
	f.Run.Failure = &RunFailure{Job: "ci", Step: "Test"}
	d := Evaluate(f, newDelivery("1", "hello", "task-1", t0), at(8))
	steps := byKey(factSteps(&d, f, at(8)))
	for key, want := range map[string]string{
		"task/" + f.Task.ID: timeline.Done, "task/" + f.Task.ID + "/publish": timeline.Done, "run/9/2": timeline.Failed,
		"run/9/2/job/4": timeline.Failed, "run/9/2/job/4/step/1": timeline.Failed, "image": timeline.Done, "record": timeline.Done,
		"certificate": timeline.Done, "target": timeline.Done, "repository": timeline.Done, "entity": timeline.Done,
	} {
		if s, ok := steps[key]; !ok || s.Status != want || s.End == nil {
			t.Errorf("step %s = %+v, %v; want it %s and ended", key, s, ok, want)
		}
	}
	if _, ok := steps["task/"+f.Task.ID+"/last"]; ok {
		t.Error("a step that has not begun is there")
	}
	if steps["run/9/2"].Reason != `step "Test" of job "ci" failed` || steps["run/9/2/job/4/step/1"].Parent != "run/9/2/job/4" {
		t.Errorf("run = %+v", steps["run/9/2"])
	}
}

func TestAPodTellsItsInstantsInOrder(t *testing.T) {
	condition := func(kind corev1.PodConditionType, second float64) corev1.PodCondition {
		return corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(at(second))}
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "hello-1", CreationTimestamp: metav1.NewTime(at(1))}}
	if steps := podSteps(pod); len(steps) != 1 || steps[0].Status != timeline.Running || steps[0].End != nil {
		t.Errorf("a new pod = %+v", steps)
	}
	pod.Status.Conditions = []corev1.PodCondition{condition(corev1.PodReady, 4), condition(corev1.PodScheduled, 2), condition(corev1.PodReadyToStartContainers, 1)}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{RestartCount: 2, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(at(3))}}}}
	steps := podSteps(pod)
	if len(steps) != 5 || steps[0].Status != timeline.Done || !steps[0].End.Equal(at(4)) || steps[0].Evidence["restarts"] != 2 {
		t.Fatalf("a ready pod = %+v", steps)
	}
	for i, name := range []string{"scheduled", "sandbox", "started", "ready"} {
		s := steps[i+1]
		if s.Name != name || s.End.Before(s.Start) || !s.Start.Equal(*map[bool]*time.Time{true: &pod.CreationTimestamp.Time, false: steps[i].End}[i == 0]) {
			t.Errorf("step %d = %+v, want %s after the one before", i, s, name)
		}
	}
}

func TestASyncOperationTellsItsResources(t *testing.T) {
	app := func(state map[string]any) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{"status": map[string]any{"operationState": state}}}
	}
	for what, none := range map[string]*unstructured.Unstructured{"nothing": nil, "no times": app(map[string]any{"phase": "Running"}), "nonsense": app(map[string]any{"startedAt": int64(7)})} {
		if op := operationOf(none); op != nil {
			t.Errorf("%s: %+v", what, op)
		}
	}
	steps := syncSteps(operationOf(app(map[string]any{"phase": "Failed", "message": "one object refused", "startedAt": "2026-03-04T09:26:53Z", "finishedAt": "2026-03-04T09:26:54Z",
		"syncResult": map[string]any{"revision": rev, "resources": []any{map[string]any{"kind": "Deployment", "name": "hello", "status": "SyncFailed", "message": "no"}}}})))
	if len(steps) != 1 || steps[0].Status != timeline.Failed || steps[0].Reason != "one object refused" || steps[0].End.Sub(steps[0].Start) != time.Second {
		t.Fatalf("steps = %+v", steps)
	}
	if got := fmt.Sprint(steps[0].Evidence["resources"]); got != "[{Deployment hello SyncFailed no}]" {
		t.Errorf("resources = %s", got)
	}
}

func TestWhatWasSeenOnceStays(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	j, app, d := journal{db}, App{Name: "hello"}, newDelivery(newID(), "hello", "", t0)
	save := func(r *recorder) int {
		steps := r.pending(&d)
		if _, err := j.save(t.Context(), &app, []Delivery{d}, Event{At: t0, App: "hello", Kind: "app"}, steps...); err != nil {
			t.Fatal(err)
		}
		r.keep(steps)
		return len(steps)
	}
	r := &recorder{}
	if !r.of(t.Context(), j, d.ID) {
		t.Fatal("the recorder does not begin")
	}
	record := func(second float64) timeline.Step {
		return seen("record", Expose, timeline.KindRecord, "zone answers", at(second), nil)
	}
	r.see(record(1), timeline.Step{Key: "rollout", Kind: timeline.KindRollout, Start: at(1)})
	if n := save(r); n != 2 {
		t.Errorf("%d steps saved, want 2", n)
	}
	ended := at(5)
	r.see(record(2), timeline.Step{Key: "rollout", Kind: timeline.KindRollout, Start: at(5), End: &ended})
	if n := save(r); n != 1 {
		t.Errorf("%d steps saved, want only the rollout", n)
	}
	if n := save(r); n != 0 {
		t.Errorf("%d steps saved again", n)
	}

	after := &recorder{} // of a process that was started anew
	if !after.of(t.Context(), j, d.ID) {
		t.Fatal("the recorder does not go on")
	}
	late := at(9)
	after.see(record(9), timeline.Step{Key: "rollout", Kind: timeline.KindRollout, Start: at(9), End: &late})
	if n := save(after); n != 0 {
		t.Errorf("%d steps were changed after the restart", n)
	}
	steps, err := j.steps(t.Context(), d.ID)
	if got := byKey(steps); err != nil || len(got) != 2 || !got["record"].End.Equal(at(1)) || !got["rollout"].Start.Equal(at(1)) || !got["rollout"].End.Equal(ended) {
		t.Errorf("steps = %+v, %v", steps, err)
	}
}

func TestAnIDIsATraceIDAndIsFoundAsItWas(t *testing.T) {
	id := newID()
	if len(id) != 32 || timeline.TraceID(id) != id {
		t.Errorf("id = %q", id)
	}
	const dashes, plain = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736"
	for _, spelling := range []string{dashes, plain, "4BF92F3577B34DA6A3CE929D0E0E4736"} {
		if got := spellings(spelling); len(got) != 2 || got[0] != plain || got[1] != dashes {
			t.Errorf("%s is looked for as %v", spelling, got)
		}
	}
	for _, none := range []string{"", "x", "{" + dashes + "}", "urn:uuid:" + dashes, plain[1:], "' OR 1=1"} {
		if got := spellings(none); got != nil {
			t.Errorf("%q is looked for as %v", none, got)
		}
	}
}
