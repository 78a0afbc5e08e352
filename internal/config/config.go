// Package config is pronto.yaml: defaults, strict decoding and validation, and
// the addresses and paths that follow from it.
package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"sigs.k8s.io/yaml"
)

// Config is the whole configuration of one platform.
type Config struct {
	// Domain is the zone under which the portal and every application live.
	Domain string `json:"domain"`
	// State is the directory that holds everything the platform keeps.
	State string `json:"state"`
	// Organization owns the applications' repositories in the forge.
	Organization string `json:"organization"`
	// Trust puts the certificate authority into the machine's trust store.
	Trust   bool    `json:"trust"`
	Edge    Edge    `json:"edge"`
	DNS     DNS     `json:"dns"`
	Node    Node    `json:"node"`
	Catalog Catalog `json:"catalog"`
	// Identity says who signs people in.
	Identity Identity `json:"identity"`
	// Limits bound what people may make.
	Limits Limits `json:"limits"`
	// Deletion says what is kept of deleted applications.
	Deletion Deletion `json:"deletion"`
	// Telemetry says where deliveries are told as traces.
	Telemetry Telemetry `json:"telemetry"`
	// Notifications are those that are told how deliveries end.
	Notifications []Notification `json:"notifications,omitempty"`
}

// Limits are how many applications there may be; 0 is no limit.
type Limits struct {
	Applications int `json:"applications,omitempty"`
	// ApplicationsPerOwner is how many one owner, a group or a user, may have.
	ApplicationsPerOwner int `json:"applicationsPerOwner,omitempty"`
}

// Deletion says what is kept of deleted applications.
type Deletion struct {
	// GraceDays is how long a deleted application can be brought back; 0: not at all.
	GraceDays int `json:"graceDays"`
}

// Grace is GraceDays as a duration.
func (d Deletion) Grace() time.Duration { return time.Duration(d.GraceDays) * 24 * time.Hour }

// Catalog says what the catalog holds beside what is registered in the portal.
type Catalog struct {
	// Locations are read at every start and from time to time.
	Locations []CatalogLocation `json:"locations,omitempty"`
	// OrphanStrategy is what becomes of an entity that its location states no
	// more: delete, or keep with the annotation backstage.io/orphan.
	OrphanStrategy string `json:"orphanStrategy"`
}

// CatalogLocation is where descriptors are. Type url is a file, a directory or
// a repository of the forge; type file is a file or a directory of this
// machine, by its absolute path.
type CatalogLocation struct {
	Type   string `json:"type"`
	Target string `json:"target"`
}

// Edge says where HTTPS is answered.
type Edge struct {
	// Address is the IP address that users reach.
	Address   netip.Addr `json:"address"`
	HTTPSPort int        `json:"httpsPort"`
	HTTPPort  int        `json:"httpPort"`
}

// DNS says where the zone is served for the machine itself; pods ask the
// node's gateway on port 53.
type DNS struct {
	Port int `json:"port"`
	// Records are names below the domain that lead elsewhere than to the edge.
	Records []DNSRecord `json:"records,omitempty"`
}

// DNSRecord is the address of a name below the domain, such as mail. No
// application can have the name.
type DNSRecord struct {
	Name    string     `json:"name"`
	Address netip.Addr `json:"address"`
}

// Node is the embedded Kubernetes node, or the cluster that takes its place.
type Node struct {
	// Kubeconfig names a cluster that exists already; no node is started then.
	Kubeconfig string       `json:"kubeconfig,omitempty"`
	Bridge     string       `json:"bridge"`
	Gateway    netip.Prefix `json:"gateway"`
	Address    netip.Addr   `json:"address"`
	Pods       netip.Prefix `json:"pods"`
	Services   netip.Prefix `json:"services"`
}

// Default is the configuration of a platform on one machine.
func Default() Config {
	return Config{
		Domain:       "pronto.localhost",
		State:        "/var/lib/pronto",
		Organization: "apps",
		Trust:        true,
		Edge:         Edge{Address: netip.MustParseAddr("127.0.0.1"), HTTPSPort: 443, HTTPPort: 80},
		DNS:          DNS{Port: 5300},
		Identity:     Identity{SessionHours: 12, ClaimsMinutes: 60, AuditDays: 400},
		Node: Node{
			Bridge:   "pronto0",
			Gateway:  netip.MustParsePrefix("10.41.0.1/24"),
			Address:  netip.MustParseAddr("10.41.0.2"),
			Pods:     netip.MustParsePrefix("10.42.0.0/16"),
			Services: netip.MustParsePrefix("10.43.0.0/16"),
		},
		Catalog:  Catalog{OrphanStrategy: "delete"},
		Deletion: Deletion{GraceDays: 7},
	}
}

// Load reads path over base; unknown fields are errors that name the field.
func Load(path string, base Config) (Config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	sinks := base.Notifications
	base.Notifications = nil // an element that is decoded over another keeps what it does not name
	if err := yaml.UnmarshalStrict(raw, &base); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	if base.Notifications == nil {
		base.Notifications = sinks
	}
	return base, nil
}

// FileName is the effective configuration inside the state directory.
const FileName = "pronto.yaml"

// Save writes the effective configuration into the state directory, so that
// every later command needs to know only that directory.
func (c Config) Save() error {
	raw, err := yaml.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode configuration: %w", err)
	}
	if err := os.MkdirAll(c.State, 0o755); err != nil {
		return fmt.Errorf("make state directory: %w", err)
	}
	return os.WriteFile(c.Path(FileName), raw, 0o644)
}

// Path joins names to the state directory.
func (c Config) Path(names ...string) string {
	return filepath.Join(append([]string{c.State}, names...)...)
}

// Socket is the unix socket of the named server.
func (c Config) Socket(name string) string { return c.Path("run", name+".sock") }

// Host is the name of a system host or application under the domain.
func (c Config) Host(name string) string { return name + "." + c.Domain }

// Authority is Host with the port where it is not HTTPS' own.
func (c Config) Authority(name string) string { return name + "." + c.DomainAuthority() }

// DomainAuthority is the domain with the port where it is not HTTPS' own.
func (c Config) DomainAuthority() string {
	if c.Edge.HTTPSPort == 443 {
		return c.Domain
	}
	return net.JoinHostPort(c.Domain, strconv.Itoa(c.Edge.HTTPSPort))
}

// URL is the HTTPS base URL of a system host or application.
func (c Config) URL(name string) *url.URL {
	return &url.URL{Scheme: "https", Host: c.Authority(name)}
}

// DNSServer is the address at which the machine itself asks the zone.
func (c Config) DNSServer() string {
	return net.JoinHostPort(c.Edge.Address.String(), strconv.Itoa(c.DNS.Port))
}

// SystemHosts are the first labels that the platform itself answers for.
var SystemHosts = []string{"portal", "git", "registry", "login", "argocd"}

// SystemNames are the full names of the system hosts.
func (c Config) SystemNames() []string {
	names := make([]string, 0, len(SystemHosts))
	for _, name := range SystemHosts {
		names = append(names, c.Host(name))
	}
	return names
}

// Embedded reports whether the platform runs its own node.
func (c Config) Embedded() bool { return c.Node.Kubeconfig == "" }
