// Command pronto-preflight looks at the machine before anything is built: it
// reports everything that is missing or in the way at once, and installs the
// Debian packages among it when asked to. `make up` runs it first, so it
// compiles in seconds and needs nothing but Go.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/system/machine"
	"github.com/pronto-platform/pronto/internal/system/supervisor"
)

func main() {
	cfg := config.Default()
	install := flag.Bool("install", false, "install missing Debian packages with apt-get")
	build := flag.Bool("build-only", false, "look only at what building and testing need, not at ports")
	flag.StringVar(&cfg.State, "state", stateFromEnv(cfg.State), "state directory")
	flag.Parse()
	if err := run(context.Background(), cfg, *install, *build); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func stateFromEnv(fallback string) string {
	if state := os.Getenv("PRONTO_STATE"); state != "" {
		return state
	}
	return fallback
}

func run(ctx context.Context, cfg config.Config, install, buildOnly bool) error {
	found := inspect(cfg, buildOnly)
	packages := packagesOf(found)
	if install && len(packages) > 0 && os.Geteuid() == 0 {
		if err := aptInstall(ctx, packages); err != nil {
			return err
		}
		found = inspect(cfg, buildOnly)
	}
	if len(found) == 0 {
		fmt.Println("machine   ready")
		return nil
	}
	return machine.NotReady(found)
}

func inspect(cfg config.Config, buildOnly bool) []machine.Finding {
	found := machine.Inspect(cfg, supervisor.Holds(cfg.Path("run"), "edge"))
	if buildOnly {
		found = slices.DeleteFunc(found, func(f machine.Finding) bool { return strings.HasPrefix(f.Subject, "port ") })
	}
	return found
}

func packagesOf(found []machine.Finding) []string {
	var packages []string
	for _, f := range found {
		if f.Package != "" && !slices.Contains(packages, f.Package) {
			packages = append(packages, f.Package)
		}
	}
	return packages
}

func aptInstall(ctx context.Context, packages []string) error {
	fmt.Println("packages  installing", strings.Join(packages, " "))
	for _, args := range [][]string{{"update", "-qq"}, append([]string{"install", "-y", "-qq", "--no-install-recommends"}, packages...)} {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}
