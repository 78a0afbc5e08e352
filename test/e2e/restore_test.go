package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

func TestADeletedApplicationIsRestoredWithItsHistory(t *testing.T) {
	ctx := within(t, 5*time.Minute)
	const name = "back1"
	app := must[client.App](t)(p.Create(ctx, name, "replicas=1", "description=Comes back"))
	work := must[string](t)(p.Clone(ctx, t.TempDir(), name))
	git := func(args ...string) string {
		t.Helper()
		return must[string](t)(p.Tool(ctx, work, "git", args...))
	}
	git("push", "--quiet", "origin", "HEAD:refs/heads/feature/x", "HEAD:refs/tags/v1")
	head, refs := git("rev-parse", "HEAD"), git("ls-remote", "origin", "refs/heads/feature/x", "refs/tags/v1")
	if err := p.Delete(ctx, name); err != nil {
		t.Fatal(err)
	}
	noRepository(t, ctx, app)
	noImage(t, ctx, app)
	noObjects(t, ctx, app)
	noRecord(t, ctx, app)
	noRoute(t, ctx, app)
	noEntity(t, ctx, app)
	noApplication(t, ctx, app)
	if until := untilWhen(ctx, t, name); time.Until(until) < 6*24*time.Hour {
		t.Errorf("it is kept until %s", until)
	}

	if out, err := p.Run(ctx, "restore", name, "--wait"); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	again := must[client.App](t)(p.App(ctx, name))
	if again.Status != "live" || again.Owner != app.Owner || again.Description != app.Description || again.LiveRevision != again.Delivery.Revision {
		t.Errorf("it is back as %+v, was %+v", again, app)
	}
	if a := must[answer](t)(get(ctx, again.URL)); a.StatusCode != http.StatusOK || a.Header.Get("X-Revision") != again.Delivery.Revision {
		t.Errorf("%s from revision %q, want %s", a.Status, a.Header.Get("X-Revision"), again.Delivery.Revision)
	}
	if err := p.RolledOut(ctx, name); err != nil {
		t.Error(err)
	}
	git("fetch", "--quiet", "origin", "main")
	if subjects := git("log", "--reverse", "--format=%s", head+"..FETCH_HEAD"); subjects != "Restore "+name+"\nDeploy "+again.Delivery.Revision[:7]+" [skip ci]" {
		t.Errorf("on top of the history stand\n%s", subjects)
	}
	if changed := git("diff", "--name-only", head, "FETCH_HEAD"); changed != "deploy/deployment.yaml" {
		t.Errorf("changed files: %s", changed)
	}
	if lines := git("diff", "--unified=0", head, "FETCH_HEAD"); strings.Count(lines, "\n+") != 2 || !strings.Contains(lines, "+          image: ") {
		t.Errorf("more than the image has changed:\n%s", lines)
	}
	if now := git("ls-remote", "origin", "refs/heads/feature/x", "refs/tags/v1"); now != refs {
		t.Errorf("branches and tags are\n%s\nwant\n%s", now, refs)
	}
	const notFound = 3
	if _, err := p.Run(ctx, "restore", name); platform.ExitCode(err) != notFound {
		t.Errorf("restoring what is there: %v", err)
	}
	if err := p.Delete(ctx, name); err != nil {
		t.Error(err)
	}
}

// untilWhen is when an application that was deleted cannot be restored any more.
func untilWhen(ctx context.Context, t *testing.T, name string) time.Time {
	t.Helper()
	raw := must[string](t)(p.Run(ctx, "apps", "--deleted", "-o", "json"))
	var apps []client.Deleted
	if err := json.Unmarshal([]byte(raw), &apps); err != nil {
		t.Fatal(err)
	}
	for _, app := range apps {
		if app.Name == name {
			return app.Until
		}
	}
	t.Fatalf("pronto apps --deleted shows no %s: %s", name, raw)
	return time.Time{}
}
