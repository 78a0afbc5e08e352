package system

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/system/control"
	"github.com/pronto-platform/pronto/internal/system/machine"
	"github.com/pronto-platform/pronto/internal/system/process"
	"github.com/pronto-platform/pronto/internal/system/supervisor"
)

// UpOptions are what `pronto up` takes beside the configuration.
type UpOptions struct {
	Detach bool
	Sample bool
}

// startTimeout is how long all parts together may take to be ready: a first
// start unpacks and pushes the base images, which needs most of it.
const startTimeout = 5 * time.Minute

// Up starts the platform: in the background with Detach, else until ctx is done.
func Up(ctx context.Context, cfg config.Config, opts UpOptions, out io.Writer) error {
	if running(cfg, procSupervisor) {
		fmt.Fprintf(out, "Pronto runs: %s\n", cfg.URL("portal"))
		return sample(ctx, cfg, opts, out)
	}
	if found := machine.Inspect(cfg, supervisor.Holds(cfg.Path("run"), procEdge)); len(found) > 0 {
		return machine.NotReady(found)
	}
	g, err := prepare(cfg)
	if err != nil {
		return err
	}
	if err := cfg.Save(); err != nil {
		return err
	}
	if opts.Detach {
		return detached(ctx, g, opts, out)
	}
	eg, ctx := errgroup.WithContext(ctx)
	eg.Go(func() error { return supervise(ctx, g) })
	eg.Go(func() error {
		if err := followParts(ctx, cfg, out); err != nil && ctx.Err() == nil {
			return err
		}
		return nil
	})
	return eg.Wait()
}

// detached starts the supervisor as a process of its own and waits until every part is ready.
func detached(ctx context.Context, g ground, opts UpOptions, out io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	began := time.Now()
	id, err := process.Spawn(g.cfg.Path("log", procSupervisor+".log"), []string{self, "up", "--state", g.cfg.State})
	if err != nil {
		return err
	}
	if err := waitParts(ctx, id, g.cfg, out); err != nil {
		return err
	}
	fmt.Fprintf(out, "all parts ready in %.1f s\n\n", time.Since(began).Seconds())
	if err := sample(ctx, g.cfg, opts, out); err != nil {
		return err
	}
	return greet(g, out)
}

// waitParts follows the parts until all are ready, the supervisor has ended, or it takes too long.
func waitParts(ctx context.Context, id process.Identity, cfg config.Config, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- id.Wait(ctx)
		cancel()
	}()
	err := followParts(ctx, cfg, out)
	if err == nil {
		// The parts may have been ready before it, adopted from one that was killed.
		err = until(ctx, func(context.Context) error { return supervised(cfg) })
	}
	if err == nil {
		return nil
	}
	logs := "read " + cfg.Path("log")
	select {
	case waitErr := <-ended:
		if waitErr == nil {
			return fmt.Errorf("the platform ended while it started: %s\n%s", logs, tail(cfg.Path("log", procSupervisor+".log")))
		}
	default:
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("not every part was ready within %s: %s", startTimeout, logs)
	}
	return err
}

func supervised(cfg config.Config) error {
	if !running(cfg, procSupervisor) {
		return errors.New("the supervisor has not begun yet")
	}
	return nil
}

// tail is the end of a log file, for an error message.
func tail(file string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	const limit = 2000
	return strings.TrimSpace(string(raw[max(0, len(raw)-limit):]))
}

// followParts prints each part of the edge and the platform as it gets ready.
func followParts(ctx context.Context, cfg config.Config, out io.Writer) error {
	eg, ctx := errgroup.WithContext(ctx)
	lines := make(chan control.Part)
	for _, name := range []string{procEdge, procPlatform} {
		eg.Go(func() error {
			return control.Follow(ctx, cfg.Socket(name), func(p control.Part) {
				select {
				case lines <- p:
				case <-ctx.Done():
				}
			})
		})
	}
	done := make(chan error, 1)
	go func() { done <- eg.Wait() }()
	for {
		select {
		case p := <-lines:
			fmt.Fprintf(out, "● %-10s %5.1f s\n", p.Name, float64(p.Milliseconds)/1000)
		case err := <-done:
			return err
		}
	}
}

