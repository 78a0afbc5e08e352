package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

func TestAPrivateAppIsLiveWithoutAnAddress(t *testing.T) {
	ctx := within(t, 2*time.Minute)
	app := must[client.App](t)(p.Create(ctx, "quiet1", "public=false", "replicas=1"))
	if app.Status != "live" || app.URL != "" || app.Public {
		t.Errorf("status %q, url %q, public %v; want it live without one", app.Status, app.URL, app.Public)
	}
	if expose := app.Delivery.Phases[3]; expose.Status != "skipped" || expose.Reason == "" {
		t.Errorf("expose is %s (%s); want it skipped with the reason", expose.Status, expose.Reason)
	}
	if got := must[string](t)(p.Kubectl(ctx, "get", "ingress", "-n", "quiet1", "-o", "name")); got != "" {
		t.Errorf("it has %s", got)
	}
	if a, err := get(ctx, p.URL("quiet1")); err == nil && !strings.HasPrefix(a.Header.Get("Server"), "pronto-edge") {
		t.Errorf("the edge gave its visitor %s", a.Status)
	}
	if list := pods(ctx, t, "quiet1"); len(list.Items) != 1 || list.Items[0].Status.Phase != "Running" {
		t.Errorf("pods: %+v", list)
	}
}
