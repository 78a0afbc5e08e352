package delivery

import (
	"strings"
	"testing"
	"time"
)

func TestANameThatBreaksARuleIsToldTheFix(t *testing.T) {
	for name, want := range map[string]string{
		"hello": "", "a": "", "a1-b2": "", strings.Repeat("a", 40): "",
		"": "is needed", strings.Repeat("a", 41): "use at most 40", "Hello": `use "hello"`, "..": "must begin with a letter", "a..b": "must begin",
		"-a": "must begin", "a-": "must begin", "1a": "must begin", "a_b": "must begin", "a--b": "single '-'", "a b": "must begin", "a/b": "must begin", "é": "must begin",
		"portal": "reserved", "git": "reserved", "pronto-ci": "reserved", "kube-system": "reserved", "kube-x": "reserved", "argocd": "reserved", "default": "reserved",
	} {
		got := checkName(name)
		if (want == "") != (got == "") || !strings.Contains(got, want) || (got != "" && !strings.HasPrefix(got, "name: ")) {
			t.Errorf("checkName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestReplicasAndArchitectureAreBounded(t *testing.T) {
	for _, bad := range []any{0.0, -1.0, 1000.0, 1.5, "two", "2", true} {
		if got := checkReplicas(bad); !strings.Contains(got, "whole number from 1 to 10") {
			t.Errorf("replicas %v: %q", bad, got)
		}
	}
	for _, good := range []any{nil, 1.0, 10.0, 3} {
		if got := checkReplicas(good); got != "" {
			t.Errorf("replicas %v: %q", good, got)
		}
	}
	if got := checkArchitecture("arm64", []string{"amd64"}); !strings.Contains(got, "choose one of: amd64") {
		t.Errorf("architecture: %q", got)
	}
	if got := checkArchitecture("amd64", []string{"amd64"}); got != "" {
		t.Errorf("architecture: %q", got)
	}
}

func TestTheDecidingLinesEndAtTheError(t *testing.T) {
	log := "2026-01-01T00:00:00.1Z ##[group]Run npm test\n" + strings.Repeat("x\n", 50) +
		"2026-01-01T00:00:01.1Z not ok 1 - answers\n\n##[error]Process completed with exit code 2.\nPost job cleanup.\n"
	lines, code := decidingLines(log)
	if code != "2" || len(lines) != decidingSize || lines[len(lines)-2] != "not ok 1 - answers" {
		t.Errorf("lines = %q, exit code %q", lines, code)
	}
}

func TestTheDecidingLinesHoldTheFirstTestThatFailed(t *testing.T) {
	log := "ok 1 - listens\nnot ok 2 - answers\n" + strings.Repeat("  stack\n", 50) + "##[error]Process completed with exit code 1.\n"
	lines, _ := decidingLines(log)
	if len(lines) != decidingSize || lines[0] != "not ok 2 - answers" || !strings.HasPrefix(lines[decidingSize-1], "##[error]") {
		t.Errorf("lines = %q", lines)
	}
}

func TestALookIsRepeatedEverMoreSlowly(t *testing.T) {
	p := pace{100 * time.Millisecond, 2, time.Second}
	for attempt, want := range map[int]time.Duration{0: 100 * time.Millisecond, 2: 100 * time.Millisecond, 3: 150 * time.Millisecond, 50: time.Second} {
		if got := p.after(attempt); got != want {
			t.Errorf("after attempt %d: %s, want %s", attempt, got, want)
		}
	}
}

func TestNothingIsPolledWhenAllIsQuiet(t *testing.T) {
	d := Evaluate(facts(created, pushed, built, synced, exposed, answered), newDelivery("1", "hello", "task-1", t0), at(8))
	known := facts(answered)
	known.RunRecorded = d.RunID
	live := App{Name: "hello", Public: true, Workflow: 5, Address: Address{Live: true, Revision: rev}}
	looks := plan(live, &d, known, crowd)
	if len(looks) != 2 || looks[lookAnswer] != steady || looks[lookHistory] != rare {
		t.Errorf("looks of a live application = %v; want one request in 6 s and one poll in 3 minutes", looks)
	}
	looks = plan(live, &d, known, 5*crowd)
	if len(looks) != 3 || looks[lookAnswer].after(0) != 30*time.Second || looks[lookName] != steady || looks[lookHistory] != rare {
		t.Errorf("looks of one of 500 = %v; want a request in 30 s, its name in 6 s and one poll in 3 minutes", looks)
	}
}

func TestADeletionGoesStepByStep(t *testing.T) {
	d := newDeletion("ana", t0)
	for i, name := range deletionSteps {
		step := d.next()
		if step == nil || step.Name != name {
			t.Fatalf("step %d is %v, want %s", i, step, name)
		}
		d = d.record(removal{reason: "not yet"}, t0)
		if d.next().Status != Running || !strings.Contains(d.reason(), name+" (not yet)") {
			t.Errorf("%s: %+v, %q", name, d.next(), d.reason())
		}
		d = d.record(removal{gone: true, reason: "proof"}, t0)
	}
	if d.next() != nil || d.record(removal{}, t0).next() != nil {
		t.Error("a finished deletion goes on")
	}
}

func TestTheAddressIsALinkOnlyWhileItHolds(t *testing.T) {
	names := Names{Organization: "apps", RepositoryPrefix: "idp-", Domain: "x", ForgeURL: "https://git.x"}
	done := Evaluate(facts(created, pushed, built, synced, exposed, answered), newDelivery("1", "hello", "task-1", t0), at(8))
	app := App{Name: "hello", Public: true}
	app.Address = app.Address.after(&AnswerFact{Code: 200}, done)
	if v := viewOf(app, &done, true, names); v.URL != "https://hello.x" || v.Status != "live" {
		t.Errorf("live: %+v", v)
	}
	if v := viewOf(app, &done, false, names); v.URL != "" || v.Status != "in_progress" {
		t.Errorf("after a restart, before it was asked: %+v", v)
	}
	next := newDelivery("2", "hello", "", t0)
	if v := viewOf(app, &next, true, names); v.URL == "" || v.Status != "in_progress" || !strings.Contains(v.Reason, "the old version is still live") {
		t.Errorf("while a later delivery goes on: %+v", v)
	}
	app.Address = app.Address.after(&AnswerFact{Misses: 3, Reason: "refused"}, next)
	if v := viewOf(app, &next, true, names); v.URL != "" {
		t.Errorf("after three misses: %+v", v)
	}
	app.Address = app.Address.after(&AnswerFact{Code: 200, Revision: rev}, next)
	if v := viewOf(app, &next, true, names); v.URL == "" || v.LiveRevision != rev {
		t.Errorf("when it answers again: %+v", v)
	}
}
