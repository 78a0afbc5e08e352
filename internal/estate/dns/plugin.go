package dns

import (
	"context"
	"fmt"
	"net/netip"
	"sync"

	"github.com/coredns/caddy"
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/plugin"
	"github.com/miekg/dns"
)

// CoreDNS makes its plugins from a text, so the plugin finds its Server by id.
var running sync.Map // id -> *Server

// prepare sets CoreDNS's process-wide state: the plugins that are on, in the
// order a query passes them.
var prepare = sync.OnceValue(func() error {
	caddy.Quiet, dnsserver.Quiet = true, true
	plugin.Register("pronto", setupZone)
	return dnsserver.SetDirectives([]string{"bind", "errors", "cache", "pronto", "kubernetes", "forward"})
})

// setupZone reads `pronto <id> <address>`.
func setupZone(c *caddy.Controller) error {
	c.Next()
	args := c.RemainingArgs()
	if len(args) != 2 {
		return plugin.Error("pronto", c.ArgErr())
	}
	server, ok := running.Load(args[0])
	if !ok {
		return plugin.Error("pronto", fmt.Errorf("server %q is not running", args[0]))
	}
	address, err := netip.ParseAddr(args[1])
	if err != nil {
		return plugin.Error("pronto", err)
	}
	dnsserver.GetConfig(c).AddPlugin(func(plugin.Handler) plugin.Handler {
		return zonePlugin{server.(*Server), address}
	})
	return nil
}

// zonePlugin answers for the zone on one listener.
type zonePlugin struct {
	server  *Server
	address netip.Addr
}

// Name implements plugin.Handler.
func (zonePlugin) Name() string { return "pronto" }

// ServeDNS implements plugin.Handler. The zone is all ours: nothing falls through.
func (p zonePlugin) ServeDNS(_ context.Context, w dns.ResponseWriter, query *dns.Msg) (int, error) {
	reply := p.server.zone.Load().reply(query, p.address)
	if err := w.WriteMsg(reply); err != nil {
		return dns.RcodeServerFailure, err
	}
	return reply.Rcode, nil
}
