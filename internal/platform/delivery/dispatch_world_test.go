package delivery_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/scm/scmtest"
)

// ran sends the event of a workflow run as it stands.
func (w *world) ran(run map[string]any, status, conclusion string) {
	w.t.Helper()
	run["status"], run["conclusion"], run["updated_at"] = status, conclusion, w.now()
	run["actor"] = map[string]any{"login": "ben"}
	run["head_commit"] = map[string]any{"message": "Deploy a1b2c3d [skip ci]", "author": map[string]any{"name": scmtest.Bot}}
	err := w.event("workflow_run", map[string]any{"action": status, "workflow_run": run,
		"repository": map[string]any{"name": repository, "full_name": "apps/" + repository, "default_branch": "main"}})
	if err != nil {
		w.t.Fatal(err)
	}
}

// built plays the end of a run: the image and the commit that names it.
func (w *world) built(revision string) (image, deployed string) {
	w.t.Helper()
	_, digest := w.image(repository, revision)
	image = "registry.example.com/idp-hello@" + digest
	deployed = w.git.Commit(repository, scmtest.Bot, "Deploy "+revision[:7]+" [skip ci]", map[string]string{"deploy/deployment.yaml": "  image: " + image})
	w.push(repository, deployed, "Deploy [skip ci]", scmtest.Bot, "Bot")
	return image, deployed
}

func TestARunThatIsStartedByHandIsADelivery(t *testing.T) {
	w := newWorld(t)
	w.git = scmtest.New(t)
	w.connect()
	stop := w.serve()
	pushed, _ := w.deliver("one")
	w.ran(map[string]any{"id": 7, "workflow_id": 5, "event": "push", "head_branch": "main", "head_sha": pushed}, "completed", "success")
	head := strings.TrimSpace(w.git.Git(repository, "rev-parse", "main"))
	for what, run := range map[string]map[string]any{
		"another workflow": {"id": 8, "workflow_id": 6, "head_branch": "main", "head_sha": head},
		"another branch":   {"id": 8, "workflow_id": 5, "head_branch": "try", "head_sha": head},
		"an old one":       {"id": 8, "workflow_id": 5, "head_branch": "main", "head_sha": head, "run_started_at": w.now().Add(-time.Hour)},
	} {
		run["event"] = "workflow_dispatch"
		w.ran(run, "queued", "")
		if n := w.begun("hello"); n != 1 {
			t.Errorf("%s began a delivery", what)
		}
	}

	dispatch := map[string]any{"id": 9, "name": "ci", "workflow_id": 5, "event": "workflow_dispatch", "head_branch": "main", "head_sha": head, "run_started_at": w.now()}
	w.ran(dispatch, "queued", "")
	view := w.until("hello", "a dispatch begins", func(v delivery.View) bool { return v.Delivery.StartedBy.Kind == "dispatch" })
	d := view.Delivery
	if d.Revision != head || d.RunID != 9 || d.StartedBy.Run != 9 || d.StartedBy.By != "ben" || phase(view, "build").Status != delivery.Running || view.LiveRevision != pushed {
		t.Errorf("the delivery = %+v, live %s", d, view.LiveRevision)
	}
	if kept := w.journalled("hello").Delivery; kept.ID != d.ID {
		t.Errorf("%s was told and %s is journalled: a kill would lose that", d.ID, kept.ID)
	}
	image, deployed := w.built(head)
	w.ran(dispatch, "in_progress", "")
	stop()
	defer w.serve()()
	view = w.until("hello", "its run goes on", func(v delivery.View) bool { return v.URL != "" })
	if build := phase(view, "build"); view.Delivery.ID != d.ID || build.Status != delivery.Running {
		t.Errorf("before its run ended the build is %s", build.Status)
	}
	w.ran(dispatch, "completed", "success")
	w.run("hello", image, deployed, head)
	view = w.until("hello", "it is live", func(v delivery.View) bool { return v.Status == "live" })
	if n := w.begun("hello"); view.Delivery.ID != d.ID || view.LiveRevision != head || !strings.HasSuffix(view.Delivery.Image, image[strings.Index(image, "@"):]) || n != 2 {
		t.Errorf("%d deliveries, live is %+v", n, view.Delivery)
	}

	again := map[string]any{"id": 10, "name": "ci", "workflow_id": 5, "event": "workflow_dispatch", "head_branch": "main", "head_sha": head, "run_started_at": w.now()}
	w.ran(again, "in_progress", "")
	view = w.until("hello", "the same revision again", func(v delivery.View) bool { return v.Delivery.StartedBy.Run == 10 })
	if build := phase(view, "build"); view.Delivery.Revision != head || build.Status != delivery.Running {
		t.Errorf("with an image of the run before, the build is %s: %s", build.Status, build.Reason)
	}
	image, deployed = w.built(head)
	w.ran(again, "completed", "success")
	w.run("hello", image, deployed, head)
	w.until("hello", "it is live again", func(v delivery.View) bool { return v.Status == "live" && v.Delivery.StartedBy.Run == 10 })
	w.theVersionsAreTwo(head, pushed)
}

func (w *world) theVersionsAreTwo(now, before string) {
	w.t.Helper()
	versions := must[[]delivery.Version](w.t)(w.service.Versions(w.t.Context(), "hello"))
	if len(versions) != 2 || versions[0].Revision != now || !versions[0].Live || versions[0].Rollback.Allowed ||
		versions[1].Revision != before || versions[1].Live || !versions[1].Rollback.Allowed {
		w.t.Errorf("versions = %+v", versions)
	}
}
