package delivery

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

var (
	t0     = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	rev    = strings.Repeat("a1b2c3d4", 5)
	later  = strings.Repeat("d4c3b2a1", 5)
	deploy = strings.Repeat("0f", 20)
	digest = "sha256:" + strings.Repeat("9", 64)
)

func at(s float64) time.Time { return t0.Add(time.Duration(s * float64(time.Second))) }

// The facts of a first delivery that went well, one group per phase.
func created(f *Facts) {
	f.Public = true
	f.Task = &TaskFact{ID: "task-1", Status: "completed", CreatedAt: t0}
	f.Repository = &RepositoryFact{Name: "apps/idp-hello", URL: "https://git.x/apps/idp-hello", Commit: rev}
	f.Entity = &EntityFact{Ref: "component:default/hello"}
}

func pushed(f *Facts) {
	f.Push = &PushFact{Revision: rev, Message: "initial commit", Author: "ana", At: at(1)}
}

func built(f *Facts) {
	f.Run = &RunFact{ID: 7, Name: "ci", Status: "completed", Conclusion: "success", StartedAt: at(1), FinishedAt: at(4)}
	f.Image = &ImageFact{Reference: "registry.x/idp-hello:sha-a1b2c3d", Digest: digest}
	f.Deploy = &DeployFact{Digest: digest, Revision: deploy}
}

func synced(f *Facts) {
	f.Application = &ApplicationFact{Name: "idp-hello", Sync: "Synced", Revision: deploy, Contains: true, Health: "Healthy", Operation: "Succeeded"}
	f.Rollout = &RolloutFact{Digest: digest, Ready: 2, Desired: 2, Complete: true}
}

func exposed(f *Facts) {
	f.Ingress = &IngressFact{Host: "hello.x", CreatedAt: at(2)}
	f.Name = &NameFact{Host: "hello.x", Address: "127.0.0.1", OK: true}
	f.Edge = &EdgeFact{Issuer: "Pronto CA", TLS: true, Target: true}
}

func answered(f *Facts) {
	f.Answer = &AnswerFact{URL: "https://hello.x", Code: 200, Revision: rev}
}

func facts(groups ...func(*Facts)) Facts {
	var f Facts
	for _, group := range groups {
		group(&f)
	}
	return f
}

func statuses(d Delivery) string {
	var list []string
	for _, p := range d.Phases {
		list = append(list, string(p.Status))
	}
	return strings.Join(list, " ")
}

func TestADeliveryGoesThroughItsPhases(t *testing.T) {
	d := newDelivery("1", "hello", "task-1", t0)
	for i, step := range []struct {
		facts  Facts
		phases string
		status Outcome
		reason string
	}{
		{Facts{Public: true}, "waiting waiting waiting waiting waiting", InProgress, ""},
		{Facts{Public: true, Task: &TaskFact{Status: "open", CreatedAt: t0}}, "running waiting waiting waiting waiting", InProgress, "waits for the repository's first commit"},
		{facts(created), "done waiting waiting waiting waiting", InProgress, ""},
		{facts(created, pushed), "done running waiting waiting waiting", InProgress, "waits for the workflow run"},
		{facts(created, pushed, func(f *Facts) { f.Ingress = &IngressFact{Host: "hello.x"} }), "done running waiting running waiting", InProgress, "waits for the workflow run"},
		{facts(created, pushed, built), "done done running running waiting", InProgress, "waits for the Application to be made"},
		{facts(created, pushed, built, synced), "done done done running waiting", InProgress, "waits for the Ingress"},
		{facts(created, pushed, built, synced, exposed), "done done done done running", InProgress, "waits for an answer"},
		{facts(created, pushed, built, synced, exposed, answered), "done done done done done", OutcomeLive, ""},
	} {
		d = Evaluate(step.facts, d, at(float64(i)))
		if got := statuses(d); got != step.phases || d.Status != step.status || d.Reason != step.reason {
			t.Errorf("step %d: %s, %s, %q; want %s, %s, %q", i, got, d.Status, d.Reason, step.phases, step.status, step.reason)
		}
	}
	if d.Seconds != 8 || d.Revision != rev || d.RunID != 7 || !strings.HasSuffix(d.Image, "@"+digest) {
		t.Errorf("delivery = %+v", d)
	}
	if p := d.Phase(Build); p.Seconds != 4 || p.Evidence["digest"] != digest || p.Evidence["deployRevision"] != deploy {
		t.Errorf("build = %+v, want from the push at 1 s to the evaluation at 5 s, with its digest", p)
	}
}

