package forge_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v74/github"
)

func TestTheCallsOfArgoCDsSCMProvider(t *testing.T) {
	w := newWorld(t, nil)
	w.create("idp-empty")
	w.pushFile(w.create("idp-full"), adminToken, "app.txt", "x")
	c := w.client(memberToken)
	repos, _, err := c.Repositories.ListByOrg(t.Context(), "apps", &github.RepositoryListByOrgOptions{ListOptions: github.ListOptions{PerPage: 1}})
	if err != nil || len(repos) != 1 {
		t.Fatalf("first page = %v, %v", repos, err)
	}
	if _, response, _ := c.Repositories.ListByOrg(t.Context(), "apps", &github.RepositoryListByOrgOptions{ListOptions: github.ListOptions{PerPage: 1}}); response.NextPage != 2 {
		t.Errorf("next page = %d, want 2", response.NextPage)
	}
	if repos[0].GetCloneURL() == "" || repos[0].GetSSHURL() == "" || repos[0].GetOwner().GetLogin() != "apps" {
		t.Errorf("repository = %v", repos[0])
	}
	if _, response, _ := c.Repositories.GetBranch(t.Context(), "apps", "idp-empty", "main", 0); response.StatusCode != 404 {
		t.Errorf("branch of an empty repository: %d, want 404", response.StatusCode)
	}
	for path, want := range map[string]int{"app.txt": 200, "deploy": 404} {
		_, _, response, _ := c.Repositories.GetContents(t.Context(), "apps", "idp-full", path, &github.RepositoryContentGetOptions{Ref: "main"})
		if response.StatusCode != want {
			t.Errorf("contents of %s: %d, want %d", path, response.StatusCode, want)
		}
	}
}

func TestTheCallsOfBackstagesPublishGithub(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(adminToken)
	owner, _, err := c.Users.Get(t.Context(), "apps")
	if err != nil || owner.GetType() != "Organization" {
		t.Fatalf("owner = %v, %v", owner, err)
	}
	repo := w.create("idp-b")
	if _, _, err := c.Repositories.AddCollaborator(t.Context(), "apps", "idp-b", "ada", &github.RepositoryAddCollaboratorOptions{Permission: "push"}); err != nil {
		t.Error(err)
	}
	if _, _, err := c.Repositories.ReplaceAllTopics(t.Context(), "apps", "idp-b", []string{"pronto"}); err != nil {
		t.Error(err)
	}
	_, _, err = c.Repositories.UpdateBranchProtection(t.Context(), "apps", "idp-b", "main", &github.ProtectionRequest{EnforceAdmins: true})
	var refused *github.ErrorResponse
	if !errors.As(err, &refused) || refused.Message != "Branch not found" {
		t.Errorf("protection before the push = %v, want Branch not found", err)
	}
	w.pushFile(repo, memberToken, "a", "a")
	protection, _, err := c.Repositories.UpdateBranchProtection(t.Context(), "apps", "idp-b", "main", &github.ProtectionRequest{EnforceAdmins: true})
	if err != nil || !protection.GetEnforceAdmins().Enabled {
		t.Errorf("protection = %v, %v", protection, err)
	}
	_, response, _ := c.Repositories.Create(t.Context(), "apps", &github.Repository{Name: github.Ptr("IDP-B")})
	if response.StatusCode != 422 {
		t.Errorf("a second idp-b in upper case: %d, want 422", response.StatusCode)
	}
}

func TestUnknownRoutesAndBadBodiesAnswerInGitHubsShape(t *testing.T) {
	w := newWorld(t, nil)
	for _, try := range []struct {
		method, path, body string
		code               int
		message            string
	}{
		{"GET", "/nowhere", "", 404, "Not Found"},
		{"POST", "/orgs/apps/repos", "{", 400, "Problems parsing JSON"},
		{"POST", "/orgs/apps/repos", "[]", 400, "Body should be a JSON object"},
		{"POST", "/orgs/apps/repos", `{"name":".."}`, 422, "Repository creation failed."},
		{"GET", "/repos/apps/..%2f..%2fetc/contents/passwd", "", 404, "Not Found"},
	} {
		request, err := http.NewRequest(try.method, w.server.URL+"/api/v3"+try.path, strings.NewReader(try.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+adminToken)
		response, err := w.server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		var shape struct{ Message, Status string }
		if err := json.Unmarshal(text, &shape); err != nil || response.StatusCode != try.code || shape.Message != try.message || shape.Status == "" {
			t.Errorf("%s %s: %d %s (%v)", try.method, try.path, response.StatusCode, text, err)
		}
	}
}
