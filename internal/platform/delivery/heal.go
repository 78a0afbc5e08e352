package delivery

import (
	"context"
	"time"
)

// healOf is a sync operation as a self-heal; nil if it is none. Argo CD counts
// those that follow each other, from 1; every other sync has no count.
func healOf(op *operation) *Heal {
	if op == nil || !op.Operation.InitiatedBy.Automated || op.Operation.Sync.AutoHealAttemptsCount == 0 {
		return nil
	}
	heal := &Heal{StartedAt: op.StartedAt.UTC(), Attempt: op.Operation.Sync.AutoHealAttemptsCount}
	if op.FinishedAt != nil {
		heal.FinishedAt = op.FinishedAt.UTC()
	}
	return heal
}

func (h *Heal) same(other *Heal) bool {
	return h.StartedAt.Equal(other.StartedAt) && h.Attempt == other.Attempt
}

// seeHeal begins a delivery when gitops has taken back what somebody changed
// in the cluster. That it was seen is journalled together with the delivery,
// so that it is neither lost nor delivered twice.
func (t *tracker) seeHeal(ctx context.Context) {
	if t.facts.Application == nil || t.d == nil || t.app.Deletion != nil {
		return
	}
	heal := t.facts.Application.Heal
	if heal == nil {
		heal = &Heal{}
	}
	known := t.app.Healed
	if known != nil && (heal.Attempt == 0 || heal.same(known)) {
		return
	}
	t.app.Healed = heal
	if delivers(*heal, known, *t.d) {
		t.beginHeal(ctx, *heal)
		t.observeCluster()
	}
}

// delivers reports whether a self-heal that was not seen before begins a
// delivery. While one goes on it belongs to that; and one that repeats itself,
// because something fights over a resource, belongs to the delivery of the
// first. known is the one before, nil for an application of a Pronto that
// looked for none: what it healed is past.
func delivers(heal Heal, known *Heal, latest Delivery) bool {
	switch {
	case known == nil || heal.Attempt == 0 || latest.Status == InProgress || !wentLive(latest):
		return false
	case latest.StartedBy.Kind == ByHeal && heal.Attempt > known.Attempt:
		return false
	}
	// Its whole second may have begun before it did.
	return heal.StartedAt.Add(time.Second).After(valueOr(latest.FinishedAt, latest.StartedAt))
}

// beginHeal begins the delivery of a self-heal: what was live before, again.
func (t *tracker) beginHeal(ctx context.Context, heal Heal) {
	was, now := *t.d, t.s.cfg.Clock()
	started := laterOf(heal.StartedAt, valueOr(was.FinishedAt, was.StartedAt))
	if started.After(now) {
		started = now
	}
	t.enter(ctx, healing(was, started), Facts{
		Public: t.app.Public, Repository: t.facts.Repository, Deploy: t.facts.Deploy,
		Push: &PushFact{Revision: was.Revision, Message: was.Message, Author: was.Author, At: started, SkipCI: true},
	}, nil)
}

// healing is the delivery that brings back what was live.
func healing(was Delivery, at time.Time) Delivery {
	d := newDelivery(newID(), was.App, "", at)
	d.StartedBy = Origin{Kind: ByHeal, Answers: answers(was)}
	d.Revision, d.Message, d.Author, d.CommittedAt, d.Image = was.Revision, was.Message, was.Author, was.CommittedAt, was.Image
	return d
}

// healEvidence is the operation that heals.
func healEvidence(p *Phase, app *ApplicationFact) {
	if app == nil || app.Heal == nil {
		return
	}
	p.Evidence["operation"], p.Evidence["operationStartedAt"] = app.Operation, app.Heal.StartedAt
	if !app.Heal.FinishedAt.IsZero() {
		p.Evidence["operationFinishedAt"] = app.Heal.FinishedAt
	}
}

// mended is a delivery that went live and whose application, which was lost,
// answers again.
func mended(d Delivery, now time.Time) Delivery {
	d = d.clone()
	d.Phase(Live).regain()
	conclude(&d, now)
	return d
}
