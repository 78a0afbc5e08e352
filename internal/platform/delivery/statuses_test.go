package delivery

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// A run that had no job is explained by the commit statuses of others: the
// platform's own says what was made of theirs.
func TestTheOwnStatusExplainsNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v3/repos/apps/idp-hello/commits/"+rev+"/statuses" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		_, _ = w.Write([]byte(`[{"state":"failure","context":"pronto/delivery","description":"The workflow is not valid."},
			{"state":"failure","context":"ci","description":"ci.yaml:3: unknown key"}, {"state":"success","context":"lint","description":"fine"}]`))
	}))
	defer server.Close()
	client, err := scm.New(scm.Config{APIURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	found, err := forge{client, Names{Organization: "apps", RepositoryPrefix: "idp-"}}.startFailure(t.Context(), "hello", rev)
	if err != nil || !slices.Equal(found.Lines, []string{"ci.yaml:3: unknown key"}) {
		t.Errorf("found %+v, %v", found, err)
	}
}
