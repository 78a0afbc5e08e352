// Package edge is the way into the platform: one HTTPS server on Caddy that
// gives the system's own hosts to their sockets and each host of an Ingress to
// its ready pods, with a certificate of the platform's authority for each.
//
// It keeps serving while the platform's process and the Kubernetes API are
// away: the routing table is held in memory, kept on disk, and only ever
// replaced by what the API server positively says.
package edge

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/caddyserver/caddy/v2"
	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/headers" // Caddy modules that the configuration names
	_ "github.com/caddyserver/caddy/v2/modules/caddypki"
	_ "github.com/caddyserver/caddy/v2/modules/caddytls"
	_ "github.com/caddyserver/caddy/v2/modules/caddytls/standardstek"
	_ "github.com/caddyserver/caddy/v2/modules/filestorage"
	_ "github.com/caddyserver/caddy/v2/modules/logging"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"
)

// CARoot names the PEM files of the platform's root authority. The root signs
// the edge's intermediate, so it must allow one intermediate below it.
type CARoot struct {
	CertFile, KeyFile string
}

// Config is what an Edge needs.
type Config struct {
	Dir        string   // state: routes.json and Caddy's storage; made with mode 0700
	Domain     string   // hosts of Ingresses are this domain or below it
	Listen     []string // HTTPS addresses, e.g. 127.0.0.1:443
	ListenHTTP []string // addresses that redirect to HTTPS; may be empty
	HTTPSPort  int      // port in redirects; 0 is 443
	CARoot     CARoot
	System     map[string]string // host -> unix socket path
	Classes    []string          // served Ingress classes; nil is pronto and alb

	// Kubernetes returns the API server's configuration, blocking until there
	// is one. nil: the edge serves the system's hosts and the last table.
	Kubernetes func(context.Context) (*rest.Config, error)

	// What the edge writes into status.loadBalancer of the Ingresses it
	// serves; the host name wins. Both empty: 127.0.0.1.
	PublicHostname, PublicIP string

	Logger *slog.Logger
}

// Edge is one HTTPS server. Caddy is one per process, so only one Edge can run
// at a time.
type Edge struct {
	cfg    Config
	id     string
	log    *slog.Logger
	roots  *x509.CertPool
	config []byte
	table  atomic.Pointer[Table]
	picker *picker
	saved  bool // the table in force is on disk; the controller's
}

var lastID atomic.Int64

// New checks the configuration and loads the table of the last run.
func New(cfg Config) (*Edge, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	root, fingerprint, err := loadRoot(cfg.CARoot.CertFile)
	if err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	e := &Edge{cfg: cfg, id: strconv.FormatInt(lastID.Add(1), 10), log: cfg.Logger, roots: root, picker: newPicker(), saved: true}
	// The storage is the root's: certificates of an older root are not found.
	if e.config, err = caddyConfig(cfg, e.id, filepath.Join(cfg.Dir, "caddy-"+fingerprint)); err != nil {
		return nil, fmt.Errorf("edge: %w", err)
	}
	table, err := loadTable(cfg.Dir)
	if err != nil {
		e.log.Warn("the last routing table is lost; routes come back with the API server", "error", err)
		table, e.saved = &Table{Hosts: map[string][]Route{}}, false
	}
	e.table.Store(table)
	return e, nil
}

func (c Config) withDefaults() Config {
	if c.HTTPSPort == 0 {
		c.HTTPSPort = 443
	}
	if c.Classes == nil {
		c.Classes = []string{"pronto", "alb"}
	}
	if c.PublicHostname == "" && c.PublicIP == "" {
		c.PublicIP = "127.0.0.1"
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

func (c Config) validate() error {
	switch {
	case c.Dir == "":
		return errors.New("no Dir: name a directory for the state")
	case c.Domain == "":
		return errors.New("no Domain: name the domain of the applications")
	case len(c.Listen) == 0:
		return errors.New("no Listen: name at least one HTTPS address")
	}
	return nil
}

// loadRoot reads the root's certificate and a short name of its content.
func loadRoot(path string) (*x509.CertPool, string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("read the root certificate: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, "", fmt.Errorf("read the root certificate: no PEM in %s", path)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, "", fmt.Errorf("read the root certificate %s: %w", path, err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	sum := sha256.Sum256(certificate.Raw)
	return pool, hex.EncodeToString(sum[:6]), nil
}

// Name implements part.Part.
func (e *Edge) Name() string { return "edge" }

// oneCaddy guards Caddy's process-wide state.
var oneCaddy sync.Mutex

// Run serves until ctx is done. It is ready once it listens, whether or not
// the API server is there.
func (e *Edge) Run(ctx context.Context, ready func()) error {
	oneCaddy.Lock()
	defer oneCaddy.Unlock()
	running.Store(e.id, e)
	defer running.Delete(e.id)
	if err := caddy.Load(e.config, true); err != nil {
		return fmt.Errorf("listen on %v: %w", append(slices.Clone(e.cfg.Listen), e.cfg.ListenHTTP...), err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		e.warm(ctx, append(systemHosts(e.cfg.System), tableHosts(e.table.Load())...))
		ready()
		return nil
	})
	if e.cfg.Kubernetes != nil {
		group.Go(func() error { return e.control(ctx) })
	}
	group.Go(func() error { <-ctx.Done(); return nil })
	err := group.Wait()
	return errors.Join(err, stopCaddy())
}

func stopCaddy() error {
	if err := caddy.Stop(); err != nil {
		return fmt.Errorf("stop Caddy: %w", err)
	}
	return nil
}

// systemSocket is the socket of one of the system's own hosts.
func (e *Edge) systemSocket(host string) (string, bool) {
	socket, ok := e.cfg.System[normalHost(host)]
	return socket, ok
}

func systemHosts(system map[string]string) []string {
	hosts := make([]string, 0, len(system))
	for host := range system {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return hosts
}
