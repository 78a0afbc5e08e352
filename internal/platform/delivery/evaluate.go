package delivery

import (
	"fmt"
	"strings"
	"time"
)

const (
	imageGrace = 30 * time.Second // between the end of a good run and its image being there
	runGrace   = time.Minute      // between a push and its run
	logGrace   = 5 * time.Second  // between the end of a failed run and its log
	liveMisses = 3                // unanswered checks in a row until live is taken back
)

// Evaluate says what facts mean for a delivery. It has no effects, keeps what
// is done done, and gives the same for the same input.
func Evaluate(facts Facts, previous Delivery, now time.Time) Delivery {
	if previous.over() {
		return previous
	}
	d := previous.clone()
	takeIdentity(&d, facts)
	for _, evaluate := range []func(*Delivery, Facts, time.Time){createPhase, buildPhase, syncPhase, exposePhase, livePhase} {
		evaluate(&d, facts, now)
	}
	supersede(&d, facts, now)
	conclude(&d, now)
	explain(&d, facts, now)
	return d
}

// takeIdentity fills in what names the delivery as soon as it is known.
func takeIdentity(d *Delivery, f Facts) {
	if f.Push != nil && d.Revision == "" {
		d.Revision, d.Message, d.Author = f.Push.Revision, f.Push.Message, f.Push.Author
		if at := f.Push.CommittedAt; !at.IsZero() {
			d.CommittedAt = &at
		}
		if target := f.Push.Target; target != nil && d.TaskID == "" {
			d.StartedBy = Origin{Kind: ByRollback, To: target.Revision, Answers: target.Answers}
			d.Image = target.Image
		}
	}
	if a := f.Application; d.StartedBy.Kind == ByHeal && a != nil && a.Heal != nil {
		d.StartedBy.Heals = a.Heal.Attempt
	}
	if f.Run != nil {
		d.RunID, d.RunURL = f.Run.ID, f.Run.URL
	}
	if f.Image != nil {
		d.Image = f.Image.Reference + "@" + f.Image.Digest
	}
}

func createPhase(d *Delivery, f Facts, now time.Time) {
	p := d.Phase(Create)
	switch {
	case settled(p) || p.Status == Skipped:
		return
	case d.StartedBy.Kind == ByRestore:
		restorePhase(d, f, now)
		return
	case f.Task == nil:
		return
	}
	p.begin(f.Task.CreatedAt)
	p.Evidence["task"] = f.Task.ID
	if f.Repository != nil {
		p.Evidence["repository"], p.Evidence["commit"] = f.Repository.URL, f.Repository.Commit
	}
	if f.Entity != nil {
		p.Evidence["entity"] = f.Entity.Ref
	}
	switch hasCommit := f.Repository != nil && f.Repository.Commit != ""; {
	case hasCommit && f.Entity != nil:
		p.finish(now)
	case f.Task.Status == "failed" || f.Task.Status == "cancelled":
		p.fail(now, firstOf(f.Task.Error, "the task was "+f.Task.Status))
	case !hasCommit:
		p.resume()
		p.Reason = "waits for the repository's first commit"
	default:
		p.resume()
		p.Reason = "waits for the catalog entry"
	}
}

// restorePhase is create from what was kept of a deleted application.
func restorePhase(d *Delivery, f Facts, now time.Time) {
	p := d.Phase(Create)
	p.begin(d.StartedAt)
	if f.Repository != nil {
		p.Evidence["repository"], p.Evidence["commit"] = f.Repository.URL, f.Repository.Commit
	}
	if f.Entity != nil {
		p.Evidence["entity"] = f.Entity.Ref
	}
	if p.Reason = f.Restoring; p.Reason == "" {
		p.finish(now)
	}
}

