package delivery

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// live is a delivery that went live after so many seconds.
func live(kind string, second float64) Delivery {
	d := Evaluate(facts(pushed, built, synced, exposed, answered), newDelivery(newID(), "hello", "", t0), at(second))
	d.StartedBy.Kind = kind
	return d
}

func TestASelfHealBeginsADeliveryUnlessItBelongsToOne(t *testing.T) {
	heal := func(second float64, attempt int64) Heal {
		return Heal{StartedAt: at(second).Truncate(time.Second), Attempt: attempt}
	}
	lost := Evaluate(facts(pushed, built, synced, exposed, answering(liveMisses)), live(ByPush, 10), at(40))
	for name, c := range map[string]struct {
		heal   Heal
		known  *Heal
		latest Delivery
		want   bool
	}{
		"of what is live":                   {heal(20, 1), &Heal{}, live(ByPush, 10), true},
		"of what does not answer any more":  {heal(39, 1), &Heal{}, lost, true},
		"in the second in which it ended":   {heal(10.9, 1), &Heal{}, live(ByPush, 10.5), true},
		"a second before it ended":          {heal(9, 1), &Heal{}, live(ByPush, 10.5), false},
		"while one goes on":                 {heal(20, 1), &Heal{}, newDelivery("1", "hello", "", t0), false},
		"after one that never went live":    {heal(20, 1), &Heal{}, Evaluate(facts(pushed, red("Test")), newDelivery("1", "hello", "", t0), at(9)), false},
		"before there was a look for one":   {heal(20, 1), nil, live(ByPush, 10), false},
		"none at all":                       {Heal{}, &Heal{}, live(ByPush, 10), false},
		"once more of the same":             {heal(20, 2), &Heal{Attempt: 1}, live(ByHeal, 10), false},
		"once more after some not seen":     {heal(20, 7), &Heal{Attempt: 2}, live(ByHeal, 10), false},
		"of another change, after a while":  {heal(400, 1), &Heal{Attempt: 1}, live(ByHeal, 10), true},
		"of a fight that was a push's once": {heal(20, 3), &Heal{Attempt: 2}, live(ByPush, 10), true},
	} {
		if got := delivers(c.heal, c.known, c.latest); got != c.want {
			t.Errorf("%s: a delivery %v, want %v", name, got, c.want)
		}
	}
}

func healed(attempt int64) func(*Facts) {
	return func(f *Facts) {
		f.Public, f.Run, f.Image = true, nil, nil
		f.Push.SkipCI = true
		f.Application.Heal = &Heal{StartedAt: at(20), FinishedAt: at(21), Attempt: attempt}
	}
}

func TestASelfHealIsLiveWhenTheSameRevisionAnswersAgain(t *testing.T) {
	was := live(ByPush, 10)
	d := healing(was, at(20))
	f := facts(pushed, built, synced, exposed, healed(1))
	f.Rollout.Complete, f.Rollout.Ready = false, 0
	d = Evaluate(f, d, at(21))
	if statuses(d) != "skipped skipped running done waiting" || d.Status != InProgress || d.Phase(Build).Reason != "the image is there already" || d.ID == was.ID {
		t.Fatalf("while no pod is ready: %s, %q", statuses(d), d.Phase(Build).Reason)
	}
	if s := d.Phase(Sync); !s.StartedAt.Equal(at(20)) || s.Evidence["operation"] != "Succeeded" || s.Evidence["operationFinishedAt"] != at(21) {
		t.Errorf("sync = %+v", s)
	}
	f = facts(pushed, built, synced, exposed, answered, healed(1))
	f.Answer.Revision = later
	if d = Evaluate(f, d, at(22)); d.Status != InProgress || !strings.Contains(d.Reason, "still answers") {
		t.Errorf("while another revision answers: %s %q", d.Status, d.Reason)
	}
	d = Evaluate(facts(pushed, built, synced, exposed, answered, healed(1)), d, at(23))
	if d.Status != OutcomeLive || d.Revision != rev || d.Image != was.Image || d.Seconds != 3 || d.StartedBy != (Origin{Kind: ByHeal, Answers: rev, Heals: 1}) {
		t.Errorf("once it answers: %s, %s, %+v in %v s", d.Status, d.Image, d.StartedBy, d.Seconds)
	}
	if d = Evaluate(facts(pushed, built, synced, exposed, answered, healed(4)), d, at(99)); d.StartedBy.Heals != 4 || d.Seconds != 3 {
		t.Errorf("after four in a row: %+v", d)
	}
}

