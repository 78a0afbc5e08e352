package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// trouble is something that goes wrong for real, and how `pronto why` names it.
type trouble struct {
	code, phase string
	sentence    string                                // part of it
	change      func(t *testing.T, work string)       // of the application's repository
	around      func(t *testing.T, app string) func() // of the world; what it returns mends it
}

const (
	deploymentFile = "deploy/deployment.yaml"
	ingressFile    = "deploy/ingress.yaml"
	dockerFile     = "Dockerfile"
	workflowFile   = ".github/workflows/ci.yaml"
	pipelineFile   = ".github/pipeline.env"
)

// replacing changes one text of one file.
func replacing(file, before, after string) func(*testing.T, string) {
	return func(t *testing.T, work string) { t.Helper(); change(t, work, file, before, after) }
}

// adding makes a new file.
func adding(file, content string) func(*testing.T, string) {
	return func(t *testing.T, work string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(work, file), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// running has the container run another program than its own.
func running(script string) func(*testing.T, string) {
	command := fmt.Sprintf("        - name: app\n          command: [node, -e, %q]\n", script)
	return replacing(deploymentFile, "        - name: app\n", command)
}

// note is a change that no trouble comes of by itself: the world is in its way.
func note(text string) func(*testing.T, string) {
	return replacing(serverFile, "// The service:", "// "+text)
}

// answering500 takes its probes and fails every other request.
const answering500 = `require('http').createServer((q, r) => { r.statusCode = /z$/.test(q.url) ? 200 : (console.error('no database'), 500); r.end() }).listen(3000)`

var buildTroubles = []trouble{
	{code: "test_fails", phase: "build", sentence: "says that it does not know a path", change: replacing(serverFile, "return [404, ", "return [200, ")},
	{code: "dockerfile_error", phase: "build", sentence: "not valid at line", change: replacing(dockerFile, "WORKDIR /app", "WORKDIRR /app")},
	{code: "dockerfile_error", phase: "build", sentence: "which is not in the repository", change: replacing(dockerFile, "COPY src ./src", "COPY sources ./src")},
	{code: "base_image_missing", phase: "build", sentence: "base/absent", change: replacing(dockerFile, "base/nodejs:20", "base/absent:1")},
	{code: "push_refused", phase: "build", sentence: "registry refuses the image", change: replacing(pipelineFile, "idp-whyb1", "idp-whyd1")},
	{code: "workflow_invalid", phase: "build", sentence: "workflow is not valid", change: replacing(workflowFile, "runs-on:", "runs-onto:")},
	{code: "protected_branch", phase: "build", sentence: "protected branch refuses the commit", change: note("Behind a protection:"), around: protectedBranch},
	{code: "registry_full", phase: "build", sentence: "no room for the image", change: note("A full disk:"), around: fullRegistry},
	{code: "no_runner", phase: "build", sentence: "No runner is free", change: note("All at work:"), around: withoutRunners},
}

// None of these needs a build: their commits say [skip ci].
var deployTroubles = []trouble{
	{code: "manifests_invalid", phase: "sync", sentence: "replicas", change: replacing(deploymentFile, "replicas: 1", "replicas: many")},
	{code: "not_permitted", phase: "sync", sentence: "ClusterRole", change: adding("deploy/role.yaml",
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: whyd1}\nrules: []\n")},
	{code: "quota_exceeded", phase: "sync", sentence: "quota few is used up", change: replacing(deploymentFile, "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 29"), around: fewPods},
	{code: "image_pull", phase: "sync", sentence: "cannot be pulled", change: replacing(deploymentFile, "@sha256:", "@sha256:0000000000000000000000000000000000000000000000000000000000000000 #")},
	{code: "image_pull", phase: "sync", sentence: "its registry does not answer", change: func(t *testing.T, work string) {
		replacing(deploymentFile, "image: "+p.Env["PRONTO_REGISTRY"]+"/", "image: 127.0.0.1:1/")(t, work) // where nothing listens
	}},
	{code: "crash", phase: "sync", sentence: "exit code 3", change: running(`console.error('the settings are missing'); process.exit(3)`)},
	{code: "out_of_memory", phase: "sync", sentence: "more memory than its limit", change: running(`const all = []; for (;;) all.push(Buffer.alloc(1 << 24, 1))`)},
	{code: "probe_fails", phase: "sync", sentence: "does not answer its probe", change: replacing(deploymentFile, "path: /readyz", "path: /absent")},
	{code: "wrong_port", phase: "sync", sentence: "Nothing listens on port 3000", change: running(`require('http').createServer().listen(3001)`)},
	{code: "no_architecture", phase: "sync", sentence: "architecture s390x", change: replacing(deploymentFile, "kubernetes.io/arch: amd64", "kubernetes.io/arch: s390x")},
	{code: "pod_security", phase: "sync", sentence: "restricted", change: replacing(deploymentFile, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true")},
	{code: "server_error", phase: "live", sentence: "answers 500", change: running(answering500)},
	{code: "host_taken", phase: "live", sentence: "is taken by the Ingress", change: replacing(ingressFile, "host: whyd1.", "host: "+firstName+".")},
}

// Each cause that a delivery can wait for or fail of is brought about, and
// named in one sentence, with what to do and the lines that decide.
func TestEveryTroubleIsNamed(t *testing.T) {
	first(t)
	for app, troubles := range map[string][]trouble{"whyb1": buildTroubles, "whyd1": deployTroubles} {
		must[client.App](t)(p.Create(within(t, 2*time.Minute), app, "replicas=1"))
		t.Run(app, func(t *testing.T) {
			t.Parallel() // the one builds, the other waits for probes
			work := must[string](t)(p.Clone(t.Context(), t.TempDir(), app))
			good := must[string](t)(p.Tool(t.Context(), work, "git", "rev-parse", "HEAD"))
			for _, c := range troubles {
				t.Run(c.code, func(t *testing.T) { c.happen(t, app, work, good) })
			}
			if err := p.Delete(within(t, time.Minute), app); err != nil {
				t.Error(err)
			}
		})
	}
}

// happen brings the trouble about on top of the good state of a repository.
func (c trouble) happen(t *testing.T, app, work, good string) {
	t.Helper()
	ctx := within(t, 2*time.Minute)
	for _, args := range [][]string{{"fetch", "--quiet", "origin", "main"}, {"reset", "--quiet", "--hard", "FETCH_HEAD"}, {"read-tree", "--reset", "-u", good}} {
		must[string](t)(p.Tool(ctx, work, "git", args...))
	}
	if c.around != nil {
		defer c.around(t, app)()
	}
	c.change(t, work)
	must[string](t)(p.Tool(ctx, work, "git", "add", "--all"))
	message := "Bring about " + c.code
	if c.phase != "build" {
		message += " [skip ci]"
	}
	began := time.Now()
	revision := push(ctx, t, work, message)
	why := c.named(ctx, t, app, revision)
	t.Logf("after %.1f s: %s %s", time.Since(began).Seconds(), why.Sentence, why.Remedy)
	if why.Phase != c.phase || why.Remedy == "" {
		t.Errorf("it is the cause of %s, remedy %q; want one, of %s", why.Phase, why.Remedy, c.phase)
	}
}

// named waits until `pronto why` names the trouble for a revision and shows the
// lines that decide; what it can say grows with what it has read.
func (c trouble) named(ctx context.Context, t *testing.T, app, revision string) client.Why {
	t.Helper()
	var why client.Why
	err := platform.Eventually(ctx, "cause "+c.code, func(ctx context.Context) error {
		raw, err := p.Run(ctx, "why", app, "-o", "json")
		if err == nil {
			why = client.Why{}
			err = json.Unmarshal([]byte(raw), &why)
		}
		if err == nil && (why.Revision != revision || why.Code != c.code || !strings.Contains(why.Sentence, c.sentence)) {
			err = fmt.Errorf("it says %s of %.7s: %s %s", why.Code, why.Revision, why.Sentence, strings.Join(append(why.Lines, why.Facts...), "\n"))
		}
		if err == nil && len(why.Lines) == 0 && c.code != "no_runner" {
			err = fmt.Errorf("it shows no line that decides: %s", why.Sentence)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return why
}

// fullRegistry puts a disk of one MiB under what is pushed for an application.
func fullRegistry(t *testing.T, app string) func() {
	t.Helper()
	dir := p.Path("registry", "images", "idp-"+app, "_uploads")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("full", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}
}

// protectedBranch lets administrators alone push without a review.
func protectedBranch(t *testing.T, app string) func() {
	t.Helper()
	call := func(method, body string, want int) {
		t.Helper()
		req := must[*http.Request](t)(forgeRequest(t.Context(), method, "repos/apps/idp-"+app+"/branches/main/protection", body))
		if a := must[answer](t)(do(req)); a.StatusCode != want {
			t.Fatalf("%s protection: %s %s", method, a.Status, a.body)
		}
	}
	call(http.MethodPut, `{"required_status_checks":null,"enforce_admins":false,"restrictions":null,
		"required_pull_request_reviews":{"required_approving_review_count":1}}`, http.StatusOK)
	return func() { call(http.MethodDelete, "", http.StatusNoContent) }
}

const runners = "pronto-ci"

// withoutRunners takes the quota of the runners, and those that wait for work.
func withoutRunners(t *testing.T, _ string) func() {
	t.Helper()
	quota := func(pods string) {
		t.Helper()
		patch := fmt.Sprintf(`{"spec":{"hard":{"pods":%q}}}`, pods)
		must[string](t)(p.Kubectl(t.Context(), "patch", "quota", "runners", "-n", runners, "--type=merge", "-p", patch))
	}
	before := must[string](t)(p.Kubectl(t.Context(), "get", "quota", "runners", "-n", runners, "-o", "jsonpath={.spec.hard.pods}"))
	quota("0")
	must[string](t)(p.Kubectl(t.Context(), "delete", "pods", "-n", runners, "--all", "--wait"))
	return func() { quota(before) }
}

// fewPods leaves an application's namespace no room for another pod.
func fewPods(t *testing.T, app string) func() {
	t.Helper()
	must[string](t)(p.Kubectl(t.Context(), "create", "quota", "few", "-n", app, "--hard=pods=1"))
	return func() { must[string](t)(p.Kubectl(t.Context(), "delete", "quota", "few", "-n", app)) }
}
