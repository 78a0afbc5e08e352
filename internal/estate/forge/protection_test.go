package forge_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
)

// protected is a repository with a commit on main, protected as body says.
func (w *world) protected(name string, rule *github.ProtectionRequest) (repo *github.Repository, head string) {
	w.t.Helper()
	repo = w.create(name)
	head = w.pushFile(repo, adminToken, "app.txt", "one\n")
	if _, _, err := w.client(adminToken).Repositories.AddCollaborator(w.t.Context(), "apps", name, "ada", &github.RepositoryAddCollaboratorOptions{Permission: "push"}); err != nil {
		w.t.Fatal(err)
	}
	w.protect(name, rule)
	return repo, head
}

func (w *world) protect(name string, rule *github.ProtectionRequest) {
	w.t.Helper()
	if _, _, err := w.client(adminToken).Repositories.UpdateBranchProtection(w.t.Context(), "apps", name, "main", rule); err != nil {
		w.t.Fatal(err)
	}
}

// clone is a work tree with one more commit than main.
func (w *world) clone(repo *github.Repository, token string) gitcmd.Git {
	w.t.Helper()
	g := w.git(w.t.TempDir(), token)
	w.run(g, "clone", "-q", repo.GetCloneURL(), ".")
	w.commit(g, rand.Text())
	return g
}

func (w *world) commit(g gitcmd.Git, file string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(g.Dir, file), []byte(w.t.Name()), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.run(g, "add", ".")
	w.run(g, "commit", "-qm", "add "+file)
}

// pushed pushes and returns what git said.
func (w *world) pushed(g gitcmd.Git, args ...string) (string, bool) {
	w.t.Helper()
	_, err := g.Run(w.t.Context(), append([]string{"push", "origin"}, args...)...)
	return fmt.Sprint(err), err == nil
}

func (w *world) head(name, branch string) string {
	w.t.Helper()
	ref, _, err := w.client(adminToken).Git.GetRef(w.t.Context(), "apps", name, "heads/"+branch)
	if err != nil {
		return ""
	}
	return ref.GetObject().GetSHA()
}

func (w *world) jobToken(name string) string {
	w.t.Helper()
	return w.installationToken(&github.InstallationTokenOptions{Repositories: []string{name}, Permissions: &github.InstallationPermissions{Contents: github.Ptr("write")}})
}

var reviewed = &github.ProtectionRequest{EnforceAdmins: true, RequiredPullRequestReviews: &github.PullRequestReviewsEnforcementRequest{RequiredApprovingReviewCount: 1}}

func TestAProtectedBranchRefusesAPushInGitHubsWords(t *testing.T) {
	w := newWorld(t, nil)
	repo, head := w.protected("idp-p", reviewed)
	for who, token := range map[string]string{"an administrator": adminToken, "who may push": memberToken, "the CI": w.jobToken("idp-p")} {
		said, ok := w.pushed(w.clone(repo, token), "main")
		for _, want := range []string{"remote: error: GH006: Protected branch update failed for refs/heads/main.",
			"remote: error: Changes must be made through a pull request.", "! [remote rejected] main -> main (protected branch hook declined)"} {
			if ok || !strings.Contains(said, want) {
				t.Errorf("%s: %s\nlacks %q", who, said, want)
			}
		}
	}
	if now := w.head("idp-p", "main"); now != head {
		t.Errorf("main moved to %s", now)
	}
}

func TestWhatIsNotProtectedIsPushedBesideWhatIs(t *testing.T) {
	w := newWorld(t, nil)
	repo, head := w.protected("idp-p", reviewed)
	g := w.clone(repo, memberToken)
	w.run(g, "tag", "v1")
	said, ok := w.pushed(g, "main", "main:feature/x", "v1")
	if ok || !strings.Contains(said, "[remote rejected] main -> main (protected branch hook declined)") || !strings.Contains(said, "main -> feature/x") {
		t.Error(said)
	}
	if w.head("idp-p", "main") != head || w.head("idp-p", "feature/x") != w.run(g, "rev-parse", "main") {
		t.Error("the push did not end as it was told")
	}
	w.commit(g, "again.txt")
	if said, ok := w.pushed(g, "--atomic", "main", "main:feature/x"); ok || w.head("idp-p", "feature/x") == w.run(g, "rev-parse", "main") {
		t.Errorf("of an atomic push a part was done: %s", said)
	}
}

