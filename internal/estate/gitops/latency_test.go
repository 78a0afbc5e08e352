package gitops_test

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkPushToApplied is the time from the webhook of a push until the
// status says that its seven files are applied.
func BenchmarkPushToApplied(b *testing.B) {
	bench := newBench(b)
	bench.forge.create("idp-one")
	files := map[string]string{}
	for i := range 7 {
		files[fmt.Sprintf("deploy/%d.yaml", i)] = configMap(fmt.Sprint("c", i), "start")
	}
	bench.until("idp-one", "first sync", synced(bench.push("idp-one", files)))
	var total time.Duration
	for n := 0; b.Loop(); n++ {
		for i := range 7 {
			files[fmt.Sprintf("deploy/%d.yaml", i)] = configMap(fmt.Sprint("c", i), fmt.Sprint("v", n))
		}
		sha := bench.forge.commit("idp-one", files)
		begin := time.Now()
		bench.forge.event(bench.part.Handler(), "push", "idp-one")
		bench.untilData("one", "c6", fmt.Sprint("v", n))
		applied := time.Since(begin)
		bench.until("idp-one", "sync", synced(sha))
		total += time.Since(begin)
		b.Logf("applied %s status %s", applied, time.Since(begin))
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms/push")
}
