// Package figures computes how a platform delivers: the four key figures of
// DORA (https://dora.dev/guides/dora-metrics-four-keys/) and the time that
// each phase takes, over deliveries that ended in a time.
package figures

import (
	"math"
	"slices"
	"time"
)

// Record is a delivery that ended, live or failed.
type Record struct {
	App       int64
	Live      bool // else it failed
	Committed time.Time
	Ended     time.Time
	Seconds   float64
	Phases    map[string]float64 // seconds of each phase that was done
}

// Figures are what the records of some days come to. What nothing is known of
// is absent.
type Figures struct {
	Since             time.Time              `json:"since"`
	Until             time.Time              `json:"until"`
	Deployments       int                    `json:"deployments"` // deliveries that went live
	Failures          int                    `json:"failures"`
	PerDay            float64                `json:"perDay"`
	LeadTime          *Percentiles           `json:"leadTime,omitempty"`          // from the commit to live
	ChangeFailureRate *float64               `json:"changeFailureRate,omitempty"` // of all that ended
	TimeToRestore     *Percentiles           `json:"timeToRestore,omitempty"`
	Total             Percentiles            `json:"total"` // of deliveries that went live
	Phases            map[string]Percentiles `json:"phases"`
	Days              []Day                  `json:"days"`
}

// Percentiles sum up times, in seconds.
type Percentiles struct {
	Count  int     `json:"count"`
	Median float64 `json:"median"`
	P95    float64 `json:"p95"`
}

// Day is one day, by UTC.
type Day struct {
	Date   string   `json:"date"`
	Live   int      `json:"live"`
	Failed int      `json:"failed"`
	Median *float64 `json:"median,omitempty"` // seconds that those that went live took
}

const (
	oneDay     = 24 * time.Hour
	percentile = 0.95
)

// Since is when the last days began of which until is in the last one.
func Since(until time.Time, days int) time.Time {
	return until.UTC().Truncate(oneDay).Add(-time.Duration(days-1) * oneDay)
}

// Of computes the figures of records, which are in the order of their end and
// ended between Since(until, days) and until.
func Of(records []Record, until time.Time, days int) Figures {
	since := Since(until, days)
	f := Figures{Since: since, Until: until.UTC(), Phases: map[string]Percentiles{}, Days: byDay(records, since, days)}
	var lead, total []float64
	phases := map[string][]float64{}
	for _, r := range records {
		if !r.Live {
			f.Failures++
			continue
		}
		f.Deployments++
		total = append(total, r.Seconds)
		lead = append(lead, max(0, r.Ended.Sub(r.Committed).Seconds()))
		for name, seconds := range r.Phases {
			phases[name] = append(phases[name], seconds)
		}
	}
	for name, seconds := range phases {
		f.Phases[name] = percentiles(seconds)
	}
	f.PerDay = float64(f.Deployments) / float64(days)
	f.Total, f.LeadTime, f.TimeToRestore = percentiles(total), some(lead), some(restores(records))
	if ended := f.Deployments + f.Failures; ended > 0 {
		rate := float64(f.Failures) / float64(ended)
		f.ChangeFailureRate = &rate
	}
	return f
}

// restores are the times from the first failure in a row of an application to
// its next delivery that went live.
func restores(records []Record) []float64 {
	var list []float64
	broken := map[int64]time.Time{}
	for _, r := range records {
		since, is := broken[r.App]
		switch {
		case r.Live && is:
			list = append(list, r.Ended.Sub(since).Seconds())
			delete(broken, r.App)
		case !r.Live && !is:
			broken[r.App] = r.Ended
		}
	}
	return list
}

func byDay(records []Record, since time.Time, days int) []Day {
	list, took := make([]Day, days), make([][]float64, days)
	for i := range list {
		list[i].Date = since.Add(time.Duration(i) * oneDay).Format(time.DateOnly)
	}
	for _, r := range records {
		i := int(r.Ended.Sub(since) / oneDay)
		switch {
		case i < 0 || i >= days:
		case r.Live:
			list[i].Live++
			took[i] = append(took[i], r.Seconds)
		default:
			list[i].Failed++
		}
	}
	for i := range list {
		if len(took[i]) > 0 {
			list[i].Median = new(percentiles(took[i]).Median)
		}
	}
	return list
}

func some(seconds []float64) *Percentiles {
	if len(seconds) == 0 {
		return nil
	}
	p := percentiles(seconds)
	return &p
}

// percentiles are the middle, or the mean of the two in the middle, and the
// least value that 95 % do not exceed; to milliseconds.
func percentiles(seconds []float64) Percentiles {
	n := len(seconds)
	if n == 0 {
		return Percentiles{}
	}
	sorted := slices.Sorted(slices.Values(seconds))
	median := (sorted[(n-1)/2] + sorted[n/2]) / 2
	return Percentiles{Count: n, Median: millis(median), P95: millis(sorted[int(math.Ceil(percentile*float64(n)))-1])}
}

func millis(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }
