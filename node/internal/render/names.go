package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
)

func hostsFile(cfg nodeconf.Config) []byte {
	var b strings.Builder
	b.WriteString("127.0.0.1 localhost\n::1 localhost ip6-localhost\n")
	fmt.Fprintf(&b, "%s %s\n", cfg.NodeIP, cfg.Name)
	for _, name := range slices.Sorted(maps.Keys(cfg.Hosts)) {
		fmt.Fprintf(&b, "%s %s\n", cfg.Hosts[name], name)
	}
	return []byte(b.String())
}

func resolvConf(cfg nodeconf.Config) []byte {
	var b strings.Builder
	for _, server := range append([]string{cfg.Gateway.Addr().String()}, cfg.Resolvers...) {
		fmt.Fprintf(&b, "nameserver %s\n", server)
	}
	b.WriteString("options timeout:2 attempts:2\n")
	return []byte(b.String())
}
