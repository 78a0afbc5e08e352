package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/vishvananda/netlink"
)

const (
	forwardingSetting = "/proc/sys/net/ipv4/ip_forward"
	forwardingBefore  = "ip_forward.before"
)

// EnsureNetwork makes what the node stands on: the bridge with the gateway's
// address and one NAT table, and IP forwarding. It may be called again.
func EnsureNetwork(ctx context.Context, cfg Config) error {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("cluster: state directory: %w", err)
	}
	if err := ensureBridge(cfg); err != nil {
		return fmt.Errorf("cluster: bridge %s: %w", cfg.Bridge, err)
	}
	if err := ensureForwarding(cfg); err != nil {
		return fmt.Errorf("cluster: IP forwarding: %w", err)
	}
	if err := ensureNAT(ctx, cfg); err != nil {
		return fmt.Errorf("cluster: NAT table of %s: %w", cfg.Bridge, err)
	}
	return nil
}

func ensureBridge(cfg Config) error {
	link, err := netlink.LinkByName(cfg.Bridge)
	if isMissing(err) {
		if err := refuseOverlap(cfg); err != nil {
			return err
		}
		attributes := netlink.NewLinkAttrs()
		attributes.Name = cfg.Bridge
		if err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: attributes}); err != nil {
			return err
		}
		link, err = netlink.LinkByName(cfg.Bridge)
	}
	if err != nil {
		return err
	}
	if link.Type() != "bridge" {
		return fmt.Errorf("there is an interface of this name, and it is a %s", link.Type())
	}
	address := &netlink.Addr{IPNet: ipNet(cfg.Gateway)}
	if err := netlink.AddrReplace(link, address); err != nil {
		return fmt.Errorf("address %s: %w", cfg.Gateway, err)
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return err
	}
	return ensureRoutes(cfg, link)
}

// ensureRoutes leads the pods' and the services' ranges to the node. The
// kernel takes them away with the bridge.
func ensureRoutes(cfg Config, bridge netlink.Link) error {
	for _, network := range []netip.Prefix{cfg.PodCIDR, cfg.ServiceCIDR} {
		route := &netlink.Route{
			LinkIndex: bridge.Attrs().Index,
			Dst:       ipNet(network.Masked()),
			Gw:        cfg.NodeIP.AsSlice(),
			Flags:     int(netlink.FLAG_ONLINK), // the bridge has no carrier before the node joins
		}
		if err := netlink.RouteReplace(route); err != nil {
			return fmt.Errorf("route to %s: %w", network, err)
		}
	}
	return nil
}

// refuseOverlap keeps a node from taking over addresses that the machine
// already reaches in another way.
func refuseOverlap(cfg Config) error {
	routes, err := netlink.RouteList(nil, netlink.FAMILY_V4)
	if err != nil {
		return err
	}
	for _, route := range routes {
		if route.Dst == nil {
			continue
		}
		ones, _ := route.Dst.Mask.Size()
		address, ok := netip.AddrFromSlice(route.Dst.IP.To4())
		if !ok || ones == 0 {
			continue
		}
		taken := netip.PrefixFrom(address, ones)
		for _, wanted := range []netip.Prefix{cfg.Gateway, cfg.PodCIDR, cfg.ServiceCIDR} {
			if taken.Overlaps(wanted) {
				return fmt.Errorf("this machine already has a route to %s, which overlaps %s; choose other addresses", taken, wanted)
			}
		}
	}
	return nil
}

// ensureForwarding remembers what the setting was, to put it back in Remove.
func ensureForwarding(cfg Config) error {
	now, err := os.ReadFile(forwardingSetting)
	if err != nil {
		return err
	}
	before := filepath.Join(cfg.Dir, forwardingBefore)
	if _, err := os.Stat(before); errors.Is(err, os.ErrNotExist) {
		if err := os.WriteFile(before, now, 0o600); err != nil {
			return err
		}
	}
	if strings.TrimSpace(string(now)) == "1" {
		return nil
	}
	return os.WriteFile(forwardingSetting, []byte("1"), 0)
}

func restoreForwarding(cfg Config) error {
	before := filepath.Join(cfg.Dir, forwardingBefore)
	value, err := os.ReadFile(before)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(forwardingSetting, value, 0); err != nil {
		return err
	}
	return os.Remove(before)
}

// connect gives the process pid one end of a veth, named nodeLink there, and
// joins the other to the bridge. A veth left by a dead node is replaced.
func connect(cfg Config, pid int) error {
	bridge, err := netlink.LinkByName(cfg.Bridge)
	if err != nil {
		return fmt.Errorf("bridge %s: %w", cfg.Bridge, err)
	}
	if err := removeLink(hostLink(cfg)); err != nil {
		return err
	}
	attributes := netlink.NewLinkAttrs()
	attributes.Name = hostLink(cfg)
	attributes.MasterIndex = bridge.Attrs().Index
	veth := &netlink.Veth{LinkAttrs: attributes, PeerName: nodeLink, PeerNamespace: netlink.NsPid(pid)}
	if err := netlink.LinkAdd(veth); err != nil {
		return fmt.Errorf("add %s: %w", attributes.Name, err)
	}
	link, err := netlink.LinkByName(attributes.Name)
	if err != nil {
		return err
	}
	return netlink.LinkSetUp(link)
}

func hostLink(cfg Config) string { return cfg.Bridge + "-node" }

func removeLink(name string) error {
	link, err := netlink.LinkByName(name)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return netlink.LinkDel(link)
}

func isMissing(err error) bool {
	var missing netlink.LinkNotFoundError
	return errors.As(err, &missing)
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), 32)}
}
