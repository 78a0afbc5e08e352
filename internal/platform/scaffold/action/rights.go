package action

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/snapshot"
)

// Rights say what the creator of a task may touch in the forge. Actions work
// with the platform's own access, which reaches every repository.
type Rights interface {
	// MayUse returns an error that says why not; write: to change it.
	MayUse(ctx context.Context, creator, owner, repository string, write bool) error
	// Admin reports whether the creator is an administrator.
	Admin(ctx context.Context, creator string) (bool, error)
}

// mayWrite refuses a repository that neither this task has made nor its
// creator may change.
func (h *Host) mayWrite(ctx context.Context, c *Call, r repository) error {
	if h.Rights == nil {
		return nil
	}
	noted, found, err := c.Ledger.Find(ctx, KindRepository, r.String())
	if err != nil || found && noted.ID != "" {
		return err
	}
	return h.Rights.MayUse(ctx, c.User, r.owner, r.name, true)
}

// mayRead refuses the address of a repository that is neither where the
// template comes from, nor made by this task, nor open to its creator.
func (h *Host) mayRead(ctx context.Context, c *Call, address string) error {
	if h.Rights == nil {
		return nil
	}
	parsed, err := snapshot.ParseAddress(h.Git.Origin, address)
	if err != nil {
		return err
	}
	owner, name, _ := strings.Cut(parsed.Repository, "/")
	if owner == "" || name == "" || strings.Contains(name, "/") {
		return fault.Inputf("%q: owner and repository are single names", address)
	}
	if strings.EqualFold(parsed.Repository, c.Template.Repository) {
		return nil
	}
	noted, found, err := c.Ledger.Find(ctx, KindRepository, parsed.Repository)
	if err != nil || found && noted.ID != "" {
		return err
	}
	return h.Rights.MayUse(ctx, c.User, owner, name, false)
}

// lookupTime is how long the addresses of a webhook's receiver are asked for.
const lookupTime = 3 * time.Second

// mayCall refuses a webhook into the machine or its own network, which the
// forge would call on the creator's behalf; administrators may make one.
func (h *Host) mayCall(ctx context.Context, c *Call, address string) error {
	if h.Rights == nil {
		return nil
	}
	receiver, err := url.Parse(address)
	if err != nil || receiver.Hostname() == "" || receiver.Scheme != "https" && receiver.Scheme != "http" {
		return fault.Inputf("webhookUrl %q is not an http or https address", address)
	}
	if !inward(ctx, receiver.Hostname()) {
		return nil
	}
	if admin, err := h.Rights.Admin(ctx, c.User); err != nil || admin {
		return err
	}
	return fault.NotAllowedf("webhookUrl %s is an address of this machine or of a private network: only an administrator's task may send events there", address)
}

// inward reports whether a host is this machine or in a private network, by
// itself or by one of its addresses as they are now.
func inward(ctx context.Context, host string) bool {
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasSuffix(name, ".internal") || strings.HasSuffix(name, ".local") {
		return true
	}
	if address, err := netip.ParseAddr(name); err == nil {
		return inwardAddress(address)
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return false // the forge does not reach it either
	}
	for _, address := range addresses {
		if inwardAddress(address) {
			return true
		}
	}
	return false
}

func inwardAddress(address netip.Addr) bool {
	address = address.Unmap()
	return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast() || address.IsUnspecified() ||
		address.IsMulticast() || carrierGrade.Contains(address)
}

// carrierGrade are the shared addresses of RFC 6598, private in all but name.
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")
