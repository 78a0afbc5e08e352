package dns

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// setup is what the Corefile is made of.
type setup struct {
	id         string
	domain     string
	cluster    string // cluster domain; "" serves no cluster names
	kubeconfig string // "" while there is none
	listeners  []Listener
	upstreams  []string // host:port of the machine's resolvers
}

// corefile is CoreDNS's whole configuration: the zone on every listener, and
// on a recursive one the cluster's names and everything else. A query that no
// block takes is answered REFUSED.
func corefile(s setup) string {
	var b strings.Builder
	for _, listener := range s.listeners {
		host, port, _ := net.SplitHostPort(listener.Addr) // New has checked it
		block := func(zones []string, lines ...string) {
			for i, zone := range zones {
				zones[i] = zone + ":" + port
			}
			fmt.Fprintf(&b, "%s {\n\tbind %s\n\terrors\n", strings.Join(zones, " "), host)
			for _, line := range lines {
				b.WriteString("\t" + line + "\n")
			}
			b.WriteString("}\n")
		}
		block([]string{s.domain}, fmt.Sprintf("pronto %s %s", s.id, listener.Answer))
		if !listener.Recursive {
			continue
		}
		if s.cluster != "" && s.kubeconfig != "" {
			block([]string{s.cluster, "in-addr.arpa", "ip6.arpa"}, append([]string{s.clusterNames()}, s.forward()...)...)
		}
		if len(s.upstreams) > 0 {
			block([]string{"."}, append([]string{"cache 30"}, s.forward()...)...)
		}
	}
	return b.String()
}

func (s setup) clusterNames() string {
	return fmt.Sprintf("kubernetes %s in-addr.arpa ip6.arpa {\n\t\tkubeconfig %q\n\t\tpods insecure\n\t\t"+
		"fallthrough in-addr.arpa ip6.arpa\n\t\tstartup_timeout 3s\n\t}", s.cluster, s.kubeconfig)
}

// forward never hands on the cluster's names: outside they mean nothing.
func (s setup) forward() []string {
	if len(s.upstreams) == 0 {
		return nil
	}
	except := s.domain
	if s.cluster != "" {
		except += " " + s.cluster
	}
	return []string{fmt.Sprintf("forward . %s {\n\t\texcept %s\n\t\tmax_concurrent 1000\n\t}",
		strings.Join(s.upstreams, " "), except)}
}

// resolvers reads the machine's resolvers from a resolv.conf and leaves out
// our own listeners: forwarding to ourselves would go round for ever.
func resolvers(path string, listeners []Listener) ([]string, error) {
	config, err := dns.ClientConfigFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the machine's resolvers: %w", err)
	}
	own := map[string]bool{}
	for _, listener := range listeners {
		own[listener.Addr] = true
	}
	var found []string
	for _, server := range config.Servers {
		address := net.JoinHostPort(server, config.Port)
		if _, err := netip.ParseAddrPort(address); err == nil && !own[address] {
			found = append(found, address)
		}
	}
	return found, nil
}
