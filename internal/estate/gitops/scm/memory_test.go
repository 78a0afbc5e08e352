package scm

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/base/secret"
)

// organizationServer answers as GitHub does for an organisation with one
// repository, and counts what is asked of the repository itself.
type organizationServer struct {
	pushed atomic.Int64 // seconds
	deploy atomic.Bool
	asked  atomic.Int64
}

func (s *organizationServer) repository() map[string]any {
	return map[string]any{"id": 7, "name": "idp-one", "default_branch": "main", "owner": map[string]any{"login": "apps"},
		"clone_url": "https://git.x/apps/idp-one.git", "pushed_at": time.Unix(s.pushed.Load(), 0).UTC()}
}

func (s *organizationServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	path := strings.TrimPrefix(r.URL.Path, "/api/v3/")
	switch {
	case path == "orgs/apps/repos":
		_ = json.NewEncoder(w).Encode([]any{s.repository()})
		return
	case path == "repos/apps/idp-one":
		_ = json.NewEncoder(w).Encode(s.repository())
		return
	case path == "repos/apps/idp-one/branches/main":
		s.asked.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]any{"name": "main", "commit": map[string]any{"sha": "0123456789abcdef"}})
		return
	case path == "repos/apps/idp-one/contents/deploy" && s.deploy.Load():
		_ = json.NewEncoder(w).Encode([]any{})
		return
	}
	http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
}

func TestARepositoryIsAskedAgainOnlyWhenItWasPushedTo(t *testing.T) {
	forge := &organizationServer{}
	forge.pushed.Store(time.Now().Add(-time.Hour).Unix())
	server := httptest.NewServer(forge)
	defer server.Close()
	var memory Memory
	list := func(paths ...string) (found int, asked int64) {
		t.Helper()
		client, err := NewClient(server.Client(), server.URL, secret.New(""))
		if err != nil {
			t.Fatal(err)
		}
		client.Memory = &memory
		before := forge.asked.Load()
		repositories, err := client.List(t.Context(), argo.SCMProviderGenerator{Filters: []argo.SCMProviderFilter{{PathsExist: paths}},
			Github: &argo.SCMProviderGithub{Organization: "apps"}})
		if err != nil {
			t.Fatal(err)
		}
		return len(repositories), forge.asked.Load() - before
	}
	expect := func(what string, wantFound int, wantAsked int64, paths ...string) {
		t.Helper()
		if found, asked := list(paths...); found != wantFound || asked != wantAsked {
			t.Errorf("%s: %d repositories after %d requests, want %d after %d", what, found, asked, wantFound, wantAsked)
		}
	}
	expect("the first time", 0, 1, "deploy")
	expect("again", 0, 0, "deploy")
	expect("another generator", 0, 1, "chart")
	forge.deploy.Store(true)
	expect("before pushed_at says so", 0, 0, "deploy")
	forge.pushed.Store(time.Now().Unix())
	expect("just pushed to", 1, 1, "deploy")
	expect("a push that another may follow within its second", 1, 1, "deploy")
	forge.pushed.Store(time.Now().Add(-settled).Unix())
	expect("pushed to a while ago", 1, 1, "deploy")
	expect("and asked since", 1, 0, "deploy")
}

func TestOneRepositoryIsListedAsAmongAll(t *testing.T) {
	forge := &organizationServer{}
	forge.deploy.Store(true)
	server := httptest.NewServer(forge)
	defer server.Close()
	client, err := NewClient(server.Client(), server.URL, secret.New(""))
	if err != nil {
		t.Fatal(err)
	}
	generator := argo.SCMProviderGenerator{Filters: []argo.SCMProviderFilter{{PathsExist: []string{"deploy"}}}, Github: &argo.SCMProviderGithub{Organization: "apps"}}
	all, err := client.List(t.Context(), generator)
	if err != nil || len(all) != 1 {
		t.Fatalf("all = %v, %v", all, err)
	}
	one, err := client.One(t.Context(), generator, "apps", "idp-one")
	if err != nil || !reflect.DeepEqual(one, all) {
		t.Errorf("one = %v, %v; want %v", one, err, all)
	}
	for _, other := range [][2]string{{"apps", "absent"}, {"others", "idp-one"}} {
		if got, err := client.One(t.Context(), generator, other[0], other[1]); err != nil || len(got) != 0 {
			t.Errorf("%v = %v, %v; want none", other, got, err)
		}
	}
}
