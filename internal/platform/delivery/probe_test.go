package delivery

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestACertificateThatRanOutIsNotTakenFromAKeptConnection(t *testing.T) {
	first, renewed, unknown := certificate(t, time.Hour), certificate(t, 3*time.Hour), certificate(t, 5*time.Hour)
	var shown atomic.Pointer[tls.Certificate]
	var handshakes atomic.Int32
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		handshakes.Add(1)
		return shown.Load(), nil
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(first.Leaf)
	roots.AddCert(renewed.Leaf)
	now := time.Now()
	p := newProber(Config{Names: Names{Domain: "example.test"}, Clock: func() time.Time { return now }}, &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}, nil)
	for _, step := range []struct {
		after      time.Duration
		shown      *tls.Certificate
		handshakes int32
		until      time.Time // zero: it is not accepted
	}{
		{0, first, 1, first.Leaf.NotAfter},
		{0, renewed, 1, first.Leaf.NotAfter}, // kept: what is shown by now is not seen
		{2 * time.Hour, renewed, 2, renewed.Leaf.NotAfter},
		{2 * time.Hour, unknown, 2, renewed.Leaf.NotAfter},
		{4 * time.Hour, unknown, 3, time.Time{}},
	} {
		now = time.Now().Add(step.after)
		shown.Store(step.shown)
		edge, answer := p.visit(t.Context(), "a")
		if handshakes.Load() != step.handshakes || edge.TLS == step.until.IsZero() || !edge.NotAfter.Equal(step.until) {
			t.Errorf("after %s: %d handshakes, %+v; want %d and a certificate until %s", step.after, handshakes.Load(), edge, step.handshakes, step.until)
		}
		if refused := strings.HasPrefix(answer.Reason, "the certificate is not accepted"); refused != step.until.IsZero() {
			t.Errorf("after %s: %q", step.after, answer.Reason)
		}
	}
}

// certificate is for a.example.test and signed by itself.
func certificate(t *testing.T, valid time.Duration) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: serial, DNSNames: []string{"a.example.test"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(valid)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
