package portal

import (
	"context"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/access/accesstest"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
	"github.com/pronto-platform/pronto/templates"
)

// world is a portal over TLS with its real rooms, an identity provider, and a
// forge that has nothing. Application "mine" and task "1" are team-a's, made by d.
type world struct {
	*httptest.Server
	portal *Portal
	access *access.Access
	issuer *accesstest.Issuer
	dir    string
	caFile string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{issuer: accesstest.New(t, ""), dir: t.TempDir()}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	var handler http.Handler
	w.Server = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	t.Cleanup(w.Close)
	w.caFile = filepath.Join(w.dir, "ca.pem")
	if err := os.WriteFile(w.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(w.dir, "platform.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	empty := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(empty.Close)
	forge, err := scm.New(scm.Config{APIURL: empty.URL, HTTPClient: empty.Client()})
	must(t, err)
	deliveries, err := delivery.New(delivery.Config{
		DB: db, SCM: forge, Kubernetes: &rest.Config{Host: "127.0.0.1:1"}, DNSServer: "127.0.0.1:1", HTTPClient: empty.Client(),
		WebhookSecret: secret.New(hookSecret), Logger: log,
		Names: delivery.Names{Organization: "apps", RepositoryPrefix: "idp-", Domain: "example.com", Registry: "registry.example.com", ForgeURL: empty.URL},
	})
	must(t, err)
	entities, err := catalog.New(catalog.Config{DB: db, SCM: forge, ForgeURL: empty.URL, Logger: log})
	must(t, err)
	tasks, err := scaffold.New(scaffold.Config{
		DB: db, Templates: templates.FS, SCM: forge, Catalog: entities, Git: gitcmd.Remote{Origin: empty.URL + "/"},
		Dir: filepath.Join(w.dir, "tasks"), SealKey: secret.New("a key"), Organization: "apps", Domain: "example.com", Logger: log,
		Vars: func() map[string]any { return map[string]any{} },
	})
	must(t, err)
	w.access, err = access.New(access.Config{
		DB: db, PortalURL: w.URL, Issuer: w.issuer.URL, ClientID: accesstest.ClientID, HTTPClient: w.issuer.Client,
		Roles:      map[string]access.Role{"viewers": access.RoleViewer, "devs": access.RoleDeveloper, "admins": access.RoleAdmin},
		AdminToken: secret.New("pronto_admin"), SealKey: secret.New("a key"), Logger: log,
	})
	must(t, err)
	w.portal, err = New(Config{
		Access: w.access, Delivery: deliveries, Scaffolder: tasks.Handler(), Catalog: entities.Handler(), Logger: log,
		Web:        fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}},
		TaskTarget: targetOfTasks,
	})
	must(t, err)
	withApps(w.portal)
	handler = w.portal.Handler()
	return w
}

func targetOfTasks(_ context.Context, id string) (access.Target, error) {
	if id != "1" {
		return access.Target{}, fault.NotFoundf("there is no such task")
	}
	return access.Target{Owner: "group:default/team-a", CreatedBy: "user:default/d"}, nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser is one in which a person of these groups is signed in.
func (w *world) browser(t *testing.T, name string, groups ...string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	client := *w.Client()
	client.Jar = jar
	w.issuer.SignsIn(map[string]any{"sub": name, "preferred_username": name, "groups": groups})
	if answer := w.issuer.SignIn(t, &client, w.URL); answer.StatusCode != http.StatusFound {
		t.Fatalf("%s signs in: %s", name, answer.Status)
	}
	return &client
}
