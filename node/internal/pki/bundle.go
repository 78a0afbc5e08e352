package pki

import (
	"fmt"
	"net"
	"os"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
)

// Names of the files in <state>/pki, without extension.
const (
	CA             = "ca"
	FrontProxyCA   = "front-proxy-ca"
	EtcdCA         = "etcd-ca"
	BuildkitCA     = "buildkit-ca"
	APIServer      = "apiserver"
	KubeletServer  = "kubelet"
	KubeletAccess  = "apiserver-kubelet-client"
	FrontProxy     = "front-proxy-client"
	Etcd           = "etcd"
	EtcdClient     = "apiserver-etcd-client"
	BuildkitServer = "buildkit"
	BuildkitClient = "buildkit-client"
	ServiceAccount = "sa"
)

// Client is an identity of the cluster that gets a kubeconfig of its own.
type Client struct {
	Name string
	CN   string
	Org  []string
}

// Clients are the identities a node's components and its administrator use.
// Their groups are those of the default RBAC bindings:
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
func Clients(nodeName string) []Client {
	return []Client{
		{Name: "admin", CN: "pronto-admin", Org: []string{"system:masters"}},
		{Name: "kube-controller-manager", CN: "system:kube-controller-manager"},
		{Name: "kube-scheduler", CN: "system:kube-scheduler"},
		{Name: "kube-proxy", CN: "system:kube-proxy"},
		{Name: "kubelet-client", CN: "system:node:" + nodeName, Org: []string{"system:nodes"}},
	}
}

type authorityLeaves struct {
	authority string
	leaves    []Leaf
}

// Ensure makes every certificate of a node in <state>/pki.
func Ensure(cfg nodeconf.Config) error {
	dir := cfg.Path("pki")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, group := range wanted(cfg) {
		ca, err := Authority(dir, group.authority)
		if err != nil {
			return err
		}
		for _, leaf := range group.leaves {
			if _, err := ca.Issue(dir, leaf); err != nil {
				return fmt.Errorf("certificate %s: %w", leaf.Name, err)
			}
		}
	}
	if err := Key(dir, ServiceAccount); err != nil {
		return fmt.Errorf("service account key: %w", err)
	}
	return nil
}

func wanted(cfg nodeconf.Config) []authorityLeaves {
	loopback, node := net.IPv4(127, 0, 0, 1), net.IP(cfg.NodeIP.AsSlice())
	service := net.IP(cfg.KubernetesService().AsSlice())
	cluster := []Leaf{
		{Name: APIServer, CN: "kube-apiserver", Server: true, IPs: []net.IP{loopback, node, service},
			DNS: []string{"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"}},
		{Name: KubeletServer, CN: "system:node:" + cfg.Name, Org: []string{"system:nodes"}, Server: true,
			IPs: []net.IP{loopback, node}, DNS: []string{cfg.Name}},
		{Name: KubeletAccess, CN: "kube-apiserver-kubelet-client", Org: []string{"system:masters"}, Client: true},
	}
	for _, client := range Clients(cfg.Name) {
		cluster = append(cluster, Leaf{Name: client.Name, CN: client.CN, Org: client.Org, Client: true})
	}
	return []authorityLeaves{
		{CA, cluster},
		{FrontProxyCA, []Leaf{{Name: FrontProxy, CN: "front-proxy-client", Client: true}}},
		{EtcdCA, []Leaf{
			{Name: Etcd, CN: "etcd", Server: true, Client: true, IPs: []net.IP{loopback}, DNS: []string{"localhost"}},
			{Name: EtcdClient, CN: "kube-apiserver-etcd-client", Client: true},
		}},
		{BuildkitCA, []Leaf{
			{Name: BuildkitServer, CN: "buildkitd", Server: true, IPs: []net.IP{loopback, node}, DNS: []string{"buildkitd"}},
			{Name: BuildkitClient, CN: "buildkit-client", Client: true},
		}},
	}
}
