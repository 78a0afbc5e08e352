package dns

import (
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

const (
	recordTTL   = 60 // seconds
	negativeTTL = 5  // seconds a resolver may keep "no such name": a new application's name must come soon
)

// content is the zone at one moment. It is never changed once published.
type content struct {
	domain  string            // without the trailing dot
	serial  uint32            // grows with each change
	system  map[string]bool   // the platform's own hosts
	records map[string]Record // by name
}

// nameServer is the zone's own name server.
func (z *content) nameServer() string { return "ns." + z.domain }

// reply answers a query for a name at or below the domain, with the address
// that the listener it came to stands for. It is pure.
func (z *content) reply(query *dns.Msg, address netip.Addr) *dns.Msg {
	message := new(dns.Msg)
	message.SetReply(query)
	message.Authoritative = true
	question := query.Question[0]
	name := strings.ToLower(strings.TrimSuffix(question.Name, "."))
	rrs, exists := z.lookup(name, question.Name, question.Qtype, address)
	message.Answer = rrs
	switch {
	case !exists:
		message.Rcode = dns.RcodeNameError
		message.Ns = []dns.RR{z.soa(negativeTTL)}
	case len(rrs) == 0:
		message.Ns = []dns.RR{z.soa(negativeTTL)}
	case question.Qtype == dns.TypeNS:
		message.Extra = []dns.RR{addressRR(dns.Fqdn(z.nameServer()), address)}
	}
	return message
}

// lookup returns the records of a type and whether the name exists at all.
// owner is the name as it was asked, which the answer repeats.
func (z *content) lookup(name, owner string, qtype uint16, address netip.Addr) ([]dns.RR, bool) {
	if name == z.domain {
		return z.apex(owner, qtype, address), true
	}
	var rrs []dns.RR
	recorded, known := z.records[name]
	host := known || z.system[name] || name == z.nameServer()
	if host {
		rrs = hostRRs(owner, qtype, recorded.answer(address))
	}
	// A name can be both: the ownership of foo stands at a-foo, which may be
	// an application of its own.
	if record, owned := z.ownedBy(name); owned {
		return append(rrs, textRRs(owner, qtype, record)...), true
	}
	if host {
		return rrs, true
	}
	if z.hasBelow(name) {
		return nil, true
	}
	if record, ok := z.wildcard(name); ok {
		return hostRRs(owner, qtype, record.answer(address)), true
	}
	return nil, false
}

// apex answers for the domain itself.
func (z *content) apex(owner string, qtype uint16, address netip.Addr) []dns.RR {
	switch qtype {
	case dns.TypeSOA:
		return []dns.RR{z.soa(recordTTL)}
	case dns.TypeNS:
		return []dns.RR{&dns.NS{Hdr: header(owner, dns.TypeNS, recordTTL), Ns: dns.Fqdn(z.nameServer())}}
	}
	if _, ok := z.records[z.domain]; ok || z.system[z.domain] {
		return hostRRs(owner, qtype, address)
	}
	return nil
}

// ownedBy finds the record that an ownership name ("a-<name>") speaks of. The
// record of the domain itself has its ownership at "a-<domain>", outside the
// zone, as with external-dns without a prefix: it is not served.
func (z *content) ownedBy(name string) (Record, bool) {
	of, ok := strings.CutPrefix(name, "a-")
	if !ok {
		return Record{}, false
	}
	record, ok := z.records[of]
	return record, ok
}

// wildcard finds the closest "*." record above a name (RFC 4592): a name that
// exists nearer hides the wildcards above it.
func (z *content) wildcard(name string) (Record, bool) {
	for {
		_, parent, ok := strings.Cut(name, ".")
		if !ok || !strings.HasSuffix(parent, z.domain) {
			return Record{}, false
		}
		if record, found := z.records["*."+parent]; found {
			return record, true
		}
		if z.exists(parent) {
			return Record{}, false
		}
		name = parent
	}
}

func (z *content) exists(name string) bool {
	_, record := z.records[name]
	return record || z.system[name] || name == z.domain || z.hasBelow(name)
}

// hasBelow says whether a name has descendants and so exists without records.
func (z *content) hasBelow(name string) bool {
	suffix := "." + name
	for host := range z.records {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	for host := range z.system {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

func hostRRs(owner string, qtype uint16, address netip.Addr) []dns.RR {
	wantsV4 := address.Is4() && (qtype == dns.TypeA || qtype == dns.TypeANY)
	wantsV6 := address.Is6() && (qtype == dns.TypeAAAA || qtype == dns.TypeANY)
	if wantsV4 || wantsV6 {
		return []dns.RR{addressRR(owner, address)}
	}
	return nil
}

func addressRR(owner string, address netip.Addr) dns.RR {
	ip := net.IP(address.AsSlice())
	if address.Is4() {
		return &dns.A{Hdr: header(owner, dns.TypeA, recordTTL), A: ip}
	}
	return &dns.AAAA{Hdr: header(owner, dns.TypeAAAA, recordTTL), AAAA: ip}
}

func textRRs(owner string, qtype uint16, record Record) []dns.RR {
	if qtype != dns.TypeTXT && qtype != dns.TypeANY {
		return nil
	}
	return []dns.RR{&dns.TXT{Hdr: header(owner, dns.TypeTXT, recordTTL), Txt: []string{record.ownership()}}}
}

// soa carries the negative TTL in its last field and, in an authority section,
// in its own TTL (RFC 2308).
func (z *content) soa(ttl uint32) dns.RR {
	return &dns.SOA{
		Hdr: header(dns.Fqdn(z.domain), dns.TypeSOA, ttl), Ns: dns.Fqdn(z.nameServer()),
		Mbox: dns.Fqdn("hostmaster." + z.domain), Serial: z.serial,
		Refresh: 3600, Retry: 600, Expire: 86400, Minttl: negativeTTL,
	}
}

func header(name string, rrtype uint16, ttl uint32) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: rrtype, Class: dns.ClassINET, Ttl: ttl}
}
