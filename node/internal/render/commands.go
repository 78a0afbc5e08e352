package render

import (
	"fmt"
	"strings"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
	"github.com/pronto-platform/pronto/node/internal/pki"
)

// Command is how one component is started. Path is empty for those that are
// the node binary itself under another name.
type Command struct {
	Name string
	Path string
	Args []string
	Env  []string
}

// needless controllers: they serve clouds, kubeadm, devices, legacy tokens or
// storage that this node does not have.
var needless = []string{
	"bootstrap-signer-controller", "token-cleaner-controller", "node-ipam-controller",
	"certificatesigningrequest-signing-controller", "certificatesigningrequest-approving-controller",
	"certificatesigningrequest-cleaner-controller", "podcertificaterequest-cleaner-controller",
	"device-taint-eviction-controller", "endpointslice-mirroring-controller", "ttl-controller",
	"legacy-serviceaccount-token-cleaner-controller", "resourceclaim-controller",
	"storageversion-garbage-collector-controller", "storage-version-migrator-controller",
	"volumeattributesclass-protection-controller", "selinux-warning-controller",
	"kube-apiserver-serving-clustertrustbundle-publisher-controller",
}

// Etcd keeps its log short: the node's objects are few and small.
func Etcd(cfg nodeconf.Config) Command {
	return Command{Name: "etcd", Env: memory("150", "256MiB"), Args: []string{
		"--name=" + cfg.Name,
		"--data-dir=" + cfg.Path("etcd"),
		"--listen-client-urls=https://127.0.0.1:2379", "--advertise-client-urls=https://127.0.0.1:2379",
		"--listen-peer-urls=https://127.0.0.1:2380", "--initial-advertise-peer-urls=https://127.0.0.1:2380",
		"--initial-cluster=" + cfg.Name + "=https://127.0.0.1:2380",
		"--client-cert-auth", "--trusted-ca-file=" + cert(cfg, pki.EtcdCA),
		"--cert-file=" + cert(cfg, pki.Etcd), "--key-file=" + key(cfg, pki.Etcd),
		"--peer-client-cert-auth", "--peer-trusted-ca-file=" + cert(cfg, pki.EtcdCA),
		"--peer-cert-file=" + cert(cfg, pki.Etcd), "--peer-key-file=" + key(cfg, pki.Etcd),
		"--quota-backend-bytes=2147483648", "--snapshot-count=2000",
		"--auto-compaction-mode=periodic", "--auto-compaction-retention=5m",
		"--log-level=warn",
	}}
}

// APIServer authenticates by certificate and token only; pods are held to the
// namespaces' Pod Security levels by the admission that is on by default.
func APIServer(cfg nodeconf.Config) Command {
	return Command{Name: "kube-apiserver", Env: memory("150", "1GiB"), Args: []string{
		"--advertise-address=" + cfg.NodeIP.String(),
		fmt.Sprintf("--secure-port=%d", nodeconf.APIServerPort),
		"--etcd-servers=https://127.0.0.1:2379",
		"--etcd-cafile=" + cert(cfg, pki.EtcdCA), "--etcd-certfile=" + cert(cfg, pki.EtcdClient), "--etcd-keyfile=" + key(cfg, pki.EtcdClient),
		"--client-ca-file=" + cert(cfg, pki.CA),
		"--tls-cert-file=" + cert(cfg, pki.APIServer), "--tls-private-key-file=" + key(cfg, pki.APIServer),
		"--kubelet-certificate-authority=" + cert(cfg, pki.CA),
		"--kubelet-client-certificate=" + cert(cfg, pki.KubeletAccess), "--kubelet-client-key=" + key(cfg, pki.KubeletAccess),
		"--kubelet-preferred-address-types=InternalIP",
		"--proxy-client-cert-file=" + cert(cfg, pki.FrontProxy), "--proxy-client-key-file=" + key(cfg, pki.FrontProxy),
		"--requestheader-client-ca-file=" + cert(cfg, pki.FrontProxyCA), "--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + cfg.Path("pki", pki.ServiceAccount+".pub"),
		"--service-account-signing-key-file=" + key(cfg, pki.ServiceAccount),
		"--service-cluster-ip-range=" + cfg.ServiceCIDR.Masked().String(),
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--anonymous-auth=false", "--allow-privileged=true", "--profiling=false",
		"--event-ttl=1h0m0s",
	}}
}

// ControllerManager runs without the controllers that have nothing to do here.
func ControllerManager(cfg nodeconf.Config) Command {
	conf := Kubeconfig(cfg, "kube-controller-manager")
	return Command{Name: "kube-controller-manager", Env: memory("100", "400MiB"), Args: []string{
		"--kubeconfig=" + conf, "--authentication-kubeconfig=" + conf, "--authorization-kubeconfig=" + conf,
		"--bind-address=127.0.0.1", "--leader-elect=false", "--profiling=false",
		"--controllers=*,-" + strings.Join(needless, ",-"),
		"--use-service-account-credentials",
		"--service-account-private-key-file=" + key(cfg, pki.ServiceAccount),
		"--root-ca-file=" + cert(cfg, pki.CA),
		"--cluster-cidr=" + cfg.PodCIDR.String(),
		"--flex-volume-plugin-dir=" + cfg.Path("kubelet", "volume-plugins"),
	}}
}

// Scheduler takes its settings from its file.
func Scheduler(cfg nodeconf.Config) Command {
	conf := Kubeconfig(cfg, "kube-scheduler")
	return Command{Name: "kube-scheduler", Env: memory("100", "256MiB"), Args: []string{
		"--config=" + cfg.Path("config", "scheduler.yaml"),
		"--authentication-kubeconfig=" + conf, "--authorization-kubeconfig=" + conf, "--bind-address=127.0.0.1",
	}}
}

// Kubelet takes its settings from its file.
func Kubelet(cfg nodeconf.Config) Command {
	return Command{Name: "kubelet", Env: memory("150", "300MiB"), Args: []string{
		"--config=" + cfg.Path("config", "kubelet.yaml"),
		"--kubeconfig=" + Kubeconfig(cfg, "kubelet-client"),
		"--hostname-override=" + cfg.Name, "--node-ip=" + cfg.NodeIP.String(),
		"--root-dir=" + cfg.Path("kubelet"),
	}}
}

// KubeProxy takes its settings from its file.
func KubeProxy(cfg nodeconf.Config) Command {
	return Command{Name: "kube-proxy", Env: memory("100", "256MiB"), Args: []string{"--config=" + cfg.Path("config", "kube-proxy.yaml")}}
}

// Containerd takes its settings from its file.
func Containerd(cfg nodeconf.Config) Command {
	return Command{Name: "containerd", Env: memory("150", ""), Args: []string{"--config=" + cfg.Path("config", "containerd.toml"), "--log-level=info"}}
}

// Buildkitd takes its settings from its file; no entitlement is granted.
func Buildkitd(cfg nodeconf.Config) Command {
	return Command{Name: "buildkitd", Path: cfg.BuildkitdBinary, Env: memory("150", ""), Args: []string{"--config=" + cfg.Path("config", "buildkitd.toml")}}
}

// memory sets how hard the Go runtime collects. At 60, below 480 MiB, that took
// more than a third of the API server's time, on the cores that a delivery
// waits for. limit is soft, so a component that truly needs more gets slower
// and does not die; it has room for some hundred applications.
func memory(gogc, limit string) []string {
	env := []string{"GOGC=" + gogc}
	if limit != "" {
		env = append(env, "GOMEMLIMIT="+limit)
	}
	return env
}
