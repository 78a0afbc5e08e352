package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/estate/dns"
	"github.com/pronto-platform/pronto/internal/estate/edge"
	"github.com/pronto-platform/pronto/internal/system/control"
)

// dnsPort is where pods ask: their resolv.conf cannot name another.
const dnsPort = 53

// RunEdge is the data plane's process: edge and dns. It needs nothing of the
// platform's process, so that applications answer while that one is away.
func RunEdge(ctx context.Context, state string) error {
	cfg, err := existing(state)
	if err != nil {
		return err
	}
	g, err := prepare(cfg)
	if err != nil {
		return err
	}
	log := logger()
	parts, err := edgeParts(g, log)
	if err != nil {
		return err
	}
	return runGroup(ctx, cfg, procEdge, log, board(parts), parts)
}

// need is a part with the names of those that must be ready before it starts.
type need struct {
	part  part.Part
	after []string
}

func edgeParts(g ground, log *slog.Logger) ([]need, error) {
	cfg := g.cfg
	e, err := edge.New(edge.Config{
		Dir: cfg.Path("edge"), Domain: cfg.Domain,
		Listen: listen(cfg, cfg.Edge.HTTPSPort), ListenHTTP: listen(cfg, cfg.Edge.HTTPPort), HTTPSPort: cfg.Edge.HTTPSPort,
		CARoot:     edge.CARoot{CertFile: g.ca.CertFile, KeyFile: g.ca.KeyFile},
		System:     systemSockets(cfg),
		Kubernetes: kubernetes(cfg),
		PublicIP:   cfg.Edge.Address.String(),
		Logger:     log.With("part", "edge"),
	})
	if err != nil {
		return nil, err
	}
	d, err := dns.New(dns.Config{
		Dir: cfg.Path("dns"), Domain: cfg.Domain, Listeners: listeners(cfg), SystemHosts: cfg.SystemNames(), Static: staticRecords(cfg.DNS),
		Kubernetes: kubernetes(cfg), Kubeconfig: kubeconfigPath(cfg),
		Logger: log.With("part", "dns"),
	})
	if err != nil {
		return nil, err
	}
	return []need{{part: e}, {part: d}}, nil
}

func staticRecords(cfg config.DNS) map[string]netip.Addr {
	static := map[string]netip.Addr{}
	for _, r := range cfg.Records {
		static[r.Name] = r.Address
	}
	return static
}

// systemSockets maps each system host to the server behind it.
func systemSockets(cfg config.Config) map[string]string {
	sockets := map[string]string{
		cfg.Host("portal"):   cfg.Socket("portal"),
		cfg.Host("git"):      cfg.Socket("forge"),
		cfg.Host("registry"): cfg.Socket("registry"),
		cfg.Host("argocd"):   cfg.Socket("gitops"),
	}
	if cfg.Identity.Embedded() {
		sockets[cfg.Host("login")] = cfg.Socket("identity")
	}
	return sockets
}

// listen is a port on the public address and, with a node, on its gateway.
func listen(cfg config.Config, port int) []string {
	addresses := []netip.Addr{cfg.Edge.Address}
	if cfg.Embedded() {
		addresses = append(addresses, cfg.Node.Gateway.Addr())
	}
	hostPorts := make([]string, 0, len(addresses))
	for _, a := range addresses {
		hostPorts = append(hostPorts, net.JoinHostPort(a.String(), strconv.Itoa(port)))
	}
	return hostPorts
}

func listeners(cfg config.Config) []dns.Listener {
	list := []dns.Listener{{Addr: cfg.DNSServer(), Answer: cfg.Edge.Address}}
	if cfg.Embedded() {
		gateway := cfg.Node.Gateway.Addr()
		list = append(list, dns.Listener{Addr: net.JoinHostPort(gateway.String(), strconv.Itoa(dnsPort)), Answer: gateway, Recursive: true})
	}
	return list
}

func logger() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }

// shutdownGrace is what open requests get when a process stops.
const shutdownGrace = 2 * time.Second

// runGroup runs parts and tells on the process' control socket which are ready.
func runGroup(ctx context.Context, cfg config.Config, name string, log *slog.Logger, board *control.Board, parts []need) error {
	group := part.NewGroup(log, board.Ready)
	for _, n := range parts {
		if err := group.Add(n.part, n.after...); err != nil {
			return err
		}
	}
	if err := group.Add(serve("control", cfg.Socket(name), board)); err != nil {
		return err
	}
	return group.Run(ctx)
}

// silent marks a part that is never ready, because nobody waits for it.
const silent = "serve-"

// board tells of the parts that somebody may wait for.
func board(parts []need) *control.Board {
	var names []string
	for _, n := range parts {
		if !strings.HasPrefix(n.part.Name(), silent) {
			names = append(names, n.part.Name())
		}
	}
	return control.NewBoard(names...)
}

// serve is a part that answers HTTP on a unix socket. It is never told to a
// board, since nobody waits for it.
func serve(name, socket string, handler http.Handler) part.Part {
	return part.Func(silent+name, func(ctx context.Context, _ func()) error {
		l, err := control.Listen(ctx, socket)
		if err != nil {
			return err
		}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
		done := make(chan error, 1)
		go func() { done <- server.Serve(l) }()
		select {
		case err := <-done:
			return fmt.Errorf("serve %s: %w", socket, err)
		case <-ctx.Done():
		}
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
		defer cancel()
		if server.Shutdown(stopping) != nil {
			_ = server.Close() // streams that do not end by themselves
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", socket, err)
		}
		return nil
	})
}
