package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

const (
	growthRounds = 9
	growthLimit  = 1.2  // of form to live beside no other application
	stolenLimit  = 0.03 // of the processors' time, by whoever shares the machine
	residentsAt  = 8    // that are made at a time
	fillLimit    = 20 * time.Minute
)

// defaultSizes are how many applications are there already, ever more.
const defaultSizes = "10 100 500"

func sizes(b *testing.B) (list []int) {
	text := os.Getenv("PRONTO_BENCH_SIZES")
	if text == "" {
		text = defaultSizes
	}
	for _, word := range strings.Fields(text) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			b.Fatalf("PRONTO_BENCH_SIZES=%q: give whole numbers from 1, such as %q", text, defaultSizes)
		}
		list = append(list, n)
	}
	return list
}

// crowded is what was measured beside so many applications.
type crowded struct {
	residents int
	form      sample
	stolen    sample // shares of the processors' time that were not the machine's own
	memory    int64  // bytes of all the platform's processes
	processes map[string]int64
}

// BenchmarkGrowth measures form to live beside ever more applications, all live
// and asked as any other, whose pods are on nodes that kwok plays. Hundreds are
// made in many minutes, in which a shared machine changes: alone is measured
// before and after them, on a platform of its own.
func BenchmarkGrowth(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	for b.Loop() {
		sizes := sizes(b)
		run := &growth{bench: &bench{B: b, dir: b.TempDir()}}
		run.alone(ctx)
		run.begin(ctx)
		run.gather(ctx, slices.Max(sizes))
		for _, size := range sizes {
			run.grow(ctx, size)
			run.seen = append(run.seen, run.measure(ctx))
		}
		run.end()
		run.alone(ctx)
		run.tell()
	}
}

type growth struct {
	*bench
	crowd     *crowd
	image     string // that residents run, with its digest
	residents int
	none      crowded // beside no other, before and after
	seen      []crowded
}

// alone measures on a new platform.
func (g *growth) alone(ctx context.Context) {
	g.Helper()
	g.begin(ctx)
	now := g.measure(ctx)
	g.none.form, g.none.stolen = append(g.none.form, now.form...), append(g.none.stolen, now.stolen...)
	g.none.memory, g.none.processes = now.memory, now.processes
	g.end()
}

func (g *growth) begin(ctx context.Context) {
	g.Helper()
	dir, err := os.MkdirTemp(g.TempDir(), "")
	g.check(err)
	g.dir = dir
	g.start(ctx, "catalog: {locations: [{type: file, target: "+g.template()+"}]}")
	g.first(ctx)
}

// end takes the platform away, with all that is in it.
func (g *growth) end() {
	g.Helper()
	if g.crowd != nil {
		g.disperse(g.crowd)
	}
	g.stop(g.p)
	g.residents, g.crowd, g.p = 0, nil, nil
}

// template is the residents' with what all of Pronto's templates share in it.
func (g *growth) template() string {
	g.Helper()
	dir := filepath.Join(g.dir, "resident")
	g.check(os.CopyFS(dir, os.DirFS(filepath.Join(platform.Root(), "test", "bench", "testdata", "resident"))))
	g.check(os.CopyFS(filepath.Join(dir, "shared"), os.DirFS(filepath.Join(platform.Root(), "templates", "shared"))))
	return filepath.Join(dir, "template.yaml")
}

func (g *growth) gather(ctx context.Context, most int) {
	g.Helper()
	crowd, err := gather(ctx, g.p, g.dir, most)
	g.crowd = crowd
	g.Cleanup(func() {
		if g.crowd == crowd { // still
			g.disperse(crowd)
		}
	})
	g.check(err)
	g.image, err = g.p.Kubectl(ctx, "get", "deploy", base, "-n", base, "-o", "jsonpath={.spec.template.spec.containers[0].image}")
	g.check(err)
}

func (g *growth) disperse(crowd *crowd) {
	g.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := crowd.disperse(ctx); err != nil {
		g.Error(err)
	}
}

// grow makes applications until there are so many, and waits until all are live.
func (g *growth) grow(ctx context.Context, size int) {
	g.Helper()
	ctx, cancel := context.WithTimeout(ctx, fillLimit)
	defer cancel()
	began := time.Now()
	making, ctx := errgroup.WithContext(ctx)
	making.SetLimit(residentsAt)
	for ; g.residents < size; g.residents++ {
		name := fmt.Sprintf("resident%d", g.residents)
		making.Go(func() error { return g.settle(ctx, name) })
	}
	g.check(making.Wait())
	g.Logf("%d applications are live after %.0f s", size, time.Since(began).Seconds())
}

