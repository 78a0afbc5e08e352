package delivery

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
)

func why(f Facts, now time.Time) Why {
	d := Evaluate(f, newDelivery("1", "hello", "task-1", t0), now)
	return whyOf(viewOf(App{Name: "hello"}, &d, true, Names{Domain: "x"}))
}

func TestWhySaysWhereADeliveryStands(t *testing.T) {
	stuck := func(f *Facts) {
		f.Rollout = &RolloutFact{Digest: digest, Desired: 1, Pods: []cause.Pod{{Name: "hello-1", Containers: []cause.Container{
			{Name: "app", StartedAt: t0, Probe: "GET /readyz on port 8080", Port: "8080"}}}}}
		f.Events = []cause.Event{{Kind: "Pod", Name: "older", Reason: "Unhealthy", Message: "connection refused"},
			{Kind: "Pod", Name: "hello-1", Reason: "Unhealthy", Message: "dial tcp: connection refused"}}
	}
	crashed := func(read, last Ending) func(*Facts) {
		return func(f *Facts) {
			f.Rollout = &RolloutFact{Digest: digest, Desired: 1, Ended: &last, Pods: []cause.Pod{{Name: "hello-1", Containers: []cause.Container{
				{Name: "app", Ended: &cause.End{Code: 1}}}}}}
			f.Ended = &EndedFact{Of: read, Lines: []string{"Error: no such module"}}
		}
	}
	for name, c := range map[string]struct {
		facts       Facts
		at          float64
		code, phase string
		lines       string
	}{
		"live":     {facts(created, pushed, built, synced, exposed, answered), 9, whyLive, Live, ""},
		"building": {facts(created, pushed), 3, whyWaiting, Build, ""},
		"red": {facts(created, pushed, func(f *Facts) {
			f.Run = &RunFact{Status: "completed", Conclusion: "failure", Failure: &RunFailure{Job: "ci", Step: "Test", Lines: []string{"not ok 1 - x"}}}
		}), 9, cause.TestFails, Build, "not ok 1 - x"},
		"log not read":   {facts(created, pushed, func(f *Facts) { f.Run = &RunFact{Status: "completed", Conclusion: "failure", FinishedAt: at(8)} }), 9, whyWaiting, Build, ""},
		"wrong port":     {facts(created, pushed, built, synced, stuck), 30, cause.WrongPort, Sync, "Unhealthy Pod/hello-1: dial tcp: connection refused"},
		"just begun":     {facts(created, pushed, built, synced, stuck), 5, whyWaiting, Sync, ""},
		"another's pods": {facts(created, pushed, built, synced, stuck, func(f *Facts) { f.Rollout.Digest = "sha256:old" }), 30, whyWaiting, Sync, ""},
		"crash":          {facts(created, pushed, built, synced, crashed(Ending{"hello-1", "app", 1}, Ending{"hello-1", "app", 1})), 9, cause.Crash, Sync, "Error: no such module"},
		"crash again":    {facts(created, pushed, built, synced, crashed(Ending{"hello-1", "app", 1}, Ending{"hello-1", "app", 2})), 9, cause.Crash, Sync, "Error: no such module"},
		"server error":   {facts(created, pushed, built, synced, exposed, func(f *Facts) { f.Answer = &AnswerFact{URL: "https://hello.x", Code: 500} }), 9, cause.ServerError, Live, ""},
		"host": {facts(created, pushed, built, synced, exposed, func(f *Facts) {
			f.Edge = &EdgeFact{TLS: true}
			f.Events = []cause.Event{{Kind: "Ingress", Name: "hello", Reason: "RouteConflict", Message: `host "hello.x" path "/" is held by the older Ingress b/b, which keeps it`}}
		}), 9, cause.HostTaken, Expose, "RouteConflict Ingress/hello: host"},
	} {
		got := why(c.facts, at(c.at))
		if got.Code != c.code || got.Phase != c.phase || got.Sentence == "" || got.Remedy == "" || !strings.Contains(strings.Join(got.Lines, "\n"), c.lines) {
			t.Errorf("%s: %+v; want %s in %s with %q", name, got, c.code, c.phase, c.lines)
		}
	}
	if got := whyOf(viewOf(App{Name: "hello"}, nil, true, Names{})); got.Code != whyNothing {
		t.Errorf("without a delivery: %+v", got)
	}
}

func TestAFailedPhaseKeepsItsCauseOverARestart(t *testing.T) {
	f := facts(created, pushed, func(f *Facts) {
		f.Run = &RunFact{Status: "completed", Conclusion: "failure", Failure: &RunFailure{Job: "ci", Step: "Test", Lines: []string{"not ok 1 - x"}}}
	})
	d := Evaluate(f, newDelivery("1", "hello", "task-1", t0), at(9))
	f.Run = nil
	again := Evaluate(f, d, at(20))
	if c := again.Phase(Build).Cause; c == nil || c.Code != cause.TestFails {
		t.Errorf("after a restart the cause is %+v, want what was recorded", c)
	}
	if done := Evaluate(facts(created, pushed, built), d, at(30)); done.Phase(Build).Cause != nil {
		t.Error("a phase that is done has a cause")
	}
}

func TestPodsAreReadForTheirCauses(t *testing.T) {
	died := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 137, Reason: "OOMKilled"}}
	pod := aPod("a", digest, false, corev1.ContainerStatus{RestartCount: 2, State: waiting("CrashLoopBackOff", "back-off").State, LastTerminationState: died})
	pod.Spec.NodeSelector = map[string]string{archLabel: "arm64"}
	pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}
	ending := aPod("b", digest, false, corev1.ContainerStatus{})
	ending.DeletionTimestamp = &metav1.Time{Time: t0}
	got := podFacts([]*corev1.Pod{pod, ending})
	if len(got) != 1 || got[0].Architecture != "arm64" || len(got[0].Containers) != 1 {
		t.Fatalf("pods = %+v; want the one that does not end", got)
	}
	c := got[0].Containers[0]
	if c.Waiting != "CrashLoopBackOff" || c.Ended == nil || c.Ended.Reason != "OOMKilled" || c.Port != "8080" || c.Probe != "GET /readyz on port 8080" {
		t.Errorf("container = %+v", c)
	}
	if end := endingOf([]*corev1.Pod{pod}); end == nil || *end != (Ending{"a", "app", 2}) {
		t.Errorf("ending = %+v", end)
	}
}
