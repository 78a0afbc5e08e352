package edge

import (
	"fmt"
	"net"
	"slices"
	"sort"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// legacyClass is the annotation that named the class before the field did.
const legacyClass = "kubernetes.io/ingress.class"

// rules say which Ingresses the edge serves and which hosts they may claim.
type rules struct {
	classes  []string
	domain   string
	reserved map[string]bool // the system's own hosts
}

// world is what the cluster says at one moment.
type world struct {
	ingresses []*networkingv1.Ingress
	services  map[string]*corev1.Service              // by namespace/name
	slices    map[string][]*discoveryv1.EndpointSlice // by namespace/name of the Service
}

// refusal is a route that an Ingress asked for and does not get.
type refusal struct {
	Ingress string // namespace/name
	Reason  string // the Event's reason, CamelCase
	Message string
}

// build makes the routing table of a world. It is pure: the same world gives
// the same table. Where two Ingresses claim the same host and path, the older
// one (then the lower name) keeps it and the other is refused.
func build(w world, r rules) (*Table, []refusal) {
	b := &builder{world: w, rules: r, table: &Table{Hosts: map[string][]Route{}}}
	for _, ingress := range byAge(w.ingresses) {
		if served(ingress, r.classes) {
			b.add(ingress)
		}
	}
	for _, routes := range b.table.Hosts {
		sortRoutes(routes)
	}
	return b.table, b.refused
}

// served says whether an Ingress names one of our classes.
func served(ingress *networkingv1.Ingress, classes []string) bool {
	if ingress.DeletionTimestamp != nil {
		return false
	}
	if name := ingress.Spec.IngressClassName; name != nil {
		return slices.Contains(classes, *name)
	}
	return slices.Contains(classes, ingress.Annotations[legacyClass])
}

func byAge(ingresses []*networkingv1.Ingress) []*networkingv1.Ingress {
	sorted := slices.Clone(ingresses)
	sort.Slice(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
			return a.CreationTimestamp.Before(&b.CreationTimestamp)
		}
		return key(a.Namespace, a.Name) < key(b.Namespace, b.Name)
	})
	return sorted
}

type builder struct {
	world   world
	rules   rules
	table   *Table
	refused []refusal
}

func (b *builder) add(ingress *networkingv1.Ingress) {
	name := key(ingress.Namespace, ingress.Name)
	hosts := map[string]bool{}
	for _, rule := range ingress.Spec.Rules {
		host := strings.ToLower(rule.Host)
		if refused := b.rules.refuse(name, host); refused != nil {
			b.refused = append(b.refused, *refused)
			continue
		}
		hosts[host] = true
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			b.claim(host, Route{
				Kind: kindOf(path.PathType), Path: pathOf(path.Path), Ingress: name,
				Backend: b.world.backend(ingress.Namespace, path.Backend.Service),
			})
		}
	}
	b.addDefault(ingress, name, hosts)
}

// addDefault serves the paths that no rule of an Ingress names on its hosts,
// or every host when it has no rules at all.
func (b *builder) addDefault(ingress *networkingv1.Ingress, name string, hosts map[string]bool) {
	if ingress.Spec.DefaultBackend == nil {
		return
	}
	if len(ingress.Spec.Rules) == 0 {
		hosts[""] = true
	}
	backend := b.world.backend(ingress.Namespace, ingress.Spec.DefaultBackend.Service)
	for host := range hosts {
		b.claim(host, Route{Kind: kindDefault, Path: "/", Ingress: name, Backend: backend})
	}
}

// claim adds a route unless an older Ingress holds its host and path.
func (b *builder) claim(host string, route Route) {
	for _, held := range b.table.Hosts[host] {
		if held.Kind != route.Kind || held.Path != route.Path {
			continue
		}
		if held.Ingress != route.Ingress {
			b.refused = append(b.refused, refusal{route.Ingress, "RouteConflict", fmt.Sprintf(
				"host %q path %q is held by the older Ingress %s, which keeps it", host, route.Path, held.Ingress)})
		}
		return
	}
	b.table.Hosts[host] = append(b.table.Hosts[host], route)
}

// refuse says why an Ingress may not have a host, or nil.
func (r rules) refuse(ingress, host string) *refusal {
	switch {
	case r.reserved[host]:
		return &refusal{ingress, "HostReserved", fmt.Sprintf(
			"host %q belongs to the platform itself; choose another host", host)}
	case host != "" && host != r.domain && !strings.HasSuffix(host, "."+r.domain):
		return &refusal{ingress, "HostOutsideDomain", fmt.Sprintf(
			"host %q is not below %s, so no certificate is issued for it; choose a host below %s", host, r.domain, r.domain)}
	}
	return nil
}

// kindOf takes ImplementationSpecific as Prefix.
func kindOf(kind *networkingv1.PathType) string {
	if kind != nil && *kind == networkingv1.PathTypeExact {
		return kindExact
	}
	return kindPrefix
}

func pathOf(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// backend resolves a Service port to the addresses that may get requests.
func (w world) backend(namespace string, ref *networkingv1.IngressServiceBackend) Backend {
	if ref == nil {
		return Backend{Missing: true}
	}
	port := ref.Port.Name
	if port == "" {
		port = strconv.Itoa(int(ref.Port.Number))
	}
	name := key(namespace, ref.Name)
	result := Backend{Service: name + ":" + port}
	service, ok := w.services[name]
	if !ok {
		result.Missing = true
		return result
	}
	for _, servicePort := range service.Spec.Ports {
		if servicePort.Name == ref.Port.Name && ref.Port.Name != "" || servicePort.Port == ref.Port.Number {
			result.Targets = targets(w.slices[name], servicePort.Name)
			return result
		}
	}
	result.Missing = true
	return result
}

// targets are the ready addresses of a Service's port. EndpointSlices carry
// the resolved port number of each pod under the Service port's name.
func targets(endpointSlices []*discoveryv1.EndpointSlice, portName string) []string {
	var found []string
	for _, slice := range endpointSlices {
		for _, port := range slice.Ports {
			if deref(port.Name, "") != portName || port.Port == nil {
				continue
			}
			for _, endpoint := range slice.Endpoints {
				if usable(endpoint.Conditions) && len(endpoint.Addresses) > 0 {
					found = append(found, net.JoinHostPort(endpoint.Addresses[0], strconv.Itoa(int(*port.Port))))
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// usable reads unset conditions as the API says to: ready unless told otherwise.
func usable(c discoveryv1.EndpointConditions) bool {
	ready := deref(c.Ready, true)
	return ready && deref(c.Serving, ready) && !deref(c.Terminating, false)
}

func deref[T any](value *T, unset T) T {
	if value == nil {
		return unset
	}
	return *value
}

func key(namespace, name string) string { return namespace + "/" + name }