func TestASelfHealIsToldAsOne(t *testing.T) {
	w := newTold(t, "hooks")
	was := w.see(newDelivery(newID(), "hello", "", t0), 10, facts(pushed, built, synced, exposed, answered))
	was = w.see(was, 15, facts(pushed, built, synced, exposed, answering(liveMisses)))
	w.due("hooks")
	d := w.see(healing(was, at(20)), 21, facts(pushed, built, synced, healed(1)))
	w.statusIs(d.ID, "pending: A change made in the cluster is being taken back.")
	w.see(d, 23, facts(pushed, built, synced, exposed, answered, healed(1)))
	if events, n := w.due("hooks"); !slices.Equal(events, []string{NoticeLive}) || n.StartedBy != ByHeal || n.Sentence !=
		"Self-heal: a change made in the cluster was taken back. Revision a1b2c3d is live, 3.0 s after it began." {
		t.Errorf("it owes %v: %+v", events, n)
	}
	w.statusIs(d.ID, "success: Live, 3.0 s after a self-heal began.")
}

// statusIs checks that one commit status is owed, of a delivery.
func (w *toldWorld) statusIs(delivery, want string) {
	w.t.Helper()
	list, err := w.s.DueStatuses(w.t.Context(), at(1e5), 10)
	if err != nil || len(list) != 1 || list[0].Delivery != delivery || list[0].State+": "+list[0].Description != want {
		w.t.Errorf("owed are %+v, %v; want that of %s, %s", list, err, delivery, want)
	}
}

// A person who edits the cluster deploys nothing, and what was deployed did not fail by it.
func TestASelfHealIsNoDeployment(t *testing.T) {
	w := newTold(t)
	w.s.cfg.Clock = func() time.Time { return at(3600) }
	figures := func(what string, deployments, failures, restored int) {
		t.Helper()
		f, err := w.s.Figures(t.Context(), FiguresQuery{Days: 1})
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		if f.TimeToRestore != nil {
			count = f.TimeToRestore.Count
		}
		if f.Deployments != deployments || f.Failures != failures || count != restored || f.Total.Count != deployments || f.Phases[Sync].Count != deployments {
			t.Errorf("%s: %+v, %d restored", what, f, count)
		}
	}
	was := w.see(newDelivery(newID(), "hello", "", t0), 10, facts(pushed, built, synced, exposed, answered))
	figures("a push", 1, 0, 0)
	was = w.see(was, 15, facts(pushed, built, synced, exposed, answering(liveMisses)))
	d := w.see(healing(was, at(20)), 21, facts(pushed, built, synced, exposed, healed(1)))
	w.see(d, 23, facts(pushed, built, synced, exposed, answered, healed(1)))
	figures("and a self-heal that mends what was lost", 1, 0, 0)
	crashed := healing(was, at(30))
	f := facts(pushed, built, synced, exposed, healed(1))
	f.Rollout = &RolloutFact{Digest: digest, Cause: "the container crashes", Fatal: true}
	if crashed = w.see(crashed, 31, f); crashed.Status != OutcomeFail {
		t.Errorf("a self-heal whose pods crash is %s", crashed.Status)
	}
	figures("and one that fails", 1, 0, 0)
	broken := w.see(newDelivery(newID(), "hello", "", at(40)), 49, facts(pushed, red("Test")))
	w.see(healing(was, at(50)), 53, facts(pushed, built, synced, exposed, answered, healed(1)))
	figures("and a push that fails", 1, 1, 0)
	w.see(broken, 60, facts(pushed, built, synced, exposed, answered))
	lived, err := w.s.journal.lived(t.Context(), w.app.ID, 10)
	if err != nil || len(lived) != 2 || lived[1].ID != was.ID || lived[1].Status != OutcomeLive || lived[1].Reason != "" {
		t.Errorf("lived %+v, %v", lived, err)
	}
}

func TestAVersionIsSeenThroughItsSelfHeal(t *testing.T) {
	p := story("c2 c1")
	going := healing(*p.latest, at(9))
	p = pastOf(&going, p.lived)
	if target, _, err := p.target(""); err != nil || target.Revision != commitOf("c1") {
		t.Errorf("back from a self-heal goes to %s, %v", target.Revision, err)
	}
	if _, _, err := p.target(commitOf("c2")); err == nil || !strings.Contains(err.Error(), "is what is deployed now") {
		t.Errorf("to what is healed: %v", err)
	}
}

func TestWhyNamesASelfHeal(t *testing.T) {
	d := Evaluate(facts(pushed, built, synced, healed(1)), healing(live(ByPush, 10), at(20)), at(21))
	v := viewOf(App{Name: "hello", Public: true, Address: Address{Live: true, Revision: rev}}, &d, true, Names{Domain: "x"})
	if why := whyOf(v); why.Code != whyWaiting || why.Sentence != "A change made in the cluster is being taken back: waits for the Ingress." || v.URL == "" {
		t.Errorf("%+v", why)
	}
	if v.Reason != "the application answers" && !strings.HasSuffix(v.Reason, "; the application answers") {
		t.Errorf("reason %q", v.Reason)
	}
	d = Evaluate(facts(pushed, built, synced, exposed, answered, healed(1)), d, at(23))
	v.Delivery = &d
	if why := whyOf(v); why.Code != whyLive || !strings.Contains(why.Sentence, "was taken back") {
		t.Errorf("%+v", why)
	}
}
