package dns

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// Record is one name of the zone, and who owns it. Without an address of its own
// it answers with the edge's. The ownership is published as a TXT record in external-dns's style.
type Record struct {
	Name     string `json:"name"`     // lower case, without the trailing dot; may begin with "*."
	Owner    string `json:"owner"`    // the OwnerID that made it
	Resource string `json:"resource"` // ingress/<namespace>/<name>

	Address netip.Addr `json:"address,omitzero"`
}

// ownership is the value of the TXT record beside a Record.
func (r Record) ownership() string {
	return "heritage=external-dns,external-dns/owner=" + r.Owner + ",external-dns/resource=" + r.Resource
}

// configuration owns the records that are not an Ingress's.
const configuration = "configuration"

// configured puts the records that the configuration states in place of those
// that it stated at the last run; no Ingress takes them over.
func configured(records map[string]Record, domain string, static map[string]netip.Addr) {
	maps.DeleteFunc(records, func(_ string, r Record) bool { return r.Owner == configuration })
	for label, address := range static {
		name := label + "." + domain
		records[name] = Record{Name: name, Owner: configuration, Resource: "dns.records", Address: address}
	}
}

// answer is what a listener's address becomes for this record.
func (r Record) answer(listener netip.Addr) netip.Addr {
	if r.Address.IsValid() {
		return r.Address
	}
	return listener
}

// claim is a name that an Ingress wants.
type claim struct {
	name     string
	resource string
}

// refusal is a claim that is not granted.
type refusal struct {
	Resource string
	Message  string
}

// plan is the zone's next content: pure, from what is there and what is wanted.
// A record of another owner, or of another resource that still wants it, is
// never taken; a record of ours that nobody wants any more goes.
func plan(current map[string]Record, claims []claim, owner string, reserved map[string]bool) (map[string]Record, []refusal) {
	next := map[string]Record{}
	for name, record := range current {
		if record.Owner != owner || !reserved[name] && wanted(claims, name, record.Resource) {
			next[name] = record
		}
	}
	var refused []refusal
	for _, c := range claims {
		held, taken := next[c.name]
		switch {
		case reserved[c.name]:
			refused = append(refused, refusal{c.resource, fmt.Sprintf("record %s not owned: it is one of the platform's own", c.name)})
		case !taken:
			next[c.name] = Record{Name: c.name, Owner: owner, Resource: c.resource}
		case held.Owner != owner || held.Resource != c.resource:
			refused = append(refused, refusal{c.resource, fmt.Sprintf(
				"record %s not owned: it belongs to %s of owner %s", c.name, held.Resource, held.Owner)})
		}
	}
	return next, refused
}

func wanted(claims []claim, name, resource string) bool {
	return slices.Contains(claims, claim{name, resource})
}

// claims are the names that the served Ingresses want, the oldest Ingress
// first. As with external-dns, an Ingress without a published address has
// none: the name answers only once the edge holds the route.
func claimsOf(ingresses []*networkingv1.Ingress, classes []string, domain string) []claim {
	sorted := slices.Clone(ingresses)
	slices.SortFunc(sorted, func(a, b *networkingv1.Ingress) int {
		if c := a.CreationTimestamp.Compare(b.CreationTimestamp.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	var claims []claim
	for _, ingress := range sorted {
		if !served(ingress, classes) || len(ingress.Status.LoadBalancer.Ingress) == 0 {
			continue
		}
		resource := "ingress/" + ingress.Namespace + "/" + ingress.Name
		for _, host := range hostsOf(ingress) {
			if host == domain || strings.HasSuffix(host, "."+domain) {
				claims = append(claims, claim{host, resource})
			}
		}
	}
	return claims
}

// hostnameAnnotations name further hosts, in both of external-dns's spellings.
var hostnameAnnotations = []string{
	"external-dns.kubernetes.io/hostname",
	"external-dns.alpha.kubernetes.io/hostname",
}

func hostsOf(ingress *networkingv1.Ingress) []string {
	hosts := map[string]bool{}
	for _, rule := range ingress.Spec.Rules {
		hosts[rule.Host] = true
	}
	for _, section := range ingress.Spec.TLS {
		for _, host := range section.Hosts {
			hosts[host] = true
		}
	}
	for _, annotation := range hostnameAnnotations {
		for host := range strings.SplitSeq(ingress.Annotations[annotation], ",") {
			hosts[strings.TrimSpace(host)] = true
		}
	}
	var names []string
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		if name := strings.ToLower(strings.TrimSuffix(host, ".")); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// served says whether an Ingress names one of our classes.
func served(ingress *networkingv1.Ingress, classes []string) bool {
	if ingress.DeletionTimestamp != nil {
		return false
	}
	if name := ingress.Spec.IngressClassName; name != nil {
		return slices.Contains(classes, *name)
	}
	return slices.Contains(classes, ingress.Annotations["kubernetes.io/ingress.class"])
}
