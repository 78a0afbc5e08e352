package delivery

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/delivery/source"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Rollback is the commit that brings an earlier revision back.
type Rollback struct {
	Revision string `json:"revision"` // the new commit
	To       string `json:"to"`       // the revision whose files it brings back
}

// Rollback goes back to an earlier revision by one commit on the default
// branch. Git stays the truth: the files are those that were deployed, so the
// image is the one that was built then, and nothing is built. What is under
// way is superseded. Asking again meanwhile answers the same commit.
func (s *Service) Rollback(ctx context.Context, name, to string, by Person) (Rollback, error) {
	s.rollbacks.Lock()
	defer s.rollbacks.Unlock()
	if err := s.standing(name); err != nil {
		return Rollback{}, err
	}
	p, err := s.past(ctx, name)
	if err != nil {
		return Rollback{}, err
	}
	target, again, err := p.target(strings.ToLower(to))
	if err != nil {
		return Rollback{}, err
	}
	if again != "" {
		return Rollback{Revision: again, To: target.Revision}, nil
	}
	if err := s.hasImage(ctx, target); err != nil {
		return Rollback{}, err
	}
	s.stopRun(ctx, *p.latest)
	author := s.author(by)
	message := ""
	revision, err := s.source().Restore(ctx, s.names.Repository(name), source.Restore{
		Revision: target.Revision, Deployed: deployedAt(target),
		Message: func(head string) string { message = rollbackMessage(target, head); return message },
	}, author)
	if err != nil {
		return Rollback{}, err
	}
	return Rollback{Revision: revision, To: target.Revision}, s.beginRollback(ctx, name, pushFact(revision, message, author.Name, s.cfg.Clock(), s.cfg.Clock()))
}

// past reads what a rollback is decided on.
func (s *Service) past(ctx context.Context, name string) (past, error) {
	t := s.known(name)
	if t == nil {
		return past{}, ErrNotFound
	}
	type state struct {
		id     int64
		latest *Delivery
	}
	now, err := ask(ctx, t, func(t *tracker) state { return state{t.app.ID, t.d} })
	if err != nil {
		return past{}, err
	}
	lived, err := s.journal.lived(ctx, now.id, shownVersions)
	return pastOf(now.latest, lived), err
}

// rollbackTarget is the target of a rollback that could be done now.
func (s *Service) rollbackTarget(ctx context.Context, p past, to string) (Delivery, error) {
	target, _, err := p.target(to)
	if err != nil {
		return target, err
	}
	return target, s.hasImage(ctx, target)
}

func (s *Service) hasImage(ctx context.Context, d Delivery) error {
	_, digest, _ := strings.Cut(imageOf(d, s.names), "@")
	if digest == "" {
		return fault.Conflictf("it is not known which image %s ran", short(d.Revision))
	}
	there, err := s.images.has(ctx, d.App, digest)
	switch {
	case err != nil:
		return fault.Because(err, fault.Unavailable, "the registry could not be asked for the image of %s; try again", short(d.Revision))
	case !there:
		return fault.Conflictf("the registry does not have the image of %s any more", short(d.Revision))
	}
	return nil
}

// deployedAt is the commit that holds a delivery's files as they were
// deployed: the pipeline's, which names the image, or its own.
func deployedAt(d Delivery) string {
	if commit, ok := d.Phase(Build).Evidence["deployRevision"].(string); ok {
		return commit
	}
	return d.Revision
}

// stopRun stops the run of a delivery that is about to be superseded. It must
// not deploy any more: a pipeline made from our templates looks for itself
// whether a newer commit is there, another may not.
func (s *Service) stopRun(ctx context.Context, d Delivery) {
	if d.Status != InProgress || d.RunID == 0 || d.Phase(Build).Status != Running {
		return
	}
	if err := s.cfg.SCM.CancelRun(ctx, s.names.Organization, s.names.Repository(d.App), d.RunID); err != nil {
		s.log.Warn("cannot stop the run of a superseded delivery", "app", d.App, "delivery", d.ID, "error", err)
	}
}

// rollbackMessage says what a rollback does. GitHub starts no workflow for a
// commit with the trailer skip-checks, which two empty lines must precede.
// [skip ci] would do that too, but is the mark of a pipeline's own commits.
func rollbackMessage(target Delivery, head string) string {
	return fmt.Sprintf("Revert to %s\n\nBrings back the files of %s (%s)\nas they were deployed, and takes back %s..%s.\n"+
		"Its image is in the registry, so nothing is built.\n\n\n%s: %s\nskip-checks: true\n",
		short(target.Revision), short(target.Revision), firstOf(target.Message, "no message"),
		short(target.Revision), short(head), rollbackTrailer, target.Revision)
}

const rollbackTrailer = "Rollback-To"

var rollbackPattern = regexp.MustCompile(`(?m)^` + rollbackTrailer + `: ([0-9a-f]{40})$`)

// rollbackTo is the revision that a commit says it brings back, if it does.
func rollbackTo(message string) string {
	if match := rollbackPattern.FindStringSubmatch(message); match != nil {
		return match[1]
	}
	return ""
}

// beginRollback begins the delivery at once; the forge's event, when it comes,
// finds it there.
func (s *Service) beginRollback(ctx context.Context, name string, push PushFact) error {
	t := s.known(name)
	if t == nil {
		return ErrNotFound
	}
	if !t.tell(ctx, func(ctx context.Context, t *tracker) { t.seePush(ctx, push) }) {
		return fmt.Errorf("roll back %s: %w", name, firstError(ctx.Err(), ErrNotRunning))
	}
	_, err := ask(ctx, t, func(*tracker) bool { return true })
	return err
}

// recall finds out what is known of the revision that a commit brings back.
func (t *tracker) recall(ctx context.Context, push PushFact) *TargetFact {
	if push.RollbackTo == "" || !push.SkipCI {
		return nil
	}
	target, err := t.s.journal.livedRevision(ctx, t.app.ID, push.RollbackTo)
	if err != nil {
		t.log.Error("cannot look up a revision", "rev", short(push.RollbackTo), "error", err)
	}
	if target == nil {
		return nil
	}
	return &TargetFact{Revision: target.Revision, Answers: answers(*target), Image: imageOf(*target, t.s.names)}
}
