package delivery

import (
	"context"
	"time"

	"k8s.io/utils/ptr"
)

// kick makes a look due now.
func (t *tracker) kick(name string) {
	l, ok := t.looks[name]
	if !ok {
		return
	}
	l.due, l.attempt = time.Time{}, 0
	l.again = l.inFlight
}

// launch starts the looks that are due and returns the time until the next.
func (t *tracker) launch(ctx context.Context) time.Duration {
	now := time.Now()
	wanted := plan(t.app, t.d, t.facts, t.s.applications())
	for name := range t.looks {
		if _, ok := wanted[name]; !ok && !t.looks[name].inFlight {
			delete(t.looks, name)
		}
	}
	next := longestPause
	for name, pace := range wanted {
		l, ok := t.looks[name]
		if !ok {
			l = &look{}
			t.looks[name] = l
		}
		if l.inFlight || name == lookRemoval && t.isLooking(lookRestore) {
			continue // nothing is removed while something may still be brought back
		}
		if quickest := now.Add(pace.after(l.attempt)); l.due.After(quickest) {
			l.due = quickest // the plan wants it sooner than it did
		}
		if end := t.certificateEnd(); name == lookAnswer && end.After(now) && l.due.After(end) {
			l.due = end
		}
		if wait := l.due.Sub(now); wait > 0 {
			next = min(next, wait)
			continue
		}
		t.start(ctx, name, l, pace)
	}
	return next
}

// certificateEnd is when the certificate that was seen last runs out.
func (t *tracker) certificateEnd() time.Time {
	if t.facts.Edge == nil {
		return time.Time{}
	}
	return t.facts.Edge.NotAfter
}

func (t *tracker) isLooking(name string) bool {
	l := t.looks[name]
	return l != nil && l.inFlight
}

// patience is how long a look may take.
func (t *tracker) patience(name string) time.Duration {
	if name == lookRestore || name == lookRemoval && t.app.Deletion.copies() {
		return gitTimeout
	}
	return lookTimeout
}

// start runs one look beside the tracker; its result comes in as a message.
func (t *tracker) start(ctx context.Context, name string, l *look, every pace) {
	l.inFlight, l.again = true, false
	observe, patience := t.observer(name), t.patience(name)
	t.s.work.Go(func() {
		bounded, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		apply, err := observe(bounded)
		t.tell(ctx, func(ctx context.Context, t *tracker) {
			l.inFlight = false
			l.due = time.Now().Add(every.after(l.attempt))
			l.attempt++
			if l.again {
				l.due, l.attempt = time.Time{}, 0
			}
			if err != nil {
				t.log.Warn("cannot look", "look", name, "error", err)
			}
			if apply != nil {
				apply(ctx, t)
			}
		})
	})
}

// observer is the work of a look, on copies of what the tracker knows.
func (t *tracker) observer(name string) func(context.Context) (message, error) {
	s, app, f, delivery := t.s, t.app, t.facts, ""
	revision, by := "", Origin{}
	if t.d != nil {
		delivery, revision, by = t.d.ID, t.d.Revision, t.d.StartedBy
	}
	// of drops what was seen for a delivery that is no longer the latest.
	of := func(apply func(*tracker)) message {
		return func(_ context.Context, t *tracker) {
			if t.d != nil && t.d.ID == delivery {
				apply(t)
			}
		}
	}
	switch name {
	case lookSource:
		hint := t.hint
		t.hint = ""
		return func(ctx context.Context) (message, error) { return s.lookSource(ctx, app.Name, hint, of) }
	case lookRun:
		return func(ctx context.Context) (message, error) {
			run, err := s.forge.run(ctx, app.Name, revision, by)
			return of(func(t *tracker) { t.seeRun(run); t.missRun(run, err) }), err
		}
	case lookImage:
		return func(ctx context.Context) (message, error) {
			image, err := s.images.find(ctx, app.Name, revision)
			return of(func(t *tracker) { t.facts.Image = firstNonNil(image, t.facts.Image) }), err
		}
	case lookEntity:
		return func(ctx context.Context) (message, error) { return s.lookEntity(ctx, app.Entity, of) }
	case lookCommit:
		return func(ctx context.Context) (message, error) {
			digest, err := s.forge.deployed(ctx, app.Name, f.Application.Revision)
			return of(func(t *tracker) { t.digests[f.Application.Revision] = digest }), err
		}
	case lookEnded:
		return func(ctx context.Context) (message, error) {
			ended, err := s.cluster.endedLog(ctx, app.Name, *f.Rollout.Ended)
			return of(func(t *tracker) { t.facts.Ended = firstNonNil(ended, t.facts.Ended) }), err
		}
	case lookName:
		return func(ctx context.Context) (message, error) {
			fact := s.prober.resolve(ctx, app.Name)
			return of(func(t *tracker) { t.seeName(fact) }), nil
		}
	case lookServing:
		return func(ctx context.Context) (message, error) {
			lines, err := s.cluster.servingLog(ctx, app.Name, rolloutDigest(f))
			return of(func(t *tracker) { t.facts.Serving = lines }), err
		}
	case lookAnswer:
		return func(ctx context.Context) (message, error) { return s.lookAnswer(ctx, app, f, of), nil }
	case lookHistory:
		return func(ctx context.Context) (message, error) { return s.lookHistory(ctx, app.Name) }
	case lookRestore:
		return func(ctx context.Context) (message, error) { return s.lookRestore(ctx, app) }
	}
	return func(ctx context.Context) (message, error) { return s.lookRemoval(ctx, app) }
}

