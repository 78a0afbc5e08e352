// Package nodeconf is what the host tells a node: its addresses, its names and
// where its files are. The host writes it as JSON, see
// internal/estate/cluster in the main module.
package nodeconf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
)

// Config is one node. Every field is required unless it says otherwise.
type Config struct {
	Name            string            `json:"name"`       // node and host name
	Dir             string            `json:"dir"`        // state, absolute; kept across restarts
	CgroupRoot      string            `json:"cgroupRoot"` // e.g. "/pronto0"; one per node
	Gateway         netip.Prefix      `json:"gateway"`    // the bridge on the host, and the cluster's resolver
	NodeIP          netip.Addr        `json:"nodeIP"`     // inside Gateway's network
	PodCIDR         netip.Prefix      `json:"podCIDR"`
	ServiceCIDR     netip.Prefix      `json:"serviceCIDR"`
	Link            string            `json:"link"`            // the interface that the host moves in
	Hosts           map[string]string `json:"hosts"`           // optional: more lines of /etc/hosts, name to address
	Resolvers       []string          `json:"resolvers"`       // optional: asked after Gateway
	Registry        Registry          `json:"registry"`        // optional
	PauseImage      string            `json:"pauseImage"`      // reference of the sandbox image
	PauseBinary     string            `json:"pauseBinary"`     // static program the sandbox image is made of
	BuildkitdBinary string            `json:"buildkitdBinary"` // optional: empty runs no builder
	Preload         []string          `json:"preload"`         // optional: image archives to import at start
	Runc            string            `json:"runc"`
	CNIBinDir       string            `json:"cniBinDir"`
}

// Registry is the platform's registry as the node's containerd reaches it.
type Registry struct {
	Host     string `json:"host"` // as in image references, with a port when it is not 443
	URL      string `json:"url"`
	CAFile   string `json:"caFile"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// Load reads and checks a configuration file.
func Load(file string) (Config, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return Config{}, fmt.Errorf("node configuration: %w", err)
	}
	var cfg Config
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&cfg); err != nil {
		return Config{}, fmt.Errorf("node configuration %s: %w", file, err)
	}
	if err := cfg.Validate(); err != nil {
		return Config{}, fmt.Errorf("node configuration %s: %w", file, err)
	}
	return cfg, nil
}

// Validate names every field that cannot be used.
func (c Config) Validate() error {
	var problems []error
	need := func(ok bool, text string) {
		if !ok {
			problems = append(problems, errors.New(text))
		}
	}
	need(c.Name != "", "name is empty")
	need(filepath.IsAbs(c.Dir), "dir is no absolute path")
	need(filepath.IsAbs(c.CgroupRoot) && c.CgroupRoot != "/", "cgroupRoot is no path below /")
	need(c.Gateway.IsValid() && c.Gateway.Addr().Is4(), "gateway is no IPv4 address with a prefix length")
	need(c.NodeIP.IsValid() && c.Gateway.Contains(c.NodeIP), "nodeIP is not in gateway's network")
	need(c.PodCIDR.IsValid(), "podCIDR is no network")
	need(c.ServiceCIDR.IsValid(), "serviceCIDR is no network")
	need(c.PodCIDR.IsValid() && c.ServiceCIDR.IsValid() && !c.PodCIDR.Overlaps(c.ServiceCIDR), "podCIDR and serviceCIDR overlap")
	need(c.Link != "", "link is empty")
	need(c.PauseImage != "", "pauseImage is empty")
	need(filepath.IsAbs(c.PauseBinary), "pauseBinary is no absolute path")
	need(filepath.IsAbs(c.Runc), "runc is no absolute path")
	need(filepath.IsAbs(c.CNIBinDir), "cniBinDir is no absolute path")
	return errors.Join(problems...)
}

// Path joins elements below the state directory.
func (c Config) Path(elem ...string) string {
	return filepath.Join(append([]string{c.Dir}, elem...)...)
}

// KubernetesService is the address of the service "kubernetes": the first one
// of the service range, as the API server takes it.
func (c Config) KubernetesService() netip.Addr { return c.ServiceCIDR.Masked().Addr().Next() }

// APIServer is the URL of the API server as its clients in and outside the node use it.
func (c Config) APIServer() string {
	return "https://" + netip.AddrPortFrom(c.NodeIP, APIServerPort).String()
}

// Fixed ports and sockets inside the node's namespaces.
const (
	APIServerPort    = 6443
	BuildkitPort     = 1234
	ContainerdSocket = "/run/containerd/containerd.sock"
)
