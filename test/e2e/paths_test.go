package e2e

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pronto-platform/pronto/internal/client"
)

// A path is a golden path beside nodejs, which the other tests deliver.
type path struct {
	template string
	change   [3]string // file, text before, text after
	says     string    // the answer after the change
}

var paths = []path{
	{"go", [3]string{"server.go", "Hello from ", "Good day from "}, `"Good day from path-go"`},
	{"python", [3]string{"app/__init__.py", "Hello from ", "Good day from "}, `"Good day from path-python"`},
	{"static", [3]string{"public/index.html", "Hello from ", "Good day from "}, "<h1>Good day from path-static</h1>"},
}

func TestEveryGoldenPathGoesLive(t *testing.T) {
	for _, way := range paths {
		t.Run(way.template, func(t *testing.T) {
			t.Parallel()
			ctx := within(t, 5*time.Minute) // the first on a machine also makes the path's base images
			name := "path-" + way.template
			app := must[client.App](t)(p.CreateFrom(ctx, way.template, name, "replicas=1"))
			answersFrom(ctx, t, app, app.Delivery.Revision)
			logPhases(t, app)

			work := must[string](t)(p.Clone(ctx, t.TempDir(), name))
			change(t, work, way.change[0], way.change[1], way.change[2])
			stop := load(t, name)
			revision := push(ctx, t, work, "Say good day")
			app = must[client.App](t)(p.WaitRevision(ctx, name, revision))
			if err := p.RolledOut(ctx, name); err != nil { // the old pod drains while the requests go on
				t.Error(err)
			}
			stop()
			if a := answersFrom(ctx, t, app, revision); !strings.Contains(string(a.body), way.says) {
				t.Errorf("it says %s; want %s", a.body, way.says)
			}
			logPhases(t, app)
			if err := p.Delete(ctx, name); err != nil {
				t.Error(err)
			}
		})
	}
}

// answersFrom asks an application that is live and checks which commit answers.
func answersFrom(ctx context.Context, t *testing.T, app client.App, revision string) answer {
	t.Helper()
	if app.Status != "live" {
		t.Fatalf("status %q (%s)", app.Status, app.Reason)
	}
	a := must[answer](t)(get(ctx, app.URL))
	if a.StatusCode != http.StatusOK || a.Header.Get("X-Revision") != revision {
		t.Errorf("%s from %s; want 200 from %s", a.Status, a.Header.Get("X-Revision"), revision)
	}
	return a
}

func TestAFailingTestStopsAPathThatTestsInItsBuild(t *testing.T) {
	ctx := within(t, 5*time.Minute)
	const name = "path-red"
	good := must[client.App](t)(p.CreateFrom(ctx, "python", name, "replicas=1"))
	work := must[string](t)(p.Clone(ctx, t.TempDir(), name))
	change(t, work, "app/__init__.py", "404 Not Found", "200 OK")
	app := must[client.App](t)(p.WaitRevision(ctx, name, push(ctx, t, work, "Break it")))
	if app.Status != "failed" || !strings.Contains(app.Reason, `"Test"`) || app.LiveRevision != good.Delivery.Revision {
		t.Errorf("status %q, reason %q, live is %s; want it failed at the step Test and the old version live", app.Status, app.Reason, app.LiveRevision)
	}
	if log, err := p.Run(ctx, "logs", name, "--build"); err != nil || !strings.Contains(log, "test_says_that_it_does_not_know_a_path") {
		t.Errorf("the log does not name the test: %v:\n%s", err, log)
	}
	if err := p.Delete(ctx, name); err != nil {
		t.Error(err)
	}
}

// The gallery of the portal is made of these.
func TestThePortalOffersEveryGoldenPath(t *testing.T) {
	eg, ctx := errgroup.WithContext(within(t, 20*time.Second))
	for _, template := range []string{"go", "nodejs", "python", "static"} {
		eg.Go(func() error { return offered(ctx, template) })
	}
	if err := eg.Wait(); err != nil {
		t.Error(err)
	}
}

func offered(ctx context.Context, template string) error {
	var card struct {
		Metadata struct {
			Title, Description string
			Tags               []string
		}
	}
	if status, err := portal(ctx, "/api/catalog/entities/by-name/template/default/"+template, &card); err != nil || status != http.StatusOK {
		return fmt.Errorf("%s: the catalog answers %d, %w", template, status, err)
	}
	if m := card.Metadata; m.Title == "" || m.Description == "" || !slices.Contains(m.Tags, template) {
		return fmt.Errorf("%s: a card of %+v", template, card)
	}
	var form struct {
		Steps []struct {
			Schema struct{ Properties map[string]any }
		}
	}
	if status, err := portal(ctx, "/api/scaffolder/v2/templates/default/template/"+template+"/parameter-schema", &form); err != nil || status != http.StatusOK {
		return fmt.Errorf("%s: the form answers %d, %w", template, status, err)
	}
	var fields []string
	for _, page := range form.Steps {
		fields = slices.AppendSeq(fields, maps.Keys(page.Schema.Properties))
	}
	slices.Sort(fields)
	if want := []string{"architecture", "description", "name", "owner", "public", "replicas"}; !slices.Equal(fields, want) {
		return fmt.Errorf("%s: the form asks %v, want %v", template, fields, want)
	}
	return nil
}

func TestTheClusterTakesWhatTheGoldenPathsMake(t *testing.T) {
	for _, template := range []string{"go", "nodejs", "python", "static"} {
		out, err := p.Run(within(t, 30*time.Second), "template", "lint", filepath.Join(p.Root, "templates", template))
		if err != nil || strings.Contains(out, "not checked") {
			t.Errorf("%s: %v\n%s", template, err, out)
		}
	}
}
