package delivery

import (
	"slices"
	"time"
)

func settled(p *Phase) bool { return p.Status == Done }

// begin starts a phase that was waiting; later calls change nothing.
func (p *Phase) begin(at time.Time) {
	if p.Status != Waiting {
		return
	}
	p.Status, p.StartedAt, p.Reason = Running, &at, ""
}

// resume lets a failed phase run again, when the world says it does.
func (p *Phase) resume() {
	if p.Status == Failed {
		p.Status, p.FinishedAt = Running, nil
	}
}

func (p *Phase) finish(at time.Time) {
	p.Reason = ""
	p.end(Done, at)
}

func (p *Phase) fail(at time.Time, reason string) {
	if p.Status == Failed && p.Reason == reason {
		return
	}
	p.Reason, p.Cause = reason, nil
	p.end(Failed, at)
}

func (p *Phase) end(status Status, at time.Time) {
	if p.StartedAt == nil {
		p.StartedAt = &at
	}
	p.Status, p.FinishedAt, p.Seconds = status, &at, seconds(at.Sub(*p.StartedAt))
}

func (p *Phase) skip(reason string) {
	p.Status, p.Reason, p.FinishedAt = Skipped, reason, nil
}

// others reports whether every phase before live is done or left out.
func others(d *Delivery) bool {
	for _, p := range d.Phases {
		if p.Name != Live && p.Status != Done && p.Status != Skipped {
			return false
		}
	}
	return true
}

func anyFailed(d *Delivery) bool {
	for _, p := range d.Phases {
		if p.Status == Failed {
			return true
		}
	}
	return false
}

// lastFinish is when the last of the phases before live ended.
func lastFinish(d *Delivery, now time.Time) time.Time {
	var last time.Time
	for _, p := range d.Phases {
		if p.FinishedAt != nil && p.FinishedAt.After(last) {
			last = *p.FinishedAt
		}
	}
	if last.IsZero() {
		return now
	}
	return last
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func valueOr(at *time.Time, otherwise time.Time) time.Time {
	if at == nil {
		return otherwise
	}
	return *at
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// latest is when something that the world dates ended: not before it began,
// not in the future, and now if the world does not say.
func latest(at time.Time, begun *time.Time, now time.Time) time.Time {
	if at.IsZero() || at.After(now) || (begun != nil && at.Before(*begun)) {
		return now
	}
	return at
}

// usualOf is how many earlier deliveries say what is usual.
const usualOf = 10

// usual is the median time a phase took in deliveries that went live; 0 if
// there is none.
func usual(deliveries []Delivery, phase string) float64 {
	var took []float64
	for _, d := range deliveries {
		if p := d.Phase(phase); d.Status == OutcomeLive && p.Status == Done && d.StartedBy.Kind != ByHeal {
			took = append(took, p.Seconds)
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)/2]
}
