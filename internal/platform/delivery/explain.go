package delivery

import (
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
)

// explain gives each phase that failed or does not go on its cause.
func explain(d *Delivery, f Facts, now time.Time) {
	for i := range d.Phases {
		p := &d.Phases[i]
		if p.Status != Running && p.Status != Failed {
			p.Cause = nil
			continue
		}
		found := cause.Explain(causeFacts(d, p, f, now))
		if p.Status == Failed && p.Cause != nil && (found == nil || found.Code == cause.Unknown) {
			continue // what showed it is not seen any more, as after a restart
		}
		if p.Cause = found; found != nil {
			found.Remedy = strings.ReplaceAll(found.Remedy, "NAME", d.App)
		}
	}
}

// causeFacts are the facts that belong to a phase of this delivery: what an
// earlier one left in the cluster explains nothing.
func causeFacts(d *Delivery, p *Phase, f Facts, now time.Time) cause.Facts {
	facts := cause.Facts{Phase: p.Name, Reason: p.Reason, Failed: p.Status == Failed, Live: f.Live, Now: now}
	switch p.Name {
	case Build:
		facts.Run = runCause(f)
	case Sync:
		syncFacts(&facts, f, deployedDigest(d, f))
	case Expose, Live:
		addressFacts(&facts, f)
	}
	return facts
}

func runCause(f Facts) *cause.Run {
	r := f.Run
	if r == nil {
		return nil
	}
	run := &cause.Run{Name: r.Name, Status: r.Status, Conclusion: r.Conclusion, QueuedAt: r.StartedAt}
	if f.Push != nil && run.QueuedAt.Before(f.Push.At) {
		run.QueuedAt = f.Push.At
	}
	if r.Failure != nil {
		run.Job, run.Step, run.ExitCode, run.Lines = r.Failure.Job, r.Failure.Step, r.Failure.ExitCode, r.Failure.Lines
	}
	return run
}

func syncFacts(facts *cause.Facts, f Facts, digest string) {
	app, rollout := f.Application, f.Rollout
	if app == nil {
		return
	}
	if app.Message != "" && (app.Operation != "Running" || len(app.Failures) > 0) {
		facts.Messages = append([]string{app.Message}, app.Failures...)
	}
	if !app.Contains || rollout == nil || rollout.Digest != digest || rollout.Complete {
		return
	}
	facts.Pods, facts.Refused, facts.Nodes = rollout.Pods, rollout.Refused, rollout.Architectures
	pods := map[string]bool{}
	for _, pod := range rollout.Pods {
		pods[pod.Name] = true
	}
	for _, e := range f.Events {
		if e.Kind == "Pod" && pods[e.Name] {
			facts.Events = append(facts.Events, e)
		}
	}
	if f.Ended != nil && rollout.Ended != nil && rollout.Ended.sameContainer(f.Ended.Of) {
		facts.Log = f.Ended.Lines // of an earlier end, until those of the last have been read
	}
}

func addressFacts(facts *cause.Facts, f Facts) {
	if f.Name != nil {
		facts.Name = &cause.Name{Host: f.Name.Host, Address: f.Name.Address, Reason: f.Name.Reason, OK: f.Name.OK}
	}
	if f.Edge != nil {
		facts.Edge = &cause.Edge{TLS: f.Edge.TLS, Target: f.Edge.Target, Reason: f.Edge.Reason}
	}
	if a := f.Answer; a != nil {
		facts.Answer = &cause.Answer{URL: a.URL, Code: a.Code, Edge: a.Edge, Reason: a.Reason}
	}
	if f.Answer.fails() {
		facts.Log = f.Serving
	}
	for _, e := range f.Events {
		if e.Kind == "Ingress" {
			facts.Events = append(facts.Events, e)
		}
	}
}
