package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/estate/cluster"
	"github.com/pronto-platform/pronto/internal/system/machine"
	"github.com/pronto-platform/pronto/internal/system/process"
	"github.com/pronto-platform/pronto/internal/system/supervisor"
)

// supervise is the supervisor's process: one per state directory.
func supervise(ctx context.Context, g ground) error {
	unlock, err := lock(g.cfg.Path("run", "supervisor.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	self, err := process.Of(os.Getpid())
	if err != nil {
		return err
	}
	if err := self.Save(supervisor.PIDFile(g.cfg.Path("run"), procSupervisor)); err != nil {
		return err
	}
	if err := enter(ctx, g); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	processes, err := processes(g, log)
	if err != nil {
		return err
	}
	s := &supervisor.Supervisor{Dir: g.cfg.Path("run"), Processes: processes, Logger: log}
	err = s.Run(ctx)
	return errors.Join(err, leave(context.WithoutCancel(ctx), g.cfg))
}

// lock holds a file lock for as long as the process lives.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the state directory: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(errors.New("another supervisor holds this state directory"), file.Close())
	}
	return func() { _ = file.Close() }, nil // closing ends the lock
}

// enter writes what stands outside the state directory: network, names, trust.
func enter(ctx context.Context, g ground) error {
	if g.cfg.Embedded() {
		node, err := nodeConfig(g, slog.Default())
		if err != nil {
			return err
		}
		if err := cluster.EnsureNetwork(ctx, node); err != nil {
			return err
		}
	}
	if err := machine.SetHosts(machine.HostsFile, g.cfg.State, g.cfg.Edge.Address, g.cfg.SystemNames()); err != nil {
		return err
	}
	if !g.cfg.Trust {
		return nil
	}
	return machine.Trust(ctx, g.ca.PEM)
}

// leave takes back what enter wrote, but for the trust, which stays with the state.
func leave(ctx context.Context, cfg config.Config) error {
	var errs []error
	if cfg.Embedded() {
		errs = append(errs, cluster.Remove(ctx, cluster.Config{Dir: nodeDir(cfg), Bridge: cfg.Node.Bridge,
			Gateway: cfg.Node.Gateway, NodeIP: cfg.Node.Address, PodCIDR: cfg.Node.Pods, ServiceCIDR: cfg.Node.Services}))
	}
	return errors.Join(append(errs, machine.SetHosts(machine.HostsFile, cfg.State, cfg.Edge.Address, nil))...)
}

// stopAll ends the processes that a killed supervisor left, and leaves.
func stopAll(ctx context.Context, cfg config.Config) error {
	err := supervisor.Stop(ctx, cfg.Path("run"), procPlatform, procEdge, procNode)
	return errors.Join(err, leave(ctx, cfg))
}

// collect is how far the heap of a process grows before it is collected,
// whatever the shell that started the platform says: half as many collections
// as by default, within the memory that the README states.
const collect = "GOGC=200"

// processes are the three that the system consists of; with a cluster that is
// given, two.
func processes(g ground, log *slog.Logger) ([]supervisor.Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	own := func(name string) supervisor.Process {
		return supervisor.Process{Name: name, Start: func(context.Context) (process.Identity, error) {
			return process.Spawn(g.cfg.Path("log", name+".log"), []string{self, name, "--state", g.cfg.State}, collect)
		}}
	}
	list := []supervisor.Process{own(procEdge), own(procPlatform)}
	if !g.cfg.Embedded() {
		return list, nil
	}
	node, err := nodeConfig(g, log)
	if err != nil {
		return nil, err
	}
	return append(list, supervisor.Process{Name: procNode, Start: func(ctx context.Context) (process.Identity, error) {
		return startNode(ctx, node)
	}}), nil
}

func startNode(ctx context.Context, node cluster.Config) (process.Identity, error) {
	if err := cluster.EnsureNetwork(ctx, node); err != nil {
		return process.Identity{}, err
	}
	pid, _, err := cluster.Start(ctx, node)
	if err != nil {
		return process.Identity{}, err
	}
	return process.Of(pid)
}

// binary is a program that is built beside this one.
func binary(name string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	return filepath.Join(filepath.Dir(self), name), nil
}
