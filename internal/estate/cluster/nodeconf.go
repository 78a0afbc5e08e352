package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// nodeConfig is the file a node is started with; its reader is
// node/internal/nodeconf, which refuses unknown fields.
type nodeConfig struct {
	Name            string            `json:"name"`
	Dir             string            `json:"dir"`
	CgroupRoot      string            `json:"cgroupRoot"`
	Gateway         string            `json:"gateway"`
	NodeIP          string            `json:"nodeIP"`
	PodCIDR         string            `json:"podCIDR"`
	ServiceCIDR     string            `json:"serviceCIDR"`
	Link            string            `json:"link"`
	Hosts           map[string]string `json:"hosts,omitempty"`
	Resolvers       []string          `json:"resolvers,omitempty"`
	Registry        nodeRegistry      `json:"registry,omitzero"`
	PauseImage      string            `json:"pauseImage"`
	PauseBinary     string            `json:"pauseBinary"`
	BuildkitdBinary string            `json:"buildkitdBinary,omitempty"`
	Preload         []string          `json:"preload,omitempty"`
	Runc            string            `json:"runc"`
	CNIBinDir       string            `json:"cniBinDir"`
}

type nodeRegistry struct {
	Host     string `json:"host"`
	URL      string `json:"url"`
	CAFile   string `json:"caFile"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// render is pure; nameservers come from the machine's resolv.conf.
func render(cfg Config, nameservers []string) ([]byte, error) {
	return json.MarshalIndent(nodeConfig{
		Name:            cfg.Name,
		Dir:             cfg.Dir,
		CgroupRoot:      cgroupRoot(cfg),
		Gateway:         cfg.Gateway.String(),
		NodeIP:          cfg.NodeIP.String(),
		PodCIDR:         cfg.PodCIDR.String(),
		ServiceCIDR:     cfg.ServiceCIDR.String(),
		Link:            nodeLink,
		Hosts:           cfg.Hosts,
		Resolvers:       nameservers,
		PauseImage:      cfg.PauseImage,
		PauseBinary:     cfg.PauseBinary,
		BuildkitdBinary: cfg.BuildkitdBinary,
		Preload:         cfg.Preload,
		Runc:            cfg.Runc,
		CNIBinDir:       cfg.CNIBinDir,
		Registry: nodeRegistry{
			Host:     cfg.Registry.Host,
			URL:      cfg.Registry.URL,
			CAFile:   cfg.Registry.CAFile,
			User:     cfg.Registry.User,
			Password: cfg.Registry.Password.Reveal(),
		},
	}, "", "  ")
}

// writeNodeConfig writes the file with 0600, for it carries the registry's credential.
func writeNodeConfig(cfg Config) (string, error) {
	nameservers, err := resolvers("/etc/resolv.conf")
	if err != nil {
		return "", fmt.Errorf("name servers of the machine: %w", err)
	}
	body, err := render(cfg, nameservers)
	if err != nil {
		return "", err
	}
	path := filepath.Join(cfg.Dir, configFile)
	return path, os.WriteFile(path, body, 0o600)
}
