package actions_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
	"github.com/pronto-platform/pronto/internal/platform/scaffold"
)

// jobToken is what a job of a repository pushes with.
func (w *world) jobToken(t *testing.T, repository string) secret.String {
	t.Helper()
	begin := time.Now().Add(-time.Minute)
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iat": begin.Unix(), "exp": begin.Add(10 * time.Minute).Unix(), "iss": "1"}).SignedString(w.key)
	signed = must(t, signed, err)
	client, err := github.NewClient(nil).WithAuthToken(signed).WithEnterpriseURLs(w.url, w.url)
	client = must(t, client, err)
	token, _, err := client.Apps.CreateInstallationToken(t.Context(), 1, &github.InstallationTokenOptions{Repositories: []string{repository},
		Permissions: &github.InstallationPermissions{Contents: github.Ptr("write")}})
	return secret.New(must(t, token, err).GetToken())
}

// deploy runs the golden paths' own script, which writes the image of a commit
// into the branch, and returns what it logged.
func (w *world) deploy(t *testing.T, repository string) (log string, err error) {
	t.Helper()
	script, err := filepath.Abs("../../../templates/shared/.github/deploy")
	script = must(t, script, err)
	g := gitcmd.Git{Dir: t.TempDir(), Remote: gitcmd.Remote{Origin: w.url + "/", Token: w.jobToken(t, repository)}}
	if _, err := g.Run(t.Context(), "clone", "--quiet", w.url+"/apps/"+repository+".git", "."); err != nil {
		t.Fatal(err)
	}
	head, err := g.Run(t.Context(), "rev-parse", "HEAD")
	sha := strings.TrimSpace(string(must(t, head, err)))
	cmd := exec.CommandContext(t.Context(), "bash", script, "registry.example.com/"+repository+"@sha256:1")
	cmd.Dir, cmd.Env = g.Dir, append(g.Command(t.Context()).Env, "GITHUB_SHA="+sha, "GITHUB_REF_NAME=main")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestAProtectedBranchRefusesTheImageAndTheCauseSaysSo(t *testing.T) {
	w := newWorld(t)
	if task := w.do(t, "guarded", map[string]any{"name": "idp-guarded"}); task.Status != scaffold.StatusCompleted {
		t.Fatal(task.Error)
	}
	log, err := w.deploy(t, "idp-guarded")
	if err == nil || strings.Count(log, "GH006") != 1 {
		t.Fatalf("%v: %s", err, log)
	}
	got := cause.Explain(cause.Facts{Phase: "build", Failed: true, Now: time.Now(), Run: &cause.Run{Name: "ci", Status: "completed", Conclusion: "failure",
		Job: "ci", Step: "Deploy", ExitCode: "1", Lines: strings.Split(log, "\n")}})
	if got == nil || got.Code != cause.ProtectedBranch {
		t.Errorf("the cause is %+v", got)
	}
	_, _, err = w.scm.Repositories.CreateFile(t.Context(), "apps", "idp-guarded", "x", &github.RepositoryContentFileOptions{Message: github.Ptr("x"), Content: []byte("x")})
	if err == nil || !strings.Contains(err.Error(), "Could not create file: Changes must be made through a pull request.") {
		t.Errorf("an administrator's own change: %v", err)
	}
}

func TestAWorkflowThatMayBypassTheProtectionDeploys(t *testing.T) {
	w := newWorld(t)
	if task := w.do(t, "bypassed", map[string]any{"name": "idp-bypassed"}); task.Status != scaffold.StatusCompleted {
		t.Fatal(task.Error)
	}
	if log, err := w.deploy(t, "idp-bypassed"); err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	text, err := w.scm.File(t.Context(), "apps", "idp-bypassed", "deploy/deployment.yaml", "main")
	if err != nil || !strings.Contains(string(text), "registry.example.com/idp-bypassed@sha256:1") {
		t.Errorf("deploy/ says %s, %v", text, err)
	}
}

func TestTheGoldenPathsLeaveTheirBranchOpen(t *testing.T) {
	paths, err := filepath.Glob("../../../templates/*/template.yaml")
	if err != nil || len(paths) < 4 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "publish:github") != strings.Count(string(text), "protectDefaultBranch: false") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
