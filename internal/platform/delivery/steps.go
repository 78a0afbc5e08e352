package delivery

import (
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
)

// factSteps are the steps that facts tell of a delivery. Those that only
// observation dates (a record, a certificate) end now; the recorder keeps the
// first time that each was seen.
func factSteps(d *Delivery, f Facts, now time.Time) []timeline.Step {
	steps := append(taskSteps(f.Task), runSteps(f.Run)...)
	steps = append(steps, createdSteps(d, f, now)...)
	steps = append(steps, builtSteps(f, now)...)
	return append(steps, exposedSteps(d, f, now)...)
}

func taskSteps(t *TaskFact) []timeline.Step {
	if t == nil || t.ID == "" || t.Steps == nil {
		return nil
	}
	key := "task/" + t.ID
	steps := []timeline.Step{{Key: key, Phase: Create, Kind: timeline.KindTask, Name: "task", Status: taskStatus(t.Status), Start: t.CreatedAt,
		End: ending(t.FinishedAt), Reason: t.Error, Evidence: Evidence{"task": t.ID}}}
	for _, s := range t.Steps {
		if s.StartedAt == nil {
			continue
		}
		steps = append(steps, timeline.Step{Key: key + "/" + s.ID, Parent: key, Phase: Create, Kind: timeline.KindTaskStep,
			Name: firstOf(s.Name, s.ID), Status: taskStatus(s.Status), Start: *s.StartedAt, End: s.FinishedAt, Evidence: Evidence{"action": s.Action}})
	}
	return steps
}

func taskStatus(status string) string {
	switch status {
	case "completed":
		return timeline.Done
	case "failed", "cancelled":
		return timeline.Failed
	case "skipped":
		return timeline.Skipped
	case "open":
		return timeline.Waiting
	}
	return timeline.Running
}

// runSteps are a run, its jobs and their steps. A rerun is a run of its own.
func runSteps(r *RunFact) []timeline.Step {
	if r == nil || r.StartedAt.IsZero() {
		return nil
	}
	key := fmt.Sprintf("run/%d/%d", r.ID, max(r.Attempt, 1))
	run := timeline.Step{Key: key, Phase: Build, Kind: timeline.KindRun, Name: firstOf(r.Name, "workflow run"), Start: r.StartedAt,
		Status: runStatus(r.Status, r.Conclusion), Evidence: Evidence{"run": r.ID, "url": r.URL, "attempt": max(r.Attempt, 1)}}
	if r.Status == "completed" {
		run.End = ending(r.FinishedAt)
	}
	if f := r.Failure; f != nil && run.Status == timeline.Failed {
		run.Reason = runReason(r)
	}
	steps := []timeline.Step{run}
	for _, j := range r.Jobs {
		steps = append(steps, jobSteps(key, j)...)
	}
	return steps
}

func jobSteps(run string, j Job) []timeline.Step {
	if j.StartedAt == nil {
		return nil
	}
	key := fmt.Sprintf("%s/job/%d", run, j.ID)
	steps := []timeline.Step{{Key: key, Parent: run, Phase: Build, Kind: timeline.KindJob, Name: j.Name, Status: runStatus(j.Status, j.Conclusion),
		Start: *j.StartedAt, End: j.FinishedAt, Evidence: Evidence{"job": j.ID, "conclusion": j.Conclusion}}}
	for _, s := range j.Steps {
		if s.StartedAt == nil {
			continue
		}
		steps = append(steps, timeline.Step{Key: fmt.Sprintf("%s/step/%d", key, s.Number), Parent: key, Phase: Build, Kind: timeline.KindJobStep,
			Name: s.Name, Status: runStatus(s.Status, s.Conclusion), Start: *s.StartedAt, End: s.FinishedAt,
			Evidence: Evidence{"number": s.Number, "conclusion": s.Conclusion}})
	}
	return steps
}

func runStatus(status, conclusion string) string {
	switch {
	case status == "in_progress":
		return timeline.Running
	case status != "completed":
		return timeline.Waiting
	case conclusion == "skipped" || conclusion == "neutral":
		return timeline.Skipped
	case conclusion == "success":
		return timeline.Done
	}
	return timeline.Failed
}

func createdSteps(d *Delivery, f Facts, now time.Time) []timeline.Step {
	if d.Phase(Create).StartedAt == nil {
		return nil
	}
	var steps []timeline.Step
	if r := f.Repository; r != nil && r.Commit != "" {
		steps = append(steps, seen("repository", Create, timeline.KindRepository, "repository has a commit", now, Evidence{"repository": r.URL, "commit": r.Commit}))
	}
	if f.Entity != nil {
		steps = append(steps, seen("entity", Create, timeline.KindEntity, "catalog has the component", now, Evidence{"entity": f.Entity.Ref}))
	}
	return steps
}

func builtSteps(f Facts, now time.Time) []timeline.Step {
	if f.Image == nil {
		return nil
	}
	steps := []timeline.Step{seen("image", Build, timeline.KindImage, "registry has the image", now,
		Evidence{"image": f.Image.Reference, "digest": f.Image.Digest})}
	if f.Deploy != nil && f.Deploy.Digest == f.Image.Digest {
		steps = append(steps, seen("commit", Build, timeline.KindCommit, "deploy/ names the image", now,
			Evidence{"revision": f.Deploy.Revision, "digest": f.Deploy.Digest}))
	}
	return steps
}

func exposedSteps(d *Delivery, f Facts, now time.Time) []timeline.Step {
	var steps []timeline.Step
	p := d.Phase(Expose)
	if p.StartedAt != nil && p.Status != Skipped {
		since := func(key, kind, name string, evidence Evidence) {
			step := seen(key, Expose, kind, name, now, evidence)
			step.Start = *p.StartedAt
			steps = append(steps, step)
		}
		if f.Name != nil && f.Name.OK {
			since("record", timeline.KindRecord, "zone answers", Evidence{"host": f.Name.Host, "address": f.Name.Address})
		}
		if f.Edge != nil && f.Edge.TLS {
			since("certificate", timeline.KindCertificate, "certificate holds", Evidence{"issuer": f.Edge.Issuer, "until": f.Edge.NotAfter})
		}
		if f.Edge != nil && f.Edge.Target {
			since("target", timeline.KindTarget, "healthy target answers", Evidence{})
		}
	}
	if p = d.Phase(Live); p.StartedAt != nil && p.FinishedAt != nil && p.Evidence["answeredAt"] != nil {
		steps = append(steps, timeline.Step{Key: "probe", Phase: Live, Kind: timeline.KindProbe, Name: "answer from outside", Status: timeline.Done,
			Start: *p.StartedAt, End: p.FinishedAt, Evidence: Evidence{"url": p.Evidence["url"], "code": p.Evidence["code"], "revision": p.Evidence["revision"]}})
	}
	return steps
}

// seen is a moment: something was there for the first time.
func seen(key, phase, kind, name string, now time.Time, evidence Evidence) timeline.Step {
	return timeline.Step{Key: key, Phase: phase, Kind: kind, Name: name, Status: timeline.Done, Start: now, End: &now, Evidence: evidence}
}

func ending(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
