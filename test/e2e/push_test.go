package e2e

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

// change replaces text in a file of a work tree.
func change(t *testing.T, work, file, before, after string) {
	t.Helper()
	path := filepath.Join(work, file)
	text := must[[]byte](t)(os.ReadFile(path))
	changed := bytes.ReplaceAll(text, []byte(before), []byte(after))
	if bytes.Equal(text, changed) {
		t.Fatalf("%s does not hold %q", file, before)
	}
	if err := os.WriteFile(path, changed, 0o644); err != nil {
		t.Fatal(err)
	}
}

const serverFile = "src/server.js"

func TestAPushedLineIsLiveWithoutAFailedRequest(t *testing.T) {
	first(t)
	ctx := within(t, 2*time.Minute)
	work := must[string](t)(p.Clone(ctx, t.TempDir(), firstName))
	change(t, work, serverFile, "Hello from "+firstName, "Good day from "+firstName)
	stop := load(t, firstName)
	revision := push(ctx, t, work, "Say good day")
	app := must[client.App](t)(p.WaitRevision(ctx, firstName, revision))
	a := must[answer](t)(get(ctx, app.URL))
	// The old pods drain while the requests go on.
	if err := p.RolledOut(ctx, firstName); err != nil {
		t.Error(err)
	}
	stop()
	if app.Status != "live" || a.Message != "Good day from "+firstName || a.Header.Get("X-Revision") != revision {
		t.Errorf("status %q (%s); %q answers from %s, pushed was %s", app.Status, app.Reason, a.Message, a.Header.Get("X-Revision"), revision)
	}
	if create := app.Delivery.Phases[0]; create.Status != "skipped" {
		t.Errorf("a later delivery's create is %s, want skipped", create.Status)
	}
	t.Logf("live in %.1f s after %q", app.Delivery.Seconds, strings.TrimSpace(app.Delivery.Message))
}

// push commits everything in a work tree and pushes it with plain git; it
// returns the commit.
func push(ctx context.Context, t *testing.T, work, message string) string {
	t.Helper()
	revision := must[string](t)(p.Commit(ctx, work, message))
	if err := p.Push(ctx, work); err != nil {
		t.Fatal(err)
	}
	return revision
}
