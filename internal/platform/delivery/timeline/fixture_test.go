package timeline

import (
	"fmt"
	"time"
)

var t0 = time.Date(2026, 3, 4, 9, 26, 53, 0, time.UTC)

func at(second float64) time.Time { return t0.Add(time.Duration(second * float64(time.Second))) }

func till(second float64) *time.Time {
	moment := at(second)
	return &moment
}

const (
	trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	rev   = "1f2e3d4c5b6a79880716253443526170899aabbc"
)

func step(key, parent, phase, kind, name, status string, from, to float64) Step {
	return Step{Key: key, Parent: parent, Phase: phase, Kind: kind, Name: name, Status: status, Start: at(from), End: till(to)}
}

// journey is a form that went live in 4.6 s.
func journey() (Journey, []Step) {
	j := Journey{ID: trace, App: "hello", StartedBy: "form", Status: "live", Revision: rev, Message: "initial commit", Author: "Ana",
		Start: t0, End: till(4.6), Phases: []Phase{
			{Name: "create", Status: Done, Start: till(0), End: till(0.8), Evidence: map[string]any{"task": "t1"}},
			{Name: "build", Status: Done, Start: till(0.5), End: till(2.9), Evidence: map[string]any{"digest": "sha256:1"}},
			{Name: "sync", Status: Done, Start: till(2.9), End: till(4.3)},
			{Name: "expose", Status: Done, Start: till(1.1), End: till(4.4)},
			{Name: "live", Status: Done, Start: till(4.4), End: till(4.6)},
		}}
	steps := []Step{
		step("task/t1", "", "create", KindTask, "task", Done, 0, 0.7),
		step("task/t1/fetch", "task/t1", "create", KindTaskStep, "Read the template", Done, 0.05, 0.2),
		step("task/t1/publish", "task/t1", "create", KindTaskStep, "Make the repository", Done, 0.2, 0.6),
		step("run/1/1", "", "build", KindRun, "ci", Done, 0.6, 2.8),
		step("run/1/1/job/1", "run/1/1", "build", KindJob, "ci", Done, 0.7, 2.8),
		step("run/1/1/job/1/step/1", "run/1/1/job/1", "build", KindJobStep, "Test", Done, 0.8, 1.5),
		step("run/1/1/job/1/step/2", "run/1/1/job/1", "build", KindJobStep, "Build and push", Done, 1.5, 2.7),
		step("image", "", "build", KindImage, "registry has the image", Done, 2.75, 2.75),
		step("sync/1", "", "sync", KindSync, "sync operation", Done, 3, 3.2),
		step("rollout", "", "sync", KindRollout, "rollout", Done, 3.1, 4.3),
		step("pod/hello-1", "rollout", "sync", KindPod, "hello-7d4b9c-x2x7k", Done, 3.1, 4.3),
		step("pod/hello-1/scheduled", "pod/hello-1", "sync", KindPodStep, "scheduled", Done, 3.1, 3.2),
		step("pod/hello-1/started", "pod/hello-1", "sync", KindPodStep, "started", Done, 3.2, 3.9),
		step("pod/hello-1/ready", "pod/hello-1", "sync", KindPodStep, "ready", Done, 3.9, 4.3),
		step("record", "", "expose", KindRecord, "zone answers", Done, 1.1, 1.4),
		step("certificate", "", "expose", KindCertificate, "certificate holds", Done, 1.1, 1.6),
		step("probe", "", "live", KindProbe, "answer from outside", Done, 4.4, 4.6),
	}
	return j, steps
}

// failure is a push whose test fails.
func failure() (Journey, []Step) {
	reason := `step "Test" of job "ci" failed: exit code 1`
	j := Journey{ID: "0af7651916cd43dd8448eb211c80319c", App: "hello", StartedBy: "push", Status: "failed", Reason: reason, Revision: "9c8b7a6" + rev[7:],
		Message: "say hello in capitals", Author: "Ana", Start: t0, End: till(2.4), Phases: []Phase{
			{Name: "create", Status: Skipped, Reason: "the application exists already"},
			{Name: "build", Status: Failed, Start: till(0), End: till(2.4), Reason: reason, Evidence: map[string]any{"log": []string{"not ok 1 - says hello"}}},
			{Name: "sync", Status: Waiting, Reason: "waits for the build"},
			{Name: "expose", Status: Done, Start: till(0), End: till(0.1)},
			{Name: "live", Status: Waiting},
		}}
	steps := []Step{
		step("run/2/1", "", "build", KindRun, "ci", Failed, 0.1, 2.3),
		step("run/2/1/job/2", "run/2/1", "build", KindJob, "ci", Failed, 0.2, 2.3),
		step("run/2/1/job/2/step/1", "run/2/1/job/2", "build", KindJobStep, "Fetch the revision", Done, 0.3, 0.6),
		step("run/2/1/job/2/step/2", "run/2/1/job/2", "build", KindJobStep, "Test", Failed, 0.6, 2.2),
		step("record", "", "expose", KindRecord, "zone answers", Done, 0, 0.1),
	}
	return j, steps
}

// manySteps are more than a picture shows.
func manySteps() []Step {
	var steps []Step
	for i := range 2 * maxDrawn {
		steps = append(steps, step(fmt.Sprintf("run/1/1/job/%d", i), "", "build", KindJob, fmt.Sprintf("job %d", i), Done, 0.5, 1))
	}
	return steps
}
