// Package dns is the platform's name server: CoreDNS with the zone of the
// domain on every listener, and for the pods the cluster's names and the
// machine's resolvers behind it.
//
// It answers from the records of the last run until the Kubernetes API says
// otherwise, and keeps answering while that is away.
package dns

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coredns/caddy"
	_ "github.com/coredns/coredns/plugin/bind" // plugins that the Corefile names
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"
)

// Listener is one address that is served over UDP and TCP.
type Listener struct {
	Addr      string     // host:port; the host is an IP address
	Answer    netip.Addr // what the zone's names resolve to for those who ask here
	Recursive bool       // also cluster names and everything else; otherwise those are REFUSED
}

// Config is what a Server needs.
type Config struct {
	Dir           string // state: records.json; made with mode 0700
	Domain        string // the zone
	Listeners     []Listener
	SystemHosts   []string // the platform's own names in the zone
	ClusterDomain string   // "" is cluster.local
	Upstream      string   // a resolv.conf; "" is /etc/resolv.conf
	Classes       []string // Ingress classes whose hosts get records; nil is pronto and alb
	OwnerID       string   // marks our records; "" is pronto
	// Static are addresses by the labels below the domain that have them.
	Static map[string]netip.Addr

	// Kubernetes returns the API server's configuration, blocking until there
	// is one. nil: the zone is that of the last run.
	Kubernetes func(context.Context) (*rest.Config, error)
	// Kubeconfig is the file that CoreDNS's kubernetes plugin reads once
	// Kubernetes has returned; "" serves no cluster names.
	Kubeconfig string

	Logger *slog.Logger
}

// Server is the name server.
type Server struct {
	cfg   Config
	id    string
	log   *slog.Logger
	zone  atomic.Pointer[content]
	saved bool // the zone in force is on disk; the controller's
}

var lastID atomic.Int64

// New checks the configuration and loads the zone of the last run.
func New(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	if err := prepare(); err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	last, err := load(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("dns: %w", err) // ownership must not be lost on doubt
	}
	configured(last.Records, cfg.Domain, cfg.Static)
	s := &Server{cfg: cfg, id: strconv.FormatInt(lastID.Add(1), 10), log: cfg.Logger, saved: true}
	s.zone.Store(&content{domain: cfg.Domain, serial: last.Serial, system: s.system(), records: last.Records})
	return s, nil
}

func (c Config) withDefaults() Config {
	c.Domain = strings.ToLower(strings.TrimSuffix(c.Domain, "."))
	c.ClusterDomain = orDefault(c.ClusterDomain, "cluster.local")
	c.Upstream = orDefault(c.Upstream, "/etc/resolv.conf")
	c.OwnerID = orDefault(c.OwnerID, "pronto")
	if c.Classes == nil {
		c.Classes = []string{"pronto", "alb"}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

func orDefault(value, unset string) string {
	if value == "" {
		return unset
	}
	return value
}

func (c Config) validate() error {
	switch {
	case c.Dir == "":
		return errors.New("no Dir: name a directory for the state")
	case c.Domain == "":
		return errors.New("no Domain: name the zone")
	case len(c.Listeners) == 0:
		return errors.New("no Listeners: name at least one address")
	}
	for _, listener := range c.Listeners {
		if _, err := netip.ParseAddrPort(listener.Addr); err != nil {
			return fmt.Errorf("listener %q is not an IP address with a port: %w", listener.Addr, err)
		}
		if !listener.Answer.IsValid() {
			return fmt.Errorf("listener %s has no Answer address", listener.Addr)
		}
	}
	return nil
}

func (s *Server) system() map[string]bool {
	hosts := map[string]bool{}
	for _, host := range s.cfg.SystemHosts {
		hosts[strings.ToLower(strings.TrimSuffix(host, "."))] = true
	}
	return hosts
}

// Name implements part.Part.
func (s *Server) Name() string { return "dns" }

// Run serves until ctx is done. It is ready once it listens, whether or not
// the API server is there.
func (s *Server) Run(ctx context.Context, ready func()) error {
	running.Store(s.id, s)
	defer running.Delete(s.id)
	current := s.setup("")
	instance, err := caddy.Start(input(current))
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addresses(s.cfg.Listeners), err)
	}
	ready()
	cluster := make(chan *rest.Config, 1)
	group, ctx := errgroup.WithContext(ctx)
	if s.cfg.Kubernetes != nil {
		group.Go(func() error { return s.control(ctx, cluster) })
	}
	group.Go(func() error {
		instance = s.follow(ctx, instance, current, cluster)
		return nil
	})
	err = group.Wait()
	return errors.Join(err, stop(instance))
}

// followEvery is how often the machine's resolvers are read again: a laptop
// changes its network.
const followEvery = 10 * time.Second

// follow restarts CoreDNS in place, on the same sockets, when the cluster's
// names can be served and when the machine's resolvers change. A failed
// restart leaves the old one serving and is tried again.
func (s *Server) follow(ctx context.Context, instance *caddy.Instance, current setup, cluster <-chan *rest.Config) *caddy.Instance {
	kubeconfig := ""
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return instance
		case <-cluster:
			kubeconfig = s.cfg.Kubeconfig
		case <-ticker.C:
		}
		next := s.setup(kubeconfig)
		if corefile(next) == corefile(current) {
			continue
		}
		restarted, err := instance.Restart(input(next))
		if err != nil {
			s.log.Warn("the name server keeps its old set-up", "error", err)
			continue
		}
		instance, current = restarted, next
	}
}

func (s *Server) setup(kubeconfig string) setup {
	upstreams, err := resolvers(s.cfg.Upstream, s.cfg.Listeners)
	if err != nil {
		s.log.Warn("names outside the platform are not resolved", "error", err)
	}
	return setup{
		id: s.id, domain: s.cfg.Domain, cluster: s.cfg.ClusterDomain, kubeconfig: kubeconfig,
		listeners: s.cfg.Listeners, upstreams: upstreams,
	}
}

func input(s setup) caddy.Input {
	return caddy.CaddyfileInput{Filepath: "Corefile", Contents: []byte(corefile(s)), ServerTypeName: "dns"}
}

func stop(instance *caddy.Instance) error {
	err := errors.Join(slices.Concat(instance.ShutdownCallbacks(), []error{instance.Stop()})...)
	instance.Wait()
	if err != nil {
		return fmt.Errorf("stop CoreDNS: %w", err)
	}
	return nil
}

func addresses(listeners []Listener) string {
	var all []string
	for _, listener := range listeners {
		all = append(all, listener.Addr)
	}
	return strings.Join(all, ", ")
}
