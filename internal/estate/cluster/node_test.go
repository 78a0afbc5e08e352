package cluster

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
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
		BuildkitdBinary: sibling("buildkitd"),
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

func TestTrial(t *testing.T) {
	cfg := trialConfig(t)
	if d := os.Getenv("TRIAL_DIR"); d != "" {
		cfg.Dir = d
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := EnsureNetwork(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	pid, _, err := Start(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("pid", pid)
	wctx, c2 := context.WithTimeout(ctx, 60*time.Second)
	defer c2()
	err = Wait(wctx, cfg)
	t.Log("wait", err, time.Since(begin))
	if os.Getenv("TRIAL_KEEP") != "" {
		return
	}
	syscall.Kill(pid, syscall.SIGKILL)
}