func TestWhoMayBypassPushesAndTheEventsGoOut(t *testing.T) {
	w := newWorld(t, nil)
	address, got := receiver(t, ok)
	repo, _ := w.protected("idp-p", &github.ProtectionRequest{EnforceAdmins: true, RequiredPullRequestReviews: &github.PullRequestReviewsEnforcementRequest{
		RequiredApprovingReviewCount: 1, BypassPullRequestAllowancesRequest: &github.BypassPullRequestAllowancesRequest{Users: []string{}, Teams: []string{}, Apps: []string{"github-actions"}}}})
	w.hook(address, "push")
	g := w.clone(repo, w.jobToken("idp-p"))
	if said, ok := w.pushed(g, "main"); !ok {
		t.Fatal(said)
	}
	awaitEvent(t, got, "push")
	if w.head("idp-p", "main") != w.run(g, "rev-parse", "HEAD") {
		t.Error("main did not move")
	}
	if said, ok := w.pushed(w.clone(repo, memberToken), "main"); ok {
		t.Errorf("who is not named pushes too: %s", said)
	}
}

func TestForcePushesAndDeletionsAreRefusedToEveryoneUnlessAllowed(t *testing.T) {
	w := newWorld(t, nil)
	repo, first := w.protected("idp-p", &github.ProtectionRequest{})
	g := w.clone(repo, adminToken)
	if said, ok := w.pushed(g, "main"); !ok {
		t.Fatalf("a push forward: %s", said)
	}
	head := w.head("idp-p", "main")
	if said, ok := w.pushed(g, "--force", first+":refs/heads/main"); ok || !strings.Contains(said, "Cannot force-push to this branch") {
		t.Errorf("a force push: %s", said)
	}
	if said, ok := w.pushed(g, "main:other"); !ok {
		t.Fatal(said)
	}
	if _, _, err := w.client(adminToken).Repositories.Edit(t.Context(), "apps", "idp-p", &github.Repository{DefaultBranch: github.Ptr("other")}); err != nil {
		t.Fatal(err)
	}
	if said, ok := w.pushed(g, "--delete", "main"); ok || !strings.Contains(said, "Cannot delete this branch") {
		t.Errorf("a deletion: %s", said)
	}
	_, err := w.client(adminToken).Git.DeleteRef(t.Context(), "apps", "idp-p", "heads/main")
	if status, message := refusedWith(err); status != http.StatusUnprocessableEntity || message != "Cannot delete this branch" {
		t.Errorf("a deletion by REST: %v", err)
	}
	if now := w.head("idp-p", "main"); now != head {
		t.Errorf("main is %q", now)
	}
	w.protect("idp-p", &github.ProtectionRequest{AllowForcePushes: github.Ptr(true)})
	if said, ok := w.pushed(g, "--force", first+":refs/heads/main"); !ok {
		t.Errorf("an allowed force push: %s", said)
	}
}

