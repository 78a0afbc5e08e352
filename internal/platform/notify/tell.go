package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// tellSink tells a sink what it is owed now. The first that fails ends the
// round: a sink that is away is asked once in each.
func (n *Notifier) tellSink(ctx context.Context, s Sink) error {
	now := n.cfg.Clock()
	list, err := n.cfg.Source.DueNotices(ctx, s.Name, now, now.Add(-n.cfg.Settled), batch)
	if err != nil {
		return err
	}
	for _, notice := range list {
		if err := n.tellNotice(ctx, s, notice); err != nil {
			return fmt.Errorf("%s of %s to %s: %w", notice.Event, notice.App, s.Name, err)
		}
	}
	return nil
}

// tellNotice counts the attempt before it is made: a platform that is killed
// in the middle tries again after the pause, and not at every start.
func (n *Notifier) tellNotice(ctx context.Context, s Sink, notice delivery.Notice) error {
	log := n.cfg.Logger.With("sink", s.Name, "event", notice.Event, "app", notice.App, "delivery", notice.Delivery)
	now := n.cfg.Clock()
	switch {
	case !s.Filter.wants(notice):
		return n.cfg.Source.SettleNotice(ctx, s.Name, notice)
	case now.Sub(notice.At) > giveUpAfter:
		log.Error("a notice could not be told within a day and is given up", "at", notice.At, "attempts", notice.Attempts)
		return n.cfg.Source.SettleNotice(ctx, s.Name, notice)
	}
	wait := pause(notice.Attempts)
	if err := n.cfg.Source.DelayNotice(ctx, s.Name, notice, now.Add(wait)); err != nil {
		return err
	}
	err := n.send(ctx, s, notice)
	switch later := asked(err); {
	case err == nil:
		log.Info("told", "attempts", notice.Attempts+1)
	case refused(err):
		log.Error("the sink refuses a notice; it is not sent again", "error", err)
	case later > wait:
		return errors.Join(err, n.cfg.Source.DelayNotice(ctx, s.Name, notice, now.Add(min(later, longPause))))
	default:
		return err
	}
	return n.cfg.Source.SettleNotice(ctx, s.Name, notice)
}

func (n *Notifier) send(ctx context.Context, s Sink, notice delivery.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return s.Channel.Send(ctx, Message{ID: identity(s.Name, notice), Page: n.page(notice.App, notice.Delivery), Notice: notice})
}

// tellForge gives revisions the commit statuses that are owed.
func (n *Notifier) tellForge(ctx context.Context) error {
	list, err := n.cfg.Source.DueStatuses(ctx, n.cfg.Clock(), batch)
	if err != nil {
		return err
	}
	for _, c := range list {
		if err := n.tellStatus(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notifier) tellStatus(ctx context.Context, c delivery.CommitStatus) error {
	log, now := n.cfg.Logger.With("app", c.App, "delivery", c.Delivery, "rev", c.Revision), n.cfg.Clock()
	if now.Sub(c.Changed) > giveUpAfter {
		log.Error("a commit status could not be given within a day and is given up", "status", c.State, "attempts", c.Attempts)
		return n.cfg.Source.SettleStatus(ctx, c)
	}
	if err := n.cfg.Source.DelayStatus(ctx, c, now.Add(pause(c.Attempts))); err != nil {
		return err
	}
	err := n.give(ctx, c)
	status, _ := scm.Refused(err)
	switch {
	case err == nil:
	case errors.Is(err, scm.ErrNotFound): // the repository is gone, and nobody is there to tell
	case status == http.StatusUnprocessableEntity:
		log.Error("the forge refuses a commit status; it is not sent again", "error", err)
	default:
		return err
	}
	return n.cfg.Source.SettleStatus(ctx, c)
}

func (n *Notifier) give(ctx context.Context, c delivery.CommitStatus) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return n.cfg.Forge.CreateStatus(ctx, c.Owner, c.Repository, c.Revision, scm.Status{
		State: c.State, Context: delivery.StatusContext, Description: c.Description, TargetURL: n.page(c.App, c.Delivery),
	})
}

// refusedError is an answer that the same again would get again.
type refusedError struct{ error }

func (e refusedError) Unwrap() error { return e.error }

func refused(err error) bool {
	var answer refusedError
	return errors.As(err, &answer)
}

// laterError is an answer that says when to come again.
type laterError struct {
	error
	after time.Duration
}

func (e laterError) Unwrap() error { return e.error }

// asked is the pause that an answer asks for; 0 if it asks for none.
func asked(err error) time.Duration {
	var answer laterError
	if errors.As(err, &answer) {
		return answer.after
	}
	return 0
}