func TestEvaluateIsIdempotentAndDoesNotTouchItsInput(t *testing.T) {
	full := facts(created, pushed, built, synced, exposed, answered)
	start := newDelivery("1", "hello", "task-1", t0)
	before, err := json.Marshal(start)
	if err != nil {
		t.Fatal(err)
	}
	first := Evaluate(full, start, at(8))
	if after, _ := json.Marshal(start); string(after) != string(before) {
		t.Error("Evaluate changed its input")
	}
	if again := Evaluate(full, first, at(60)); !reflect.DeepEqual(again, first) {
		t.Errorf("a second evaluation changed a finished delivery:\n%+v\n%+v", first, again)
	}
}

func TestARestartGoesOnWhereItWas(t *testing.T) {
	before := Evaluate(facts(created, pushed, built), newDelivery("1", "hello", "task-1", t0), at(5))
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var restored Delivery
	if err := json.Unmarshal(text, &restored); err != nil {
		t.Fatal(err)
	}
	// After the restart only the cluster and the address have been seen again.
	d := Evaluate(facts(func(f *Facts) { f.Public = true }, synced, exposed, answered), restored, at(9))
	if d.Status != OutcomeLive || !d.Phase(Build).FinishedAt.Equal(at(5)) {
		t.Errorf("after a restart: %s, %+v", statuses(d), d.Phase(Build))
	}
}

func TestAFailureStandsAfterARestartUntilSomethingElseIsSeen(t *testing.T) {
	f := facts(created, pushed, built)
	f.Run.Conclusion, f.Run.Failure, f.Image, f.Deploy = "failure", &RunFailure{Job: "ci", Step: "Test"}, nil, nil
	failed := Evaluate(f, newDelivery("1", "hello", "task-1", t0), at(5))
	unread := facts(pushed, built)
	unread.Run.Conclusion, unread.Run.FinishedAt, unread.Image, unread.Deploy = "failure", at(59), nil, nil
	for seen, f := range map[string]Facts{"nothing": facts(pushed), "the run without its log": unread} {
		if d := Evaluate(f, failed, at(60)); d.Status != OutcomeFail || d.Reason != failed.Reason {
			t.Errorf("with %s seen again: %s %q", seen, d.Status, d.Reason)
		}
	}
}

