package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	buildkit "github.com/moby/buildkit/client"
	"github.com/vishvananda/netlink"
	"k8s.io/apimachinery/pkg/util/wait"
)

// patience bounds every wait of these tests; it asserts nothing about speed.
const patience = 3 * time.Minute

// trialConfig is a node at addresses of its own, so that it can run beside
// another on the same machine.
func trialConfig(t *testing.T) Config {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a node needs root: it makes namespaces, a bridge and control groups")
	}
	node := binary(t, "PRONTO_NODE_BINARY", "pronto-node")
	sibling := func(name string) string { return filepath.Join(filepath.Dir(node), name) }
	return Config{
		Dir:             t.TempDir(),
		NodeBinary:      node,
		PauseBinary:     sibling("pronto-pause"),
		BuildkitdBinary: sibling("pronto-buildkitd"),
		Bridge:          "prontot0",
		Gateway:         netip.MustParsePrefix("10.61.0.1/24"),
		NodeIP:          netip.MustParseAddr("10.61.0.2"),
		PodCIDR:         netip.MustParsePrefix("10.62.0.0/16"),
		ServiceCIDR:     netip.MustParsePrefix("10.63.0.0/16"),
		Hosts:           map[string]string{"registry.pronto.test": "10.61.0.1"},
		Logger:          slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

func binary(t *testing.T, variable, name string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		_, file, _, _ := runtime.Caller(0)
		path = filepath.Join(filepath.Dir(file), "..", "..", "..", "bin", name)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is needed for this test; `make node` builds it: %v", name, err)
	}
	return path
}

// trial is a running node of a test.
type trial struct {
	t     *testing.T
	cfg   Config
	pid   int
	ended <-chan struct{}
}

