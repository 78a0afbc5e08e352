package delivery

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"
)

// tracker owns one application: only its own goroutine touches its fields, and
// everything it learns comes in as a message.
type tracker struct {
	s         *Service
	log       *slog.Logger
	inbox     chan message
	gone      chan struct{} // closed when run has returned
	app       App
	d         *Delivery // the latest
	facts     Facts
	digests   map[string]string // what deploy/ names, by commit
	looks     map[string]*look
	hint      string // a commit of the default branch that was told of and not read yet
	checked   bool   // the address was asked since the start of the process
	misses    int
	startedAt time.Time
	steps     recorder
	saved     string                  // what was last journalled and told, to find changes
	owed      []func(context.Context) // what is to be done once all that is known is journalled
	same      bool                    // the message at hand said nothing that was not known
	unsettled bool                    // something was heard since the last settle
	settleAt  time.Time               // when to settle without news
}

type message func(ctx context.Context, t *tracker)

// look is the state of one repeated observation.
type look struct {
	due      time.Time
	attempt  int
	inFlight bool
	again    bool // something happened while it was in flight
}

const (
	inboxSize    = 128
	bootGrace    = time.Minute // for an application to answer again after a restart
	lookTimeout  = 15 * time.Second
	saveRetry    = time.Second
	longestPause = 10 * time.Minute
	messageBurst = 64
	gitTimeout   = 10 * time.Minute // for a whole repository to be copied
)

func newTracker(s *Service, app App, latest *Delivery) *tracker {
	t := &tracker{
		s: s, log: s.log.With("app", app.Name), inbox: make(chan message, inboxSize), gone: make(chan struct{}),
		app: app, d: latest, digests: map[string]string{}, looks: map[string]*look{}, startedAt: s.cfg.Clock(),
		checked: app.Address.Revision == "",
	}
	t.facts.Public = app.Public
	if latest != nil && latest.Revision != "" {
		t.facts.Push = &PushFact{Revision: latest.Revision, Message: latest.Message, Author: latest.Author,
			At: latest.StartedAt, SkipCI: latest.Phase(Build).Status == Skipped}
	}
	if latest != nil && latest.TaskID != "" {
		t.facts.Task = &TaskFact{ID: latest.TaskID, Status: "processing", CreatedAt: latest.StartedAt}
		if app.Entity != "" {
			t.facts.Task.Status = "completed"
		}
		if p := latest.Phase(Create); p.Status == Failed {
			t.facts.Task.Status, t.facts.Task.Error = "failed", p.Reason
		}
	}
	return t
}

// tell hands a message to the tracker; false when it has ended.
func (t *tracker) tell(ctx context.Context, m message) bool {
	select {
	case t.inbox <- m:
		return true
	case <-t.gone:
		return false
	case <-ctx.Done():
		return false
	}
}

// run is the tracker's life, until ctx is done or the application is deleted.
func (t *tracker) run(ctx context.Context) {
	defer close(t.gone)
	t.startedAt = t.s.cfg.Clock()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-t.inbox:
			t.hear(ctx, m)
			t.drain(ctx)
		case <-timer.C:
		}
		if now := time.Now(); t.unsettled || !now.Before(t.settleAt) {
			t.unsettled = false
			t.settleAt = now.Add(t.settle(ctx))
		}
		pause := time.Until(t.settleAt)
		if t.app.Deletion != nil && t.app.Deletion.next() == nil && t.archive(ctx) {
			return
		}
		if next := t.launch(ctx); next < pause {
			pause = next
		}
		timer.Reset(pause)
	}
}

// drain takes what else is waiting, so that a burst is settled once.
func (t *tracker) drain(ctx context.Context) {
	for range messageBurst {
		select {
		case m := <-t.inbox:
			t.hear(ctx, m)
		default:
			return
		}
	}
}

// hear takes a message. One that says what is known already, as the answer of
// a live address every few seconds, leaves nothing to settle.
func (t *tracker) hear(ctx context.Context, m message) {
	t.same = false
	m(ctx, t)
	t.unsettled = t.unsettled || !t.same
}

// settle evaluates what is known, journals what changed and tells others. It
// returns when it wants to be called again without news.
func (t *tracker) settle(ctx context.Context) time.Duration {
	t.observeCluster()
	t.seeHeal(ctx)
	t.facts.Live = t.app.Address.Live
	next := t.d
	if t.d != nil && t.app.Deletion == nil {
		t.facts.Restoring = t.app.Restoration.doing()
		evaluated := Evaluate(t.facts, *t.d, t.s.cfg.Clock())
		next = &evaluated
		t.app.Address = t.app.Address.after(t.facts.Answer, evaluated)
		t.app.Workflow = deliverer(t.app.Workflow, evaluated, t.facts.Run)
		t.watchSteps(ctx, evaluated)
	}
	if !t.keep(ctx, next) {
		return saveRetry
	}
	for _, do := range t.owed {
		do(ctx)
	}
	t.owed = nil
	if next != nil && next.Status != InProgress {
		t.flush(ctx) // what is seen after the end
	}
	if next != nil && (next.Phase(Build).Status == Running || next.Phase(Sync).Status == Running) {
		return imageGrace / 4 // its waits end by the clock
	}
	return longestPause
}

