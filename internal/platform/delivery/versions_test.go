package delivery

import (
	"errors"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// story writes a history, newest first: "c3! e2>c1 c1" are a push that did not
// go live, a rollback to c1 and a push that did.
func story(text string) past {
	var p past
	for i, word := range strings.Fields(text) {
		name, lost := strings.CutSuffix(word, "!")
		name, going := strings.CutSuffix(name, "?")
		name, to, back := strings.Cut(name, ">")
		d := newDelivery(name, "hello", "", t0)
		d.Revision, d.Status = commitOf(name), OutcomeLive
		if back {
			d.StartedBy = Origin{Kind: ByRollback, To: commitOf(to)}
		}
		switch {
		case going:
			d.Status = InProgress
		case lost:
			d.Status, d.Reason = OutcomeFail, "it crashed"
		default:
			d.Phase(Live).Evidence["answeredAt"] = t0
			p.lived = append(p.lived, d)
		}
		if i == 0 {
			p.latest = &d
		}
	}
	return p
}

func commitOf(name string) string { return strings.Repeat("0", 38) + name }

func TestWhatARollbackGoesBackTo(t *testing.T) {
	for _, c := range []struct{ story, to, want string }{
		{"c2 c1", "", "c1"},
		{"c3 c2 c1", "", "c2"},
		{"c3 c2 c1", "c1", "c1"},
		{"c3 c2 c1", "c3", "is what is deployed now"},
		{"c1", "", "no earlier revision was live"},
		{"c1!", "", "no earlier revision was live"},
		{"", "", "was never live"},
		// A push that failed, or is still going on: back to what still answers.
		{"c2! c1", "", "c1"},
		{"c2? c1", "", "c1"},
		{"c3! c2! c1", "", "c1"},
		// After a rollback: farther back, never to what was just taken away.
		{"e3>c2 c4 c2 c1", "", "c1"},
		{"e2>c1 c2 c1", "", "no earlier revision was live"},
		{"e2>c1 c2 c1", "c2", "c2"},
		{"c4 e3>c1 c2 c1", "", "c1"},
		// To a rollback is to what it brought back.
		{"c4 e3>c1 c2 c1", "e3", "c1"},
		{"e2>c1 c2 c1", "c1", "is what is deployed now"},
		// Twice the same.
		{"e2>c1? c2 c1", "c1", "again e2"},
		{"e2>c1? c2 c1", "", "again e2"},
		{"e2>c1? c3 c2 c1", "c2", "c2"},
		{"e2>c1! c2 c1", "c1", "which failed: it crashed"},
		{"e2>c1! c2 c1", "", "c2"},
		{"c2 c1", "c9", "is among the last 50"},
		{"c2 c1", "x", "to: "},
		{"c2 c1", "HEAD~1", "7 to 40 of its digits"},
		{"c2 c1", strings.Repeat("0", 8), "begins more than one revision"},
	} {
		to := c.to
		if len(to) == 2 {
			to = commitOf(to)
		}
		target, again, err := story(c.story).target(to)
		got := strings.TrimLeft(target.Revision, "0")
		switch {
		case err != nil:
			var refused *fault.Error
			if got = err.Error(); !errors.As(err, &refused) {
				t.Errorf("%s to %q: %v is no refusal", c.story, c.to, err)
			}
		case again != "":
			got = "again " + strings.TrimLeft(again, "0")
		}
		if len(c.want) == 2 && got != c.want || !strings.Contains(got, c.want) {
			t.Errorf("%s to %q = %q, want %q", c.story, c.to, got, c.want)
		}
	}
}

func TestARollbackIsLiveWhenTheRevisionBroughtBackAnswers(t *testing.T) {
	f := facts(pushed, built, synced, exposed, answered)
	f.Public, f.Run, f.Image = true, nil, nil
	f.Push = &PushFact{Revision: later, SkipCI: true, RollbackTo: rev, Target: &TargetFact{Revision: rev, Answers: rev, Image: "registry.x/idp-hello@" + digest}}
	f.Answer.Revision = strings.Repeat("ef", 20)
	d := Evaluate(f, newDelivery("2", "hello", "", t0), at(2))
	if d.Status != InProgress || d.Reason != "revision efefefe still answers" {
		t.Fatalf("while the new revision answers: %s %q", d.Status, d.Reason)
	}
	if d.StartedBy != (Origin{Kind: ByRollback, To: rev, Answers: rev}) || d.Image != "registry.x/idp-hello@"+digest || d.Revision != later {
		t.Errorf("rollback = %+v of %s with %s", d.StartedBy, d.Revision, d.Image)
	}
	if p := d.Phase(Build); p.Status != Skipped || p.Reason != "the image of a1b2c3d is there already" {
		t.Errorf("build = %s %q", p.Status, p.Reason)
	}
	f.Answer.Revision = rev
	f.Push.Target = nil // as after a restart
	if d = Evaluate(f, d, at(3)); d.Status != OutcomeLive || content(d) != rev || answers(d) != rev {
		t.Errorf("once the old one answers: %s %q", d.Status, d.Reason)
	}
}

func TestARollbacksMessageIsReadBack(t *testing.T) {
	target := Delivery{Revision: rev, Message: "Say hello"}
	message := rollbackMessage(target, later)
	push := pushFact(later, message, "ana", t0, t0)
	if push.Message != "Revert to a1b2c3d" || push.RollbackTo != rev || !push.SkipCI {
		t.Errorf("%q reads as %+v", message, push)
	}
	if strings.Contains(message, "[skip ci]") || !strings.Contains(message, "takes back a1b2c3d..d4c3b2a") {
		t.Errorf("message = %q", message)
	}
	for _, text := range []string{"Rollback-To: abc", "See Rollback-To: " + rev, ""} {
		if got := rollbackTo(text); got != "" {
			t.Errorf("%q brings back %s", text, got)
		}
	}
}

func TestTheVersionThatAnswersIsFound(t *testing.T) {
	p := story("e3>c1 c2 c1")
	for i := range p.lived {
		p.lived[i].Phase(Live).Evidence["revision"] = content(p.lived[i])
	}
	for revision, want := range map[string]int{commitOf("e3"): 0, commitOf("c2"): 1, commitOf("c9"): -1, "": -1} {
		if got := p.answering(revision); got != want {
			t.Errorf("%s is the version %d, want %d", revision, got, want)
		}
	}
}
