package machine

import (
	"os"
	"os/exec"

	"github.com/pronto-platform/pronto/internal/config"
)

// program is something that must be installed, and the Debian package that brings it.
type program struct {
	file    string // a name on PATH, or an absolute path
	pkg     string
	purpose string
	node    bool // only the embedded node needs it
}

var programs = []program{
	{file: "git", pkg: "git", purpose: "the forge serves repositories with it"},
	{file: "update-ca-certificates", pkg: "ca-certificates", purpose: "the machine trusts the platform's certificates through it"},
	{file: "mmdebstrap", pkg: "mmdebstrap", purpose: "base images are made with it"},
	{file: "/usr/lib/cni/bridge", pkg: "containernetworking-plugins", purpose: "pods get their network from it", node: true},
	{file: "runc", pkg: "runc", purpose: "containers run under it", node: true},
	{file: "iptables", pkg: "iptables", purpose: "the pods' network plugin calls it", node: true},
	{file: "nft", pkg: "nftables", purpose: "the node's firewall rules are set with it", node: true},
}

func checkPrograms(cfg config.Config) []Finding {
	var found []Finding
	for _, p := range programs {
		if p.node && !cfg.Embedded() || p.installed() {
			continue
		}
		found = append(found, Finding{
			Subject: p.file, Problem: "not installed; " + p.purpose,
			Remedy: "apt-get install " + p.pkg, Package: p.pkg,
		})
	}
	return found
}

func (p program) installed() bool {
	if p.file[0] == '/' {
		_, err := os.Stat(p.file)
		return err == nil
	}
	_, err := exec.LookPath(p.file)
	return err == nil
}
