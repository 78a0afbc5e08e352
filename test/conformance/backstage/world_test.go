package backstage_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/google/go-github/v74/github"
	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/forge"
	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/portal"
	"github.com/pronto-platform/pronto/internal/platform/scaffold"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
	"github.com/pronto-platform/pronto/internal/system/builtin"
	"github.com/pronto-platform/pronto/templates"
)

const (
	forgeToken = "ghp_admin0000000000000000000000000000000"
	apiToken   = "pronto_conformance"
	hookSecret = "a secret between the forge and the portal"
)

// world is a portal with its catalog and scaffolder, and a forge that tells it
// of pushes.
type world struct {
	t      *testing.T
	dir    string
	log    *slog.Logger
	portal *httptest.Server
	forge  *httptest.Server
	scm    *scm.Client
}

// late serves what is made after its address has to be known.
type late struct{ handler atomic.Pointer[http.Handler] }

func (l *late) set(h http.Handler) { l.handler.Store(&h) }

func (l *late) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*l.handler.Load()).ServeHTTP(w, r) }

func serve(t *testing.T) (*late, *httptest.Server) {
	l := &late{}
	l.set(http.NotFoundHandler())
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	return l, server
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	forgeFace, forgeServer := serve(t)
	portalFace, portalServer := serve(t)
	w.forge, w.portal = forgeServer, portalServer
	forgeFace.set(w.openForge())
	w.fill()
	portalFace.set(w.openPortal())
	return w
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func (w *world) openForge() http.Handler {
	f := must(forge.New(forge.Config{
		Dir: filepath.Join(w.dir, "forge"), URL: must(url.Parse(w.forge.URL))(w.t), Organization: "apps",
		SealKey: secret.New("a key"), Logger: w.log,
		Users: []forge.User{{Login: "pronto", Email: "pronto@example.com", Name: "Pronto", Admin: true, Token: secret.New(forgeToken)}},
	}))(w.t)
	w.t.Cleanup(func() { _ = f.Close() })
	parttest.Start(w.t, f.Run)
	w.scm = must(scm.New(scm.Config{APIURL: w.forge.URL, Token: secret.New(forgeToken)}))(w.t)
	return f.Handler()
}

// put commits one file of a repository of the forge.
func (w *world) put(repository, path, content string) {
	w.t.Helper()
	ctx := w.t.Context()
	change := &github.RepositoryContentFileOptions{Message: github.Ptr("change " + path), Content: []byte(content), Branch: github.Ptr("main")}
	if before, err := w.scm.Contents(ctx, "apps", repository, path, "main"); err == nil {
		change.SHA = before.SHA
	}
	if _, err := w.scm.PutFile(ctx, "apps", repository, path, change); err != nil {
		w.t.Fatal(err)
	}
}

// fill puts into the forge what the scripts ask for.
func (w *world) fill() {
	ctx := w.t.Context()
	for _, name := range []string{"conformance", "blank"} {
		must(w.scm.CreateRepository(ctx, "apps", &github.Repository{Name: github.Ptr(name), AutoInit: github.Ptr(true)}))(w.t)
	}
	for path, content := range repositoryFiles {
		w.put("conformance", path, content)
	}
	hook := w.portal.URL + "/api/webhooks/github"
	if err := w.scm.EnsureHook(ctx, "apps", hook, secret.New(hookSecret), []string{"push"}); err != nil {
		w.t.Fatal(err)
	}
}

// templates are the golden paths, and one that publishes nothing.
func (w *world) templates() fs.FS {
	files := fstest.MapFS{"conformance/template.yaml": {Data: []byte(taskTemplate)}}
	err := fs.WalkDir(templates.FS, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(templates.FS, name)
		files[name] = &fstest.MapFile{Data: content, Mode: 0o644}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return files
}

// siteValues are those that templates read as environment.parameters.
func (w *world) siteValues() map[string]any {
	host := strings.TrimPrefix(w.forge.URL, "http://")
	return map[string]any{
		"organization": "apps", "domain": "example.com", "authority": "example.com", "forge": w.forge.URL, "forgeHost": host,
		"registry": "registry.example.com", "ingressClass": "pronto", "edge": "10.41.0.1", "architectures": []string{"amd64"},
	}
}

func (w *world) openPortal() http.Handler {
	t := w.t
	db := must(store.Open(t.Context(), filepath.Join(w.dir, "platform.db")))(t)
	t.Cleanup(func() { _ = db.Close() })
	entities := must(catalog.New(catalog.Config{
		DB: db, SCM: w.scm, ForgeURL: w.forge.URL, Builtin: must(builtin.Entities("admins", "developers"))(t), Logger: w.log,
	}))(t)
	parttest.Start(w.t, entities.Run)
	tasks := must(scaffold.New(scaffold.Config{
		DB: db, SCM: w.scm, Catalog: entities, Templates: w.templates(),
		Git: gitcmd.Remote{Origin: w.forge.URL + "/", Token: secret.New(forgeToken)}, Dir: filepath.Join(w.dir, "tasks"),
		SealKey: secret.New("a key"), Organization: "apps", Domain: "example.com", Vars: w.siteValues, Logger: w.log,
	}))(t)
	parttest.Start(w.t, tasks.Run)
	deliveries := must(delivery.New(delivery.Config{
		DB: db, SCM: w.scm, Kubernetes: &rest.Config{Host: "127.0.0.1:1"}, DNSServer: "127.0.0.1:1", HTTPClient: http.DefaultClient,
		WebhookSecret: secret.New(hookSecret), Logger: w.log,
		Names: delivery.Names{Organization: "apps", RepositoryPrefix: "idp-", Domain: "example.com", Registry: "registry.example.com"},
	}))(t)
	who := must(access.New(access.Config{
		DB: db, PortalURL: w.portal.URL, Issuer: "https://login.example.com", ClientID: "portal", HTTPClient: http.DefaultClient,
		AdminToken: secret.New(apiToken), SealKey: secret.New("a key"), Logger: w.log,
	}))(t)
	p := must(portal.New(portal.Config{
		Access: who, Delivery: deliveries, Scaffolder: tasks.Handler(), Catalog: entities.Handler(), Pushed: entities.Pushed,
		Web: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}, Logger: w.log, Platform: portal.Platform{Domain: "example.com"},
		TaskTarget: func(context.Context, string) (access.Target, error) { return access.Target{}, nil },
	}))(t)
	return p.Handler()
}
