// Package notify tells others how deliveries end: sinks that are configured,
// which are webhooks, Slack-compatible chats and mail, and the forge, by a
// commit status on the revision. What is to be told stands in the deliveries'
// journal until it was told, so each is told at least once, whatever dies.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Source is the journal of what is owed to whom. What it gives, it gives again
// until it is told that it was settled.
type Source interface {
	// BeginNotices names the sinks that are told from now on.
	BeginNotices(ctx context.Context, sinks []string) error
	// DueNotices are what a sink is owed now and happened before settled.
	DueNotices(ctx context.Context, sink string, now, settled time.Time, limit int) ([]delivery.Notice, error)
	// DelayNotice counts an attempt that is about to be made.
	DelayNotice(ctx context.Context, sink string, n delivery.Notice, until time.Time) error
	// SettleNotice ends the duty to tell one.
	SettleNotice(ctx context.Context, sink string, n delivery.Notice) error

	// DueStatuses, DelayStatus and SettleStatus are the same for commit statuses.
	DueStatuses(ctx context.Context, now time.Time, limit int) ([]delivery.CommitStatus, error)
	DelayStatus(ctx context.Context, c delivery.CommitStatus, until time.Time) error
	SettleStatus(ctx context.Context, c delivery.CommitStatus) error
}

// Forge takes commit statuses.
type Forge interface {
	CreateStatus(ctx context.Context, owner, name, sha string, s scm.Status) error
}

// Channel is how a sink is reached.
type Channel interface {
	// Send tells one message. A refusedError is an answer for good.
	Send(ctx context.Context, m Message) error
}

// Sink is one that is told.
type Sink struct {
	Name    string // unique; what is owed is kept under it
	Channel Channel
	Filter  Filter
}

// Filter says what a sink wants to hear; what is empty leaves out nothing.
type Filter struct {
	On     []string // live, failed
	Apps   []string // names, with * and ? as in path.Match
	Owners []string // entity references
}

// The two kinds of news.
const (
	OnLive   = "live"
	OnFailed = "failed"
)

func (f Filter) wants(n delivery.Notice) bool {
	named := func(pattern string) bool {
		match, err := path.Match(pattern, n.App)
		return err == nil && match
	}
	return (len(f.On) == 0 || slices.Contains(f.On, kind(n.Event))) &&
		(len(f.Apps) == 0 || slices.ContainsFunc(f.Apps, named)) &&
		(len(f.Owners) == 0 || slices.Contains(f.Owners, n.Owner))
}

// kind is what an event means to who only wants to know good or bad.
func kind(event string) string {
	if event == delivery.NoticeLive || event == delivery.NoticeBack {
		return OnLive
	}
	return OnFailed
}

// Message is a notice on its way to one sink.
type Message struct {
	ID   string // a UUID, the same when the notice is sent again
	Page string // the delivery's, in the portal
	delivery.Notice
}

// Config says who is told.
type Config struct {
	Source Source
	Forge  Forge
	Sinks  []Sink
	Portal *url.URL // base address of the portal's pages
	Logger *slog.Logger
	Clock  func() time.Time // default time.Now
	// Settled is between an event and its telling, in which the reason of a
	// failure is still read; default 2 s.
	Settled time.Duration
	Every   time.Duration // between two looks; default 1 s
}

// Notifier is a part.Part.
type Notifier struct{ cfg Config }

const (
	batch       = 20
	sendTimeout = 15 * time.Second
	giveUpAfter = 24 * time.Hour
	firstPause  = 5 * time.Second
	longPause   = 15 * time.Minute
)

// New checks the configuration and tells nothing yet.
func New(cfg Config) (*Notifier, error) {
	if cfg.Source == nil || cfg.Forge == nil || cfg.Portal == nil || cfg.Logger == nil {
		return nil, errors.New("notify: Source, Forge, Portal and Logger are needed")
	}
	names := map[string]bool{}
	for _, s := range cfg.Sinks {
		if s.Name == "" || s.Channel == nil || names[s.Name] {
			return nil, fmt.Errorf("notify: sink %q: a name of its own and a channel are needed", s.Name)
		}
		names[s.Name] = true
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Settled == 0 {
		cfg.Settled = 2 * time.Second
	}
	if cfg.Every == 0 {
		cfg.Every = time.Second
	}
	return &Notifier{cfg}, nil
}

// unlessStopped is nil when an error only says that the process is being stopped.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// Name implements part.Part.
func (*Notifier) Name() string { return "notify" }

// Run implements part.Part. Each sink has a loop of its own: one that is slow or
// away holds up no other.
func (n *Notifier) Run(ctx context.Context, ready func()) error {
	var names []string
	for _, s := range n.cfg.Sinks {
		names = append(names, s.Name)
	}
	if err := n.cfg.Source.BeginNotices(ctx, names); err != nil {
		return unlessStopped(ctx, err)
	}
	ready()
	var loops sync.WaitGroup
	for _, s := range n.cfg.Sinks {
		loops.Go(func() { n.repeat(ctx, s.Name, func() error { return n.tellSink(ctx, s) }) })
	}
	loops.Go(func() { n.repeat(ctx, "forge", func() error { return n.tellForge(ctx) }) })
	loops.Wait()
	return nil
}

// repeat looks for what is owed until ctx is done. What failed is owed later
// again, by the journal.
func (n *Notifier) repeat(ctx context.Context, to string, round func() error) {
	tick := time.NewTicker(n.cfg.Every)
	defer tick.Stop()
	for {
		if err := round(); err != nil && ctx.Err() == nil {
			n.cfg.Logger.Warn("a notice waits", "to", to, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// pause is between two attempts, the first of which has the number 0.
func pause(attempts int) time.Duration {
	const doublings = 8
	return min(firstPause<<min(attempts, doublings), longPause)
}

// identity is the id of a notice to one sink.
func identity(sink string, n delivery.Notice) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "pronto:%s/%s/%s/%d", sink, n.Delivery, n.Event, n.At.UnixMilli())).String()
}

// page is the portal's page of a delivery.
func (n *Notifier) page(app, id string) string {
	return n.cfg.Portal.JoinPath("apps", app, "deliveries", id).String()
}
