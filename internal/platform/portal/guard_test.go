package portal

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

// withApps lets the portal know an application of team-a that d has made.
func withApps(p *Portal) {
	p.find = func(app string) (delivery.View, bool) {
		return delivery.View{Name: app, Owner: "group:default/team-a", CreatedBy: "user:default/d"}, app == "mine"
	}
	p.findDeleted = func(_ context.Context, app string) (delivery.Deleted, error) {
		if app != "mine" {
			return delivery.Deleted{}, delivery.ErrNotFound
		}
		return delivery.Deleted{Name: app, Owner: "group:default/team-a", CreatedBy: "user:default/d"}, nil
	}
}

// service makes a token of a program.
func service(t *testing.T, who *access.Access, role access.Role, owns ...string) string {
	t.Helper()
	admin := access.User{Ref: "user:default/root", Role: access.RoleAdmin}
	_, value, err := who.CreateToken(t.Context(), admin, access.NewToken{Name: "s", Age: time.Hour, Service: &access.Service{Role: role, Owns: owns}})
	if err != nil {
		t.Fatal(err)
	}
	return value.Reveal()
}

// machineToken is a personal token of the machine's owner, who may do everything.
func machineToken(t *testing.T, who *access.Access) string {
	t.Helper()
	_, value, err := who.CreateToken(t.Context(), access.User{Ref: "user:default/admin"}, access.NewToken{Name: "m", Age: time.Hour})
	must(t, err)
	return value.Reveal()
}

func TestTheMaintainerIsFoundByTheTarget(t *testing.T) {
	p, server, who := setUp(t)
	withApps(p)
	member := service(t, who, access.RoleDeveloper, "group:default/team-a")
	stranger := service(t, who, access.RoleDeveloper, "group:default/team-b")
	const tasks = "/api/scaffolder/v2/tasks/"
	for _, c := range []struct {
		token, path string
		want        int
	}{
		{member, tasks + "1/cancel", 200}, {stranger, tasks + "1/cancel", 403},
		{stranger, tasks + "2/cancel", 404}, {"pronto_admin", tasks + "1/cancel", 200},
	} {
		if got := call(t, "POST", server.URL+c.path, "", bearer(c.token)...); got.status != c.want {
			t.Errorf("POST %s = %d %s, want %d", c.path, got.status, got.body, c.want)
		}
	}
	for token, want := range map[string]bool{member: true, stranger: false, "pronto_admin": true} {
		r := httptest.NewRequestWithContext(t.Context(), "DELETE", "/api/pronto/v1/apps/mine", nil)
		r.SetPathValue("name", "mine")
		r.Header.Set("Authorization", "Bearer "+token)
		_, err := p.admit(route{"DELETE", "/api/pronto/v1/apps/{name}", access.DeleteApp, nil}, r)
		if (err == nil) != want {
			t.Errorf("delete an application: %v, want allowed %v", err, want)
		}
	}
}
