package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// Limits of one operation, which may be killed several times.
const (
	operationLimit = 2 * time.Minute
	longestDelay   = 6 * time.Second // from the operation's begin to a kill
	secondKill     = 0.5             // how often an operation is killed twice
	mostFailures   = 6               // after which a run has shown enough
)

// victims are drawn with these weights.
var victims = []struct {
	victim Victim
	weight int
}{{Group, 12}, {Tree, 3}, {Supervised, 2}, {Edge, 2}, {All, 1}}

func draw(r *rand.Rand) Victim {
	total := 0
	for _, v := range victims {
		total += v.weight
	}
	n := r.IntN(total)
	for _, v := range victims {
		if n -= v.weight; n < 0 {
			return v.victim
		}
	}
	return Group
}

// Under does an operation while kills come at random instants.
func (l *Lane) Under(ctx context.Context, op Operation, r *rand.Rand) error {
	ctx, cancel := context.WithTimeout(ctx, operationLimit)
	defer cancel()
	delays := []time.Duration{time.Duration(r.Int64N(int64(longestDelay)))}
	if r.Float64() < secondKill {
		delays = append(delays, time.Duration(r.Int64N(int64(longestDelay))))
	}
	slices.Sort(delays)
	struck := make(chan error, 1)
	var chosen []Victim
	for range delays {
		chosen = append(chosen, draw(r))
	}
	began := time.Now()
	go func() {
		var errs []error
		for i, delay := range delays {
			pause(ctx, time.Until(began.Add(delay)))
			errs = append(errs, l.Killer.Strike(ctx, chosen[i], fmt.Sprintf("%s %s after %.2f s", op, l.Name, delay.Seconds())))
		}
		struck <- errors.Join(errs...)
	}()
	err := l.Do(ctx, op)
	return errors.Join(err, <-struck)
}

// At does an operation and kills the victim when a moment is seen. Without a
// moment nothing is killed, and the moments that were seen are returned.
func (l *Lane) At(ctx context.Context, op Operation, moment string, victim Victim) (seen []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, operationLimit)
	defer cancel()
	l.forgetMoments()
	ended := make(chan error, 1)
	go func() { ended <- l.Do(ctx, op) }()
	for {
		select {
		case now := <-l.Moments():
			seen = append(seen, now)
			if now != moment {
				continue
			}
			if err := l.Killer.Strike(ctx, victim, fmt.Sprintf("%s %s at %s", op, l.Name, now)); err != nil {
				return seen, errors.Join(err, <-ended)
			}
		case err := <-ended:
			return seen, err
		}
	}
}

// forgetMoments drops what nobody read of an earlier operation.
func (l *Lane) forgetMoments() {
	for {
		select {
		case <-l.moments:
		default:
			return
		}
	}
}

// Report is what a run came to.
type Report struct {
	mu         sync.Mutex
	Operations map[Operation]int
	Failures   []error
	Missed     []string // boundaries that were not reached again
}

func (r *Report) add(op Operation, err error) (failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Operations[op]++
	if err != nil {
		r.Failures = append(r.Failures, err)
	}
	return err != nil
}

func (r *Report) enough() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.Failures) >= mostFailures
}

// Judge ends the load on the application that was left alone and fails the
// test with whatever showed.
func Judge(t testing.TB, k *Killer, r *Report) {
	t.Helper()
	asked, err := k.Steady.Stop()
	if err != nil {
		t.Error(err)
	}
	for _, failure := range r.Failures {
		t.Error(failure)
	}
	kills := k.Kills()
	t.Logf("%d kills, %s; operations %v; %d requests to the application that was left alone", len(kills), Away(kills), r.Operations, asked)
	if len(r.Missed) > 0 {
		t.Logf("boundaries that were not reached again: %q", r.Missed)
	}
}

// Random kills at so many random instants of the operations of so many
// applications at a time. The same seed draws the same operations, delays and
// victims.
func Random(ctx context.Context, k *Killer, dir string, seed uint64, lanes, kills int) *Report {
	report := &Report{Operations: map[Operation]int{}}
	var all sync.WaitGroup
	for i := range lanes {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			for n := 1; ctx.Err() == nil && len(k.Kills()) < kills && !report.enough(); n++ {
				l := NewLane(k, dir, fmt.Sprintf("chaos-%c%d", 'a'+i, n))
				for _, op := range Operations {
					err := l.Under(ctx, op, r)
					if err != nil {
						k.Log("FAULT: %v", err)
					}
					if report.add(op, err) {
						break
					}
				}
			}
		})
	}
	all.Wait()
	return report
}

// Boundaries goes once through the operations undisturbed and notes what can
// be seen of their journals. Then it kills the platform's process group at
// every one of these moments, with so many applications at a time.
func Boundaries(ctx context.Context, k *Killer, dir string, lanes int) *Report {
	report := &Report{Operations: map[Operation]int{}}
	moments := map[Operation][]string{}
	most := 0
	l := NewLane(k, dir, "edge-0")
	for _, op := range Operations {
		seen, err := l.At(ctx, op, "", Group)
		if report.add(op, err) {
			return report
		}
		moments[op] = seen
		most = max(most, len(seen))
		k.Log("%s has the boundaries %q", op, seen)
	}
	var all sync.WaitGroup
	for i := range lanes {
		all.Go(func() {
			for n := i; n < most && ctx.Err() == nil && !report.enough(); n += lanes {
				l := NewLane(k, dir, fmt.Sprintf("edge-%d", n+1))
				report.atEach(ctx, l, moments, n)
			}
		})
	}
	all.Wait()
	return report
}

// atEach takes an application through the operations and kills at the n-th
// boundary of each.
func (r *Report) atEach(ctx context.Context, l *Lane, moments map[Operation][]string, n int) {
	for _, op := range Operations {
		moment := ""
		switch {
		case n < len(moments[op]):
			moment = moments[op][n]
		case op == Push || op == Rollback:
			continue // nothing is left to kill there
		case op == Restore:
			return // nor there, and it is deleted already
		}
		seen, err := l.At(ctx, op, moment, Group)
		if moment != "" && !slices.Contains(seen, moment) {
			r.miss(fmt.Sprintf("%s: %s", op, moment))
		}
		if err != nil {
			l.Killer.Log("FAULT at %s of %s: %v", moment, op, err)
		}
		if r.add(op, err) {
			return
		}
	}
}

func (r *Report) miss(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Missed = append(r.Missed, what)
}
