package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

func TestARollbackServesTheOldRevisionWithoutAFailedRequest(t *testing.T) {
	first(t)
	ctx := within(t, 3*time.Minute)
	before := must[answer](t)(get(ctx, p.URL(firstName)))
	old := before.Header.Get("X-Revision")
	work := must[string](t)(p.Clone(ctx, t.TempDir(), firstName))
	change(t, work, serverFile, before.Message, "Something wrong from "+firstName)
	stop := load(t, firstName)
	wrong := push(ctx, t, work, "Say something wrong")
	must[client.App](t)(p.WaitRevision(ctx, firstName, wrong))

	raw := must[string](t)(p.Run(ctx, "rollback", firstName, "--to", old[:7], "-o", "json"))
	var back client.Rollback
	if err := json.Unmarshal([]byte(raw), &back); err != nil || back.To != old {
		t.Fatalf("rollback said %q, %v; want one to %s", raw, err, old)
	}
	app := must[client.App](t)(p.WaitRevision(ctx, firstName, back.Revision))
	a := must[answer](t)(get(ctx, app.URL))
	if app.Status != "live" || a.Message != before.Message || a.Header.Get("X-Revision") != old {
		t.Errorf("status %q (%s); %q answers from %s, want %q from %s", app.Status, app.Reason, a.Message, a.Header.Get("X-Revision"), before.Message, old)
	}
	if build := app.Delivery.Phases[1]; build.Status != "skipped" || app.Delivery.RunID != 0 {
		t.Errorf("the rollback's build is %s (run %d), want none", build.Status, app.Delivery.RunID)
	}
	if err := p.RolledOut(ctx, firstName); err != nil {
		t.Error(err)
	}
	stop()
	t.Logf("live in %.1f s", app.Delivery.Seconds)

	if _, err := p.Tool(ctx, work, "git", "pull", "--quiet", "--rebase", "origin", "main"); err != nil {
		t.Fatal(err)
	}
	log := must[string](t)(p.Tool(ctx, work, "git", "log", "-1", "--format=%H %s%n%(trailers:key=Rollback-To,valueonly)"))
	if !strings.HasPrefix(log, back.Revision+" Revert to "+old[:7]) || !strings.Contains(log, old+"\n") && !strings.HasSuffix(log, old) {
		t.Errorf("git log shows %q", log)
	}
	if same := must[string](t)(p.Tool(ctx, work, "git", "diff", "--stat", old, "HEAD", "--", "src")); same != "" {
		t.Errorf("the source differs from what was live:\n%s", same)
	}
}

// The run of the commit that is taken back would deploy after the rollback.
func TestARollbackTakesBackWhatIsStillBeingBuilt(t *testing.T) {
	first(t)
	ctx := within(t, 3*time.Minute)
	before := must[answer](t)(get(ctx, p.URL(firstName)))
	old := before.Header.Get("X-Revision")
	work := must[string](t)(p.Clone(ctx, t.TempDir(), firstName))
	change(t, work, serverFile, before.Message, "Never seen from "+firstName)
	wrong := push(ctx, t, work, "Say what is never seen")
	building := must[client.App](t)(p.WaitApp(ctx, firstName, func(app client.App) bool {
		return app.Delivery != nil && app.Delivery.Revision == wrong && app.Delivery.RunID != 0
	}))
	raw := must[string](t)(p.Run(ctx, "rollback", firstName, "--wait", "-o", "json"))
	var app client.App
	if err := json.Unmarshal([]byte(raw), &app); err != nil {
		t.Fatal(err)
	}
	err := platform.Eventually(ctx, "end of the run that was superseded", func(ctx context.Context) error {
		var run struct{ Status, Conclusion string }
		_, err := portal(ctx, fmt.Sprintf("%s/runs/%d", firstAPI, building.Delivery.RunID), &run)
		if err == nil && run.Status != "completed" {
			err = fmt.Errorf("it is %s", run.Status)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if now := must[client.App](t)(p.App(ctx, firstName)); now.Status != "live" || now.LiveRevision != app.Delivery.Revision {
		t.Errorf("after the run ended: %s at %s, want the rollback %s", now.Status, now.LiveRevision, app.Delivery.Revision)
	}
	if a := waitAnswer(ctx, t, firstName); a.Message != before.Message || a.Header.Get("X-Revision") != old {
		t.Errorf("%q answers from %s, want %s", a.Message, a.Header.Get("X-Revision"), old)
	}
	head := must[string](t)(p.Tool(ctx, work, "git", "ls-remote", "origin", "refs/heads/main"))
	if !strings.HasPrefix(head, app.Delivery.Revision) {
		t.Errorf("the branch is at %s, not at the rollback %s", head, app.Delivery.Revision)
	}
}
