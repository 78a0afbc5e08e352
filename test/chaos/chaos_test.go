package chaos_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/test/chaos"
	"github.com/pronto-platform/pronto/test/platform"
)

var (
	seed  = flag.Uint64("chaos.seed", uint64(time.Now().Unix()), "draws the instants and the victims")
	kills = flag.Int("chaos.kills", 100, "how many random instants")
	lanes = flag.Int("chaos.lanes", 2, "how many applications at a time")
)

// started brings a platform up for one test, with an application on it that
// is asked all the time.
func started(t *testing.T) *chaos.Killer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	p, err := platform.Start(ctx, os.Stderr)
	if p != nil {
		t.Cleanup(func() { stop(t, p) })
		stopWhenInterrupted(t, p)
	}
	if err != nil {
		t.Fatal(err)
	}
	app, err := p.Create(ctx, "steady", "replicas=1")
	if err != nil {
		t.Fatal(err)
	}
	k := &chaos.Killer{P: p, Log: func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05.000 ")+format+"\n", args...)
	}}
	if k.Steady, err = chaos.NewSteady(t.Context(), p, app.URL); err != nil {
		t.Fatal(err)
	}
	return k
}

// stopWhenInterrupted takes the platform away when the test is: its cleanup
// would not run.
func stopWhenInterrupted(t *testing.T, p *platform.Platform) {
	interrupted, leave := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	keep := context.AfterFunc(interrupted, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := p.Stop(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "chaos: stop the platform:", err)
		}
		os.Exit(1)
	})
	t.Cleanup(func() { keep(); leave() })
}

func stop(t *testing.T, p *platform.Platform) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if t.Failed() {
		dir := filepath.Join(platform.Artifacts("chaos"), t.Name())
		if err := p.Keep(ctx, dir); err != nil {
			t.Log(err)
		}
		t.Log("the platform's logs are in", dir)
	}
	if err := p.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func judge(t *testing.T, k *chaos.Killer, report *chaos.Report) {
	t.Helper()
	chaos.Judge(t, k, report)
	if err := chaos.Leftovers(t.Context(), k.P); err != nil {
		t.Error("left behind:", err)
	}
}

func TestKillsAtRandomInstantsShowNowhere(t *testing.T) {
	k := started(t)
	t.Logf("-chaos.seed=%d -chaos.kills=%d -chaos.lanes=%d", *seed, *kills, *lanes)
	judge(t, k, chaos.Random(t.Context(), k, t.TempDir(), *seed, *lanes, *kills))
}

func TestKillsAtEveryBoundaryOfTheJournalsShowNowhere(t *testing.T) {
	k := started(t)
	judge(t, k, chaos.Boundaries(t.Context(), k, t.TempDir(), *lanes))
}