func firstNonNil[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// seeRun takes a run as the forge tells it; the failure of the same run is kept.
func (t *tracker) seeRun(run *RunFact) {
	if run == nil {
		return
	}
	if before := t.facts.Run; before != nil && before.ID == run.ID && run.Failure == nil && run.Conclusion == before.Conclusion {
		run.Failure = before.Failure
	}
	t.keepJobs(run)
	t.facts.Run = run
}

// lookSource reads deploy/ at hint, a commit that an event told of, or else
// the repository, its head and deploy/ there.
func (s *Service) lookSource(ctx context.Context, app, hint string, of func(func(*tracker)) message) (message, error) {
	var repository *RepositoryFact
	commit := hint
	if commit == "" {
		fact, _, err := s.forge.head(ctx, app)
		if err != nil || fact == nil || fact.Commit == "" {
			return nil, err
		}
		repository, commit = fact, fact.Commit
	}
	digest, err := s.forge.deployed(ctx, app, commit)
	if err != nil {
		return nil, err
	}
	return of(func(t *tracker) {
		t.facts.Repository = firstNonNil(repository, t.facts.Repository)
		t.facts.Deploy = &DeployFact{Digest: digest, Revision: commit}
		t.digests[commit] = digest
		t.kick(lookImage)
	}), nil
}

func (s *Service) lookEntity(ctx context.Context, ref string, of func(func(*tracker)) message) (message, error) {
	if ref == "" || s.cfg.Catalog == nil {
		return nil, nil
	}
	there, err := s.cfg.Catalog.Has(ctx, ref)
	if err != nil || !there {
		return nil, err
	}
	return of(func(t *tracker) { t.facts.Entity = &EntityFact{Ref: ref} }), nil
}

// lookAddress asks as a visitor does, the zone and then the edge.
func (s *Service) lookAddress(ctx context.Context, app string, of func(func(*tracker)) message) message {
	name := s.prober.resolve(ctx, app)
	edge, answer := s.prober.visit(ctx, app)
	if !name.OK {
		answer = &AnswerFact{URL: answer.URL, Reason: name.Reason}
	}
	return of(func(t *tracker) { t.seeAddress(name, edge, answer) })
}

// seeName has the whole address asked when a name that held does not.
func (t *tracker) seeName(name *NameFact) {
	if t.app.Address.Live && !name.OK {
		t.kick(lookAnswer)
	}
	t.same = ptr.Equal(t.facts.Name, name)
	t.facts.Name = name
}

func (t *tracker) seeAddress(name *NameFact, edge *EdgeFact, answer *AnswerFact) {
	before, checked := t.facts, t.checked
	t.facts.Name = name
	t.seeAnswer(edge, answer)
	t.same = checked && ptr.Equal(before.Name, t.facts.Name) && ptr.Equal(before.Edge, t.facts.Edge) && ptr.Equal(before.Answer, t.facts.Answer)
}

func (s *Service) lookAnswer(ctx context.Context, app App, f Facts, of func(func(*tracker)) message) message {
	answer := &AnswerFact{Reason: "waits for a ready pod"}
	if app.Public {
		return s.lookAddress(ctx, app.Name, of)
	}
	if address := s.cluster.proxyURL(app.Name, rolloutDigest(f)); address != "" {
		answer = s.prober.ask(ctx, address)
	}
	return of(func(t *tracker) { t.seeAnswer(nil, answer) })
}

func rolloutDigest(f Facts) string {
	if f.Rollout == nil {
		return ""
	}
	return f.Rollout.Digest
}

// seeAnswer counts misses. For a while after a restart a miss says nothing
// yet: the application may be starting again with everything else.
func (t *tracker) seeAnswer(edge *EdgeFact, answer *AnswerFact) {
	switch {
	case answer.good():
		t.misses, t.checked = 0, true
	case !t.checked && t.s.cfg.Clock().Sub(t.startedAt) < bootGrace:
		return
	default:
		t.misses++
		t.checked = true
	}
	answer.Misses = t.misses
	t.facts.Edge, t.facts.Answer = edge, answer
}

// lookHistory finds a push whose event did not arrive.
func (s *Service) lookHistory(ctx context.Context, app string) (message, error) {
	repository, branch, err := s.forge.head(ctx, app)
	if err != nil || repository == nil || repository.Commit == "" {
		return nil, err
	}
	push, err := s.forge.lastPush(ctx, app, branch)
	if err != nil || push == nil {
		return nil, err
	}
	push.At = s.cfg.Clock()
	return func(ctx context.Context, t *tracker) {
		t.facts.Repository = repository
		t.seePush(ctx, *push)
	}, nil
}

func (s *Service) lookRemoval(ctx context.Context, app App) (message, error) {
	step := app.Deletion.next()
	if step == nil {
		return nil, nil
	}
	result, err := s.remover().remove(ctx, step.Name, app)
	if err != nil {
		result = removal{reason: err.Error()}
	}
	return func(_ context.Context, t *tracker) {
		t.app.Deletion = t.app.Deletion.record(result, s.cfg.Clock())
		if result.gone {
			t.kick(lookRemoval)
		}
	}, err
}
