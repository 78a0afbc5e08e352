package delivery

import (
	"strings"
	"testing"
	"time"
)

func TestADispatchFollowsItsOwnRun(t *testing.T) {
	d := newDelivery("1", "hello", "", t0)
	d.StartedBy = Origin{Kind: ByDispatch, Run: 7}
	f := facts(pushed, built)
	f.Run.Status, f.Run.Conclusion = "in_progress", ""
	if d = Evaluate(f, d, at(5)); d.Phase(Build).Status != Running {
		t.Errorf("with the image of an earlier run the build is %s", d.Phase(Build).Status)
	}
	if _, looks := plan(App{}, &d, facts(pushed), 1)[lookImage]; looks {
		t.Error("the image is looked for before its run ended")
	}
	f.Run.Status, f.Run.Conclusion, f.Run.Failure = "completed", "failure", &RunFailure{Job: "ci", Step: "Test"}
	if failed := Evaluate(f, d, at(9)); failed.Phase(Build).Status != Failed {
		t.Errorf("with a run that failed the build is %s", failed.Phase(Build).Status)
	}
	d = Evaluate(facts(pushed, built, synced, exposed, answered), d, at(10))
	if d.Status != OutcomeLive || deliverer(0, d, &RunFact{ID: 7, Workflow: 5}) != 5 || deliverer(3, d, &RunFact{ID: 8, Workflow: 5}) != 3 ||
		withoutWorkflow(0, d) != noWorkflow || withoutWorkflow(5, d) != 5 || deliverer(noWorkflow, d, &RunFact{ID: 7, Workflow: 5}) != 5 {
		t.Errorf("once it ended: %s", d.Status)
	}
	for _, c := range []struct {
		by   Origin
		run  RunFact
		want bool
	}{
		{Origin{Kind: ByDispatch, Run: 7}, RunFact{ID: 7, Dispatched: true}, true}, {Origin{Kind: ByDispatch, Run: 7}, RunFact{ID: 8, Dispatched: true}, false},
		{Origin{Kind: ByPush}, RunFact{ID: 7, Dispatched: true}, false}, {Origin{Kind: ByPush}, RunFact{ID: 7}, true},
	} {
		if c.by.follows(&c.run) != c.want {
			t.Errorf("%+v follows %+v: %v", c.by, c.run, !c.want)
		}
	}
}

func TestARunStartedByHandTakesThePlaceOfWhatGoesOn(t *testing.T) {
	f := facts(pushed)
	f.NewerPush = rev
	if d := Evaluate(f, newDelivery("1", "hello", "", t0), at(5)); d.Status != Superseded || !strings.HasSuffix(d.Reason, "a run that was started by hand") {
		t.Errorf("%s %q", d.Status, d.Reason)
	}
}

// A dispatch is a deployment, one of the same revision too.
func TestADispatchIsADeployment(t *testing.T) {
	w := newTold(t, "hooks")
	w.s.cfg.Clock = func() time.Time { return at(3600) }
	w.see(newDelivery(newID(), "hello", "", t0), 10, facts(pushed, built, synced, exposed, answered))
	d := newDelivery(newID(), "hello", "", at(20))
	d.StartedBy = Origin{Kind: ByDispatch, Run: 7}
	d = w.see(d, 30, facts(pushed, built, synced, exposed, answered))
	figures, err := w.s.Figures(t.Context(), FiguresQuery{Days: 1})
	if err != nil || figures.Deployments != 2 || figures.Failures != 0 {
		t.Errorf("figures = %+v, %v", figures, err)
	}
	w.statusIs(d.ID, "success: Live, 10.0 s after it began.")
	if _, n := w.due("hooks"); n.StartedBy != ByDispatch {
		t.Errorf("told is %+v", n)
	}
	if seen, err := w.s.journal.hasDispatch(t.Context(), w.app.ID, 7); err != nil || !seen {
		t.Errorf("run 7 was seen: %v, %v", seen, err)
	}
}
