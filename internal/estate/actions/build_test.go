package actions_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/pronto-platform/pronto/internal/base/kubetest"
)

// TestAnImageIsBuiltAndPushed needs a BuildKit daemon and the right to run it:
// PRONTO_BUILDKITD names its program.
func TestAnImageIsBuiltAndPushed(t *testing.T) {
	program := os.Getenv("PRONTO_BUILDKITD")
	if program == "" {
		t.Skip("PRONTO_BUILDKITD is not set")
	}
	dir := t.TempDir()
	address := "unix://" + filepath.Join(dir, "buildkitd.sock")
	daemon := exec.Command(program, "--addr", address, "--root", dir, "--oci-worker-snapshotter", "native", "--containerd-worker=false")
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := daemon.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		_ = daemon.Wait() // ended by the signal
	}()
	images := httptest.NewServer(registry.New())
	defer images.Close()
	tag := strings.TrimPrefix(images.URL, "http://") + "/idp-a:1"
	binary := filepath.Join(t.TempDir(), "pronto-runner")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/pronto-platform/pronto/cmd/pronto-runner").CombinedOutput(); err != nil {
		t.Fatalf("build runner: %v: %s", err, out)
	}
	w := newWorld(t, kubetest.Start(t), binary, "ci-build")
	w.stop()
	w.cfg.BuildKit.Address = address
	w.start()
	sha := w.forge.commit(map[string]string{"Dockerfile": "FROM scratch\nARG REV\nCOPY README.md /\nENV REV=$REV\n", "README.md": "x",
		workflowPath: `on: push
jobs:
  image:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - uses: docker/setup-buildx-action@v3
      - uses: docker/login-action@v3
        with: {registry: "` + strings.TrimSuffix(tag, "/idp-a:1") + `", username: "u", password: "${{ github.token }}"}
      - uses: docker/build-push-action@v6
        id: build
        with: {context: ., push: true, tags: "` + tag + `", build-args: "REV=${{ github.sha }}", cache-from: type=gha, cache-to: "type=gha,mode=max", provenance: false}
      - run: echo "built ${{ steps.build.outputs.digest }}"
`})
	w.deliver(sha)
	run, jobs := w.finish(sha)
	log := w.log(jobs[0].GetID())
	ref, err := name.ParseReference(tag)
	if err != nil {
		t.Fatal(err)
	}
	descriptor, err := remote.Head(ref)
	if err != nil {
		t.Fatalf("%v; run %s\n%s", err, run.GetConclusion(), log)
	}
	if run.GetConclusion() != "success" || !strings.Contains(log, "built "+descriptor.Digest.String()) {
		t.Errorf("run = %s, digest %s\n%s", run.GetConclusion(), descriptor.Digest, log)
	}
}
