package bench

import (
	"testing"

	"github.com/prometheus/procfs"
)

func TestMedianAndP95(t *testing.T) {
	for _, c := range []struct {
		sample      sample
		median, p95 float64
	}{
		{nil, 0, 0},
		{sample{3}, 3, 3},
		{sample{4, 1}, 2.5, 4},
		{sample{9, 1, 5}, 5, 9},
		{sample{10, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 5.5, 10},
	} {
		if m, p := c.sample.median(), c.sample.p95(); m != c.median || p != c.p95 {
			t.Errorf("%v: median %v, p95 %v; want %v, %v", c.sample, m, p, c.median, c.p95)
		}
	}
}

func TestTheShareThatIsStolen(t *testing.T) {
	before := procfs.CPUStat{User: 10, Nice: 1, System: 5, Idle: 100, Iowait: 2, IRQ: 1, SoftIRQ: 1, Steal: 3, Guest: 7}
	after := procfs.CPUStat{User: 12, Nice: 2, System: 6, Idle: 103, Iowait: 3, IRQ: 2, SoftIRQ: 2, Steal: 5, Guest: 9}
	if share := stolen(before, after); share != 2.0/12 {
		t.Errorf("%v was stolen, want 2 of 12", share)
	}
	if share := stolen(after, after); share != 0 {
		t.Errorf("%v was stolen in no time", share)
	}
}
