// Package timeline makes one record of a delivery: spans under one trace, from
// the delivery itself through its phases to the steps that were seen inside
// them, as data and as a picture. It is pure: who observes and who sends stands
// elsewhere.
package timeline

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// Kinds of spans: the delivery, its phases, and what is seen inside a phase.
const (
	KindDelivery    = "delivery"
	KindPhase       = "phase"
	KindTask        = "task"        // the scaffolder's task
	KindTaskStep    = "task.step"   // a step of it
	KindRun         = "run"         // a workflow run
	KindJob         = "job"         // a job of it
	KindJobStep     = "job.step"    // a step of that
	KindRepository  = "repository"  // the repository was seen with a commit
	KindEntity      = "entity"      // the catalog entry was seen
	KindImage       = "image"       // the tag was seen in the registry
	KindCommit      = "commit"      // deploy/ was seen to name the image
	KindSync        = "sync"        // a sync operation, with its resources' results
	KindRollout     = "rollout"     // the workload on the new image
	KindPod         = "pod"         // a pod of it
	KindPodStep     = "pod.step"    // scheduled, started, ready
	KindRecord      = "record"      // the zone's answer
	KindCertificate = "certificate" // the chain at the edge
	KindTarget      = "target"      // a healthy target behind the edge
	KindProbe       = "probe"       // the first good answer from outside
)

// Statuses of a span.
const (
	Waiting = "waiting"
	Running = "running"
	Done    = "done"
	Failed  = "failed"
	Skipped = "skipped"
)

// Journey is a delivery as far as its timeline needs it.
type Journey struct {
	ID        string
	App       string
	StartedBy string // form, push, rollback, restore, dispatch, self-heal
	Status    string // in_progress, live, failed, superseded
	Reason    string
	Revision  string
	Message   string
	Author    string
	Image     string
	Start     time.Time
	End       *time.Time
	Phases    []Phase
}

// Phase is one of the five stations.
type Phase struct {
	Name     string
	Status   string
	Reason   string
	Start    *time.Time // nil: it has not begun
	End      *time.Time
	Evidence map[string]any
}

// Step is something that was seen inside a phase and is kept.
type Step struct {
	Key      string         `json:"key"`              // unique within the delivery, the same each time it is seen
	Parent   string         `json:"parent,omitempty"` // key of the step it is part of; empty: of the phase
	Phase    string         `json:"phase"`
	Kind     string         `json:"kind"`
	Name     string         `json:"name"`
	Status   string         `json:"status"`
	Start    time.Time      `json:"start"`
	End      *time.Time     `json:"end,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Evidence map[string]any `json:"evidence,omitempty"`
}

// Span is a piece of the timeline. ID and Parent are W3C span ids.
type Span struct {
	ID       string         `json:"id"`
	Parent   string         `json:"parent,omitempty"` // none: the delivery itself
	Kind     string         `json:"kind"`
	Phase    string         `json:"phase,omitempty"`
	Name     string         `json:"name"`
	Status   string         `json:"status"`
	Start    time.Time      `json:"start"`
	End      *time.Time     `json:"end,omitempty"` // none: it has not been seen to end
	Seconds  float64        `json:"seconds"`       // from start to end, or to the end of the delivery
	Reason   string         `json:"reason,omitempty"`
	Evidence map[string]any `json:"evidence"`
	depth    int
}

// Station is one of the five phases in short, those that did not begin too.
type Station struct {
	Name    string  `json:"name"`
	Status  string  `json:"status"`
	Seconds float64 `json:"seconds"`
	Reason  string  `json:"reason,omitempty"`
}

// Timeline is a whole delivery. Spans stand parent before child, in order of
// time beneath each parent.
type Timeline struct {
	ID         string     `json:"id"`
	TraceID    string     `json:"traceId"` // W3C: 32 hexadecimal digits
	App        string     `json:"app"`
	StartedBy  string     `json:"startedBy"`
	Status     string     `json:"status"`
	Reason     string     `json:"reason,omitempty"`
	Revision   string     `json:"revision,omitempty"`
	Message    string     `json:"message,omitempty"`
	Author     string     `json:"author,omitempty"`
	Image      string     `json:"image,omitempty"`
	StartedAt  time.Time  `json:"startedAt"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	Seconds    float64    `json:"seconds"`
	Stations   []Station  `json:"stations"`
	Spans      []Span     `json:"spans"`
}

// TraceID is a delivery's id as a W3C trace id. Deliveries of before had a
// UUID with dashes: the same 16 bytes.
func TraceID(delivery string) string {
	return strings.ToLower(strings.ReplaceAll(delivery, "-", ""))
}

