package boot

import (
	"context"
	"time"

	"github.com/pronto-platform/pronto/node/internal/images"
	"github.com/pronto-platform/pronto/node/internal/nodeconf"
	"github.com/pronto-platform/pronto/node/internal/render"
	"github.com/pronto-platform/pronto/node/internal/supervise"
)

// stopOrder are the components that end together, group after group, and how
// long each group may take: what uses a server ends before it. The pods end
// with the namespaces.
var stopOrder = []struct {
	names []string
	grace time.Duration
}{
	{[]string{"kubelet", "kube-proxy", "kube-scheduler", "kube-controller-manager", "buildkitd"}, time.Second},
	{[]string{"kube-apiserver", "containerd"}, time.Second},
	{[]string{"etcd"}, time.Second},
}

// startRuntime returns when containerd serves and has the sandbox image. The
// other archives are imported behind it.
func (n *Node) startRuntime(ctx context.Context, begin time.Time) error {
	n.keep(render.Containerd(n.cfg))
	store, err := images.Open(nodeconf.ContainerdSocket)
	if err != nil {
		return err
	}
	if err := store.Wait(ctx); err != nil {
		return err
	}
	n.log.Info("containerd is ready", "after", since(begin))
	if err := store.ImportPause(ctx, n.cfg.PauseImage, n.cfg.PauseBinary); err != nil {
		return err
	}
	go n.preload(context.WithoutCancel(ctx), store)
	return nil
}

// preload ends with the process at the latest; an archive that cannot be read
// leaves its image to the registry.
func (n *Node) preload(ctx context.Context, store *images.Store) {
	for _, path := range n.cfg.Preload {
		names, err := store.ImportFile(ctx, path)
		if err != nil {
			n.log.Error("image archive not imported", "file", path, "error", err)
			continue
		}
		n.log.Info("image archive imported", "file", path, "images", names)
	}
	if err := store.Close(); err != nil {
		n.log.Warn("close connection to containerd", "error", err)
	}
}

func (n *Node) keep(c render.Command) {
	path := c.Path
	if path == "" {
		path = n.self
	}
	n.keeper.Keep(supervise.Component{Name: c.Name, Path: path, Args: c.Args, Env: c.Env})
}

func (n *Node) stop() {
	begin := time.Now()
	for _, group := range stopOrder {
		n.keeper.Stop(group.grace, group.names...)
	}
	n.log.Info("all components have ended", "after", since(begin))
}

func since(begin time.Time) string { return time.Since(begin).Round(time.Millisecond).String() }
