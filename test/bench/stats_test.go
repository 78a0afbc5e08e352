package bench

import "testing"

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
