package delivery

import (
	"strings"
	"time"
)

func livePhase(d *Delivery, f Facts, now time.Time) {
	p := d.Phase(Live)
	switch {
	case p.Status == Skipped:
		return
	case p.FinishedAt != nil && p.Evidence["answeredAt"] != nil:
		hold(p, f, now)
		return
	case !others(d):
		p.Reason = "waits for the phases before it"
		return
	}
	p.begin(lastFinish(d, now))
	if f.Answer == nil {
		p.Reason = "waits for an answer"
		return
	}
	if p.Reason = liveWait(f.Answer, d, f); p.Reason == "" {
		p.Evidence["url"], p.Evidence["code"] = f.Answer.URL, f.Answer.Code
		p.Evidence["revision"], p.Evidence["answeredAt"] = f.Answer.Revision, now
		p.finish(now)
	}
}

// hold keeps live, or takes it back when the application no longer answers.
// The times stay those of the first answer.
func hold(p *Phase, f Facts, now time.Time) {
	switch {
	case f.Answer == nil:
	case f.Answer.good():
		p.regain()
	case f.Answer.Misses >= liveMisses && p.Status == Done:
		p.Status, p.Evidence["lostAt"] = Failed, now
		p.Reason = "the application does not answer any more: " + f.Answer.Reason
	case p.Status == Failed:
		p.Reason = "the application does not answer: " + f.Answer.Reason
	}
}

// regain makes live hold again.
func (p *Phase) regain() {
	p.Status, p.Reason, p.Cause = Done, "", nil
	delete(p.Evidence, "lostAt")
}

// expected is the revision that the application must answer: that of its
// image. It is not known of a commit that was not built, unless that brings
// back, or heals, one that was live.
func expected(d *Delivery) string {
	switch {
	case d.StartedBy.Kind == ByRollback || d.StartedBy.Kind == ByHeal:
		return d.StartedBy.Answers
	case d.Phase(Build).Status == Skipped:
		return ""
	}
	return d.Revision
}

// liveWait is what an answer lacks. Where the revision to expect is not known,
// or the answer names none, the finished rollout of what deploy/ names is the
// proof.
func liveWait(a *AnswerFact, d *Delivery, f Facts) string {
	wanted := expected(d)
	named := a.Revision != "" && wanted != ""
	switch {
	case !a.good():
		return firstOf(a.Reason, "waits for a good answer")
	case !named && (f.Rollout == nil || !f.Rollout.Complete):
		return "waits for the rollout"
	case named && !sameRevision(a.Revision, wanted):
		return "revision " + short(a.Revision) + " still answers"
	}
	return ""
}

// sameRevision compares commits, one of which may be abbreviated.
func sameRevision(a, b string) bool {
	if len(a) < shortRevSize || len(b) < shortRevSize {
		return false
	}
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// supersede ends a delivery whose place a newer commit takes.
func supersede(d *Delivery, f Facts, now time.Time) {
	if f.NewerPush == "" || d.Phase(Live).Evidence["answeredAt"] != nil || anyFailed(d) {
		return
	}
	reason := "superseded by " + short(f.NewerPush)
	if f.NewerPush == d.Revision {
		reason = "superseded by a run that was started by hand"
	}
	for i := range d.Phases {
		if p := &d.Phases[i]; p.Status == Waiting || p.Status == Running {
			p.skip(reason)
		}
	}
	d.Status, d.Reason, d.FinishedAt = Superseded, reason, &now
	d.Seconds = seconds(now.Sub(d.StartedAt))
}

// conclude derives the delivery's own state from its phases.
func conclude(d *Delivery, now time.Time) {
	if d.over() {
		return
	}
	before := d.Status
	d.Status, d.Reason = InProgress, ""
	for i := range d.Phases {
		p := &d.Phases[i]
		if p.Status == Running && p.StartedAt != nil {
			p.Seconds = seconds(now.Sub(*p.StartedAt))
		}
		if p.Status == Failed && d.Status != OutcomeFail {
			d.Status, d.Reason = OutcomeFail, p.Reason
		}
		if p.Status == Running && d.Reason == "" {
			d.Reason = p.Reason
		}
	}
	if d.Phase(Live).Status == Done {
		d.Status, d.Reason = OutcomeLive, ""
	}
	setFinish(d, before, now)
}

func setFinish(d *Delivery, before Outcome, now time.Time) {
	liveEnd := d.Phase(Live).FinishedAt
	switch {
	case d.Status == InProgress:
		d.FinishedAt, d.Seconds = nil, seconds(now.Sub(d.StartedAt))
		return
	case liveEnd != nil:
		d.FinishedAt = liveEnd
	case before != d.Status || d.FinishedAt == nil:
		d.FinishedAt = &now
	}
	d.Seconds = seconds(d.FinishedAt.Sub(d.StartedAt))
}
