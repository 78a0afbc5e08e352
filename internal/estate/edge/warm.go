package edge

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// warmTimeout bounds the issuing of one certificate.
const warmTimeout = 3 * time.Second

// warm has the certificate of each host issued before a visitor comes, by a
// handshake with the edge itself, which also proves the chain up to the root.
func (e *Edge) warm(ctx context.Context, hosts []string) {
	var group errgroup.Group
	group.SetLimit(4)
	for _, host := range hosts {
		group.Go(func() error {
			if err := e.handshake(ctx, host); err != nil && ctx.Err() == nil {
				e.log.Warn("certificate is not there yet; the first visitor waits for it", "host", host, "error", err)
			}
			return nil
		})
	}
	_ = group.Wait() // no error comes: each was logged
}

func (e *Edge) handshake(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeout(ctx, warmTimeout)
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{ServerName: host, RootCAs: e.roots, MinVersion: tls.VersionTLS12}}
	conn, err := dialer.DialContext(ctx, "tcp", dialable(e.cfg.Listen[0]))
	if err != nil {
		return fmt.Errorf("handshake with %s: %w", host, err)
	}
	return conn.Close()
}

// dialable is a listening address as a client dials it.
func dialable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// tableHosts are the hosts that get a certificate at once; a wildcard's names
// are not known before they are asked for.
func tableHosts(table *Table) []string {
	var hosts []string
	for host := range table.Hosts {
		if host != "" && !strings.HasPrefix(host, "*.") {
			hosts = append(hosts, host)
		}
	}
	slices.Sort(hosts)
	return hosts
}

// forget removes the stored certificates of hosts that are gone.
func (e *Edge) forget(hosts []string) {
	for _, host := range hosts {
		stored, err := filepath.Glob(filepath.Join(e.cfg.Dir, "caddy-*", "certificates", "*", host))
		if err != nil {
			e.log.Warn("look for the certificate of a removed host", "host", host, "error", err)
		}
		for _, dir := range stored {
			if err := os.RemoveAll(dir); err != nil {
				e.log.Warn("remove the certificate of a removed host", "host", host, "error", err)
			}
		}
	}
}

// added are the names in after that were not in before.
func added(before, after []string) []string {
	var names []string
	for _, name := range after {
		if !slices.Contains(before, name) {
			names = append(names, name)
		}
	}
	return names
}
