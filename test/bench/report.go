package bench

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/internal/client"
)

// phaseNames are a delivery's phases in their order.
var phaseNames = []string{"create", "build", "sync", "expose", "live"}

// journey is one kind of delivery, measured several times.
type journey struct {
	wall   sample            // as the person who waits for it sees it
	stated sample            // as the delivery itself says
	began  map[string]sample // phase -> seconds after the delivery's start
	took   map[string]sample // phase -> seconds
}

func newJourney() *journey {
	return &journey{began: map[string]sample{}, took: map[string]sample{}}
}

// add records one delivery; wall is what the clock outside said.
func (j *journey) add(wall time.Duration, d client.Delivery) {
	j.wall = append(j.wall, wall.Seconds())
	j.stated = append(j.stated, d.Seconds)
	for _, phase := range d.Phases {
		if phase.StartedAt == nil || phase.Status == "skipped" {
			continue
		}
		j.began[phase.Name] = append(j.began[phase.Name], max(0, phase.StartedAt.Sub(d.StartedAt).Seconds()))
		j.took[phase.Name] = append(j.took[phase.Name], phase.Seconds)
	}
}

// report is everything one run has measured.
type report struct {
	rounds          int
	form, push      *journey
	rollback        *journey
	formFloor       sample
	pushFloor       sample
	formBuild       sample // the floor's share that buildctl took
	pushBuild       sample
	asked, failed   int // requests of the load during the pushes
	failures        []string
	memory          int64 // bytes, with one application
	processes       map[string]int64
	firstStart      float64
	warmStart, down sample
	allLive         sample // from up to every application live again
}

// Markdown is the report for people.
func (r *report) Markdown(machine string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Form to live, push to live\n\n%s\n", machine)
	line("Medians and 95th percentiles of %d rounds, seconds. The floor, measured in the same run: the same Dockerfile built and pushed with buildctl, the same manifests applied with kubectl, waited for until HTTPS answers 200. During the pushes both applications are asked 50 times a second.\n", r.rounds)
	line("| journey | median | p95 | floor: median | floor: p95 | of which buildctl | ratio |\n|---|---|---|---|---|---|---|")
	for _, row := range []struct {
		name         string
		journey      *journey
		floor, build sample
	}{{"form to live", r.form, r.formFloor, r.formBuild}, {"push to live", r.push, r.pushFloor, r.pushBuild}} {
		line("| %s | **%.1f** | %.1f | %.1f | %.1f | %.1f | %.2f |", row.name, row.journey.wall.median(), row.journey.wall.p95(),
			row.floor.median(), row.floor.p95(), row.build.median(), row.journey.wall.median()/row.floor.median())
	}
	line("| rollback to live | **%.1f** | %.1f | | | | |", r.rollback.wall.median(), r.rollback.wall.p95())
	line("\nDuring the pushes a client asked 50 times a second: %d requests, %d failed.", r.asked, r.failed)
	for _, failure := range r.failures[:min(len(r.failures), 10)] {
		line("- %s", failure)
	}
	r.waterfall(line, "form to live", r.form)
	r.waterfall(line, "push to live", r.push)
	r.waterfall(line, "rollback to live", r.rollback)
	r.platform(line)
	return b.String()
}

func (r *report) waterfall(line func(string, ...any), name string, j *journey) {
	line("\n## Phases of %s\n\n| phase | begins after | takes | p95 | share |\n|---|---|---|---|---|", name)
	total := j.stated.median()
	for _, phase := range phaseNames {
		if took := j.took[phase]; len(took) > 0 {
			line("| %s | %.1f | %.1f | %.1f | %.0f %% |", phase, j.began[phase].median(), took.median(), took.p95(), 100*took.median()/total)
		}
	}
	line("\nThe whole, as the delivery states it: %.1f s. Phases overlap.", total)
}

func (r *report) platform(line func(string, ...any)) {
	const mib = 1 << 20
	line("\n## The platform\n\n| | |\n|---|---|")
	line("| memory with one application (proportional set size) | %d MiB |", r.memory/mib)
	for _, name := range []string{"supervisor", "platform", "edge", "node"} {
		line("| of which %s | %d MiB |", name, r.processes[name]/mib)
	}
	line("| first start on an empty state directory, to all parts ready | %.1f s |", r.firstStart)
	line("| warm start, to all parts ready | %.1f s (p95 %.1f) |", r.warmStart.median(), r.warmStart.p95())
	line("| warm start, to every application live | %.1f s |", r.allLive.median())
	line("| down | %.1f s (p95 %.1f) |", r.down.median(), r.down.p95())
}

// machine says what was measured on.
func machine() string {
	const gib = 1 << 30
	var info unix.Sysinfo_t
	memory := "unknown memory"
	if unix.Sysinfo(&info) == nil {
		memory = fmt.Sprintf("%.1f GiB", float64(info.Totalram)*float64(info.Unit)/gib)
	}
	return fmt.Sprintf("%s · %s · %d cores · %s", time.Now().UTC().Format("2006-01-02 15:04 UTC"), processor(), runtime.NumCPU(), memory)
}

func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
