package forge_test

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/estate/forge"
)

func TestAPushReachesCloneBranchesAndWebhook(t *testing.T) {
	w := newWorld(t, nil)
	address, got := receiver(t, ok)
	w.hook(address, "push", "repository")
	awaitEvent(t, got, "ping")
	repo := w.create("idp-hello")
	awaitEvent(t, got, "repository")
	sha := w.pushFile(repo, adminToken, "app.txt", "one\n")

	delivery := awaitEvent(t, got, "push")
	request, err := http.NewRequest(http.MethodPost, "/", strings.NewReader(string(delivery.body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = delivery.header
	payload, err := github.ValidatePayload(request, []byte("It's a Secret to Everybody"))
	if err != nil {
		t.Fatal(err)
	}
	var push github.PushEvent
	if err := json.Unmarshal(payload, &push); err != nil {
		t.Fatal(err)
	}
	if push.GetRef() != "refs/heads/main" || push.GetAfter() != sha || !push.GetCreated() || push.GetSender().GetLogin() != "pronto" {
		t.Errorf("push = %s", payload)
	}
	if len(push.Commits) != 1 || len(push.Commits[0].Added) != 1 || push.Commits[0].Added[0] != "app.txt" || push.GetHeadCommit().GetID() != sha {
		t.Errorf("commits = %+v", push.Commits)
	}
	branch, _, err := w.client(adminToken).Repositories.GetBranch(t.Context(), "apps", "idp-hello", "main", 1)
	if err != nil || branch.GetCommit().GetSHA() != sha {
		t.Errorf("branch = %v, %v", branch, err)
	}
	g := w.git(t.TempDir(), adminToken)
	w.run(g, "init", "-q")
	w.run(g, "-c", "protocol.version=2", "fetch", "-q", "--depth=1", strings.TrimSuffix(repo.GetCloneURL(), ".git"), sha)
	if head := w.run(g, "rev-parse", "FETCH_HEAD"); head != sha {
		t.Errorf("fetch by id gave %s", head)
	}
}

func TestAnInstallationTokenIsTheBotAndOnlyOnItsRepositories(t *testing.T) {
	w := newWorld(t, nil)
	mine, other := w.create("idp-mine"), w.create("idp-other")
	token := w.installationToken(&github.InstallationTokenOptions{Repositories: []string{"idp-mine"}, Permissions: &github.InstallationPermissions{Contents: github.Ptr("write")}})
	address, got := receiver(t, ok)
	w.hook(address, "push")
	w.pushFile(mine, token, "a", "a")
	var push github.PushEvent
	if err := json.Unmarshal(awaitEvent(t, got, "push").body, &push); err != nil {
		t.Fatal(err)
	}
	if push.GetSender().GetType() != "Bot" || push.GetPusher().GetName() != "github-actions[bot]" {
		t.Errorf("sender = %v", push.GetSender())
	}
	if _, err := w.git(t.TempDir(), token).Run(t.Context(), "ls-remote", other.GetCloneURL()); err == nil {
		t.Error("the token reads another repository")
	}
	repo, _, err := w.client(token).Repositories.Get(t.Context(), "apps", "idp-mine")
	if err != nil || !repo.GetPermissions()["push"] {
		t.Errorf("repository = %v, %v", repo, err)
	}
}

func TestWrongAndMissingCredentials(t *testing.T) {
	w := newWorld(t, nil)
	repo := w.create("idp-x")
	for token, want := range map[string]int{"": 404, "ghp_wrong": 401, memberToken: 200} {
		request, err := http.NewRequest(http.MethodGet, w.server.URL+"/api/v3/repos/apps/idp-x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			request.Header.Set("Authorization", "token "+token)
		}
		response, err := w.server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if response.Body.Close(); response.StatusCode != want {
			t.Errorf("token %q: %d, want %d", token, response.StatusCode, want)
		}
	}
	response, err := w.server.Client().Get(repo.GetCloneURL() + "/info/refs?service=git-upload-pack")
	if err != nil {
		t.Fatal(err)
	}
	if response.Body.Close(); response.StatusCode != 401 || !strings.HasPrefix(response.Header.Get("WWW-Authenticate"), "Basic") {
		t.Errorf("anonymous git: %d %v", response.StatusCode, response.Header)
	}
}

func TestAPushThatDiedBeforeItsEventIsAnnouncedAfterTheRestart(t *testing.T) {
	w := newWorld(t, nil)
	repo := w.create("idp-crash")
	first := w.pushFile(repo, adminToken, "a", "a")
	address, got := receiver(t, ok)
	w.hook(address, "push")
	awaitEvent(t, got, "ping")
	w.stop()
	// The refs moved and the process died before it recorded an event.
	bare := gitcmd.Git{Dir: filepath.Join(w.cfg.Dir, "repos", "apps", "idp-crash.git"), Env: w.git("", "").Env}
	tree := w.run(bare, "rev-parse", first+"^{tree}")
	second := w.run(bare, "commit-tree", "-p", first, "-m", "lost", tree)
	w.run(bare, "update-ref", "refs/heads/main", second, first)
	w.start()
	var push github.PushEvent
	if err := json.Unmarshal(awaitEvent(t, got, "push").body, &push); err != nil {
		t.Fatal(err)
	}
	if push.GetBefore() != first || push.GetAfter() != second {
		t.Errorf("push %s..%s, want %s..%s", push.GetBefore(), push.GetAfter(), first, second)
	}
}

func TestADeliveryIsRepeatedUntilItIsTaken(t *testing.T) {
	w := newWorld(t, nil)
	var calls atomic.Int32
	address, got := receiver(t, func() int {
		if calls.Add(1) == 1 {
			return http.StatusBadGateway
		}
		return http.StatusNoContent
	})
	w.hook(address, "push")
	first, second := awaitEvent(t, got, "ping"), awaitEvent(t, got, "ping")
	if first.header.Get("X-GitHub-Delivery") != second.header.Get("X-GitHub-Delivery") {
		t.Error("the repetition has another GUID")
	}
}

func TestAnOversizedPushIsRefusedAndSaysWhy(t *testing.T) {
	w := newWorld(t, func(c *forge.Config) { c.MaxPush = 64 << 10 })
	repo := w.create("idp-big")
	dir := t.TempDir()
	g := w.git(dir, adminToken)
	w.run(g, "init", "-q", "-b", "main")
	noise := make([]byte, 3<<20)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "noise"), noise, 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(g, "add", ".")
	w.run(g, "commit", "-qm", "noise")
	_, err := g.Run(t.Context(), "push", repo.GetCloneURL(), "main")
	if err == nil || !strings.Contains(err.Error(), "exceeds maximum allowed size") {
		t.Errorf("push = %v", err)
	}
}

func TestContentsAreCreatedUpdatedAndRefusedAsOnGitHub(t *testing.T) {
	w := newWorld(t, nil)
	w.create("idp-c")
	c := w.client(adminToken)
	created, response, err := c.Repositories.CreateFile(t.Context(), "apps", "idp-c", "deploy/a.yaml", &github.RepositoryContentFileOptions{Message: github.Ptr("one"), Content: []byte("1\n")})
	if err != nil || response.StatusCode != 201 {
		t.Fatal(response, err)
	}
	_, response, err = c.Repositories.UpdateFile(t.Context(), "apps", "idp-c", "deploy/a.yaml", &github.RepositoryContentFileOptions{Message: github.Ptr("two"), Content: []byte("2\n"), SHA: created.Content.SHA})
	if err != nil || response.StatusCode != 200 {
		t.Fatal(response, err)
	}
	_, response, _ = c.Repositories.UpdateFile(t.Context(), "apps", "idp-c", "deploy/a.yaml", &github.RepositoryContentFileOptions{Message: github.Ptr("three"), Content: []byte("3\n"), SHA: created.Content.SHA})
	if response.StatusCode != 409 {
		t.Errorf("stale sha: %d, want 409", response.StatusCode)
	}
	file, _, _, err := c.Repositories.GetContents(t.Context(), "apps", "idp-c", "deploy/a.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := file.GetContent(); err != nil || text != "2\n" {
		t.Errorf("content = %q, %v", text, err)
	}
	status, _, err := c.Repositories.GetCombinedStatus(t.Context(), "apps", "idp-c", "main", nil)
	if err != nil || status.GetState() != "pending" {
		t.Errorf("status = %v, %v", status, err)
	}
	repos, _, err := c.Repositories.ListByOrg(t.Context(), "apps", nil)
	if err != nil || len(repos) != 1 || repos[0].GetDefaultBranch() != "main" {
		t.Errorf("repositories = %v, %v", repos, err)
	}
}

func TestADeletedRepositoryIsGone(t *testing.T) {
	w := newWorld(t, nil)
	w.create("idp-d")
	c := w.client(adminToken)
	if _, err := c.Repositories.Delete(t.Context(), "apps", "idp-d"); err != nil {
		t.Fatal(err)
	}
	if _, response, _ := c.Repositories.Get(t.Context(), "apps", "idp-d"); response.StatusCode != 404 {
		t.Errorf("after deletion: %d", response.StatusCode)
	}
	if _, err := os.Stat(filepath.Join(w.cfg.Dir, "repos", "apps", "idp-d.git")); !os.IsNotExist(err) {
		t.Errorf("files are still there: %v", err)
	}
	w.create("idp-d")
}
