// Package netclient makes HTTP clients that reach every name under the
// platform's domain at the edge's address, whatever the machine's resolver
// says of *.localhost, and that trust the platform's certificate authority.
package netclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// Config says where the platform's names are answered.
type Config struct {
	Domain string         // e.g. "pronto.localhost"; names equal to it or below it are dialled at Edge
	Edge   string         // IP address of the edge, without a port: the port of the URL is kept
	CA     []byte         // PEM; nil trusts the machine's roots only
	Dialer *net.Dialer    // nil: 5 s connect timeout
	Pool   *x509.CertPool // overrides CA when set
}

// New returns a client without an overall timeout; bound each request by its context.
func New(cfg Config) (*http.Client, error) {
	pool, err := cfg.roots()
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: &http.Transport{
		DialContext:         cfg.dial,
		TLSClientConfig:     &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
		Proxy:               nil, // the platform's own names never go through a proxy
	}}, nil
}

func (c Config) roots() (*x509.CertPool, error) {
	if c.Pool != nil {
		return c.Pool, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if len(c.CA) > 0 && !pool.AppendCertsFromPEM(c.CA) {
		return nil, errors.New("certificate authority: no certificate in the PEM given")
	}
	return pool, nil
}

func (c Config) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := c.Dialer
	if dialer == nil {
		dialer = &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host == c.Domain || strings.HasSuffix(host, "."+c.Domain) {
		address = net.JoinHostPort(c.Edge, port)
	}
	return dialer.DialContext(ctx, network, address)
}