// sampleName is the application that a first `make up` delivers.
const sampleName = "hello"

// sample delivers a first application through the API that the form uses.
func sample(ctx context.Context, cfg config.Config, opts UpOptions, out io.Writer) error {
	if !opts.Sample {
		return nil
	}
	c, err := Client(cfg.State)
	if err != nil {
		return err
	}
	apps, err := c.Apps(ctx)
	if err != nil || len(apps) > 0 {
		return err
	}
	values := map[string]any{"name": sampleName, "description": "A first application", "owner": "group:default/developers"}
	task, err := c.Create(ctx, "template:default/nodejs", values)
	if err != nil {
		return fmt.Errorf("deliver the first application: %w", err)
	}
	app, err := cli.Follow(ctx, c, sampleName, task, out, isTerminal(out))
	if err != nil {
		return fmt.Errorf("deliver the first application: %w", err)
	}
	if app.Delivery.Status != "live" {
		return fmt.Errorf("the first application did not go live: %s", app.Delivery.Reason)
	}
	fmt.Fprintf(out, "live in %.1f s  %s\n\n", app.Delivery.Seconds, app.URL)
	return nil
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(file.Fd()), unix.TCGETS)
	return err == nil
}

// greet says where the portal is and how to sign in. The passwords are shown
// at the first start only; afterwards they are in the credentials file.
func greet(g ground, out io.Writer) error {
	fmt.Fprintf(out, "portal    %s\n", g.cfg.URL("portal"))
	if !g.cfg.Identity.Embedded() {
		_, err := fmt.Fprintf(out, "sign in   at %s\n", g.cfg.Identity.Issuer)
		return err
	}
	shown := g.cfg.Path("run", "passwords-shown")
	if _, err := os.Stat(shown); err == nil {
		_, err := fmt.Fprintf(out, "sign in   with the passwords in %s\n", g.cfg.Path("credentials.json"))
		return err
	}
	fmt.Fprintf(out, "sign in   admin@%s      %s\n", g.cfg.Domain, g.creds.AdminPassword.Reveal())
	fmt.Fprintf(out, "          developer@%s  %s\n", g.cfg.Domain, g.creds.DeveloperPassword.Reveal())
	fmt.Fprintf(out, "          (shown once; kept in %s)\n", g.cfg.Path("credentials.json"))
	return os.WriteFile(shown, nil, 0o600)
}

// Down stops everything and takes back what was written outside the state
// directory; with purge it removes that too.
func Down(ctx context.Context, state string, purge bool, out io.Writer) error {
	cfg, err := existing(state)
	if errors.Is(err, ErrNotUp) {
		_, err := fmt.Fprintln(out, "Pronto does not run here.")
		return err
	}
	if err != nil {
		return err
	}
	began := time.Now()
	if err := supervisor.Stop(ctx, cfg.Path("run"), procSupervisor); err != nil {
		return err
	}
	// A supervisor that was killed earlier has left its processes to us.
	if err := stopAll(ctx, cfg); err != nil {
		return err
	}
	fmt.Fprintf(out, "stopped in %.1f s\n", time.Since(began).Seconds())
	if !purge {
		return nil
	}
	return removeState(ctx, cfg, out)
}

func removeState(ctx context.Context, cfg config.Config, out io.Writer) error {
	pem, err := os.ReadFile(cfg.Path("ca", "root.crt"))
	if err == nil {
		err = machine.Distrust(ctx, pem)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.RemoveAll(cfg.State); err != nil {
		return fmt.Errorf("remove the state directory: %w", err)
	}
	_, err = fmt.Fprintf(out, "removed %s\n", cfg.State)
	return err
}