func buildPhase(d *Delivery, f Facts, now time.Time) {
	p := d.Phase(Build)
	if settled(p) || f.Push == nil {
		return
	}
	if f.Push.SkipCI {
		p.skip(skipReason(d.StartedBy))
		return
	}
	p.begin(f.Push.At)
	if f.Run != nil {
		p.Evidence["run"], p.Evidence["runUrl"] = f.Run.ID, f.Run.URL
	}
	if f.Image != nil {
		p.Evidence["image"], p.Evidence["digest"] = f.Image.Reference, f.Image.Digest
	}
	switch {
	case f.Image != nil && f.Deploy != nil && f.Deploy.Digest == f.Image.Digest && mayBeBuilt(d.StartedBy, f.Run):
		p.Evidence["deployRevision"] = f.Deploy.Revision
		delete(p.Evidence, "log")
		p.finish(now)
	case ended(f.Run, now) && f.Run.Conclusion != "success":
		if f.Run.Failure != nil {
			p.Evidence["log"] = f.Run.Failure.Lines
		}
		p.fail(latest(f.Run.FinishedAt, p.StartedAt, now), runReason(f.Run))
	case ended(f.Run, now) && now.Sub(f.Run.FinishedAt) > imageGrace:
		p.fail(now, missingOutput(f, d.Revision))
	case p.Status == Failed && !mayStillSucceed(f.Run):
		// seen for the first time since a restart, or not yet: what was recorded stands
	default:
		p.resume()
		p.Reason = buildWait(f, p, now)
	}
}

// mayBeBuilt reports whether an image can be of this delivery. Before a run that was
// started by hand ends, the one that is there may be of an earlier run.
func mayBeBuilt(by Origin, run *RunFact) bool {
	return by.Kind != ByDispatch || run != nil && run.Conclusion == "success"
}

func skipReason(by Origin) string {
	switch by.Kind {
	case ByRollback:
		return "the image of " + short(by.To) + " is there already"
	case ByHeal:
		return "the image is there already"
	}
	return "the commit asks for no build ([skip ci])"
}

// mayStillSucceed reports whether a run may still make a failed build good.
func mayStillSucceed(run *RunFact) bool {
	return run != nil && (run.Status != "completed" || run.Conclusion == "success")
}

// ended reports whether a run is over, and why it failed is known or will not be.
func ended(run *RunFact, now time.Time) bool {
	if run == nil || run.Status != "completed" {
		return false
	}
	return run.Conclusion == "success" || run.Failure != nil || now.Sub(run.FinishedAt) > logGrace
}

// missingOutput says what a successful run left undone.
func missingOutput(f Facts, revision string) string {
	if f.Image == nil {
		return fmt.Sprintf("the workflow run succeeded but the registry has no image with tag sha-%s; "+
			"the workflow must push that tag", short(revision))
	}
	return "the workflow run succeeded but deploy/deployment.yaml on the default branch does not name " +
		f.Image.Digest + "; the workflow must write the image there and push"
}

func buildWait(f Facts, p *Phase, now time.Time) string {
	switch {
	case f.Run == nil && p.StartedAt != nil && now.Sub(*p.StartedAt) > runGrace:
		return "no workflow run has started for this commit; see .github/workflows and its triggers"
	case f.Run == nil:
		return "waits for the workflow run"
	case f.Run.Status != "completed" && f.Run.Current != "":
		return "runs " + f.Run.Current
	case f.Run.Status == "queued":
		return "the workflow run is queued"
	case f.Run.Status != "completed":
		return "the workflow runs"
	case f.Run.Conclusion != "success":
		return "the workflow run failed; its log is being read"
	case f.Image == nil:
		return "waits for the image"
	}
	return "waits for deploy/ to name the image"
}

func runReason(run *RunFact) string {
	if run.Failure == nil || run.Failure.Job == "" {
		return fmt.Sprintf("workflow run %q ended as %s", run.Name, run.Conclusion)
	}
	reason := fmt.Sprintf("step %q of job %q failed", run.Failure.Step, run.Failure.Job)
	if run.Failure.Step == "" {
		reason = fmt.Sprintf("job %q failed", run.Failure.Job)
	}
	if run.Conclusion == "cancelled" || run.Conclusion == "timed_out" {
		reason = strings.Replace(reason, " failed", " was "+strings.Replace(run.Conclusion, "timed_out", "stopped: it ran too long", 1), 1)
	}
	if run.Failure.ExitCode != "" {
		reason += ": exit code " + run.Failure.ExitCode
	}
	return reason
}