func TestEachFailureIsNamed(t *testing.T) {
	all := []func(*Facts){created, pushed, built, synced, exposed, answered}
	for name, c := range map[string]struct {
		upTo   int
		change func(*Facts)
		at     float64
		phase  string
		status Status
		reason string
	}{
		"task": {1, func(f *Facts) {
			f.Task.Status, f.Task.Error, f.Repository = "failed", "publish:github: name already exists", nil
		}, 3, Create, Failed, "publish:github: name already exists"},
		"test step": {3, func(f *Facts) {
			f.Run.Conclusion, f.Image, f.Deploy = "failure", nil, nil
			f.Run.Failure = &RunFailure{Job: "ci", Step: "Test", ExitCode: "1", Lines: []string{"not ok 1"}}
		}, 5, Build, Failed, `step "Test" of job "ci" failed: exit code 1`},
		"cancelled run": {3, func(f *Facts) { f.Run.Conclusion, f.Run.Name, f.Deploy = "cancelled", "ci", nil }, 10, Build, Failed, `workflow run "ci" ended as cancelled`},
		"log not read":  {3, func(f *Facts) { f.Run.Conclusion, f.Deploy = "failure", nil }, 5, Build, Running, "its log is being read"},
		"no image":      {3, func(f *Facts) { f.Image, f.Deploy = nil, nil }, 40, Build, Failed, "the registry has no image with tag sha-a1b2c3d"},
		"no deploy":     {3, func(f *Facts) { f.Deploy.Digest = "" }, 40, Build, Failed, "does not name sha256:999"},
		"image soon":    {3, func(f *Facts) { f.Image, f.Deploy = nil, nil }, 5, Build, Running, "waits for the image"},
		"no run":        {2, func(f *Facts) {}, 70, Build, Running, "no workflow run has started"},
		"sync refused": {4, func(f *Facts) {
			f.Application.Operation, f.Application.Message = "Failed", "one or more objects failed to apply"
		}, 6, Sync, Failed, "the sync failed: one or more objects failed to apply"},
		"old revision":  {4, func(f *Facts) { f.Application.Contains = false }, 6, Sync, Running, "waits for the commit to be synced"},
		"comparison":    {4, func(f *Facts) { f.Application.Contains, f.Application.Message = false, "cannot parse deploy/x.yaml" }, 6, Sync, Running, "cannot parse deploy/x.yaml"},
		"out of sync":   {4, func(f *Facts) { f.Application.Sync = "OutOfSync" }, 6, Sync, Running, "the Application is OutOfSync"},
		"other digest":  {4, func(f *Facts) { f.Rollout.Digest = "sha256:old" }, 6, Sync, Running, "does not name the new image yet"},
		"crash":         {4, func(f *Facts) { f.Rollout = &RolloutFact{Digest: digest, Cause: "the container crashes", Fatal: true} }, 6, Sync, Failed, "the container crashes"},
		"pods starting": {4, func(f *Facts) { f.Rollout.Complete, f.Rollout.Ready = false, 1 }, 6, Sync, Running, "1 of 2 pods are ready"},
		"no record":     {5, func(f *Facts) { f.Name = &NameFact{Reason: "the zone has no record"} }, 6, Expose, Running, "the zone has no record"},
		"bad chain":     {5, func(f *Facts) { f.Edge = &EdgeFact{Reason: "certificate has expired"} }, 6, Expose, Running, "certificate has expired"},
		"no target":     {5, func(f *Facts) { f.Edge.Target = false }, 6, Expose, Running, "waits for a healthy target"},
		"edge answers":  {6, func(f *Facts) { f.Answer.Edge, f.Answer.Reason = true, "the edge answered 503" }, 8, Live, Running, "the edge answered 503"},
		"server error":  {6, func(f *Facts) { f.Answer.Code, f.Answer.Reason = 500, "the application answered 500" }, 8, Live, Running, "the application answered 500"},
		"old answers":   {6, func(f *Facts) { f.Answer.Revision = later }, 8, Live, Running, "revision d4c3b2a still answers"},
		"no header":     {6, func(f *Facts) { f.Answer.Revision = "" }, 8, Live, Done, ""},
		"short header":  {6, func(f *Facts) { f.Answer.Revision = rev[:7] }, 8, Live, Done, ""},
		"not public":    {6, func(f *Facts) { f.Public, f.Ingress, f.Name, f.Edge = false, nil, nil, nil }, 8, Live, Done, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := facts(all[:c.upTo]...)
			c.change(&f)
			d := Evaluate(f, newDelivery("1", "hello", "task-1", t0), at(c.at))
			p := d.Phase(c.phase)
			if p.Status != c.status || !strings.Contains(p.Reason, c.reason) {
				t.Errorf("%s = %s %q; want %s %q (%s)", c.phase, p.Status, p.Reason, c.status, c.reason, statuses(d))
			}
			if (p.Status == Failed) != (d.Status == OutcomeFail) {
				t.Errorf("delivery is %s while %s is %s", d.Status, c.phase, p.Status)
			}
			if d.Status == OutcomeFail && (d.FinishedAt == nil || d.Reason != p.Reason) {
				t.Errorf("a failed delivery must say when and why: %+v", d)
			}
		})
	}
}

func TestAFailedRunKeepsItsDecidingLines(t *testing.T) {
	f := facts(created, pushed)
	f.Run = &RunFact{Status: "completed", Conclusion: "failure", FinishedAt: at(3), Failure: &RunFailure{Job: "ci", Step: "Test", Lines: []string{"not ok"}}}
	p := Evaluate(f, newDelivery("1", "hello", "", t0), at(9)).Phases[1]
	if !reflect.DeepEqual(p.Evidence["log"], []string{"not ok"}) || p.Seconds != 2 {
		t.Errorf("build = %+v; want the log, and the end the run gave", p)
	}
}

