package e2e

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

// deployments is the figure that DORA's deployment frequency is made of.
func deployments(ctx context.Context, t *testing.T, app string) int {
	t.Helper()
	return ask[struct{ Deployments int }](ctx, t, "/api/pronto/v1/figures?days=2&app="+app).Deployments
}

// What is changed in the cluster is taken back, and that is a delivery; it is no deployment.
func TestADeploymentThatIsDeletedByHandIsDeliveredAgain(t *testing.T) {
	ctx := within(t, 3*time.Minute)
	const app = "heal1"
	created := must[client.App](t)(p.Create(ctx, app, "replicas=1"))
	before := deployments(ctx, t, app)
	must[string](t)(p.Kubectl(ctx, "delete", "deployment", app, "-n", app))
	healed := must[client.App](t)(p.WaitApp(ctx, app, func(a client.App) bool {
		return a.Delivery != nil && a.Delivery.StartedBy.Kind == "self-heal" && a.Status == "live" && a.URL != ""
	}))
	d := healed.Delivery
	if d.ID == created.Delivery.ID || d.Revision != created.Delivery.Revision || d.Image != created.Delivery.Image || healed.LiveRevision != created.LiveRevision {
		t.Errorf("healed is %+v, of %+v", d, created.Delivery)
	}
	for i, want := range []string{"skipped", "skipped", "done", "done", "done"} {
		if got := d.Phases[i].Status; got != want {
			t.Errorf("%s is %s, want %s", d.Phases[i].Name, got, want)
		}
	}
	if a := waitAnswer(ctx, t, app); a.Header.Get("X-Revision") != created.Delivery.Revision {
		t.Errorf("%s answers", a.Header.Get("X-Revision"))
	}
	if after := deployments(ctx, t, app); after != before {
		t.Errorf("%d deployments, %d before", after, before)
	}
	t.Logf("live again after %.1f s", d.Seconds)
	if err := p.Delete(ctx, app); err != nil {
		t.Error(err)
	}
}

// A run that is started by hand builds the head, although the pipeline's own
// commit there asks for no build.
func TestARunThatIsStartedByHandIsDelivered(t *testing.T) {
	ctx := within(t, 3*time.Minute)
	const app = "dispatch1"
	created := must[client.App](t)(p.Create(ctx, app, "replicas=1"))
	before := deployments(ctx, t, app)
	dispatch(ctx, t, app)
	delivered := must[client.App](t)(p.WaitApp(ctx, app, func(a client.App) bool {
		return a.Delivery != nil && a.Delivery.StartedBy.Kind == "dispatch" && a.Delivery.Status != "in_progress"
	}))
	d := delivered.Delivery
	if d.Status != "live" || d.Phases[1].Status != "done" || d.StartedBy.Run == 0 || d.RunID != d.StartedBy.Run || d.StartedBy.By == "" || d.Image == created.Delivery.Image {
		t.Fatalf("delivered is %+v: %s", d, d.Reason)
	}
	if a := waitAnswer(ctx, t, app); a.Header.Get("X-Revision") != d.Revision {
		t.Errorf("%s answers, want %s", a.Header.Get("X-Revision"), d.Revision)
	}
	if after := deployments(ctx, t, app); after != before+1 {
		t.Errorf("%d deployments, %d before", after, before)
	}
	t.Logf("live after %.1f s", d.Seconds)
	if err := p.Delete(ctx, app); err != nil {
		t.Error(err)
	}
}

// dispatch starts the pipeline by the forge's API, as GitHub's page does.
func dispatch(ctx context.Context, t *testing.T, app string) {
	t.Helper()
	path := "repos/apps/idp-" + app + "/actions/workflows/ci.yaml/dispatches"
	req := must[*http.Request](t)(forgeRequest(ctx, http.MethodPost, path, `{"ref":"main"}`))
	if a := must[answer](t)(do(req)); a.StatusCode != http.StatusNoContent {
		t.Fatalf("dispatch = %d %s", a.StatusCode, a.body)
	}
}
