package edge

import (
	"net"
	"sort"
	"strings"
)

// Kinds of a route's path, in the order they are tried.
const (
	kindExact   = "Exact"
	kindPrefix  = "Prefix"
	kindDefault = "Default" // an Ingress's defaultBackend: any path, tried last
)

// Table is the whole routing state: what the edge needs to answer a request.
// A Table is never changed once it is published; a new one replaces it.
type Table struct {
	// Hosts maps a lower-case host, a wildcard ("*.example.com") or "" (any
	// host) to its routes, most specific first.
	Hosts map[string][]Route `json:"hosts"`
}

// Route sends the requests of one host and path to one backend.
type Route struct {
	Kind    string  `json:"kind"`
	Path    string  `json:"path"`
	Ingress string  `json:"ingress"` // namespace/name of the Ingress that holds the route
	Backend Backend `json:"backend"`
}

// Backend is a Service port and the addresses that are ready behind it.
type Backend struct {
	Service string   `json:"service"` // namespace/name:port
	Missing bool     `json:"missing,omitempty"`
	Targets []string `json:"targets,omitempty"` // sorted, host:port
}

// Match returns the route of a request: the exact host before its wildcard
// before routes of no host, and within a host the most specific path.
func (t *Table) Match(host, path string) (Route, bool) {
	if t == nil {
		return Route{}, false
	}
	for _, key := range hostKeys(host) {
		for _, route := range t.Hosts[key] {
			if route.matches(path) {
				return route, true
			}
		}
	}
	return Route{}, false
}

// Holds says whether the table has a route for a host by name, so that a
// certificate may be issued for it.
func (t *Table) Holds(host string) bool {
	if t == nil {
		return false
	}
	for _, key := range hostKeys(host) {
		if key != "" && len(t.Hosts[key]) > 0 {
			return true
		}
	}
	return false
}

// hostKeys are the table keys that can serve a host, best first. A wildcard
// stands for exactly one label, as the Ingress API says.
func hostKeys(host string) []string {
	host = normalHost(host)
	keys := []string{host}
	if _, parent, ok := strings.Cut(host, "."); ok {
		keys = append(keys, "*."+parent)
	}
	return append(keys, "")
}

// normalHost is a Host header without port and trailing dot, in lower case.
func normalHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func (r Route) matches(path string) bool {
	switch r.Kind {
	case kindExact:
		return path == r.Path
	case kindPrefix:
		return prefixMatches(r.Path, path)
	default:
		return true
	}
}

// prefixMatches compares element by element: /foo serves /foo and /foo/bar,
// not /foobar.
func prefixMatches(prefix, path string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// sortRoutes orders a host's routes as they are tried: Exact, Prefix longest
// first, Default.
func sortRoutes(routes []Route) {
	rank := map[string]int{kindExact: 0, kindPrefix: 1, kindDefault: 2}
	sort.SliceStable(routes, func(i, j int) bool {
		a, b := routes[i], routes[j]
		if a.Kind != b.Kind {
			return rank[a.Kind] < rank[b.Kind]
		}
		return len(a.Path) > len(b.Path)
	})
}