// Of makes the timeline of a journey and the steps that were recorded of it.
// now ends what still runs.
func Of(j Journey, steps []Step, now time.Time) Timeline {
	t := Timeline{ID: j.ID, TraceID: TraceID(j.ID), App: j.App, StartedBy: j.StartedBy, Status: j.Status, Reason: j.Reason,
		Revision: j.Revision, Message: j.Message, Author: j.Author, Image: j.Image, StartedAt: j.Start, FinishedAt: j.End}
	end := now
	if j.End != nil {
		end = *j.End
	}
	t.Seconds = seconds(end.Sub(j.Start))
	b := builder{trace: t.TraceID, end: end, children: byParent(j.Phases, steps)}
	root := b.add(Span{Kind: KindDelivery, Name: "deliver " + j.App, Status: outcome(j.Status), Start: j.Start, End: j.End,
		Reason: j.Reason, Evidence: about(j)}, "delivery", "", 0)
	for _, p := range j.Phases {
		station := Station{Name: p.Name, Status: p.Status, Reason: p.Reason}
		if p.begun() {
			station.Seconds = b.phase(p, root)
		}
		t.Stations = append(t.Stations, station)
	}
	b.beneath("", "", root, 1)
	for _, place := range slices.Sorted(maps.Keys(b.children)) { // what names itself or one another as parents
		phase, key, _ := strings.Cut(place, "\x00")
		b.beneath(phase, key, root, 1)
	}
	t.Spans = b.spans
	return t
}

func (p Phase) begun() bool { return p.Start != nil && p.Status != Waiting && p.Status != Skipped }

func about(j Journey) map[string]any {
	evidence := map[string]any{}
	for key, value := range map[string]string{"app": j.App, "startedBy": j.StartedBy, "revision": j.Revision,
		"message": j.Message, "author": j.Author, "image": j.Image} {
		if value != "" {
			evidence[key] = value
		}
	}
	return evidence
}

func outcome(status string) string {
	switch status {
	case "live":
		return Done
	case "failed":
		return Failed
	case "superseded":
		return Skipped
	}
	return Running
}

type builder struct {
	trace    string
	end      time.Time
	children map[string][]Step // by "phase\x00parent"
	spans    []Span
}

// byParent groups steps beneath what they are part of. Where that is not
// known, it is the phase; where the phase did not begin, the delivery.
func byParent(phases []Phase, steps []Step) map[string][]Step {
	known, begun := map[string]bool{"": true}, map[string]bool{}
	for _, p := range phases {
		begun[p.Name] = p.begun()
	}
	for _, s := range steps {
		known[s.Key] = true
	}
	groups := map[string][]Step{}
	for _, s := range steps {
		if !known[s.Parent] || s.Parent == s.Key {
			s.Parent = ""
		}
		place := s.Phase + "\x00" + s.Parent
		if !begun[s.Phase] && s.Parent == "" {
			place = "\x00"
		}
		groups[place] = append(groups[place], s)
	}
	for _, group := range groups {
		slices.SortStableFunc(group, func(a, b Step) int { return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Key, b.Key)) })
	}
	return groups
}

// add completes a span and returns its id.
func (b *builder) add(s Span, key, parent string, depth int) string {
	s.ID, s.Parent, s.depth = SpanID(b.trace, key), parent, depth
	if s.Evidence == nil {
		s.Evidence = map[string]any{}
	}
	end := b.end
	if s.End != nil {
		end = *s.End
	}
	s.Seconds = seconds(end.Sub(s.Start))
	b.spans = append(b.spans, s)
	return s.ID
}

func (b *builder) phase(p Phase, root string) float64 {
	id := b.add(Span{Kind: KindPhase, Phase: p.Name, Name: p.Name, Status: p.Status, Start: *p.Start, End: p.End,
		Reason: p.Reason, Evidence: p.Evidence}, "phase/"+p.Name, root, 1)
	took := b.spans[len(b.spans)-1].Seconds
	b.beneath(p.Name, "", id, 2)
	return took
}

// beneath adds the steps of a parent, and theirs. Each group is taken once, so
// that steps which name one another as parents end.
func (b *builder) beneath(phase, key, parent string, depth int) {
	place := phase + "\x00" + key
	group := b.children[place]
	delete(b.children, place)
	for _, s := range group {
		id := b.add(Span{Kind: s.Kind, Phase: s.Phase, Name: s.Name, Status: s.Status, Start: s.Start, End: s.End,
			Reason: s.Reason, Evidence: s.Evidence}, s.Key, parent, depth)
		b.beneath(s.Phase, s.Key, id, depth+1)
	}
}

const spanIDSize = 8

// SpanID is the W3C span id of a step: the same each time, so that a trace
// that is sent again says the same.
func SpanID(trace, key string) string {
	sum := sha256.Sum256([]byte(trace + "/" + key))
	return hex.EncodeToString(sum[:spanIDSize])
}

func seconds(d time.Duration) float64 {
	if d < 0 {
		return 0
	}
	return float64(d.Milliseconds()) / 1000
}
