package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

const (
	defaultRounds = 20
	restarts      = 3
	perSecond     = 50
	limit         = 55 * time.Minute
	roundLimit    = 3 * time.Minute
	base          = "bench0" // the application that is pushed to, and whose tree is the floor's
)

// bench is one run.
type bench struct {
	*testing.B
	p      *platform.Platform
	report report
	dir    string
	work   string // clone of base
}

// BenchmarkJourney measures everything on one platform, the platform's rounds
// and the floor's in turns, so that both meet the same machine.
func BenchmarkJourney(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	for b.Loop() {
		run := &bench{B: b, dir: b.TempDir(), report: report{rounds: rounds(b), form: newJourney(), push: newJourney(), rollback: newJourney()}}
		run.start(ctx)
		run.first(ctx)
		for n := range run.report.rounds {
			run.formRound(ctx, n)
		}
		run.pushRounds(ctx)
		run.rollbackRounds(ctx)
		for range restarts {
			run.restart(ctx)
		}
		run.publish()
	}
}

func rounds(b *testing.B) int {
	text := os.Getenv("PRONTO_BENCH_ROUNDS")
	if text == "" {
		return defaultRounds
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("PRONTO_BENCH_ROUNDS=%q: give a whole number from 1", text)
	}
	return n
}

func (b *bench) start(ctx context.Context, settings ...string) {
	b.Helper()
	began := time.Now()
	p, err := platform.Start(ctx, os.Stderr, settings...)
	b.p = p
	if p != nil {
		b.Cleanup(func() {
			if b.p == p { // still
				b.stop(p)
			}
		})
	}
	b.check(err)
	b.report.firstStart = time.Since(began).Seconds()
}

func (b *bench) stop(p *platform.Platform) {
	if b.Failed() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		dir := filepath.Join(platform.Artifacts("bench"), "platform")
		b.Logf("the platform's logs are in %s (%v)", dir, p.Keep(ctx, dir))
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.Stop(ctx); err != nil {
		b.Errorf("stop the platform: %v", err)
	}
}

func (b *bench) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// first warms the platform with the application that stays, and weighs it.
func (b *bench) first(ctx context.Context) {
	b.Helper()
	_, err := b.p.Create(ctx, base)
	b.check(err)
	b.work, err = b.p.Clone(ctx, b.dir, base)
	b.check(err)
	b.report.memory, b.report.processes = b.weigh(ctx)
}

// weigh is the memory of the whole platform and of each process, in bytes.
func (b *bench) weigh(ctx context.Context) (all int64, each map[string]int64) {
	b.Helper()
	status, err := b.p.Status(ctx)
	b.check(err)
	each = map[string]int64{}
	for _, process := range status.Processes {
		each[process.Name] = process.MemoryBytes
	}
	return status.MemoryBytes, each
}

func (b *bench) formRound(ctx context.Context, n int) {
	b.Helper()
	ctx, cancel := context.WithTimeout(ctx, roundLimit)
	defer cancel()
	name := fmt.Sprintf("form%d", n)
	b.atAnyMoment(ctx, n)
	began := time.Now()
	app, err := b.p.Create(ctx, name)
	wall := time.Since(began)
	b.check(err)
	b.report.form.add(wall, *app.Delivery)

	f, err := newFloor(b.p, b.work, base, filepath.Join(b.dir, "floor"+name), "floor"+name)
	b.check(err)
	b.atAnyMoment(ctx, n)
	whole, build, err := f.deliver(ctx, "floor-"+strconv.FormatInt(time.Now().UnixNano(), 36))
	b.check(err)
	b.report.formFloor = append(b.report.formFloor, whole.Seconds())
	b.report.formBuild = append(b.report.formBuild, build.Seconds())
	removing, ctx := errgroup.WithContext(ctx)
	removing.Go(func() error { return b.p.Delete(ctx, name) })
	removing.Go(func() error { return f.remove(ctx) })
	b.check(removing.Wait())
	b.Logf("form to live %2d: %5.1f s (floor %5.1f s)", n+1, wall.Seconds(), whole.Seconds())
}

// pushRounds changes base and the floor's copy of it by turns, while both are asked.
func (b *bench) pushRounds(ctx context.Context) {
	b.Helper()
	f, err := newFloor(b.p, b.work, base, filepath.Join(b.dir, "floorpush"), "floorpush")
	b.check(err)
	_, _, err = f.deliver(ctx, "floor-first")
	b.check(err)
	for n := range b.report.rounds {
		message := fmt.Sprintf("Round %d", n+1)
		wall := b.pushRound(ctx, n, message)
		whole, build := b.floorRound(ctx, n, f, message)
		b.report.pushFloor = append(b.report.pushFloor, whole.Seconds())
		b.report.pushBuild = append(b.report.pushBuild, build.Seconds())
		b.Logf("push to live %2d: %5.1f s (floor %5.1f s)", n+1, wall.Seconds(), whole.Seconds())
	}
	b.check(f.remove(ctx))
}

