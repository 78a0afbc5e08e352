package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pronto-platform/pronto/test/platform"
)

// Where the pods of kwok nodes have their addresses, and what listens there.
const (
	kwokPods     = "10.77.0.1/16"
	kwokRoute    = "10.77.0.0/16"
	kwokPort     = "3000"
	kwokNodePods = 250 // as test/bench/testdata/kwok/node.yaml says
)

// crowd are nodes that kwok plays, and one server that answers in place of all
// their pods, at each one's address.
type crowd struct {
	p      *platform.Platform
	kwok   *exec.Cmd
	server *http.Server
	routed bool

	serving errgroup.Group
}

// gather begins with room for so many pods.
func gather(ctx context.Context, p *platform.Platform, dir string, pods int) (*crowd, error) {
	c := &crowd{p: p}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", ":"+kwokPort)
	if err != nil {
		return c, err
	}
	c.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("here\n")) // the one that asked has gone
	})}
	c.serving.Go(func() error { return c.server.Serve(listener) })
	if _, err := p.Tool(ctx, "", "ip", "route", "add", "local", kwokRoute, "dev", "lo"); err != nil {
		return c, err
	}
	c.routed = true
	return c, errors.Join(c.play(ctx, dir), c.nodes(ctx, dir, (pods+kwokNodePods-1)/kwokNodePods))
}

func (c *crowd) play(ctx context.Context, dir string) error {
	args := []string{"--kubeconfig", c.p.Env["KUBECONFIG"], "--cidr", kwokPods,
		"--manage-nodes-with-annotation-selector", "kwok.x-k8s.io/node=fake", "--node-lease-duration-seconds", "40"}
	stages, err := stages(ctx)
	if err != nil {
		return err
	}
	for _, stage := range stages {
		args = append(args, "--config", stage)
	}
	log, err := os.Create(filepath.Join(dir, "kwok.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	// It outlives the context: what it plays must stay until it is sent away.
	c.kwok = c.p.ToolCommand(context.WithoutCancel(ctx), "kwok", args...)
	c.kwok.Stdout, c.kwok.Stderr = log, log
	return c.kwok.Start()
}

// stages are kwok's own descriptions of what nodes and pods go through, in the
// source that the program is built from.
func stages(ctx context.Context) ([]string, error) {
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok")
	list.Dir = filepath.Join(platform.Root(), "tools", "kwok")
	dir, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("find kwok's source: %w", err)
	}
	var files []string
	for _, pattern := range []string{"node/fast", "node/heartbeat-with-lease", "pod/fast"} {
		found, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "kustomize", "stage", pattern, "*-*.yaml"))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("kwok has no stages of %s in %s", pattern, dir)
		}
		files = append(files, found...)
	}
	return files, nil
}

func (c *crowd) nodes(ctx context.Context, dir string, count int) error {
	text, err := os.ReadFile(filepath.Join(platform.Root(), "test", "bench", "testdata", "kwok", "node.yaml"))
	if err != nil {
		return err
	}
	for n := range count {
		name := fmt.Sprintf("kwok%d", n)
		file := filepath.Join(dir, name+".yaml")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "NAME", name)), 0o600); err != nil {
			return err
		}
		if _, err := c.p.Kubectl(ctx, "apply", "-f", file); err != nil {
			return err
		}
		if _, err := c.p.Kubectl(ctx, "wait", "node/"+name, "--for=condition=Ready", "--timeout=60s"); err != nil {
			return err
		}
	}
	return nil
}

// disperse ends everything.
func (c *crowd) disperse(ctx context.Context) error {
	var errs []error
	if c.kwok != nil && c.kwok.Process != nil {
		errs = append(errs, c.kwok.Process.Signal(syscall.SIGTERM))
		_ = c.kwok.Wait() // the signal's status says nothing
	}
	if c.routed {
		_, err := c.p.Tool(ctx, "", "ip", "route", "del", "local", kwokRoute, "dev", "lo")
		errs = append(errs, err)
	}
	if c.server != nil {
		errs = append(errs, c.server.Close())
		if err := c.serving.Wait(); !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
