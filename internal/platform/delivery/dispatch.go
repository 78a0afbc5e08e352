package delivery

import (
	"context"
	"time"

	"github.com/google/go-github/v74/github"
)

// dispatchEvent is what GitHub calls the event of a run that was started by hand.
const dispatchEvent = "workflow_dispatch"

// follows reports whether a run of its revision is that of a delivery.
func (o Origin) follows(run *RunFact) bool {
	if o.Kind == ByDispatch {
		return run.ID == o.Run
	}
	return !run.Dispatched
}

// deliverer is the workflow that delivers, once it is known: whose run built
// what is delivered.
func deliverer(known int64, d Delivery, run *RunFact) int64 {
	switch {
	case run == nil || run.ID != d.RunID || d.Phase(Build).Status != Done:
		return known
	case run.Workflow == 0:
		return withoutWorkflow(known, d)
	}
	return run.Workflow
}

// noWorkflow is kept where the run that built what is delivered is gone: the
// next build tells the workflow.
const noWorkflow = -1

func withoutWorkflow(known int64, d Delivery) int64 {
	if known == 0 && d.Phase(Build).Status == Done {
		return noWorkflow
	}
	return known
}

// planWorkflow finds out which workflow delivers, for an application that was
// built before that was kept.
func planWorkflow(looks map[string]pace, app App, d *Delivery) {
	if _, planned := looks[lookRun]; !planned && app.Workflow == 0 && d.RunID != 0 && settled(d.Phase(Build)) {
		looks[lookRun] = rare
	}
}

// seeDispatch begins a delivery of a run that somebody started by hand: of the
// workflow that delivers, on the default branch. It may be of the revision that
// is live; a run that has a delivery begins no other.
func (t *tracker) seeDispatch(ctx context.Context, run *github.WorkflowRun, branch string) {
	fact := runOf(run)
	if !fact.Dispatched || fact.Workflow != t.workflow() || branch == "" || run.GetHeadBranch() != branch || !t.takesDispatch(fact) {
		return
	}
	seen, err := t.s.journal.hasDispatch(ctx, t.app.ID, fact.ID)
	if err != nil {
		t.log.Error("cannot look up a run", "run", fact.ID, "error", err)
	}
	if !seen {
		t.beginDispatch(ctx, run, fact)
	}
}

// workflow is the id of the workflow that delivers, or noWorkflow while that is not known.
func (t *tracker) workflow() int64 {
	switch {
	case t.app.Workflow > 0:
		return t.app.Workflow
	case t.facts.Run != nil && t.facts.Run.Workflow != 0:
		return t.facts.Run.Workflow
	}
	return noWorkflow
}

// takesDispatch reports whether the application can be delivered by a run that
// was started by hand, and nothing newer was begun since.
func (t *tracker) takesDispatch(run *RunFact) bool {
	if t.d == nil || t.d.Revision == "" || t.app.Deletion != nil || t.app.Restoration != nil {
		return false
	}
	// A forge may tell whole seconds.
	return run.ID != t.d.StartedBy.Run && !run.StartedAt.Add(time.Second).Before(t.d.StartedAt)
}

// beginDispatch begins the delivery. Nothing was committed for it, so it counts
// from the start of its run; and what its head commit says of skipping is not
// said of a run that there is.
func (t *tracker) beginDispatch(ctx context.Context, run *github.WorkflowRun, fact *RunFact) {
	now := t.s.cfg.Clock()
	started := fact.StartedAt
	if started.IsZero() || started.After(now) {
		started = now
	}
	before := t.facts
	before.NewerPush = run.GetHeadSHA()
	superseded := Evaluate(before, *t.d, now)
	d := newDelivery(newID(), t.app.Name, "", started)
	d.StartedBy = Origin{Kind: ByDispatch, Run: fact.ID, By: run.GetActor().GetLogin()}
	commit := run.GetHeadCommit()
	t.enter(ctx, d, Facts{Public: t.app.Public, Repository: t.facts.Repository, Run: fact, Push: &PushFact{
		Revision: run.GetHeadSHA(), Message: firstLine(commit.GetMessage()), Author: commit.GetAuthor().GetName(), At: started,
	}}, []Delivery{superseded})
}

// hasDispatch reports whether the application had a delivery by a run that was
// started by hand.
func (j journal) hasDispatch(ctx context.Context, appID, run int64) (bool, error) {
	return j.exists(ctx, `SELECT 1 FROM deliveries WHERE app_id = ? AND json_extract(body, '$.startedBy.run') = ?`, appID, run)
}
