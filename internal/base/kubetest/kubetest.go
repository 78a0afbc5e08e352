// Package kubetest starts a real Kubernetes API server with a real etcd for a
// test, from the node binary that the project builds. It has no kubelet: pods
// are stored and never run.
package kubetest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// Start returns a client configuration with every right. The server stops
// when the test ends.
func Start(t testing.TB) *rest.Config {
	t.Helper()
	env := &envtest.Environment{BinaryAssetsDirectory: assets(t)}
	cfg, err := env.Start()
	if err != nil {
		t.Fatalf("start API server: %v", err)
	}
	t.Cleanup(func() {
		if err := env.Stop(); err != nil {
			t.Errorf("stop API server: %v", err)
		}
	})
	return cfg
}

// assets is a directory that holds the node binary under the names envtest wants.
func assets(t testing.TB) string {
	t.Helper()
	node := filepath.Join(moduleRoot(), "bin", "pronto-node")
	if fromEnv := os.Getenv("PRONTO_NODE_BINARY"); fromEnv != "" {
		node = fromEnv
	}
	if _, err := os.Stat(node); err != nil {
		t.Fatalf("the node binary is needed for this test; `make node` builds it: %v", err)
	}
	dir := t.TempDir()
	for _, name := range []string{"etcd", "kube-apiserver", "kubectl"} {
		if err := os.Symlink(node, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func moduleRoot() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}
