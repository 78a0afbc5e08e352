package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/estate/cluster"
)

// registryNodeUser is the name under which the node's containerd pulls.
const registryNodeUser = "node"

// nodeConfig is the embedded node's configuration.
func nodeConfig(g ground, log *slog.Logger) (cluster.Config, error) {
	cfg := g.cfg
	node := cluster.Config{
		Dir:         nodeDir(cfg),
		Bridge:      cfg.Node.Bridge,
		Gateway:     cfg.Node.Gateway,
		NodeIP:      cfg.Node.Address,
		PodCIDR:     cfg.Node.Pods,
		ServiceCIDR: cfg.Node.Services,
		Hosts:       map[string]string{},
		Registry: cluster.Registry{
			Host: cfg.Authority("registry"), URL: cfg.URL("registry").String(), CAFile: g.ca.CertFile,
			User: registryNodeUser, Password: g.creds.RegistryNode,
		},
		Logger: log,
	}
	for _, name := range cfg.SystemNames() {
		node.Hosts[name] = cfg.Node.Gateway.Addr().String()
	}
	for name, path := range map[string]*string{
		"pronto-node": &node.NodeBinary, "pronto-buildkitd": &node.BuildkitdBinary, "pronto-pause": &node.PauseBinary,
	} {
		file, err := binary(name)
		if err != nil {
			return cluster.Config{}, err
		}
		*path = file
	}
	return node, nil
}

// kubeconfigWait is how often an absent kubeconfig is looked for: the node
// writes it once, at its very first start.
const kubeconfigWait = 100 * time.Millisecond

// kubernetes waits for the kubeconfig and returns the client configuration.
// Its limits are those of a controller that shares the machine with the API
// server: priority and fairness there decide, not the client.
func kubernetes(cfg config.Config) func(context.Context) (*rest.Config, error) {
	return func(ctx context.Context) (*rest.Config, error) {
		path := kubeconfigPath(cfg)
		tick := time.NewTicker(kubeconfigWait)
		defer tick.Stop()
		for {
			_, err := os.Stat(path)
			if err == nil {
				break
			}
			if !errors.Is(err, os.ErrNotExist) {
				return nil, fmt.Errorf("kubeconfig: %w", err)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		restConfig, err := clientcmd.BuildConfigFromFlags("", path)
		if err != nil {
			return nil, fmt.Errorf("kubeconfig %s: %w", path, err)
		}
		restConfig.QPS = -1
		return restConfig, nil
	}
}
