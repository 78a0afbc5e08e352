package render

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
)

func example() nodeconf.Config {
	return nodeconf.Config{
		Name: "pronto-node", Dir: "/srv/node", CgroupRoot: "/pronto0",
		Gateway:     netip.MustParsePrefix("10.41.0.1/24"),
		NodeIP:      netip.MustParseAddr("10.41.0.2"),
		PodCIDR:     netip.MustParsePrefix("10.42.0.0/16"),
		ServiceCIDR: netip.MustParsePrefix("10.43.0.0/16"),
		Hosts:       map[string]string{"registry.pronto.localhost": "10.41.0.1"},
		Resolvers:   []string{"192.0.2.53"},
		Registry: nodeconf.Registry{Host: "registry.pronto.localhost:8443", URL: "https://registry.pronto.localhost:8443",
			CAFile: "/srv/ca.pem", User: "node", Password: "pass"},
		PauseImage: "pronto.internal/pause:1",
		Runc:       "/usr/sbin/runc", CNIBinDir: "/usr/lib/cni",
	}
}

func rendered(t *testing.T, cfg nodeconf.Config) map[string]string {
	t.Helper()
	files, err := Files(cfg)
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for _, file := range files {
		bodies[file.Path] = string(file.Body)
	}
	return bodies
}

func TestFilesSayWhatTheNodeNeeds(t *testing.T) {
	bodies := rendered(t, example())
	for path, wanted := range map[string][]string{
		"etc/hosts":              {"127.0.0.1 localhost", "10.41.0.2 pronto-node", "10.41.0.1 registry.pronto.localhost"},
		"etc/resolv.conf":        {"nameserver 10.41.0.1\nnameserver 192.0.2.53\n"},
		"config/containerd.toml": {`restrict_oom_score_adj = true`, `sandbox = "pronto.internal/pause:1"`, `"io.containerd.nri.v1.nri"`, `BinaryName = "/usr/sbin/runc"`},
		"config/buildkitd.toml":  {`address = ["tcp://10.41.0.2:1234"]`, `[registry."registry.pronto.localhost:8443"]`, `ca = ["/srv/ca.pem"]`, `defaultCgroupParent = "/pronto0"`},
		"config/registries/registry.pronto.localhost:8443/hosts.toml": {
			`server = "https://registry.pronto.localhost:8443"`, `ca = "/srv/ca.pem"`, `Authorization = ["Basic bm9kZTpwYXNz"]`},
	} {
		for _, text := range wanted {
			if !strings.Contains(bodies[path], text) {
				t.Errorf("%s: want %q in\n%s", path, text, bodies[path])
			}
		}
	}
}

func TestWithoutARegistryThereIsNoHostsFile(t *testing.T) {
	cfg := example()
	cfg.Registry = nodeconf.Registry{}
	for path, body := range rendered(t, cfg) {
		if strings.HasSuffix(path, "hosts.toml") || strings.Contains(body, "[registry.") {
			t.Errorf("%s speaks of a registry", path)
		}
	}
}

func TestKubeletHasItsOwnGroupsAndAsksTheGateway(t *testing.T) {
	var got struct {
		CgroupRoot  string   `json:"cgroupRoot"`
		FailV1      *bool    `json:"failCgroupV1"`
		ClusterDNS  []string `json:"clusterDNS"`
		Allocatable []string `json:"enforceNodeAllocatable"`
	}
	if err := json.Unmarshal([]byte(rendered(t, example())["config/kubelet.yaml"]), &got); err != nil {
		t.Fatal(err)
	}
	if got.CgroupRoot != "/pronto0" || got.FailV1 == nil || *got.FailV1 || len(got.ClusterDNS) != 1 || got.ClusterDNS[0] != "10.41.0.1" || got.Allocatable == nil {
		t.Errorf("%+v", got)
	}
}

func TestNoCommandLineCarriesACredential(t *testing.T) {
	cfg := example()
	for _, command := range []Command{Etcd(cfg), APIServer(cfg), ControllerManager(cfg), Scheduler(cfg), Kubelet(cfg), KubeProxy(cfg), Containerd(cfg), Buildkitd(cfg)} {
		if line := strings.Join(append(command.Args, command.Env...), " "); strings.Contains(line, cfg.Registry.Password+" ") || strings.Contains(line, "bm9kZTpwYXNz") {
			t.Errorf("%s: %s", command.Name, line)
		}
	}
}