// once has something done when all that is known now is journalled.
func (t *tracker) once(do func(context.Context)) { t.owed = append(t.owed, do) }

// keep journals the application with d when it differs from what was kept.
// Where that fails nothing is told, and the same is tried again.
func (t *tracker) keep(ctx context.Context, d *Delivery) bool {
	fingerprint := t.fingerprint(d)
	if fingerprint == t.saved {
		return true
	}
	changed := []Delivery{}
	if d != nil {
		changed = append(changed, *d)
	}
	return t.commit(ctx, d, changed, fingerprint)
}

func (t *tracker) commit(ctx context.Context, d *Delivery, changed []Delivery, fingerprint string) bool {
	now := t.s.cfg.Clock()
	app := t.app
	view := viewOf(app, d, t.checked, t.s.names)
	event := Event{At: now, App: app.Name, Kind: "app", Data: view}
	steps := t.steps.pending(d)
	id, err := t.s.journal.save(ctx, &app, changed, event, steps...)
	if err != nil {
		t.log.Error("cannot journal", "error", err)
		return false
	}
	t.steps.keep(steps)
	t.logPhases(d)
	t.app.ID, t.d, t.saved = app.ID, d, fingerprint
	event.ID = id
	t.s.show(view, event)
	return true
}

// fingerprint is all that matters of the state: running times do not.
func (t *tracker) fingerprint(d *Delivery) string {
	still := Delivery{}
	if d != nil {
		still = d.clone()
		if still.FinishedAt == nil {
			still.Seconds = 0
		}
		for i := range still.Phases {
			if still.Phases[i].Status == Running {
				still.Phases[i].Seconds = 0
			}
		}
	}
	text, err := json.Marshal([]any{t.app, still, t.checked})
	if err != nil {
		t.log.Error("cannot compare", "error", err)
		return ""
	}
	return string(text)
}

func (t *tracker) logPhases(d *Delivery) {
	if d == nil {
		return
	}
	for _, p := range d.Phases {
		known := t.d != nil && t.d.ID == d.ID && t.d.Phase(p.Name).Status == p.Status
		if !known && p.Status != Waiting {
			t.log.Info("phase", "delivery", d.ID, "phase", p.Name, "status", string(p.Status),
				"seconds", p.Seconds, "rev", short(d.Revision), "reason", p.Reason)
		}
	}
}

// begin makes a new delivery the latest one; the one before it ends as
// superseded if it was still going on. Both are journalled together.
func (t *tracker) begin(ctx context.Context, taskID string, push *PushFact) {
	now := t.s.cfg.Clock()
	var changed []Delivery
	if t.d != nil && push != nil {
		before := t.facts
		before.NewerPush = push.Revision
		changed = append(changed, Evaluate(before, *t.d, now))
	}
	repository, task, started := t.facts.Repository, t.facts.Task, now
	if push == nil && task != nil {
		started = task.CreatedAt
	}
	d := newDelivery(newID(), t.app.Name, taskID, started)
	facts := Facts{Public: t.app.Public, Push: push}
	if push == nil {
		facts.Task = task
	} else {
		facts.Repository = repository
	}
	t.enter(ctx, d, facts, changed)
}

// enter makes d the latest delivery, of which facts are known, and journals it
// together with those that change by it.
func (t *tracker) enter(ctx context.Context, d Delivery, facts Facts, changed []Delivery) {
	t.flush(ctx)
	t.expect(ctx, &d)
	t.facts = facts
	for _, name := range []string{lookSource, lookRun, lookImage, lookName, lookAnswer} {
		t.kick(name)
	}
	d = Evaluate(t.facts, d, t.s.cfg.Clock())
	if !t.commit(ctx, &d, append(changed, d), t.fingerprint(&d)) {
		t.d = &d // journalled with the next change
		t.saved = ""
	}
}

// expect tells a new delivery how long its phases usually take. Not knowing
// it takes nothing from the delivery.
func (t *tracker) expect(ctx context.Context, d *Delivery) {
	if t.app.ID == 0 {
		return
	}
	earlier, err := t.s.journal.deliveries(ctx, t.app.ID, usualOf)
	if err != nil {
		t.log.Warn("cannot read earlier deliveries", "error", err)
		return
	}
	for i := range d.Phases {
		d.Phases[i].UsualSeconds = usual(earlier, d.Phases[i].Name)
	}
}

// archive ends the record of an application that is proved gone.
func (t *tracker) archive(ctx context.Context) bool {
	event := Event{At: t.s.cfg.Clock(), App: t.app.Name, Kind: "deleted", Data: map[string]any{
		"name": t.app.Name, "deletion": t.app.Deletion.view()}}
	id, err := t.s.journal.archive(ctx, t.app, event)
	if err != nil {
		t.log.Error("cannot archive", "error", err)
		return false
	}
	event.ID = id
	t.log.Info("deleted")
	t.s.forget(t, event)
	return true
}
