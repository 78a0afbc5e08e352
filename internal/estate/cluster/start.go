package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// namespaces are those a node has of its own.
const namespaces = syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC

// Start starts the node as PID 1 of its own namespaces and returns its process
// id as this machine sees it. The node outlives the caller; ended is
// closed when it ends while the caller still lives. EnsureNetwork comes
// before, Wait after.
func Start(ctx context.Context, cfg Config) (pid int, ended <-chan struct{}, err error) {
	cfg, err = cfg.withDefaults()
	if err != nil {
		return 0, nil, err
	}
	if err := ctx.Err(); err != nil {
		return 0, nil, err
	}
	// The kubelet takes seconds over each group of a container that is dead.
	if err := removeCgroups(ctx, cgroupRoot(cfg)); err != nil {
		return 0, nil, fmt.Errorf("cluster: control groups of the last run: %w", err)
	}
	file, err := writeNodeConfig(cfg)
	if err != nil {
		return 0, nil, fmt.Errorf("cluster: node configuration: %w", err)
	}
	cmd, permit, err := launch(cfg, file)
	if err != nil {
		return 0, nil, fmt.Errorf("cluster: start node: %w", err)
	}
	pid = cmd.Process.Pid
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := cmd.Wait()
		cfg.Logger.Info("node ended", "pid", pid, "reason", reason(err))
	}()
	if err := admit(cfg, pid, permit); err != nil {
		return 0, nil, errors.Join(fmt.Errorf("cluster: connect node: %w", err), kill(cmd, done))
	}
	cfg.Logger.Info("node started", "pid", pid)
	return pid, done, nil
}

// launch clones the node. It waits, without a network, for a byte on permit.
func launch(cfg Config, file string) (cmd *exec.Cmd, permit *os.File, err error) {
	output, err := os.OpenFile(filepath.Join(cfg.Dir, nodeLog), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	defer output.Close()
	read, permit, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer read.Close()
	// No Pdeathsig either.
	cmd = exec.Command(cfg.NodeBinary, "init", "--config", file) //nolint:noctx // the node must survive this process
	cmd.Stdout, cmd.Stderr = output, output
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{read}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces, Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, nil, errors.Join(err, permit.Close())
	}
	return cmd, permit, nil
}

// admit connects the node and lets it go on. Closing permit unused ends it.
func admit(cfg Config, pid int, permit *os.File) error {
	if err := connect(cfg, pid); err != nil {
		return errors.Join(err, permit.Close())
	}
	_, err := permit.Write([]byte{1})
	return errors.Join(err, permit.Close())
}

func kill(cmd *exec.Cmd, done <-chan struct{}) error {
	err := cmd.Process.Kill()
	<-done
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

func reason(err error) string {
	if err == nil {
		return "stopped"
	}
	return err.Error()
}