func syncPhase(d *Delivery, f Facts, now time.Time) {
	p, built := d.Phase(Sync), d.Phase(Build)
	if settled(p) {
		return
	}
	if built.Status != Done && built.Status != Skipped {
		p.Reason = "waits for the build"
		return
	}
	p.begin(syncStart(d, now))
	digest := deployedDigest(d, f)
	if f.Application != nil {
		p.Evidence["application"], p.Evidence["sync"] = f.Application.Name, f.Application.Sync
		p.Evidence["revision"], p.Evidence["health"] = f.Application.Revision, f.Application.Health
	}
	if d.StartedBy.Kind == ByHeal {
		healEvidence(p, f.Application)
	}
	if f.Rollout != nil {
		p.Evidence["ready"], p.Evidence["desired"] = f.Rollout.Ready, f.Rollout.Desired
		p.Evidence["digest"] = f.Rollout.Digest
	}
	switch reason, fatal := syncWait(f, digest); {
	case reason == "":
		p.finish(now)
	case fatal:
		p.fail(now, reason)
	case p.Status == Failed && f.Application == nil:
		// nothing has been seen since a restart: what was recorded stands
	default:
		p.resume()
		p.Reason = reason
	}
}

// syncStart is when the build ended; a self-heal begins with its sync.
func syncStart(d *Delivery, now time.Time) time.Time {
	if d.StartedBy.Kind == ByHeal {
		return d.StartedAt
	}
	return valueOr(d.Phase(Build).FinishedAt, now)
}

// deployedDigest is the image that the workload must run for this delivery.
func deployedDigest(d *Delivery, f Facts) string {
	if digest, ok := d.Phase(Build).Evidence["digest"].(string); ok {
		return digest
	}
	if f.Deploy != nil {
		return f.Deploy.Digest
	}
	return ""
}

// syncWait says what is missing, empty if nothing is, and whether waiting helps.
func syncWait(f Facts, digest string) (reason string, fatal bool) {
	app, rollout := f.Application, f.Rollout
	switch {
	case app == nil:
		return "waits for the Application to be made", false
	case app.Contains && (app.Operation == "Failed" || app.Operation == "Error"):
		return "the sync failed: " + firstOf(app.Message, app.Operation), true
	case !app.Contains && app.Message != "" && app.Operation != "Running":
		return app.Message, false
	case !app.Contains:
		return "waits for the commit to be synced", false
	case app.Sync != "Synced":
		return firstOf(app.Message, "the Application is "+firstOf(app.Sync, "not compared yet")), false
	case rollout == nil:
		return "waits for the workload", false
	case rollout.Digest != digest:
		return "the workload does not name the new image yet", false
	case rollout.Cause != "" && !rollout.Complete:
		return rollout.Cause, rollout.Fatal
	case !rollout.Complete:
		return fmt.Sprintf("%d of %d pods are ready", rollout.Ready, rollout.Desired), false
	}
	return "", false
}

func exposePhase(d *Delivery, f Facts, now time.Time) {
	p := d.Phase(Expose)
	if settled(p) {
		return
	}
	if !f.Public {
		p.skip("the application is not public")
		return
	}
	if p.Status == Skipped {
		p.Status, p.Reason = Waiting, ""
	}
	if f.Ingress == nil {
		p.Reason = "waits for the Ingress"
		return
	}
	p.begin(laterOf(f.Ingress.CreatedAt, d.StartedAt))
	p.Evidence["host"] = f.Ingress.Host
	if f.Name != nil && f.Name.OK {
		p.Evidence["address"] = f.Name.Address
	}
	if f.Edge != nil && f.Edge.TLS {
		p.Evidence["issuer"], p.Evidence["certificateUntil"] = f.Edge.Issuer, f.Edge.NotAfter
	}
	if p.Reason = exposeWait(f); p.Reason == "" {
		p.finish(now)
	}
}

func exposeWait(f Facts) string {
	switch {
	case f.Name == nil:
		return "waits for the record in the zone"
	case !f.Name.OK:
		return firstOf(f.Name.Reason, "waits for the record in the zone")
	case f.Edge == nil:
		return "waits for the edge"
	case !f.Edge.TLS:
		return firstOf(f.Edge.Reason, "waits for the certificate")
	case !f.Edge.Target:
		return firstOf(f.Edge.Reason, "waits for a healthy target")
	}
	return ""
}
