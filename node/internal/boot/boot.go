// Package boot is the life of a node: it prepares its namespaces, starts its
// components in order of need, and stops them.
package boot

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
	"github.com/pronto-platform/pronto/node/internal/pki"
	"github.com/pronto-platform/pronto/node/internal/render"
	"github.com/pronto-platform/pronto/node/internal/sandbox"
	"github.com/pronto-platform/pronto/node/internal/supervise"
)

// startLimit bounds the wait for a component; PID 1 ends when it is exceeded,
// and the host starts the node again.
const startLimit = 2 * time.Minute

// shim is containerd's own program, built beside the node binary. It is no
// part of it: each pod has one, so it must be small, and it would load the
// plugins that containerd registers in the same program.
const shim = "containerd-shim-runc-v2"

// Node is a node being started or running.
type Node struct {
	cfg    nodeconf.Config
	log    *slog.Logger
	self   string
	keeper *supervise.Supervisor
}

// Run is a node's whole life. It waits on permission for the host to have
// connected the network, and returns nil once ctx is done and all has stopped.
func Run(ctx context.Context, cfg nodeconf.Config, permission io.Reader, log *slog.Logger) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := prepare(cfg, self); err != nil {
		return err
	}
	if err := await(permission); err != nil {
		return err
	}
	if err := sandbox.Network(cfg, log); err != nil {
		return err
	}
	reaper := supervise.NewReaper()
	go reaper.Run(context.WithoutCancel(ctx)) // until the process ends
	node := &Node{cfg: cfg, log: log, self: self, keeper: supervise.New(log, reaper, cfg.Path("log"))}
	err = node.start(ctx)
	if err == nil {
		<-ctx.Done()
	}
	node.stop()
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// prepare does all that needs no network.
func prepare(cfg nodeconf.Config, self string) error {
	if _, err := os.Stat(filepath.Join(filepath.Dir(self), shim)); err != nil {
		return fmt.Errorf("%s must lie beside %s: %w", shim, self, err)
	}
	if err := directories(cfg); err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	if err := pki.Ensure(cfg); err != nil {
		return err
	}
	files, err := render.Files(cfg)
	if err != nil {
		return err
	}
	kubeconfigs, err := render.Kubeconfigs(cfg)
	if err != nil {
		return err
	}
	credentials, err := render.BuildkitCredentials(cfg)
	if err != nil {
		return err
	}
	if err := render.Write(cfg.Dir, append(append(files, kubeconfigs...), credentials...)); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	if err := sandbox.Mounts(cfg); err != nil {
		return err
	}
	if err := sandbox.Cgroups(cfg.CgroupRoot); err != nil {
		return err
	}
	return environment(cfg, filepath.Dir(self))
}

func directories(cfg nodeconf.Config) error {
	for _, name := range []string{"log", "etcd", "containerd", "kubelet/volume-plugins", "buildkitd", "var-log", "config/registries"} {
		if err := os.MkdirAll(cfg.Path(name), 0o700); err != nil {
			return err
		}
	}
	// Traversed by the users that containers run as.
	for _, name := range []string{".", "kubelet", "containerd", "var-log"} {
		if err := os.Chmod(cfg.Path(name), 0o711); err != nil {
			return err
		}
	}
	return nil
}

// environment is what every component inherits.
func environment(cfg nodeconf.Config, programs string) error {
	path := programs + ":" + filepath.Dir(cfg.Runc) + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	for name, value := range map[string]string{"PATH": path, "HOME": "/root", "TMPDIR": "/tmp"} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return err
	}
	files.Cur = files.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files)
}

// await reads the one byte that the host sends. An end without it means that
// the host died half-way: a node without a network is of no use.
func await(permission io.Reader) error {
	if _, err := io.ReadFull(permission, make([]byte, 1)); err != nil {
		return fmt.Errorf("wait for the host to connect the network: %w", err)
	}
	return nil
}

// start returns when every component has been started and the ones that
// others need answer.
func (n *Node) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	begin := time.Now()
	if n.cfg.BuildkitdBinary != "" {
		n.keep(render.Buildkitd(n.cfg))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.startControlPlane(ctx, begin) })
	group.Go(func() error { return n.startRuntime(ctx, begin) })
	if err := group.Wait(); err != nil {
		return err
	}
	n.keep(render.Kubelet(n.cfg))
	n.log.Info("all components are started", "after", since(begin))
	return nil
}

func (n *Node) startControlPlane(ctx context.Context, begin time.Time) error {
	probes, err := newProbes(n.cfg)
	if err != nil {
		return err
	}
	n.keep(render.Etcd(n.cfg))
	if err := probes.etcd(ctx); err != nil {
		return err
	}
	n.log.Info("etcd is ready", "after", since(begin))
	n.keep(render.APIServer(n.cfg))
	if err := probes.apiServer(ctx); err != nil {
		return err
	}
	n.log.Info("API server is ready", "after", since(begin))
	n.keep(render.ControllerManager(n.cfg))
	n.keep(render.Scheduler(n.cfg))
	n.keep(render.KubeProxy(n.cfg))
	return nil
}