// start starts a node and waits until it takes pods.
func start(t *testing.T, cfg Config) *trial {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := EnsureNetwork(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	pid, ended, err := Start(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	node := &trial{t, cfg, pid, ended}
	t.Cleanup(node.kill)
	if err := Wait(ctx, cfg); err != nil {
		t.Fatalf("%v\n%s", err, node.log())
	}
	t.Logf("ready after %s", time.Since(begin).Round(time.Millisecond))
	return node
}

func (n *trial) log() string {
	raw, err := os.ReadFile(filepath.Join(n.cfg.Dir, nodeLog))
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// kill ends the node as a crash would.
func (n *trial) kill() {
	select {
	case <-n.ended:
	default:
		if err := syscall.Kill(n.pid, syscall.SIGKILL); err != nil {
			n.t.Error(err)
		}
		<-n.ended
	}
}

// kubectl runs the node binary's own kubectl.
func (n *trial) kubectl(stdin string, args ...string) string {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	args = append([]string{"kubectl", "--kubeconfig", Kubeconfig(n.cfg)}, args...)
	cmd := exec.CommandContext(ctx, n.cfg.NodeBinary, args...)
	cmd.Stdin = strings.NewReader(stdin)
	output, err := cmd.CombinedOutput()
	if err != nil {
		n.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return string(output)
}

// runPod runs the sandbox image's own program as a pod and waits until it is ready.
func (n *trial) runPod(name string) {
	n.t.Helper()
	n.kubectl(fmt.Sprintf(`{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": %q},
		"spec": {"terminationGracePeriodSeconds": 1, "containers": [{"name": "main", "image": %q, "imagePullPolicy": "Never"}]}}`,
		name, DefaultPauseImage), "apply", "-f", "-")
	n.kubectl("", "wait", "--for=condition=Ready", "--timeout=120s", "pod/"+name)
}

// component is the process id of a component, as this machine sees it, or 0.
func (n *trial) component(name string) int {
	// The first process has several threads, and any of them may be the parent.
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", n.pid))
	if err != nil {
		n.t.Fatal(err)
	}
	var children []string
	for _, task := range tasks {
		if raw, err := os.ReadFile(task); err == nil {
			children = append(children, strings.Fields(string(raw))...)
		}
	}
	for _, child := range children {
		cmdline, err := os.ReadFile("/proc/" + child + "/cmdline")
		if pid, bad := strconv.Atoi(child); err == nil && bad == nil && strings.HasPrefix(string(cmdline), name+"\x00") {
			return pid
		}
	}
	return 0
}

func TestNodeRunsPodsAndOutlivesItsComponents(t *testing.T) {
	node := start(t, trialConfig(t))
	t.Cleanup(func() { removeAndCheck(t, node) })

	node.runPod("first")
	if got := node.kubectl("", "logs", "first"); !strings.Contains(got, "waiting") {
		t.Errorf("logs: %q", got)
	}
	if got := node.kubectl("", "exec", "first", "--", "/pause", "version"); !strings.Contains(got, "pronto-pause") {
		t.Errorf("exec: %q", got)
	}
	checkBuilder(t, node.cfg)

	for _, name := range []string{"kubelet", "containerd"} {
		before := node.component(name)
		if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
			t.Fatalf("%s (pid %d): %v", name, before, err)
		}
		eventually(t, name+" runs again", func() bool { now := node.component(name); return now != 0 && now != before })
		node.runPod("after-" + name)
	}

	node.kill()
	again := start(t, node.cfg)
	// Until the kubelet has looked, the API still shows the pod as it was before.
	again.kubectl("", "wait", "--for=jsonpath={.status.containerStatuses[0].restartCount}=1", "--timeout=120s", "pod/first")
	again.kubectl("", "wait", "--for=condition=Ready", "--timeout=120s", "pod/first")
	if got := again.kubectl("", "exec", "first", "--", "/pause", "version"); !strings.Contains(got, "pronto-pause") {
		t.Errorf("exec after the restart: %q", got)
	}
	stopped := time.Now()
	if err := syscall.Kill(again.pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-again.ended
	t.Logf("stopped after %s", time.Since(stopped).Round(time.Millisecond))
}

// checkBuilder asks the builder for its workers with the credentials the node wrote.
func checkBuilder(t *testing.T, cfg Config) {
	t.Helper()
	builder, err := BuildKitCredentials(cfg)
	if err != nil {
		t.Fatal(err)
	}
	path := func(name string) string { return filepath.Join(cfg.Dir, "buildkit", name) }
	c, err := buildkit.New(t.Context(), builder.Address,
		buildkit.WithServerConfig(cfg.NodeIP.String(), path("ca.pem")),
		buildkit.WithCredentials(path("client.pem"), path("client-key.pem")))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	workers, err := c.ListWorkers(t.Context())
	if err != nil || len(workers) != 1 {
		t.Errorf("workers of the builder: %v, %v", workers, err)
	}
}

// removeAndCheck removes a node and looks for anything it has left behind.
func removeAndCheck(t *testing.T, node *trial) {
	node.kill()
	for range 2 { // what is gone is no error
		if err := Remove(context.Background(), node.cfg); err != nil {
			t.Fatal(err)
		}
	}
	cfg := node.cfg
	for _, link := range []string{cfg.Bridge, hostLink(cfg)} {
		if _, err := netlink.LinkByName(link); !isMissing(err) {
			t.Errorf("interface %s is left (%v)", link, err)
		}
	}
	for what, command := range map[string][]string{
		"routes":    {"ip", "route"},
		"rules":     {"nft", "list", "ruleset"},
		"mounts":    {"cat", "/proc/self/mountinfo"},
		"groups":    {"find", "/sys/fs/cgroup", "-path", "*/" + cfg.Bridge},
		"processes": {"pgrep", "-af", cfg.Dir},
	} {
		output, _ := exec.Command(command[0], command[1:]...).Output() // pgrep fails when it finds nothing
		for _, trace := range []string{cfg.Bridge, cfg.Dir, "10.61.0.", "10.62.0.", "10.63.0."} {
			if strings.Contains(string(output), trace) {
				t.Errorf("%s: %q is left in\n%s", what, trace, output)
			}
		}
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	condition := func(context.Context) (bool, error) { return holds(), nil }
	if err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, patience, true, condition); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
