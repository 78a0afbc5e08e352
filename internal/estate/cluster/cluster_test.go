package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/knftables"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

func exampleConfig() Config {
	return Config{
		Name:        "pronto-node",
		Dir:         "/srv/pronto/node",
		Bridge:      "pronto0",
		Gateway:     netip.MustParsePrefix("10.41.0.1/24"),
		NodeIP:      netip.MustParseAddr("10.41.0.2"),
		PodCIDR:     netip.MustParsePrefix("10.42.0.0/16"),
		ServiceCIDR: netip.MustParsePrefix("10.43.0.0/16"),
		Registry:    Registry{Host: "registry.pronto.localhost", User: "node", Password: secret.New("s3cret")},
	}
}

func TestNodeConfigCarriesAddressesAndCredential(t *testing.T) {
	body, err := render(exampleConfig(), []string{"192.0.2.53"})
	if err != nil {
		t.Fatal(err)
	}
	var got nodeConfig
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if got.CgroupRoot != "/pronto0" || got.Gateway != "10.41.0.1/24" || got.NodeIP != "10.41.0.2" {
		t.Errorf("addresses: %+v", got)
	}
	if got.Registry.Password != "s3cret" {
		t.Error("the registry's credential must reach the node unmasked")
	}
	if !slices.Equal(got.Resolvers, []string{"192.0.2.53"}) {
		t.Errorf("resolvers: %v", got.Resolvers)
	}
}

func TestConfigNamesWhatCannotBeUsed(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"relative directory":     {func(c *Config) { c.Dir = "state" }, "Dir"},
		"directory below run":    {func(c *Config) { c.Dir = "/run/pronto" }, "Dir"},
		"long bridge name":       {func(c *Config) { c.Bridge = "pronto-bridge" }, "Bridge"},
		"node outside the range": {func(c *Config) { c.NodeIP = netip.MustParseAddr("10.44.0.2") }, "NodeIP"},
		"node is the gateway":    {func(c *Config) { c.NodeIP = netip.MustParseAddr("10.41.0.1") }, "NodeIP"},
		"no node binary":         {func(c *Config) { c.NodeBinary = "/nowhere/pronto-node" }, "NodeBinary"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := exampleConfig()
			test.change(&cfg)
			if err := cfg.validate(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that names %s", err, test.want)
			}
		})
	}
}

func TestResolversLeavesOutLoopback(t *testing.T) {
	file := filepath.Join(t.TempDir(), "resolv.conf")
	text := "# comment\nnameserver 127.0.0.53\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\noptions edns0\nnameserver 2001:db8::1\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := resolvers(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"192.0.2.1", "2001:db8::1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMasqueradeIsOneTableThatCanBeAppliedAgain(t *testing.T) {
	cfg := exampleConfig()
	nft := knftables.NewFake(knftables.IPv4Family, natTable(cfg))
	for range 2 {
		if err := nft.Run(context.Background(), masquerade(nft, cfg)); err != nil {
			t.Fatal(err)
		}
	}
	dump := nft.Dump()
	for _, source := range []string{"10.41.0.0/24", "10.42.0.0/16"} {
		if strings.Count(dump, "ip saddr "+source) != 1 {
			t.Errorf("want one rule for %s in:\n%s", source, dump)
		}
	}
}

func TestNodeTakesPodsOnlyWhenReadyAndUntainted(t *testing.T) {
	ready := corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionTrue}
	notReady := corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionFalse}
	taint := corev1.Taint{Key: corev1.TaintNodeNotReady}
	for name, test := range map[string]struct {
		node *corev1.Node
		want bool
	}{
		"new":               {&corev1.Node{}, false},
		"not ready":         {&corev1.Node{Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{notReady}}}, false},
		"ready":             {&corev1.Node{Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{ready}}}, true},
		"ready but tainted": {&corev1.Node{Spec: corev1.NodeSpec{Taints: []corev1.Taint{taint}}, Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{ready}}}, false},
	} {
		if got := takesPods(test.node); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestExternalRefusesAKubeconfigThatIsNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(file, bytes.Repeat([]byte("x"), 10), 0o600); err != nil {
		t.Fatal(err)
	}
	err := External{Kubeconfig: file}.Wait(context.Background())
	if err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}
