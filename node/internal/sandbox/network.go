package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"

	"github.com/vishvananda/netlink"

	"github.com/pronto-platform/pronto/node/internal/nodeconf"
)

// Network configures the interface that the host has moved in.
func Network(cfg nodeconf.Config, log *slog.Logger) error {
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	link, err := netlink.LinkByName(cfg.Link)
	if err != nil {
		return fmt.Errorf("interface %s: %w", cfg.Link, err)
	}
	mask := net.CIDRMask(cfg.Gateway.Bits(), 32)
	address := &netlink.Addr{IPNet: &net.IPNet{IP: cfg.NodeIP.AsSlice(), Mask: mask}}
	if err := netlink.AddrReplace(link, address); err != nil {
		return fmt.Errorf("address %s on %s: %w", cfg.NodeIP, cfg.Link, err)
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return fmt.Errorf("interface %s: %w", cfg.Link, err)
	}
	gateway := net.IP(cfg.Gateway.Addr().AsSlice())
	if err := netlink.RouteReplace(&netlink.Route{LinkIndex: link.Attrs().Index, Gw: gateway}); err != nil {
		return fmt.Errorf("default route through %s: %w", gateway, err)
	}
	return forwarding(log)
}

// forwarding sets what routing between pods and services needs; both settings
// belong to the network namespace.
func forwarding(log *slog.Logger) error {
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0); err != nil {
		return fmt.Errorf("IP forwarding: %w", err)
	}
	// Without it the answer of a pod to its neighbour on the bridge would skip
	// the translation back to the service's address.
	err := os.WriteFile("/proc/sys/net/bridge/bridge-nf-call-iptables", []byte("1"), 0)
	if errors.Is(err, fs.ErrNotExist) {
		log.Warn("the kernel has no br_netfilter: pods cannot reach each other through a service's address")
		return nil
	}
	return err
}
