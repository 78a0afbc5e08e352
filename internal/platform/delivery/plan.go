package delivery

import (
	"math"
	"time"
)

// The looks that observe what no event tells for sure.
const (
	lookSource  = "source"  // repository, head, the digest in deploy/
	lookRun     = "run"     // the workflow run with its jobs
	lookImage   = "image"   // the tag in the registry
	lookEntity  = "entity"  // the catalog entry
	lookCommit  = "commit"  // the digest in deploy/ at the synced revision
	lookName    = "name"    // the zone's answer
	lookEnded   = "ended"   // the last lines of a container that ended
	lookAnswer  = "answer"  // a request from outside
	lookServing = "serving" // the last lines of a pod that answers with an error
	lookHistory = "history" // the newest commit, for a push whose event was lost
	lookRemoval = "removal" // one attempt at a step of a deletion
	lookRestore = "restore" // one attempt at a step of bringing a deleted application back
)

// pace is how often a look is repeated: every base for the first quick times,
// then ever more slowly, up to slowest.
type pace struct {
	base    time.Duration
	quick   int
	slowest time.Duration
}

// after is the pause that follows the attempt of that number, from 0.
func (p pace) after(attempt int) time.Duration {
	if attempt <= p.quick {
		return p.base
	}
	d := float64(p.base) * math.Pow(1.5, float64(attempt-p.quick))
	if d > float64(p.slowest) {
		return p.slowest
	}
	return time.Duration(d)
}

var (
	eager   = pace{100 * time.Millisecond, 150, 5 * time.Second}
	patient = pace{time.Second, 2, time.Minute}
	lazy    = pace{time.Second, 0, 10 * time.Second}
	steady  = pace{6 * time.Second, math.MaxInt, 6 * time.Second} // so that 10 s are enough to find a loss, and to be sure of it
	doubt   = pace{time.Second, math.MaxInt, time.Second}
	rare    = pace{pollNet, math.MaxInt, pollNet}
	retry   = pace{200 * time.Millisecond, 25, 5 * time.Second}
)

// crowd is how many applications are asked at the steady pace.
const crowd = 100

// among is the steady pace of requests to addresses that hold, shared by so
// many applications: a crowd makes as many requests a second as any more do.
func among(applications int) pace {
	every := steady.base * time.Duration(max(applications, crowd)) / crowd
	return pace{every, math.MaxInt, every}
}

// pollNet is how much later a lost event is noticed.
const pollNet = 3 * time.Minute

// plan says what to look at next, of one of so many applications. What is not
// in it is told by events.
func plan(app App, d *Delivery, f Facts, applications int) map[string]pace {
	if app.Deletion != nil {
		return map[string]pace{lookRemoval: retry}
	}
	looks := map[string]pace{lookHistory: rare}
	if app.Restoration != nil {
		looks[lookRestore] = retry
	}
	if app.Address.Revision != "" {
		looks[lookAnswer] = among(applications)
		if app.Public && applications > crowd { // a record that is gone is known by its name alone; pods that are gone, by an event
			looks[lookName] = steady
		}
		switch {
		case !app.Address.Live || f.Answer == nil: // not asked since a restart or a push
			looks[lookAnswer] = lazy
		case f.Answer.Misses > 0: // within 10 s it is known whether the address still holds
			looks[lookAnswer] = doubt
		}
	}
	if d == nil || d.over() {
		return looks
	}
	planCreate(looks, d, f)
	planBuild(looks, d, f)
	planSync(looks, d, f)
	planAddress(looks, app, d, f)
	planRecord(looks, d, f)
	planWorkflow(looks, app, d)
	return looks
}

func planCreate(looks map[string]pace, d *Delivery, f Facts) {
	if p := d.Phase(Create); p.Status != Running && p.Status != Failed {
		return
	}
	if f.Repository == nil || f.Repository.Commit == "" {
		looks[lookSource] = patient
	}
	if f.Entity == nil && f.Task != nil && f.Task.Status == "completed" {
		looks[lookEntity] = eager
	}
	if f.Task != nil && f.Task.Status == "completed" && f.Push == nil {
		looks[lookHistory] = patient // the push event is late
	}
}

func planBuild(looks map[string]pace, d *Delivery, f Facts) {
	p := d.Phase(Build)
	if (p.Status != Running && p.Status != Failed) || f.Push == nil {
		if p.Status == Skipped && f.Deploy == nil {
			looks[lookSource] = patient
		}
		return
	}
	looks[lookSource], looks[lookRun], looks[lookImage] = patient, patient, patient
	if p.Status == Failed { // a rerun is told by an event
		looks[lookSource], looks[lookRun], looks[lookImage] = rare, rare, rare
	}
	if f.Run != nil && f.Run.Status == "completed" {
		looks[lookRun] = rare
		switch {
		case bad(f.Run.Conclusion) && f.Run.Failure == nil:
			looks[lookRun] = eager
		case p.Status == Running: // its image and its commit must be there
			looks[lookSource], looks[lookImage] = eager, eager
		}
	}
	if f.Image != nil || !mayBeBuilt(d.StartedBy, f.Run) {
		delete(looks, lookImage)
	}
}

func planSync(looks map[string]pace, d *Delivery, f Facts) {
	if p := d.Phase(Sync); p.Status != Running && p.Status != Failed {
		return
	}
	if f.Application != nil && f.Application.Revision != "" && !f.Application.Contains {
		looks[lookCommit] = patient
	}
	if r := f.Rollout; r != nil && r.Ended != nil && (f.Ended == nil || f.Ended.Of != *r.Ended) {
		looks[lookEnded] = patient
	}
}

func planAddress(looks map[string]pace, app App, d *Delivery, f Facts) {
	exposing := d.Phase(Expose).Status == Running
	if exposing && (f.Name == nil || !f.Name.OK) {
		looks[lookName] = eager
	}
	if f.Answer.fails() {
		looks[lookServing] = patient
	}
	serves := f.Rollout != nil && f.Rollout.Ready > 0
	switch going := d.Phase(Live).Status == Running; {
	case app.Address.Live && !serves && f.Answer != nil && f.Answer.Misses > 0: // nothing can answer: whether the address is lost is found out in seconds
	case app.Address.Revision != "" && !app.Address.Live && !going:
	case (exposing || going) && (serves || app.Address.Live):
		looks[lookAnswer] = eager
	case exposing:
		looks[lookAnswer] = patient
	}
}
