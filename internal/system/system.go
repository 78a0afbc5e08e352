// Package system knows both halves: it starts the parts of the estate and the
// platform, hands each its addresses and credentials, and is what the command
// calls. Nothing imports it but commands and end-to-end tests.
package system

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pronto-platform/pronto/internal/base/netclient"
	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/system/authority"
	"github.com/pronto-platform/pronto/internal/system/credentials"
	"github.com/pronto-platform/pronto/internal/system/machine"
	"github.com/pronto-platform/pronto/internal/system/process"
	"github.com/pronto-platform/pronto/internal/system/supervisor"
)

// Version is set by the linker.
var Version = "dev"

// ErrNotUp says that no platform runs on the state directory that was named.
var ErrNotUp = errors.New("the platform does not run; start it with: pronto up")

// Names of the processes, of their sockets and of their pid files.
const (
	procSupervisor = "supervisor"
	procPlatform   = "platform"
	procEdge       = "edge"
	procNode       = "node"
)

// LoadConfig is the configuration of a state directory: the defaults, over
// them what was saved there, over that the file (if one is named).
func LoadConfig(state, file string) (config.Config, error) {
	absolute, err := filepath.Abs(state)
	if err != nil {
		return config.Config{}, fmt.Errorf("state directory: %w", err)
	}
	cfg := config.Default()
	cfg.State = absolute
	if _, err := os.Stat(cfg.Path(config.FileName)); err == nil {
		if cfg, err = config.Load(cfg.Path(config.FileName), cfg); err != nil {
			return config.Config{}, err
		}
	}
	if file != "" {
		if cfg, err = config.Load(file, cfg); err != nil {
			return config.Config{}, err
		}
	}
	return cfg, nil
}

// existing is the configuration of a state directory that a platform has used.
func existing(state string) (config.Config, error) {
	if !Exists(state) {
		return config.Config{}, ErrNotUp
	}
	return LoadConfig(state, "")
}

// Exists reports whether a platform has used the state directory.
func Exists(state string) bool {
	_, err := os.Stat(filepath.Join(state, config.FileName))
	return err == nil
}

// PortalURL is the portal's address of a state directory that a platform has
// used; ErrNotUp for another.
func PortalURL(state string) (string, error) {
	cfg, err := existing(state)
	if err != nil {
		return "", err
	}
	return cfg.URL("portal").String(), nil
}

// ground is what every process of one platform stands on.
type ground struct {
	cfg   config.Config
	creds credentials.Set
	ca    authority.Authority
}

// prepare makes the state directory, the credentials and the authority, once.
func prepare(cfg config.Config) (ground, error) {
	for _, dir := range []string{"run", "log"} {
		if err := os.MkdirAll(cfg.Path(dir), 0o750); err != nil {
			return ground{}, fmt.Errorf("prepare the state directory: %w", err)
		}
	}
	creds, err := credentials.Ensure(cfg.State)
	if err != nil {
		return ground{}, err
	}
	ca, err := authority.Ensure(cfg.Path("ca"), cfg.Domain)
	if err != nil {
		return ground{}, err
	}
	return ground{cfg, creds, ca}, nil
}

// netclient reaches the platform's names at the edge.
func (g ground) netclient() netclient.Config {
	return netclient.Config{Domain: g.cfg.Domain, Edge: g.cfg.Edge.Address.String(), CA: g.ca.PEM}
}

// Client speaks to the portal as the administrator.
func Client(state string) (*client.Client, error) {
	cfg, err := existing(state)
	if err != nil {
		return nil, err
	}
	g, err := prepare(cfg)
	if err != nil {
		return nil, err
	}
	if !running(cfg, procEdge) {
		return nil, ErrNotUp
	}
	httpClient, err := netclient.New(g.netclient())
	if err != nil {
		return nil, err
	}
	return &client.Client{Base: cfg.URL("portal"), Token: g.creds.APIToken, HTTP: httpClient}, nil
}

func running(cfg config.Config, name string) bool {
	_, alive, err := process.Load(supervisor.PIDFile(cfg.Path("run"), name))
	return err == nil && alive
}

// Environment is what a shell needs so that kubectl, git, gh, curl and
// docker-style clients reach the platform.
func Environment(state string) (cli.Variables, error) {
	cfg, err := existing(state)
	if err != nil {
		return nil, err
	}
	g, err := prepare(cfg)
	if err != nil {
		return nil, err
	}
	docker, err := writeDockerConfig(g)
	if err != nil {
		return nil, err
	}
	vars := cli.Variables{
		{Name: "PRONTO_STATE", Value: cfg.State},
		{Name: "PRONTO_URL", Value: cfg.URL("portal").String()},
		{Name: "PRONTO_GIT", Value: cfg.URL("git").String()},
		{Name: "PRONTO_REGISTRY", Value: cfg.Authority("registry")},
		{Name: "PRONTO_TOKEN", Value: g.creds.APIToken.Reveal()},
		{Name: "PRONTO_CA", Value: g.ca.CertFile},
		{Name: "PRONTO_DNS", Value: cfg.DNSServer()},
		{Name: "KUBECONFIG", Value: kubeconfigPath(cfg)},
		{Name: "GH_HOST", Value: cfg.Authority("git")},
		{Name: "GH_ENTERPRISE_TOKEN", Value: g.creds.ForgeToken.Reveal()},
		{Name: "DOCKER_CONFIG", Value: docker},
	}
	trust, err := trustVariables(g)
	if err != nil {
		return nil, err
	}
	return append(append(vars, trust...), gitVariables(g)...), nil
}

// Diagnose looks at the machine and, when the platform should run, at it.
func Diagnose(ctx context.Context, state string) ([]machine.Finding, error) {
	cfg, err := LoadConfig(state, "")
	if err != nil {
		return nil, err
	}
	found := machine.Inspect(cfg, supervisor.Holds(cfg.Path("run"), procEdge))
	status, err := ReadStatus(ctx, state)
	if err != nil {
		return nil, err
	}
	for _, p := range status.Processes {
		if status.Up && !p.Running {
			found = append(found, machine.Finding{
				Subject: "process " + p.Name, Problem: "does not run",
				Remedy: "it is being restarted; if that goes on, read " + cfg.Path("log", p.Name+".log"),
			})
		}
	}
	return found, nil
}
