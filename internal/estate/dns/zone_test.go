package dns

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestAnswersOfTheZone(t *testing.T) {
	zone := &content{domain: domain, serial: 7, system: map[string]bool{"portal." + domain: true}, records: map[string]Record{
		"app." + domain:     {Name: "app." + domain, Owner: "pronto", Resource: "ingress/a/app"},
		"twin." + domain:    {Name: "twin." + domain, Owner: "pronto", Resource: "ingress/a/twin"},
		"a-twin." + domain:  {Name: "a-twin." + domain, Owner: "pronto", Resource: "ingress/a/a-twin"},
		"*.wild." + domain:  {Name: "*.wild." + domain, Owner: "pronto", Resource: "ingress/a/wild"},
		"x.deep." + domain:  {Name: "x.deep." + domain, Owner: "pronto", Resource: "ingress/a/deep"},
		"mail." + domain:    {Name: "mail." + domain, Owner: configuration, Resource: "dns.records", Address: netip.MustParseAddr("192.0.2.7")},
		"in.wild." + domain: {Name: "in.wild." + domain, Owner: "pronto", Resource: "ingress/a/in"},
	}}
	for _, c := range []struct {
		name   string
		qtype  uint16
		rcode  int
		answer string // last field of the first answer; "" is none
	}{
		{"portal", dns.TypeA, dns.RcodeSuccess, "10.41.0.1"},
		{"APP", dns.TypeA, dns.RcodeSuccess, "10.41.0.1"},
		{"mail", dns.TypeA, dns.RcodeSuccess, "192.0.2.7"},
		{"app", dns.TypeAAAA, dns.RcodeSuccess, ""},
		{"app", dns.TypeMX, dns.RcodeSuccess, ""},
		{"a-app", dns.TypeTXT, dns.RcodeSuccess, `"heritage=external-dns,external-dns/owner=pronto,external-dns/resource=ingress/a/app"`},
		{"a-twin", dns.TypeTXT, dns.RcodeSuccess, `"heritage=external-dns,external-dns/owner=pronto,external-dns/resource=ingress/a/twin"`},
		{"a-twin", dns.TypeA, dns.RcodeSuccess, "10.41.0.1"}, // an application's name and twin's ownership
		{"a-nobody", dns.TypeTXT, dns.RcodeNameError, ""},
		{"nobody", dns.TypeA, dns.RcodeNameError, ""},
		{"any.wild", dns.TypeA, dns.RcodeSuccess, "10.41.0.1"},
		{"a.b.wild", dns.TypeA, dns.RcodeSuccess, "10.41.0.1"},
		{"x.in.wild", dns.TypeA, dns.RcodeNameError, ""}, // in.wild exists and hides the wildcard
		{"deep", dns.TypeA, dns.RcodeSuccess, ""},        // an empty non-terminal
		{"y.deep", dns.TypeA, dns.RcodeNameError, ""},
		{"ns", dns.TypeA, dns.RcodeSuccess, "10.41.0.1"},
		{"", dns.TypeNS, dns.RcodeSuccess, "ns." + domain + "."},
		{"", dns.TypeA, dns.RcodeSuccess, ""},
	} {
		query := new(dns.Msg)
		query.SetQuestion(strings.TrimPrefix(c.name+"."+domain+".", "."), c.qtype)
		reply := zone.reply(query, netip.MustParseAddr("10.41.0.1"))
		got := ""
		if len(reply.Answer) > 0 {
			fields := strings.SplitN(reply.Answer[0].String(), "\t", 5)
			got = fields[4]
			if fields[0] != query.Question[0].Name {
				t.Errorf("%q: the answer is for %s, want the name as it was asked", c.name, fields[0])
			}
		}
		if reply.Rcode != c.rcode || got != c.answer || !reply.Authoritative {
			t.Errorf("%q %s: %s %q (aa %v), want %s %q", c.name, dns.TypeToString[c.qtype],
				dns.RcodeToString[reply.Rcode], got, reply.Authoritative, dns.RcodeToString[c.rcode], c.answer)
		}
		if c.answer == "" && (len(reply.Ns) != 1 || reply.Ns[0].Header().Ttl != negativeTTL) {
			t.Errorf("%q: a negative answer without the SOA that bounds it: %v", c.name, reply.Ns)
		}
	}
}

func TestTheNameServerComesWithItsAddress(t *testing.T) {
	query := new(dns.Msg)
	query.SetQuestion(domain+".", dns.TypeNS)
	reply := (&content{domain: domain}).reply(query, netip.MustParseAddr("127.0.0.1"))
	if len(reply.Extra) != 1 || reply.Extra[0].Header().Name != "ns."+domain+"." {
		t.Errorf("additional section = %v, want the glue", reply.Extra)
	}
}

func TestOurOwnListenersAreNoResolvers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "resolv.conf")
	text := "nameserver 10.41.0.1\nnameserver 192.0.2.53\nnameserver fd00::53\noptions ndots:1\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := resolvers(path, []Listener{{Addr: "10.41.0.1:53"}})
	if want := []string{"192.0.2.53:53", "[fd00::53]:53"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("resolvers = %v, %v; want %v", got, err, want)
	}
}

func TestOnlyARecursiveListenerServesMoreThanTheZone(t *testing.T) {
	text := corefile(setup{id: "1", domain: domain, cluster: "cluster.local", kubeconfig: "/k", upstreams: []string{"192.0.2.53:53"},
		listeners: []Listener{
			{Addr: "127.0.0.1:5300", Answer: netip.MustParseAddr("127.0.0.1")},
			{Addr: "10.41.0.1:53", Answer: netip.MustParseAddr("10.41.0.1"), Recursive: true},
		}})
	for _, want := range []string{"pronto.test:5300 {", "pronto.test:53 {", "cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {", ".:53 {"} {
		if !strings.Contains(text, want) {
			t.Errorf("no block %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, ".:5300 {") && strings.Contains(text, "\n.:5300") || strings.Contains(text, "cluster.local:5300") {
		t.Errorf("the loopback listener resolves more than the zone:\n%s", text)
	}
}
