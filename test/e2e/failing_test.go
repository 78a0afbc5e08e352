package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// exitDelivery is the exit code of a command that waited for a delivery that failed.
const exitDelivery = 4

func TestACommitWhoseTestFailsLeavesTheOldVersionLive(t *testing.T) {
	ctx := within(t, 3*time.Minute)
	const name = "red1"
	good := must[client.App](t)(p.Create(ctx, name, "replicas=1"))
	work := must[string](t)(p.Clone(ctx, t.TempDir(), name))
	change(t, work, serverFile, "return [404, ", "return [200, ")
	bad := push(ctx, t, work, "Break it")
	app := must[client.App](t)(p.WaitRevision(ctx, name, bad))

	t.Run("the app names the failing step", func(t *testing.T) {
		if app.Status != "failed" || !strings.Contains(app.Reason, `"Test"`) {
			t.Errorf("status %q, reason %q; want it failed, naming the step Test", app.Status, app.Reason)
		}
		if build := app.Delivery.Phases[1]; build.Status != "failed" {
			t.Errorf("build is %s", build.Status)
		}
		if _, err := p.Run(ctx, "watch", name); platform.ExitCode(err) != exitDelivery {
			t.Errorf("pronto watch: %v; want exit status %d", err, exitDelivery)
		}
	})
	t.Run("the log says which test failed", func(t *testing.T) {
		if log, err := p.Run(ctx, "logs", name, "--build"); err != nil || !strings.Contains(log, "not ok") || !strings.Contains(log, "says that it does not know a path") {
			t.Errorf("%v:\n%s", err, log)
		}
	})
	t.Run("the run is red in the forge", func(t *testing.T) { runIsRed(ctx, t, name, bad) })
	t.Run("the old version still answers", func(t *testing.T) {
		if a := waitAnswer(ctx, t, name); a.Header.Get("X-Revision") != good.Delivery.Revision || app.LiveRevision != good.Delivery.Revision {
			t.Errorf("%s answers, the app says %s; want %s", a.Header.Get("X-Revision"), app.LiveRevision, good.Delivery.Revision)
		}
	})
	t.Run("the next good push goes live", func(t *testing.T) {
		change(t, work, serverFile, "return [200, { error", "return [404, { error")
		mended := push(ctx, t, work, "Mend it")
		app := must[client.App](t)(p.WaitRevision(ctx, name, mended))
		if a := waitAnswer(ctx, t, name); app.Status != "live" || a.Header.Get("X-Revision") != mended {
			t.Errorf("status %q (%s), %s answers; want %s", app.Status, app.Reason, a.Header.Get("X-Revision"), mended)
		}
	})
}

func runIsRed(ctx context.Context, t *testing.T, name, revision string) {
	t.Helper()
	var runs struct {
		WorkflowRuns []struct{ Conclusion string } `json:"workflow_runs"`
	}
	status, err := forge(ctx, "repos/apps/idp-"+name+"/actions/runs?head_sha="+revision, &runs)
	if err != nil || len(runs.WorkflowRuns) != 1 || runs.WorkflowRuns[0].Conclusion != "failure" {
		t.Errorf("%d, %v: %+v; want one run, failure", status, err, runs)
	}
}