// settle makes one application and waits until it is live.
func (g *growth) settle(ctx context.Context, name string) error {
	if _, err := g.p.API.Create(ctx, "template:default/resident", map[string]any{"name": name, "image": g.image}); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	app, err := g.p.WaitApp(ctx, name, func(app client.App) bool { return app.Status == "live" || app.Status == "failed" })
	if err == nil && app.Status != "live" {
		err = fmt.Errorf("%s is %s: %s", name, app.Status, app.Reason)
	}
	return err
}

// measure brings more applications from form to live, one after the other, and
// takes each away again before the next. A round in which too much was stolen is
// measured once more, so long as there are no more of these than of the others.
func (g *growth) measure(ctx context.Context) crowded {
	g.Helper()
	now := crowded{residents: g.residents}
	for n, again := 0, 0; n < growthRounds; {
		seconds, lost := g.round(ctx, n, fmt.Sprintf("beside%d-%d", g.residents, n+again))
		if lost > stolenLimit && again < growthRounds {
			again++
			continue
		}
		now.form, now.stolen = append(now.form, seconds), append(now.stolen, lost)
		n++
	}
	now.memory, now.processes = g.weigh(ctx)
	return now
}

func (g *growth) round(ctx context.Context, n int, name string) (seconds, lost float64) {
	g.Helper()
	g.atAnyMoment(ctx, n)
	before, began := g.processors(), time.Now()
	app, err := g.p.Create(ctx, name)
	seconds, lost = time.Since(began).Seconds(), stolen(before, g.processors())
	g.check(err)
	g.Logf("form to live beside %d: %.1f s, %.0f %% stolen%s", g.residents, seconds, 100*lost, phases(app.Delivery))
	g.check(g.p.Delete(ctx, name))
	return seconds, lost
}

func phases(d *client.Delivery) string {
	var text strings.Builder
	for _, phase := range d.Phases {
		fmt.Fprintf(&text, ", %s %.1f", phase.Name, phase.Seconds)
	}
	return text.String()
}

func (g *growth) tell() {
	g.Helper()
	most := g.seen[len(g.seen)-1]
	for _, now := range g.seen {
		if ratio := now.form.median() / g.none.form.median(); ratio > growthLimit {
			g.Errorf("beside %d applications form to live takes %.2f of what it takes alone, more than %.1f", now.residents, ratio, growthLimit)
		}
	}
	g.ReportMetric(most.form.median()/g.none.form.median(), "full/alone")
	g.ReportMetric(float64(perApplication(g.none.memory, most.memory, most.residents)), "B/application")
	g.keep("-growth", growthMarkdown(g.none, g.seen))
}

func perApplication(before, after int64, applications int) int64 {
	return (after - before) / int64(max(applications, 1))
}

func growthMarkdown(alone crowded, seen []crowded) string {
	const mib, kib = 1 << 20, 1 << 10
	var text strings.Builder
	most := seen[len(seen)-1]
	fmt.Fprintf(&text, "# Form to live beside many applications\n\n%s\n\n", machine())
	fmt.Fprintf(&text, "Medians of %d rounds, seconds; alone of %d, half of them before and half after the others, on a platform of its own. ", growthRounds, 2*growthRounds)
	text.WriteString("The applications beside it are live, on the real API server, with repository, catalog entry, Application, route and record; the pods of all but one are on nodes that kwok plays, and their addresses are asked as any other's. ")
	fmt.Fprintf(&text, "A round in which others on the machine had more than %.0f %% of its processors' time was measured again.\n\n", 100*stolenLimit)
	text.WriteString("| applications beside it | form to live | of that alone | processor time stolen | memory, all processes | per application |\n|---|---|---|---|---|---|\n")
	for _, now := range append([]crowded{alone}, seen...) {
		each := "" // nothing to divide by
		if now.residents > 0 {
			each = fmt.Sprintf("%d KiB", perApplication(alone.memory, now.memory, now.residents)/kib)
		}
		fmt.Fprintf(&text, "| %d | **%.1f** | %.2f | %.1f %% | %d MiB | %s |\n", now.residents, now.form.median(),
			now.form.median()/alone.form.median(), 100*now.stolen.median(), now.memory/mib, each)
	}
	text.WriteString("\nThe rounds")
	for _, now := range append([]crowded{alone}, seen...) {
		fmt.Fprintf(&text, "; beside %d: %.1f", now.residents, now.form)
	}
	text.WriteString("\n\n| memory per application of which | |\n|---|---|\n")
	for _, name := range []string{"platform", "edge", "node"} {
		fmt.Fprintf(&text, "| %s | %d KiB |\n", name, perApplication(alone.processes[name], most.processes[name], most.residents)/kib)
	}
	return text.String()
}