func TestRestNeitherGetsPastAProtection(t *testing.T) {
	w := newWorld(t, nil)
	repo, head := w.protected("idp-p", reviewed)
	g := w.clone(repo, memberToken)
	if said, ok := w.pushed(g, "main:work"); !ok {
		t.Fatal(said)
	}
	tip, ctx := w.run(g, "rev-parse", "HEAD"), t.Context()
	c := w.client(adminToken)
	file, _, _, err := c.Repositories.GetContents(ctx, "apps", "idp-p", "app.txt", nil)
	if err != nil {
		t.Fatal(err)
	}
	options := &github.RepositoryContentFileOptions{Message: github.Ptr("x"), Content: []byte("x"), SHA: file.SHA}
	ref := &github.Reference{Ref: github.Ptr("refs/heads/main"), Object: &github.GitObject{SHA: &tip}}
	for name, try := range map[string]struct {
		do      func() error
		status  int
		message string
	}{
		"a new file": {func() error {
			_, _, err := c.Repositories.CreateFile(ctx, "apps", "idp-p", "new.txt", &github.RepositoryContentFileOptions{Message: github.Ptr("x"), Content: []byte("x")})
			return err
		}, http.StatusConflict, "Could not create file: Changes must be made through a pull request."},
		"a changed file": {func() error {
			_, _, err := c.Repositories.UpdateFile(ctx, "apps", "idp-p", "app.txt", options)
			return err
		},
			http.StatusConflict, "Could not update file: Changes must be made through a pull request."},
		"a deleted file": {func() error {
			_, _, err := c.Repositories.DeleteFile(ctx, "apps", "idp-p", "app.txt", options)
			return err
		},
			http.StatusConflict, "Could not delete file: Changes must be made through a pull request."},
		"a ref forward": {func() error { _, _, err := c.Git.UpdateRef(ctx, "apps", "idp-p", ref, false); return err },
			http.StatusUnprocessableEntity, "Changes must be made through a pull request."},
	} {
		if status, message := refusedWith(try.do()); status != try.status || message != try.message {
			t.Errorf("%s: %d %q", name, status, message)
		}
	}
	if now := w.head("idp-p", "main"); now != head {
		t.Errorf("main moved to %s", now)
	}
	if _, err := c.Repositories.RemoveBranchProtection(ctx, "apps", "idp-p", "main"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Git.UpdateRef(ctx, "apps", "idp-p", ref, false); err != nil || w.head("idp-p", "main") != tip {
		t.Errorf("without the protection: %v", err)
	}
}

func TestRequiredChecksMustHaveSucceededElsewhereFirst(t *testing.T) {
	w := newWorld(t, nil)
	repo, _ := w.protected("idp-p", &github.ProtectionRequest{RequiredStatusChecks: &github.RequiredStatusChecks{Strict: true, Contexts: &[]string{"test", "lint"}}})
	g := w.clone(repo, memberToken)
	if said, ok := w.pushed(g, "main"); ok || !strings.Contains(said, `- Required status check "lint" is expected.`) || !strings.Contains(said, `- Required status check "test" is expected.`) {
		t.Errorf("before any check: %s", said)
	}
	if said, ok := w.pushed(g, "main:work"); !ok {
		t.Fatal(said)
	}
	tip := w.run(g, "rev-parse", "HEAD")
	for context, state := range map[string]string{"CI / test": "success", "lint": "success"} {
		if _, _, err := w.client(adminToken).Repositories.CreateStatus(t.Context(), "apps", "idp-p", tip, &github.RepoStatus{State: &state, Context: &context}); err != nil {
			t.Fatal(err)
		}
	}
	if said, ok := w.pushed(g, "main"); !ok {
		t.Errorf("after the checks: %s", said)
	}
}

func TestAProtectionIsShownAsGitHubShowsIt(t *testing.T) {
	w := newWorld(t, nil)
	_, _ = w.protected("idp-p", &github.ProtectionRequest{EnforceAdmins: true, Restrictions: &github.BranchRestrictionsRequest{Users: []string{"ada"}, Teams: []string{}, Apps: []string{"github-actions"}},
		RequiredStatusChecks: &github.RequiredStatusChecks{Checks: &[]*github.RequiredStatusCheck{{Context: "ci"}}}, RequireLinearHistory: github.Ptr(true)})
	c := w.client(adminToken).Repositories
	shown, _, err := c.GetBranchProtection(t.Context(), "apps", "idp-p", "main")
	if err != nil || shown.Restrictions.Users[0].GetLogin() != "ada" || shown.Restrictions.Apps[0].GetSlug() != "github-actions" ||
		(*shown.RequiredStatusChecks.Contexts)[0] != "ci" || !shown.RequireLinearHistory.Enabled || shown.AllowForcePushes.Enabled {
		t.Errorf("protection = %+v, %v", shown, err)
	}
	if branches, _, err := c.ListBranches(t.Context(), "apps", "idp-p", nil); err != nil || !branches[0].GetProtected() {
		t.Errorf("branches = %v, %v", branches, err)
	}
	for name, named := range map[string]*github.BranchRestrictionsRequest{
		"user": {Users: []string{"ghost"}, Teams: []string{}}, "App": {Users: []string{}, Teams: []string{}, Apps: []string{"ghost"}}, "teams": {Users: []string{}, Teams: []string{"core"}},
	} {
		_, _, err := c.UpdateBranchProtection(t.Context(), "apps", "idp-p", "main", &github.ProtectionRequest{Restrictions: named})
		if status, _ := refusedWith(err); status != http.StatusUnprocessableEntity || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
