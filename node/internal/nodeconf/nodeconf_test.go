package nodeconf

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func example() Config {
	return Config{
		Name: "pronto-node", Dir: "/srv/node", CgroupRoot: "/pronto0", Link: "eth0",
		Gateway:     netip.MustParsePrefix("10.41.0.1/24"),
		NodeIP:      netip.MustParseAddr("10.41.0.2"),
		PodCIDR:     netip.MustParsePrefix("10.42.0.0/16"),
		ServiceCIDR: netip.MustParsePrefix("10.43.0.0/16"),
		PauseImage:  "pronto.internal/pause:1", PauseBinary: "/bin/pause", Runc: "/usr/sbin/runc", CNIBinDir: "/usr/lib/cni",
	}
}

func TestValidateNamesTheField(t *testing.T) {
	if err := example().Validate(); err != nil {
		t.Fatalf("the example must be valid: %v", err)
	}
	for want, change := range map[string]func(*Config){
		"name":       func(c *Config) { c.Name = "" },
		"dir":        func(c *Config) { c.Dir = "relative" },
		"cgroupRoot": func(c *Config) { c.CgroupRoot = "/" },
		"nodeIP":     func(c *Config) { c.NodeIP = netip.MustParseAddr("192.0.2.1") },
		"overlap":    func(c *Config) { c.ServiceCIDR = c.PodCIDR },
		"pauseImage": func(c *Config) { c.PauseImage = "" },
	} {
		cfg := example()
		change(&cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that names %s", err, want)
		}
	}
}

func TestLoadRefusesAnUnknownField(t *testing.T) {
	file := filepath.Join(t.TempDir(), "node.json")
	if err := os.WriteFile(file, []byte(`{"naam": "typo"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "naam") {
		t.Errorf("got %v, want an error that names the field", err)
	}
}

func TestKubernetesServiceIsTheFirstAddressOfTheRange(t *testing.T) {
	if got := example().KubernetesService().String(); got != "10.43.0.1" {
		t.Errorf("got %s", got)
	}
}
