// Package bench measures how long form to live and push to live take on a
// platform of its own, and in the same run what the very same build and
// manifests take when they are driven by hand: the floor.
package bench

import (
	"math"
	"slices"
)

// sample is one measured quantity, in seconds.
type sample []float64

// median is the mean of the middle two for an even number; 0 for none.
func (s sample) median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// p95 is the nearest rank: with fewer than 20 values it is the greatest.
func (s sample) p95() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[int(math.Ceil(0.95*float64(len(sorted))))-1]
}
