// Package part is the life of a running piece of the system: every server and
// controller is a Part, and one Group owns their start, readiness and stop.
package part

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Part is one running piece of the system.
type Part interface {
	// Name is short, lower-case and unique within a Group.
	Name() string
	// Run serves until ctx is done and returns nil then. It calls ready once,
	// when others may rely on it. An error stops the whole Group.
	Run(ctx context.Context, ready func()) error
}

// Func makes a Part of a function.
func Func(name string, run func(ctx context.Context, ready func()) error) Part {
	return funcPart{name, run}
}

type funcPart struct {
	name string
	run  func(context.Context, func()) error
}

func (p funcPart) Name() string                                { return p.name }
func (p funcPart) Run(ctx context.Context, ready func()) error { return p.run(ctx, ready) }

// Group runs parts in order of need. The zero value is not usable; see NewGroup.
type Group struct {
	log     *slog.Logger
	members []*member
	byName  map[string]*member
	onReady func(name string, took time.Duration)
}

type member struct {
	part  Part
	after []string
	ready chan struct{}
	once  sync.Once
}

// NewGroup returns an empty group. onReady may be nil.
func NewGroup(log *slog.Logger, onReady func(name string, took time.Duration)) *Group {
	return &Group{log: log, byName: map[string]*member{}, onReady: onReady}
}

// Add appends a part that starts once every part named in after is ready.
// It is an error to name a part that was not added before.
func (g *Group) Add(p Part, after ...string) error {
	if _, ok := g.byName[p.Name()]; ok {
		return fmt.Errorf("part %s: added twice", p.Name())
	}
	for _, name := range after {
		if _, ok := g.byName[name]; !ok {
			return fmt.Errorf("part %s: needs %s, which was not added before it", p.Name(), name)
		}
	}
	m := &member{part: p, after: after, ready: make(chan struct{})}
	g.members = append(g.members, m)
	g.byName[p.Name()] = m
	return nil
}

// Ready is closed once the named part is ready; nil for an unknown name.
func (g *Group) Ready(name string) <-chan struct{} {
	if m, ok := g.byName[name]; ok {
		return m.ready
	}
	return nil
}

// Run starts every part and returns when all have ended: nil after ctx was
// cancelled, else the first error.
func (g *Group) Run(ctx context.Context) error {
	eg, ctx := errgroup.WithContext(ctx)
	for _, m := range g.members {
		eg.Go(func() error { return g.runMember(ctx, m) })
	}
	return eg.Wait()
}

func (g *Group) runMember(ctx context.Context, m *member) error {
	for _, name := range m.after {
		select {
		case <-g.byName[name].ready:
		case <-ctx.Done():
			return nil
		}
	}
	begin := time.Now()
	err := m.part.Run(ctx, func() { m.once.Do(func() { g.markReady(m, time.Since(begin)) }) })
	switch {
	case ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)):
		return nil
	case err != nil:
		return fmt.Errorf("part %s: %w", m.part.Name(), err)
	default:
		return fmt.Errorf("part %s: ended while the system was running", m.part.Name())
	}
}

func (g *Group) markReady(m *member, took time.Duration) {
	close(m.ready)
	g.log.Info("ready", "part", m.part.Name(), "took", took.Round(time.Millisecond).String())
	if g.onReady != nil {
		g.onReady(m.part.Name(), took)
	}
}
