package render

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
	"github.com/pronto-platform/pronto/node/internal/pki"
)

type object = map[string]any

// kubelet is a KubeletConfiguration. The node may share its machine and its
// disk with other work, so eviction and image collection start only when the
// disk is nearly full, whoever filled it.
func kubelet(cfg nodeconf.Config) object {
	return object{
		"apiVersion":               "kubelet.config.k8s.io/v1beta1",
		"kind":                     "KubeletConfiguration",
		"authentication":           object{"anonymous": object{"enabled": false}, "webhook": object{"enabled": true}, "x509": object{"clientCAFile": cert(cfg, pki.CA)}},
		"authorization":            object{"mode": "Webhook"},
		"tlsCertFile":              cert(cfg, pki.KubeletServer),
		"tlsPrivateKeyFile":        key(cfg, pki.KubeletServer),
		"containerRuntimeEndpoint": "unix://" + nodeconf.ContainerdSocket,
		"cgroupDriver":             "cgroupfs",
		"cgroupRoot":               cfg.CgroupRoot,
		"failCgroupV1":             false,
		"failSwapOn":               false,
		"enforceNodeAllocatable":   []string{},
		"makeIPTablesUtilChains":   false,
		"clusterDNS":               []string{cfg.Gateway.Addr().String()},
		"clusterDomain":            "cluster.local",
		"resolvConf":               cfg.Path("etc", "resolv.conf"),
		"podLogsDir":               "/var/log/pods",
		"volumePluginDir":          cfg.Path("kubelet", "volume-plugins"),
		"readOnlyPort":             0,
		"maxPods":                  250,
		"serializeImagePulls":      false,
		"containerLogMaxSize":      "5Mi",
		"containerLogMaxFiles":     2,
		"registryPullQPS":          0,
		"eventRecordQPS":           50,
		"evictionHard": object{
			"memory.available": "64Mi", "nodefs.available": "1%", "imagefs.available": "1%",
			"nodefs.inodesFree": "1%", "imagefs.inodesFree": "1%",
		},
		"imageGCHighThresholdPercent": 98,
		"imageGCLowThresholdPercent":  95,
		"enableProfilingHandler":      false,
	}
}

// kubeProxy leaves conntrack's limits alone: they are the machine's, not the node's.
func kubeProxy(cfg nodeconf.Config) object {
	return object{
		"apiVersion":       "kubeproxy.config.k8s.io/v1alpha1",
		"kind":             "KubeProxyConfiguration",
		"mode":             "nftables",
		"clusterCIDR":      cfg.PodCIDR.String(),
		"hostnameOverride": cfg.Name,
		"clientConnection": object{"kubeconfig": Kubeconfig(cfg, "kube-proxy")},
		"conntrack":        object{"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
	}
}

func scheduler(cfg nodeconf.Config) object {
	return object{
		"apiVersion":       "kubescheduler.config.k8s.io/v1",
		"kind":             "KubeSchedulerConfiguration",
		"parallelism":      4,
		"leaderElection":   object{"leaderElect": false},
		"enableProfiling":  false,
		"clientConnection": object{"kubeconfig": Kubeconfig(cfg, "kube-scheduler")},
	}
}

// cni is the pods' network: one bridge inside the node, masqueraded outwards.
// Leases live on a tmpfs, so that none outlives the namespaces it names.
func cni(cfg nodeconf.Config) object {
	return object{
		"cniVersion": "1.0.0",
		"name":       "pronto",
		"plugins": []object{
			{
				"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
				"ipam": object{
					"type":    "host-local",
					"dataDir": "/run/cni/networks",
					"ranges":  [][]object{{{"subnet": cfg.PodCIDR.Masked().String()}}},
					"routes":  []object{{"dst": "0.0.0.0/0"}},
				},
			},
			{"type": "portmap", "capabilities": object{"portMappings": true}},
		},
	}
}

// Kubeconfig is the path of one client's kubeconfig.
func Kubeconfig(cfg nodeconf.Config, client string) string {
	if client == "admin" {
		return cfg.Path("admin.conf")
	}
	return cfg.Path("config", client+".conf")
}

// Kubeconfigs reads the clients' certificates and renders their kubeconfigs,
// each complete in itself so that it may be copied elsewhere.
func Kubeconfigs(cfg nodeconf.Config) ([]File, error) {
	var files []File
	for _, client := range pki.Clients(cfg.Name) {
		body, err := kubeconfig(cfg, client.Name)
		if err != nil {
			return nil, fmt.Errorf("kubeconfig of %s: %w", client.Name, err)
		}
		path := Kubeconfig(cfg, client.Name)[len(cfg.Dir)+1:]
		files = append(files, File{path, body})
	}
	return files, nil
}

func kubeconfig(cfg nodeconf.Config, client string) ([]byte, error) {
	data := map[string]string{}
	for name, file := range map[string]string{"ca": cert(cfg, pki.CA), "cert": cert(cfg, client), "key": key(cfg, client)} {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		data[name] = base64.StdEncoding.EncodeToString(raw)
	}
	return json.MarshalIndent(object{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": "pronto",
		"clusters":        []object{{"name": "pronto", "cluster": object{"server": cfg.APIServer(), "certificate-authority-data": data["ca"]}}},
		"users":           []object{{"name": client, "user": object{"client-certificate-data": data["cert"], "client-key-data": data["key"]}}},
		"contexts":        []object{{"name": "pronto", "context": object{"cluster": "pronto", "user": client}}},
	}, "", "  ")
}