// floorRound is a push round by hand; its requests are not counted.
func (b *bench) floorRound(ctx context.Context, n int, f *floor, message string) (whole, build time.Duration) {
	b.Helper()
	b.check(edit(f.dir, message))
	load, err := b.p.StartLoad(ctx, b.p.URL(f.name), perSecond)
	b.check(err)
	b.atAnyMoment(ctx, n)
	whole, build, err = f.deliver(ctx, fmt.Sprintf("floor-push-%d", n))
	if err == nil {
		err = b.p.RolledOut(ctx, f.name)
	}
	load.Stop()
	b.check(err)
	return whole, build
}

func (b *bench) pushRound(ctx context.Context, n int, message string) time.Duration {
	b.Helper()
	ctx, cancel := context.WithTimeout(ctx, roundLimit)
	defer cancel()
	b.check(edit(b.work, message))
	revision, err := b.p.Commit(ctx, b.work, message)
	b.check(err)
	load, err := b.p.StartLoad(ctx, b.p.URL(base), perSecond)
	b.check(err)
	b.atAnyMoment(ctx, n)
	began := time.Now()
	err = b.p.Push(ctx, b.work)
	var app client.App
	if err == nil {
		app, err = b.p.WaitRevision(ctx, base, revision)
	}
	wall := time.Since(began)
	if err == nil {
		err = b.p.RolledOut(ctx, base) // the old pods drain while requests go on
	}
	asked, failures := load.Stop()
	b.check(err)
	b.report.asked += asked
	b.report.failed += len(failures)
	b.report.failures = append(b.report.failures, failures...)
	if app.Status != "live" {
		b.Fatalf("%s is %s: %s", base, app.Status, app.Reason)
	}
	b.report.push.add(wall, *app.Delivery)
	return wall
}

// rollbackRounds goes back by turns to each of the last two images of base.
func (b *bench) rollbackRounds(ctx context.Context) {
	b.Helper()
	for n := range b.report.rounds {
		wall := b.rollbackRound(ctx, n)
		b.Logf("rollback to live %2d: %5.1f s", n+1, wall.Seconds())
	}
}

func (b *bench) rollbackRound(ctx context.Context, n int) time.Duration {
	b.Helper()
	ctx, cancel := context.WithTimeout(ctx, roundLimit)
	defer cancel()
	b.atAnyMoment(ctx, n)
	began := time.Now()
	back, err := b.p.API.Rollback(ctx, base, "")
	b.check(err)
	app, err := b.p.WaitRevision(ctx, base, back.Revision)
	wall := time.Since(began)
	b.check(err)
	if app.Status != "live" {
		b.Fatalf("%s is %s: %s", base, app.Status, app.Reason)
	}
	b.report.rollback.add(wall, *app.Delivery)
	b.check(b.p.RolledOut(ctx, base))
	return wall
}

// atAnyMoment waits a part of a second, another for each round, which together
// cover the second evenly. A rollout ends with one of the kubelet's looks at
// its pods, one a second; a round that began right after would always meet the
// same moment of it, and nobody pushes by the kubelet's clock.
func (b *bench) atAnyMoment(ctx context.Context, n int) {
	b.Helper()
	_, part := math.Modf(float64(n) * math.Phi)
	select {
	case <-time.After(time.Duration(part * float64(time.Second))):
	case <-ctx.Done():
		b.check(ctx.Err())
	}
}

func (b *bench) restart(ctx context.Context) {
	b.Helper()
	began := time.Now()
	_, err := b.p.Run(ctx, "down")
	b.check(err)
	b.report.down = append(b.report.down, time.Since(began).Seconds())
	began = time.Now()
	b.check(b.p.Up(ctx, os.Stderr))
	b.report.warmStart = append(b.report.warmStart, time.Since(began).Seconds())
	_, err = b.p.WaitLive(ctx, base)
	b.check(err)
	b.report.allLive = append(b.report.allLive, time.Since(began).Seconds())
}

// publish tells the report.
func (b *bench) publish() {
	b.Helper()
	b.ReportMetric(b.report.form.wall.median(), "s/form")
	b.ReportMetric(b.report.push.wall.median(), "s/push")
	b.ReportMetric(b.report.rollback.wall.median(), "s/rollback")
	b.ReportMetric(b.report.form.wall.median()/b.report.formFloor.median(), "form/floor")
	b.ReportMetric(b.report.push.wall.median()/b.report.pushFloor.median(), "push/floor")
	b.ReportMetric(float64(b.report.failed), "failed-requests")
	b.keep("", b.report.Markdown(machine()))
}

// keep prints a report and keeps it where PRONTO_BENCH_OUT says, with a suffix
// to the file's name.
func (b *bench) keep(suffix, text string) {
	b.Helper()
	fmt.Println("\n" + text)
	out := os.Getenv("PRONTO_BENCH_OUT")
	if out == "" {
		return
	}
	name := strings.TrimSuffix(filepath.Base(out), ".md") + suffix + ".md"
	path := filepath.Join(platform.Root(), "docs", "measurements", name)
	b.check(os.MkdirAll(filepath.Dir(path), 0o755))
	b.check(os.WriteFile(path, []byte(text), 0o644))
}
