// Package render turns a node's configuration into the files and the command
// lines of its components. Everything but Write is pure.
package render

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
)

// File is a file below the node's state directory. All are 0600: some carry credentials.
type File struct {
	Path string
	Body []byte
}

// Files are the configuration of every component, certificates excepted.
func Files(cfg nodeconf.Config) ([]File, error) {
	files := []File{
		{"etc/hosts", hostsFile(cfg)},
		{"etc/resolv.conf", resolvConf(cfg)},
	}
	documents := map[string]any{
		"config/kubelet.yaml":    kubelet(cfg),
		"config/kube-proxy.yaml": kubeProxy(cfg),
		"config/scheduler.yaml":  scheduler(cfg),
		"cni/10-pronto.conflist": cni(cfg),
	}
	for path, document := range documents {
		body, err := json.MarshalIndent(document, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		files = append(files, File{path, body})
	}
	toml, err := tomlFiles(cfg)
	if err != nil {
		return nil, err
	}
	return append(files, toml...), nil
}

// Write puts the files in place, each in one step.
func Write(dir string, files []File) error {
	for _, file := range files {
		path := filepath.Join(dir, file.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path+".new", file.Body, 0o600); err != nil {
			return err
		}
		if err := os.Rename(path+".new", path); err != nil {
			return err
		}
	}
	// Pods with dnsPolicy Default and builds run as other users and get these two as mounts.
	for _, public := range []string{"etc/hosts", "etc/resolv.conf"} {
		if err := os.Chmod(filepath.Join(dir, public), 0o644); err != nil {
			return err
		}
	}
	return nil
}
