package e2e

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/test/platform"
)

func TestTheImageIsPulledWithCredentialsOnly(t *testing.T) {
	app := first(t)
	ctx := within(t, 30*time.Second)
	_, digest, _ := strings.Cut(app.Delivery.Image, "@")
	image := platform.Authority("registry") + "/idp-" + firstName
	for _, tag := range []string{"sha-" + app.Delivery.Revision[:7], "latest"} {
		if got, err := p.Crane(ctx, p.Env["DOCKER_CONFIG"], "digest", image+":"+tag); err != nil || tag != "latest" && got != digest {
			t.Errorf("%s is %q, want %q: %v", tag, got, digest, err)
		}
	}
	if _, err := p.Crane(ctx, p.Env["DOCKER_CONFIG"], "pull", image+"@"+digest, filepath.Join(t.TempDir(), "image.tar")); err != nil {
		t.Error(err)
	}
	_, err := p.Crane(ctx, t.TempDir(), "digest", image+"@"+digest)
	if err == nil || !strings.Contains(err.Error(), "UNAUTHORIZED") && !strings.Contains(err.Error(), "401") {
		t.Errorf("without credentials: %v; want it refused as unauthorized", err)
	}
}

func TestKubectlLogsAndExecWork(t *testing.T) {
	first(t)
	ctx := within(t, 20*time.Second)
	if got, err := p.Kubectl(ctx, "logs", "-n", firstName, "-l", "app.kubernetes.io/name="+firstName); err != nil || !strings.Contains(got, `"listening"`) {
		t.Errorf("logs: %q, %v", got, err)
	}
	if got, err := p.Kubectl(ctx, "exec", "-n", firstName, "deploy/"+firstName, "--", "node", "-e", "console.log(6*7)"); err != nil || got != "42" {
		t.Errorf("exec: %q, %v", got, err)
	}
	if got, err := p.Run(ctx, "logs", firstName); err != nil || !strings.Contains(got, `"listening"`) {
		t.Errorf("pronto logs: %q, %v", got, err)
	}
}

var forwarding = regexp.MustCompile(`Forwarding from (127\.0\.0\.1:\d+)`)

func TestKubectlPortForwardWorks(t *testing.T) {
	first(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	cmd := p.ToolCommand(ctx, "pronto-node", "kubectl", "port-forward", "-n", firstName, "svc/"+firstName, ":80")
	address := portForward(t, cmd)
	t.Cleanup(func() { cancel(); _ = cmd.Wait() }) // it ends as killed
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	res := must[*http.Response](t)(http.DefaultClient.Do(req))
	defer res.Body.Close()
	body := must[[]byte](t)(io.ReadAll(res.Body))
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), "ok") {
		t.Errorf("%s: %s", res.Status, body)
	}
}

// portForward starts the command and returns where it listens.
func portForward(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out := must[io.ReadCloser](t)(cmd.StdoutPipe())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if match := forwarding.FindStringSubmatch(lines.Text()); match != nil {
			return match[1]
		}
	}
	_ = cmd.Wait()
	t.Fatalf("port-forward ended: %s", &stderr)
	return ""
}

func TestTheEnvironmentMakesAShellWork(t *testing.T) {
	first(t)
	ctx := within(t, 20*time.Second)
	const script = `eval "$("$0" env --state "$1")" && curl -sS --fail --cacert "$PRONTO_CA" -H "Authorization: Bearer $PRONTO_TOKEN" "$PRONTO_URL/api/pronto/v1/apps/a1" && git ls-remote "$PRONTO_GIT/apps/idp-a1.git" main`
	cmd := exec.CommandContext(ctx, "bash", "-euc", script, platform.Program("pronto"), p.State)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"live"`) || !strings.Contains(string(out), "refs/heads/main") {
		t.Errorf("%v: %s", err, out)
	}
}
