package delivery

import (
	"context"
	"strings"
	"time"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// errSignature is a webhook that was not signed with the shared secret.
var errSignature = fault.Authenticationf("the signature in X-Hub-Signature-256 does not match")

// Receive takes a webhook of the forge or of its workflows: it checks the
// signature, journals it and hands it on. The same guid again changes nothing.
func (s *Service) Receive(ctx context.Context, guid, event, signature string, body []byte) error {
	if !strings.HasPrefix(signature, "sha256=") {
		return errSignature
	}
	if err := github.ValidateSignature(signature, body, []byte(s.cfg.WebhookSecret.Reveal())); err != nil {
		return errSignature
	}
	if guid == "" {
		return fault.Inputf("the body is no event that can be read: X-GitHub-Delivery is missing")
	}
	payload, err := parse(event, body)
	if err != nil {
		return err
	}
	fresh, err := s.journal.received(ctx, guid, event, body, s.cfg.Clock())
	if err != nil || !fresh {
		return err
	}
	if s.isRunning() {
		s.handle(ctx, guid, payload)
	}
	return nil // what is not handled is replayed at the start
}

func (s *Service) isRunning() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.follow != nil
}

// parse reads the events that matter; others are nil.
func parse(event string, body []byte) (any, error) {
	switch event {
	case "push", "workflow_run", "workflow_job":
		payload, err := github.ParseWebHook(event, body)
		if err != nil {
			return nil, fault.Because(err, fault.Input, "the body is no event that can be read: %v", err)
		}
		return payload, nil
	}
	return nil, nil
}

// replay hands on what a stop of the process left behind.
func (s *Service) replay(ctx context.Context) error {
	hooks, err := s.journal.unhandled(ctx)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		payload, err := parse(h.event, h.body)
		if err != nil {
			s.log.Warn("a journalled webhook cannot be read", "guid", h.guid, "error", err)
		}
		s.handle(ctx, h.guid, payload)
	}
	return nil
}

// handle gives an event to its application; it counts as handled once the
// application has taken and journalled it.
func (s *Service) handle(ctx context.Context, guid string, payload any) {
	var apply message
	t := (*tracker)(nil)
	switch p := payload.(type) {
	case *github.PushEvent:
		t, apply = s.handlePush(p)
	case *github.WorkflowRunEvent:
		t = s.owner(p.GetRepo())
		apply = func(ctx context.Context, t *tracker) {
			t.seeDispatch(ctx, p.GetWorkflowRun(), p.GetRepo().GetDefaultBranch())
			t.seeRunEvent(p.GetWorkflowRun())
		}
	case *github.WorkflowJobEvent:
		t = s.owner(p.GetRepo())
		apply = func(_ context.Context, t *tracker) { t.seeJobEvent(p.GetWorkflowJob()) }
	}
	if t == nil || apply == nil {
		s.markHandled(ctx, guid)
		return
	}
	if !t.tell(ctx, func(ctx context.Context, t *tracker) {
		apply(ctx, t)
		t.once(func(ctx context.Context) { s.markHandled(ctx, guid) })
	}) {
		s.log.Warn("an event was not taken; it is replayed at the next start", "guid", guid, "app", t.app.Name)
	}
}

func (s *Service) markHandled(ctx context.Context, guid string) {
	if err := s.journal.handled(ctx, guid, s.cfg.Clock()); err != nil {
		s.log.Error("cannot mark a webhook", "guid", guid, "error", err)
	}
}

// owner is the tracker of the application that a repository belongs to.
func (s *Service) owner(repository *github.Repository) *tracker {
	owner, name, _ := strings.Cut(repository.GetFullName(), "/")
	app, ok := s.names.app(owner, name)
	if !ok {
		return nil
	}
	return s.known(app)
}

func (s *Service) handlePush(p *github.PushEvent) (*tracker, message) {
	repository := p.GetRepo()
	owner, name, _ := strings.Cut(repository.GetFullName(), "/")
	app, ok := s.names.app(owner, name)
	branch, isBranch := strings.CutPrefix(p.GetRef(), "refs/heads/")
	if !ok || !isBranch || p.GetDeleted() || branch != firstOf(repository.GetDefaultBranch(), repository.GetMasterBranch()) {
		return nil, nil
	}
	now := s.cfg.Clock()
	t := s.tracker(app, App{Name: app, Public: true, CreatedAt: now, CreatedBy: p.GetSender().GetLogin()})
	fact := RepositoryFact{Name: repository.GetFullName(), URL: repository.GetHTMLURL(), Commit: p.GetAfter()}
	bot := p.GetSender().GetType() == "Bot" || isBot(p.GetSender().GetLogin())
	return t, func(ctx context.Context, t *tracker) {
		if bot {
			t.hint = p.GetAfter()
			t.kick(lookSource)
			t.kick(lookImage)
			return
		}
		t.facts.Repository = &fact
		t.seePush(ctx, pushOf(p, now))
	}
}

func pushOf(p *github.PushEvent, now time.Time) PushFact {
	author := firstOf(p.GetHeadCommit().GetAuthor().GetName(), p.GetPusher().GetName())
	return pushFact(p.GetAfter(), p.GetHeadCommit().GetMessage(), author, p.GetHeadCommit().GetTimestamp().Time, now)
}

// pushFact reads a commit's message.
func pushFact(revision, message, author string, committed, at time.Time) PushFact {
	return PushFact{Revision: revision, Message: firstLine(message), Author: author, At: at, CommittedAt: committed,
		SkipCI: skipsCI(message), RollbackTo: rollbackTo(message)}
}

// seePush begins a delivery of a commit, or gives the delivery that waits for
// its first commit this one. A commit that was seen before changes nothing.
func (t *tracker) seePush(ctx context.Context, push PushFact) {
	if t.app.Deletion != nil || (t.d != nil && t.d.Revision == push.Revision) {
		return
	}
	push.Target = t.recall(ctx, push)
	if t.d != nil && t.d.Revision == "" && !t.d.over() {
		if t.app.Restoration.awaits(push.Revision) {
			return // of the repository that was deleted
		}
		t.facts.Push = &push
		return
	}
	seen, err := t.s.journal.has(ctx, t.app.ID, push.Revision)
	if err != nil {
		t.log.Error("cannot look up a revision", "rev", short(push.Revision), "error", err)
	}
	if seen {
		return // an event that comes late
	}
	t.begin(ctx, "", &push)
}

func (t *tracker) seeRunEvent(run *github.WorkflowRun) {
	fact := runOf(run)
	if t.d == nil || run.GetHeadSHA() != t.d.Revision || !t.d.StartedBy.follows(fact) {
		return
	}
	if fact.Status == "completed" {
		fact.FinishedAt = t.s.cfg.Clock()
		t.kick(lookRun)
	} else if t.facts.Run != nil && t.facts.Run.ID == fact.ID {
		fact.Current = t.facts.Run.Current
	}
	t.seeRun(fact)
}

func (t *tracker) seeJobEvent(job *github.WorkflowJob) {
	if t.d == nil || job.GetHeadSHA() != t.d.Revision {
		return
	}
	if t.facts.Run == nil || t.facts.Run.ID != job.GetRunID() {
		t.kick(lookRun) // the run's own event is late
		return
	}
	run := *t.facts.Run
	if run.Status == "completed" {
		return
	}
	run.Current = currentStep(job)
	t.facts.Run = &run
	if job.GetStatus() == "completed" {
		t.kick(lookSource)
		t.kick(lookImage)
	}
}
