package portal

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

func entries(t *testing.T, address string) []access.Entry {
	t.Helper()
	got := call(t, "GET", address+"/api/pronto/v1/audit", "", bearer("pronto_admin")...)
	var list auditList
	if err := json.Unmarshal([]byte(got.body), &list); err != nil {
		t.Fatalf("audit = %d %s: %v", got.status, got.body, err)
	}
	return list.Entries
}

func TestChangesAndRefusalsAreInTheAuditTrail(t *testing.T) {
	p, server, who := setUp(t)
	withApps(p)
	viewer := service(t, who, access.RoleViewer)
	asJSON := append(bearer("pronto_admin"), "Content-Type", "application/json")
	call(t, "POST", server.URL+"/api/pronto/v1/tokens", `{"name":"ci"}`, asJSON...)
	call(t, "GET", server.URL+"/api/pronto/v1/apps", "", bearer("pronto_admin")...)
	call(t, "GET", server.URL+"/api/pronto/v1/apps", "")
	call(t, "DELETE", server.URL+"/api/pronto/v1/apps/mine", "", bearer(viewer)...)
	call(t, "GET", server.URL+"/api/pronto/v1/audit", "", bearer(viewer)...)
	call(t, "DELETE", server.URL+"/api/pronto/v1/tokens/x", "", bearer("pronto_wrong")...)
	call(t, "POST", server.URL+"/api/webhooks/github", "{}", "X-GitHub-Event", "push", "X-GitHub-Delivery", "1")
	call(t, "POST", server.URL+"/api/catalog/locations", "{}", bearer("pronto_admin")...)
	call(t, "POST", server.URL+"/api/catalog/entities/by-refs", "{}", bearer("pronto_admin")...)
	got := entries(t, server.URL)
	want := []struct{ actor, action, target, outcome string }{
		{"user:default/admin", "catalog.write", "", "done"},
		{"anonymous", "webhook.receive", "", "refused"},
		{"anonymous", "tokens.manage", "x", "refused"},
		{"service:default/s", "audit.read", "", "refused"},
		{"service:default/s", "apps.delete", "mine", "refused"},
		{"user:default/admin", "tokens.manage", "*", "done"},
	}
	if len(got) != len(want) {
		t.Fatalf("the trail is %+v", got)
	}
	for i, w := range want {
		e := got[i]
		if e.Actor != w.actor || e.Action != w.action || e.Outcome != w.outcome || w.target != "*" && e.Target != w.target || e.Address != "127.0.0.1" || e.Status == 0 {
			t.Errorf("entry %d = %+v, want %v", i, e, w)
		}
	}
	if !strings.Contains(got[5].Detail, `personal token "ci" of user:default/admin, role admin, until`) || strings.Contains(got[5].Detail, "pronto_") {
		t.Errorf("detail = %q", got[5].Detail)
	}
}

func TestAChangeThatCannotBeAuditedIsNotConfirmed(t *testing.T) {
	p, server, _ := setUp(t)
	p.cfg.Access = full(t)
	asJSON := append(bearer("pronto_admin"), "Content-Type", "application/json")
	got := call(t, "POST", server.URL+"/api/pronto/v1/tokens", `{"name":"ci"}`, asJSON...)
	if got.status != 500 || strings.Contains(got.body, "pronto_") || strings.Contains(got.body, "SQL") {
		t.Errorf("= %d %s, want 500 without the token", got.status, got.body)
	}
}

// full is an access whose database takes no more audit entries.
func full(t *testing.T) *access.Access {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "full.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(t.Context(), `DROP TABLE access_audit`); err != nil {
		t.Fatal(err)
	}
	a, err := access.New(access.Config{DB: db, PortalURL: "https://portal.example.com", Issuer: "https://login.example.com", ClientID: "portal",
		HTTPClient: http.DefaultClient, AdminToken: secret.New("pronto_admin"), SealKey: secret.New("a key"), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheAuditTrailIsPagedAndExported(t *testing.T) {
	_, server, who := setUp(t)
	for _, target := range []string{"a", "=cmd()", "c,d"} {
		if err := who.Record(t.Context(), access.Entry{Actor: "user:default/ana", Action: "apps.delete", Target: target, Outcome: "done", Status: 202}); err != nil {
			t.Fatal(err)
		}
	}
	get := func(path string) answer { return call(t, "GET", server.URL+path, "", bearer("pronto_admin")...) }
	first := get("/api/pronto/v1/audit?limit=2")
	if !strings.Contains(first.body, `"next":2`) || strings.Count(first.body, `"id"`) != 2 {
		t.Errorf("first page = %s", first.body)
	}
	if second := get("/api/pronto/v1/audit?limit=2&before=2"); strings.Count(second.body, `"id"`) != 1 || strings.Contains(second.body, "next") {
		t.Errorf("second page = %s", second.body)
	}
	export := get("/api/pronto/v1/audit/export?format=csv&q=delete")
	if lines := strings.Split(strings.TrimSpace(export.body), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[0], "id,at,actor") || !strings.Contains(export.body, ",'=cmd(),") || !strings.Contains(export.body, `,"c,d",`) {
		t.Errorf("csv = %s", export.body)
	}
	if jsonl := get("/api/pronto/v1/audit/export"); strings.Count(jsonl.body, "\n") != 3 || jsonl.header.Get("Content-Type") != "application/jsonl" {
		t.Errorf("jsonl = %s", jsonl.body)
	}
	for _, bad := range []string{"?since=yesterday", "?limit=0", "?limit=501", "?before=x", "?before=-1"} {
		if got := get("/api/pronto/v1/audit" + bad); got.status != 400 {
			t.Errorf("%s = %d, want 400", bad, got.status)
		}
	}
	for path, named := range map[string]string{"?from=x": "from: ", "?Actor=x": "Actor: ", "?format=csv": "format: ", "/export?limit=1": "limit: "} {
		if got := get("/api/pronto/v1/audit" + path); got.status != 400 || !strings.Contains(got.body, `"`+named) || !strings.Contains(got.body, "actor") {
			t.Errorf("%s = %d %s, want 400 that names it", path, got.status, got.body)
		}
	}
	if got := get("/api/pronto/v1/audit/export?format=xlsx"); got.status != 400 {
		t.Errorf("format=xlsx = %d, want 400", got.status)
	}
}