func TestARerunMendsAFailedBuild(t *testing.T) {
	f := facts(created, pushed, built)
	f.Run.Conclusion, f.Run.Failure, f.Image, f.Deploy = "failure", &RunFailure{}, nil, nil
	d := Evaluate(f, newDelivery("1", "hello", "task-1", t0), at(5))
	f.Run = &RunFact{ID: 7, Status: "in_progress"}
	if d = Evaluate(f, d, at(6)); d.Status != InProgress || d.FinishedAt != nil || d.Phase(Build).Status != Running {
		t.Errorf("after the rerun began: %s %s", d.Status, statuses(d))
	}
	if d = Evaluate(facts(created, pushed, built), d, at(9)); d.Phase(Build).Status != Done {
		t.Errorf("after the rerun: %s", statuses(d))
	}
}

func TestALaterDeliveryHasNoCreate(t *testing.T) {
	d := Evaluate(facts(pushed), newDelivery("2", "hello", "", t0), at(2))
	if got := statuses(d); !strings.HasPrefix(got, "skipped running") {
		t.Errorf("phases = %s", got)
	}
}

func TestACommitThatAsksForNoBuildIsSyncedAsItIs(t *testing.T) {
	f := facts(created, pushed, built, synced, exposed, answered)
	// Its image is an earlier commit's, which the answer names, or none at all.
	for _, answers := range []string{"", later} {
		f.Push.SkipCI, f.Run, f.Image, f.Answer.Revision = true, nil, nil, answers
		d := Evaluate(f, newDelivery("2", "hello", "", t0), at(5))
		if got := statuses(d); got != "skipped skipped done done done" {
			t.Errorf("answer of %q: phases = %s (%s)", answers, got, d.Reason)
		}
	}
}

func TestANewerPushSupersedes(t *testing.T) {
	f := facts(created, pushed)
	f.NewerPush = later
	d := Evaluate(f, newDelivery("1", "hello", "task-1", t0), at(5))
	if d.Status != Superseded || d.Reason != "superseded by d4c3b2a" || d.FinishedAt == nil || d.Phase(Create).Status != Done || d.Phase(Build).Status != Skipped {
		t.Errorf("superseded delivery = %s %q %s", d.Status, d.Reason, statuses(d))
	}
	if again := Evaluate(facts(created, pushed, built, synced), d, at(9)); !reflect.DeepEqual(again, d) {
		t.Error("a superseded delivery moved on")
	}
	done := Evaluate(facts(created, pushed, built, synced, exposed, answered), newDelivery("1", "hello", "task-1", t0), at(8))
	if d := Evaluate(f, done, at(9)); d.Status != OutcomeLive {
		t.Errorf("a live delivery became %s through a newer push", d.Status)
	}
}

func TestLiveIsTakenBackAfterThreeMissesAndGivenAgain(t *testing.T) {
	full := facts(created, pushed, built, synced, exposed, answered)
	d := Evaluate(full, newDelivery("1", "hello", "task-1", t0), at(8))
	for misses, want := range map[int]Outcome{1: OutcomeLive, 2: OutcomeLive, 3: OutcomeFail} {
		f := full
		f.Answer = &AnswerFact{Misses: misses, Reason: "connection refused"}
		if got := Evaluate(f, d, at(20)); got.Status != want {
			t.Errorf("after %d misses: %s, want %s", misses, got.Status, want)
		}
	}
	f := full
	f.Answer = &AnswerFact{Misses: 3, Reason: "connection refused"}
	lost := Evaluate(f, d, at(20))
	if !strings.Contains(lost.Reason, "does not answer any more: connection refused") {
		t.Errorf("reason = %q", lost.Reason)
	}
	if back := Evaluate(full, lost, at(30)); back.Status != OutcomeLive || back.Seconds != 8 {
		t.Errorf("after it answers again: %s in %v s, want live in 8", back.Status, back.Seconds)
	}
}

func TestTheUsualTimeIsTheMedianOfWhatWentLive(t *testing.T) {
	var earlier []Delivery
	for _, s := range []float64{3, 1, 90} {
		d := newDelivery("x", "hello", "", t0)
		d.Status = OutcomeLive
		d.Phase(Build).Status, d.Phase(Build).Seconds = Done, s
		earlier = append(earlier, d)
	}
	earlier = append(earlier, newDelivery("y", "hello", "", t0))
	if got := usual(earlier, Build); got != 3 {
		t.Errorf("usual build = %v s, want 3", got)
	}
	if got := usual(earlier, Sync); got != 0 {
		t.Errorf("usual sync = %v s, want none", got)
	}
}
