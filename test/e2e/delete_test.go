package e2e

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

func TestDeleteLeavesNothing(t *testing.T) {
	ctx := within(t, 3*time.Minute)
	const name = "gone1"
	app := must[client.App](t)(p.Create(ctx, name, "replicas=1"))
	if err := p.Delete(ctx, name); err != nil {
		t.Fatal(err)
	}
	for what, check := range map[string]func(*testing.T, context.Context, client.App){
		"repository": noRepository, "image": noImage, "namespace and Application": noObjects,
		"record": noRecord, "route": noRoute, "catalog entry": noEntity, "application": noApplication,
	} {
		t.Run("no "+what, func(t *testing.T) { check(t, ctx, app) })
	}
	t.Run("its name is free again", func(t *testing.T) {
		again := must[client.App](t)(p.Create(ctx, name, "replicas=1"))
		if again.Status != "live" || again.Delivery.Revision == app.Delivery.Revision {
			t.Errorf("status %q at %s", again.Status, again.Delivery.Revision)
		}
		if err := p.Delete(ctx, name); err != nil {
			t.Error(err)
		}
	})
}

func noRepository(t *testing.T, ctx context.Context, app client.App) {
	if status, err := forge(ctx, "repos/"+app.RepositoryName, nil); err != nil || status != http.StatusNotFound {
		t.Errorf("the forge answers %d, %v", status, err)
	}
	if out, err := p.Tool(ctx, t.TempDir(), "git", "ls-remote", p.Env["PRONTO_GIT"]+"/"+app.RepositoryName+".git"); err == nil {
		t.Errorf("git finds %s", out)
	}
}

func noImage(t *testing.T, ctx context.Context, app client.App) {
	repository, digest, _ := strings.Cut(app.Delivery.Image, "@")
	repository = repository[:strings.LastIndex(repository, ":")]
	if out, err := p.Crane(ctx, p.Env["DOCKER_CONFIG"], "ls", repository); err == nil && out != "" {
		t.Errorf("crane lists %s", out)
	}
	if out, err := p.Crane(ctx, p.Env["DOCKER_CONFIG"], "manifest", repository+"@"+digest); err == nil {
		t.Errorf("crane finds %s", out)
	}
}

func noObjects(t *testing.T, ctx context.Context, app client.App) {
	for _, args := range [][]string{{"namespace", app.Namespace}, {"application", "idp-" + app.Name, "-n", "argocd"}} {
		if out, err := p.Kubectl(ctx, append([]string{"get"}, args...)...); err == nil || !strings.Contains(err.Error(), "NotFound") {
			t.Errorf("kubectl get %v: %q, %v", args, out, err)
		}
	}
}

func noRecord(t *testing.T, ctx context.Context, app client.App) {
	if res := must[*dns.Msg](t)(lookUp(ctx, "udp", app.Host)); res.Rcode != dns.RcodeNameError {
		t.Errorf("the zone answers %s", res)
	}
}

// noRoute: either the edge says that it knows no such host, or it has no
// certificate for it any more and refuses the handshake.
func noRoute(t *testing.T, ctx context.Context, app client.App) {
	a, err := get(ctx, p.URL(app.Name))
	if err != nil {
		t.Logf("the edge refuses: %v", err)
		return
	}
	if a.StatusCode != http.StatusNotFound || a.Header.Get("Server") != "pronto-edge" {
		t.Errorf("%s from %s", a.Status, a.Header.Get("Server"))
	}
}

func noEntity(t *testing.T, ctx context.Context, app client.App) {
	status, err := portal(ctx, "/api/catalog/entities/by-name/component/default/idp-"+app.Name, nil)
	if err != nil || status != http.StatusNotFound {
		t.Errorf("the catalog answers %d, %v", status, err)
	}
}

func noApplication(t *testing.T, ctx context.Context, app client.App) {
	if names := must[[]string](t)(listApps(ctx)); slices.Contains(names, app.Name) {
		t.Errorf("pronto apps shows %v", names)
	}
	const notFound = 3
	if _, err := p.Run(ctx, "app", app.Name); platform.ExitCode(err) != notFound {
		t.Errorf("pronto app: %v", err)
	}
}
