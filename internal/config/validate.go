package config

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	domainPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$`)
	labelsPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)
	ownerPattern  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,37}[a-z0-9])?$`)
)

// maxInterfaceName is IFNAMSIZ without its terminating zero.
const maxInterfaceName = 15

// maxGraceDays is ten years.
const maxGraceDays = 3650

// Validate reports every fault at once; each names its field and the fix.
func (c Config) Validate() error {
	return errors.Join(
		check(domainPattern.MatchString(c.Domain) && len(c.Domain) <= 190,
			"domain %q: use lower-case labels with a dot between them, e.g. pronto.localhost", c.Domain),
		check(filepath.IsAbs(c.State), "state %q: use an absolute path", c.State),
		check(ownerPattern.MatchString(c.Organization), "organization %q: use 1-39 of a-z, 0-9 and -", c.Organization),
		check(c.Edge.Address.Is4(), "edge.address %s: use an IPv4 address", c.Edge.Address),
		checkPort("edge.httpsPort", c.Edge.HTTPSPort),
		checkPort("edge.httpPort", c.Edge.HTTPPort),
		c.DNS.validate(),
		check(c.Edge.HTTPSPort != c.Edge.HTTPPort, "edge.httpPort %d: must differ from edge.httpsPort", c.Edge.HTTPPort),
		c.Node.validate(),
		c.Limits.validate(),
		check(c.Deletion.GraceDays >= 0 && c.Deletion.GraceDays <= maxGraceDays,
			"deletion.graceDays %d: use a number of days up to %d, or 0 to keep nothing of what is deleted", c.Deletion.GraceDays, maxGraceDays),
		c.Catalog.validate(),
		c.Identity.validate(),
		c.Telemetry.validate(),
		validateNotifications(c.Notifications),
	)
}

func (c Catalog) validate() error {
	errs := []error{check(c.OrphanStrategy == "delete" || c.OrphanStrategy == "keep",
		"catalog.orphanStrategy %q: use delete or keep", c.OrphanStrategy)}
	for i, l := range c.Locations {
		field := fmt.Sprintf("catalog.locations[%d]", i)
		switch l.Type {
		case "file":
			errs = append(errs, check(filepath.IsAbs(l.Target), "%s.target %q: use an absolute path", field, l.Target))
		case "url":
			errs = append(errs, check(strings.HasPrefix(l.Target, "https://"), "%s.target %q: use an address of the forge, https://...", field, l.Target))
		default:
			errs = append(errs, fmt.Errorf("%s.type %q: use url or file", field, l.Type))
		}
	}
	return errors.Join(errs...)
}

func (d DNS) validate() error {
	errs := []error{checkPort("dns.port", d.Port)}
	seen := map[string]bool{}
	for i, r := range d.Records {
		field := fmt.Sprintf("dns.records[%d]", i)
		errs = append(errs,
			check(labelsPattern.MatchString(r.Name), "%s.name %q: use lower-case labels below the domain, e.g. mail", field, r.Name),
			check(!slices.Contains(SystemHosts, r.Name), "%s.name %q: is the platform's own; choose another", field, r.Name),
			check(!seen[r.Name], "%s.name %q: stands there twice", field, r.Name),
			check(r.Address.IsValid(), "%s.address: is needed, e.g. 192.0.2.7", field))
		seen[r.Name] = true
	}
	return errors.Join(errs...)
}

func (l Limits) validate() error {
	return errors.Join(
		check(l.Applications >= 0, "limits.applications %d: use a positive number, or 0 for no limit", l.Applications),
		check(l.ApplicationsPerOwner >= 0, "limits.applicationsPerOwner %d: use a positive number, or 0 for no limit", l.ApplicationsPerOwner),
	)
}

func (n Node) validate() error {
	if n.Kubeconfig != "" {
		return check(filepath.IsAbs(n.Kubeconfig), "node.kubeconfig %q: use an absolute path", n.Kubeconfig)
	}
	ranges := map[string]netip.Prefix{"node.gateway": n.Gateway.Masked(), "node.pods": n.Pods, "node.services": n.Services}
	var errs []error
	for name, p := range ranges {
		errs = append(errs, check(p.IsValid() && p.Addr().Is4(), "%s: use an IPv4 range such as 10.42.0.0/16", name))
		for other, q := range ranges {
			errs = append(errs, check(name >= other || !p.Overlaps(q), "%s %s overlaps %s %s: choose ranges that do not", name, p, other, q))
		}
	}
	return errors.Join(append(errs,
		check(n.Bridge != "" && len(n.Bridge) <= maxInterfaceName, "node.bridge %q: use 1-%d characters", n.Bridge, maxInterfaceName),
		check(n.Gateway.Contains(n.Address) && n.Address != n.Gateway.Addr(),
			"node.address %s: use an address of %s other than the gateway's", n.Address, n.Gateway.Masked()),
	)...)
}

func checkPort(field string, port int) error {
	return check(port > 0 && port < 65536, "%s %d: use a port from 1 to 65535", field, port)
}

func check(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}
