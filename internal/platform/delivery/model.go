// Package delivery follows each commit of each application from the form to a
// live address: it observes the forge, the registry, the cluster, the zone and
// the public address, and records five phases with their evidence. Evaluate is
// its pure core; everything around it observes, journals or tells others.
package delivery

import (
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
)

// The five phases, always in this order.
const (
	Create = "create"
	Build  = "build"
	Sync   = "sync"
	Expose = "expose"
	Live   = "live"
)

// PhaseNames is the order of the phases.
var PhaseNames = []string{Create, Build, Sync, Expose, Live}

// Status of a phase.
type Status string

// A phase waits for its beginning, runs until its evidence is there, and may
// fail or be left out.
const (
	Waiting Status = "waiting"
	Running Status = "running"
	Done    Status = "done"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Outcome is the state of a whole delivery.
type Outcome string

// A delivery is in progress until it is live, failed, or a newer commit took its place.
const (
	InProgress  Outcome = "in_progress"
	OutcomeLive Outcome = "live"
	OutcomeFail Outcome = "failed"
	Superseded  Outcome = "superseded"
)

const shortRevSize = 7

// Evidence is what was read back from outside, as JSON members.
type Evidence map[string]any

// Phase is one station of a delivery.
type Phase struct {
	Name         string     `json:"name"`
	Status       Status     `json:"status"`
	StartedAt    *time.Time `json:"startedAt,omitempty"`
	FinishedAt   *time.Time `json:"finishedAt,omitempty"`
	Seconds      float64    `json:"seconds"`
	UsualSeconds float64    `json:"usualSeconds,omitempty"`
	Reason       string     `json:"reason,omitempty"`
	// Cause is why it failed or does not go on; nil while it merely takes its time.
	Cause    *cause.Cause `json:"cause,omitempty"`
	Evidence Evidence     `json:"evidence"`
}

// What begins deliveries.
const (
	ByForm     = "form"
	ByPush     = "push"
	ByRollback = "rollback"
	ByRestore  = "restore"
	ByDispatch = "dispatch"  // somebody started the workflow that delivers by hand
	ByHeal     = "self-heal" // gitops took back what somebody changed in the cluster
)

// Origin is what began a delivery.
type Origin struct {
	Kind    string `json:"kind"`              // form, push, rollback, restore, dispatch or self-heal
	To      string `json:"to,omitempty"`      // the revision that a rollback brings back
	Answers string `json:"answers,omitempty"` // what the application then answers as its revision
	Run     int64  `json:"run,omitempty"`     // the workflow run that somebody started by hand
	By      string `json:"by,omitempty"`      // who did
	Heals   int64  `json:"heals,omitempty"`   // how often in a row a change was taken back
}

// again reports whether a delivery is of a revision that may have had one.
func (o Origin) again() bool { return o.Kind == ByHeal || o.Kind == ByDispatch }

func begunBy(taskID string) Origin {
	if taskID != "" {
		return Origin{Kind: ByForm}
	}
	return Origin{Kind: ByPush}
}

// Delivery is the journey of one commit of one application.
type Delivery struct {
	ID        string  `json:"id"`
	App       string  `json:"app"`
	Status    Outcome `json:"status"`
	Reason    string  `json:"reason,omitempty"`
	Revision  string  `json:"revision,omitempty"`
	Message   string  `json:"message,omitempty"`
	Author    string  `json:"author,omitempty"`
	Image     string  `json:"image,omitempty"`
	StartedBy Origin  `json:"startedBy"`
	TaskID    string  `json:"taskId,omitempty"`
	RunID     int64   `json:"runId,omitempty"`
	RunURL    string  `json:"runUrl,omitempty"`
	// CommittedAt is when the commit was made, as it says itself.
	CommittedAt *time.Time `json:"committedAt,omitempty"`
	StartedAt   time.Time  `json:"startedAt"`
	FinishedAt  *time.Time `json:"finishedAt,omitempty"`
	Seconds     float64    `json:"seconds"`
	Phases      []Phase    `json:"phases"`
}

// newDelivery returns a delivery that has just begun. Without a task there is no
// create phase: it is left out from the start.
func newDelivery(id, app, taskID string, at time.Time) Delivery {
	d := Delivery{ID: id, App: app, TaskID: taskID, StartedBy: begunBy(taskID), Status: InProgress, StartedAt: at}
	for _, name := range PhaseNames {
		d.Phases = append(d.Phases, Phase{Name: name, Status: Waiting, Evidence: Evidence{}})
	}
	if taskID == "" {
		d.Phases[0].Status = Skipped
		d.Phases[0].Reason = "the application exists already"
	}
	return d
}

// newRestore returns the delivery that brings a deleted application back: it
// has a create phase, as that of a form.
func newRestore(app string, at time.Time) Delivery {
	d := newDelivery(newID(), app, "", at)
	d.StartedBy = Origin{Kind: ByRestore}
	d.Phases[0].Status, d.Phases[0].Reason = Waiting, ""
	return d
}

// Phase returns the named phase; the zero Phase for an unknown name.
func (d *Delivery) Phase(name string) *Phase {
	for i := range d.Phases {
		if d.Phases[i].Name == name {
			return &d.Phases[i]
		}
	}
	return &Phase{}
}

// clone copies what Evaluate writes to, so that it never touches its input.
func (d Delivery) clone() Delivery {
	phases := make([]Phase, len(d.Phases))
	copy(phases, d.Phases)
	for i := range phases {
		evidence := make(Evidence, len(phases[i].Evidence))
		for key, value := range phases[i].Evidence {
			evidence[key] = value
		}
		phases[i].Evidence = evidence
	}
	d.Phases = phases
	return d
}

// over reports whether nothing can change this delivery any more.
func (d Delivery) over() bool { return d.Status == Superseded }

func short(revision string) string {
	if len(revision) > shortRevSize {
		return revision[:shortRevSize]
	}
	return revision
}

// seconds is a duration with millisecond precision.
func seconds(d time.Duration) float64 {
	if d < 0 {
		return 0
	}
	return float64(d.Milliseconds()) / 1000
}
