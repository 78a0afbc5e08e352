// Package platform starts a whole Pronto for a test: from the built binaries,
// on a state directory, a domain, ports and a network of its own, so that one
// that runs on the machine already is not disturbed.
package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pronto-platform/pronto/internal/base/netclient"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/client"
)

// Addresses of a test's platform; none is a default's.
const (
	Domain    = "e2e.localhost"
	Edge      = "127.0.0.1"
	HTTPSPort = "8543"
	HTTPPort  = "8580"
	DNS       = "127.0.0.1:5399"
	Bridge    = "prontotest"
	Gateway   = "10.74.0.1"
	NodeIP    = "10.74.0.2"
	Pods      = "10.75.0.0/16"
	Services  = "10.76.0.0/16"
	TakenName = "taken1" // that the zone has for another address
)

const configuration = `
domain: ` + Domain + `
trust: false
edge: {address: ` + Edge + `, httpsPort: ` + HTTPSPort + `, httpPort: ` + HTTPPort + `}
dns: {port: 5399, records: [{name: ` + TakenName + `, address: 192.0.2.7}]}
node: {bridge: ` + Bridge + `, gateway: ` + Gateway + `/24, address: ` + NodeIP + `, pods: ` + Pods + `, services: ` + Services + `}
`

// Platform is a running Pronto.
type Platform struct {
	Root  string // of the repository
	State string
	Env   map[string]string // what `pronto env` says
	CA    []byte            // PEM of the platform's own authority
	HTTP  *http.Client      // dials the edge, trusts the platform's authority only
	API   *client.Client    // the portal, as its administrator
}

// programs are the built binaries without which there is nothing to test.
var programs = []string{"pronto", "pronto-node", "pronto-buildkitd", "pronto-pause", "pronto-runner", "containerd-shim-runc-v2", "crane"}

// Root is the repository's directory.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// bin is the directory of the built binaries: the repository's, or the one
// that PRONTO_BIN names, so that a build meanwhile does not disturb a test.
func bin(name string) string {
	dir := os.Getenv("PRONTO_BIN")
	if dir == "" {
		dir = filepath.Join(Root(), "bin")
	}
	return filepath.Join(dir, name)
}

// Missing says what a test of the whole platform lacks on this machine, all of
// it at once, with the remedy; nil when nothing does.
func Missing() error {
	var problems []error
	if os.Geteuid() != 0 {
		problems = append(problems, errors.New("not root: namespaces, mounts and links need it; use sudo -E make test"))
	}
	for _, name := range programs {
		if !exists(bin(name)) {
			problems = append(problems, fmt.Errorf("%s is missing: `make build` makes it (crane: hack/tools)", bin(name)))
		}
	}
	return errors.Join(problems...)
}

// Start brings a platform up and returns when all its parts are ready. Settings
// are further lines of its configuration. What is returned beside an error must
// be stopped too, unless it is nil.
func Start(ctx context.Context, log io.Writer, settings ...string) (*Platform, error) {
	if err := Missing(); err != nil {
		return nil, err
	}
	state, err := os.MkdirTemp("", "pronto-e2e-")
	if err != nil {
		return nil, err
	}
	p := &Platform{Root: Root(), State: state}
	if err := os.WriteFile(p.Path("test.yaml"), []byte(configuration+strings.Join(settings, "\n")), 0o600); err != nil {
		return p, err
	}
	if err := p.Up(ctx, log); err != nil {
		return p, fmt.Errorf("pronto up: %w", err)
	}
	if err := p.readEnvironment(ctx); err != nil {
		return p, err
	}
	return p, p.makeClients()
}

// Up starts the processes on the state directory; the first time and again.
func (p *Platform) Up(ctx context.Context, log io.Writer) error {
	cmd := p.command(ctx, "up", "--config", p.Path("test.yaml"), "--detach")
	cmd.Stdout, cmd.Stderr = log, log
	return cmd.Run()
}

// Stop takes everything away, the state directory too; that stays where the
// platform could not be stopped, for another try.
func (p *Platform) Stop(ctx context.Context) error {
	if _, err := p.Run(ctx, "down", "--purge"); err != nil {
		return err
	}
	return os.RemoveAll(p.State)
}

// Path joins names to the state directory.
func (p *Platform) Path(names ...string) string {
	return filepath.Join(append([]string{p.State}, names...)...)
}

func (p *Platform) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, bin("pronto"), append(args, "--state", p.State)...)
}

// Run executes pronto and returns its standard output.
func (p *Platform) Run(ctx context.Context, args ...string) (string, error) {
	return output(p.command(ctx, args...))
}

func (p *Platform) readEnvironment(ctx context.Context) error {
	raw, err := p.Run(ctx, "env", "-o", "json")
	if err != nil {
		return fmt.Errorf("pronto env: %w", err)
	}
	return json.Unmarshal([]byte(raw), &p.Env)
}

func (p *Platform) makeClients() (err error) {
	if p.CA, err = os.ReadFile(p.Env["PRONTO_CA"]); err != nil {
		return err
	}
	if p.HTTP, err = p.newHTTP(); err != nil {
		return err
	}
	base, err := url.Parse(p.Env["PRONTO_URL"])
	if err != nil {
		return err
	}
	api, err := p.newHTTP()
	if err != nil {
		return err
	}
	p.API = &client.Client{Base: base, Token: secret.New(p.Env["PRONTO_TOKEN"]), HTTP: api}
	return nil
}

// newHTTP is a visitor: it verifies the chain up to the platform's authority
// and nothing else, and reaches every name at the edge.
func (p *Platform) newHTTP() (*http.Client, error) {
	pool, err := certificates(p.CA)
	if err != nil {
		return nil, err
	}
	return netclient.New(netclient.Config{Domain: Domain, Edge: Edge, Pool: pool})
}

// URL is the address of an application or a system host.
func (p *Platform) URL(name string) string {
	return "https://" + Authority(name)
}

// Authority is host and port of an application or a system host.
func Authority(name string) string { return name + "." + Domain + ":" + HTTPSPort }

// AdminPassword is what `pronto up` showed at the first start.
func (p *Platform) AdminPassword() (string, error) {
	raw, err := os.ReadFile(p.Path("credentials.json"))
	if err != nil {
		return "", err
	}
	var stored struct {
		AdminPassword string `json:"adminPassword"`
	}
	if err := json.Unmarshal(raw, &stored); err != nil {
		return "", err
	}
	return strings.TrimSpace(stored.AdminPassword), nil
}
