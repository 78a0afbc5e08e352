package part_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/part"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func TestAPartStartsOnlyAfterTheOnesItNeeds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release, second := make(chan struct{}), make(chan struct{})
	g := part.NewGroup(quiet, nil)
	add(t, g, part.Func("first", func(ctx context.Context, ready func()) error {
		<-release
		ready()
		<-ctx.Done()
		return nil
	}))
	add(t, g, part.Func("second", func(ctx context.Context, ready func()) error {
		close(second)
		<-ctx.Done()
		return ctx.Err()
	}), "first")
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	select {
	case <-second:
		t.Fatal("second started before first was ready")
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	<-second
	cancel()
	if err := <-done; err != nil {
		t.Fatalf("Run after cancel = %v, want nil", err)
	}
}

func TestAFailingPartStopsTheGroupAndIsNamed(t *testing.T) {
	g := part.NewGroup(quiet, nil)
	add(t, g, part.Func("steady", func(ctx context.Context, ready func()) error { <-ctx.Done(); return nil }))
	add(t, g, part.Func("broken", func(context.Context, func()) error { return errors.New("no disk") }))
	err := g.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "part broken: no disk") {
		t.Fatalf("Run = %v, want it to name the broken part", err)
	}
}

func TestAddRefusesUnknownNeedsAndDuplicates(t *testing.T) {
	g := part.NewGroup(quiet, nil)
	idle := part.Func("idle", func(context.Context, func()) error { return nil })
	if err := g.Add(idle, "nobody"); err == nil {
		t.Error("a part that needs an unknown part was accepted")
	}
	add(t, g, idle)
	if err := g.Add(idle); err == nil {
		t.Error("a part was accepted twice")
	}
}

func add(t *testing.T, g *part.Group, p part.Part, after ...string) {
	t.Helper()
	if err := g.Add(p, after...); err != nil {
		t.Fatal(err)
	}
}
