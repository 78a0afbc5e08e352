// Package cluster is the host's side of the embedded node: its bridge and
// routes, its process, its readiness, and the removal of all of it. The node
// itself is the module node/. A cluster that is given by a kubeconfig is
// External.
package cluster

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// KubernetesVersion is the version of Kubernetes in the node binary.
const KubernetesVersion = "v1.36.3"

// DefaultPauseImage is the sandbox image when Config names none. The node
// makes it itself; nothing is pulled under this name.
const DefaultPauseImage = "pronto.internal/pause:1"

const (
	defaultName    = "pronto-node"
	defaultCNIDir  = "/usr/lib/cni"
	nodeLink       = "eth0"
	buildkitPort   = 1234
	maxBridgeName  = 10 // an interface name has 15 bytes, "-node" takes 5
	configFile     = "node.json"
	nodeLog        = "node.log"
	kubeconfigFile = "admin.conf"
)

// Config is one embedded node. Several can run on one machine when Dir,
// Bridge and all addresses differ.
type Config struct {
	Name            string // node and host name; "pronto-node" when empty
	Dir             string // state, absolute, 0700
	NodeBinary      string // pronto-node
	BuildkitdBinary string // empty: no builder
	PauseBinary     string // static program of the sandbox image
	PauseImage      string // DefaultPauseImage when empty
	Runc            string // found in PATH when empty
	CNIBinDir       string // /usr/lib/cni when empty

	Bridge      string       // at most 10 bytes; names the NAT table and the control group too
	Gateway     netip.Prefix // the bridge's address, e.g. 10.41.0.1/24
	NodeIP      netip.Addr   // in Gateway's network
	PodCIDR     netip.Prefix
	ServiceCIDR netip.Prefix

	Hosts    map[string]string // more lines of the node's /etc/hosts: name to address
	Registry Registry          // optional
	Preload  []string          // image archives (OCI or Docker) imported at start
	Logger   *slog.Logger
}

// Registry is how the node's containerd reaches the platform's registry. With
// it, pods need no imagePullSecrets.
type Registry struct {
	Host     string // as in image references, with its port when that is not 443
	URL      string
	CAFile   string // PEM; absolute
	User     string
	Password secret.String
}

// Kubeconfig is the path of the administrator's kubeconfig, written by the node.
func Kubeconfig(cfg Config) string { return filepath.Join(cfg.Dir, kubeconfigFile) }

// RESTConfig has every right on the cluster. The node must have been started once.
func RESTConfig(cfg Config) (*rest.Config, error) {
	restConfig, err := clientcmd.BuildConfigFromFlags("", Kubeconfig(cfg))
	if err != nil {
		return nil, fmt.Errorf("kubeconfig of the node: %w", err)
	}
	return restConfig, nil
}

// BuildKit is what a client of the node's builder needs.
type BuildKit struct {
	Address string // e.g. tcp://10.41.0.2:1234
	CA      []byte // PEM
	Cert    []byte // PEM
	Key     secret.String
}

// BuildKitCredentials reads what the node has written.
func BuildKitCredentials(cfg Config) (BuildKit, error) {
	read := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(cfg.Dir, "buildkit", name)) }
	ca, err1 := read("ca.pem")
	cert, err2 := read("client.pem")
	key, err3 := read("client-key.pem")
	if err := errors.Join(err1, err2, err3); err != nil {
		return BuildKit{}, fmt.Errorf("credentials of the builder: %w", err)
	}
	address := "tcp://" + netip.AddrPortFrom(cfg.NodeIP, buildkitPort).String()
	return BuildKit{Address: address, CA: ca, Cert: cert, Key: secret.New(string(key))}, nil
}

// withDefaults fills what may be empty and checks the rest.
func (c Config) withDefaults() (Config, error) {
	if c.Name == "" {
		c.Name = defaultName
	}
	if c.PauseImage == "" {
		c.PauseImage = DefaultPauseImage
	}
	if c.CNIBinDir == "" {
		c.CNIBinDir = defaultCNIDir
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Runc == "" {
		found, err := exec.LookPath("runc")
		if err != nil {
			return c, errors.New("cluster: runc is not installed (Debian: apt install runc)")
		}
		c.Runc = found
	}
	return c, c.validate()
}

func (c Config) validate() error {
	var problems []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	need(filepath.IsAbs(c.Dir), "Dir %q is no absolute path", c.Dir)
	need(!hidden(c.Dir), "Dir %q lies where the node has a file system of its own; choose another place", c.Dir)
	need(c.Bridge != "" && len(c.Bridge) <= maxBridgeName, "Bridge %q must have 1 to %d bytes", c.Bridge, maxBridgeName)
	need(c.Gateway.IsValid() && c.Gateway.Addr().Is4(), "Gateway %s is no IPv4 address with a prefix length", c.Gateway)
	need(c.Gateway.IsValid() && c.Gateway.Contains(c.NodeIP) && c.NodeIP != c.Gateway.Addr(), "NodeIP %s is no other address of the network %s", c.NodeIP, c.Gateway)
	need(c.PodCIDR.IsValid(), "PodCIDR is no network")
	need(c.ServiceCIDR.IsValid(), "ServiceCIDR is no network")
	for name, file := range map[string]string{"NodeBinary": c.NodeBinary, "PauseBinary": c.PauseBinary, "BuildkitdBinary": c.BuildkitdBinary} {
		if file == "" && name == "BuildkitdBinary" {
			continue
		}
		_, err := os.Stat(file)
		need(filepath.IsAbs(file) && err == nil, "%s %q is not there or no absolute path; `make` builds it", name, file)
	}
	_, err := os.Stat(filepath.Join(c.CNIBinDir, "bridge"))
	need(err == nil, "no CNI plugins in %s (Debian: apt install containernetworking-plugins)", c.CNIBinDir)
	if len(problems) > 0 {
		return fmt.Errorf("cluster: %w", errors.Join(problems...))
	}
	return nil
}

// hidden reports whether the node covers a directory with one of its own.
func hidden(dir string) bool {
	for _, covered := range []string{"/run", "/var/run", "/proc", "/var/log"} {
		if dir == covered || strings.HasPrefix(dir, covered+"/") {
			return true
		}
	}
	return dir == "/var/lib"
}

// resolvers are the machine's own name servers that a network namespace can
// reach: not those on loopback.
func resolvers(resolvConf string) ([]string, error) {
	file, err := os.Open(resolvConf)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || fields[0] != "nameserver" {
			continue
		}
		address, err := netip.ParseAddr(fields[1])
		if err == nil && !address.IsLoopback() && address.Zone() == "" {
			found = append(found, address.String())
		}
	}
	return found, lines.Err()
}
