package authority_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"testing"

	"github.com/pronto-platform/pronto/internal/system/authority"
)

func TestTheAuthorityIsMadeOnceAndConstrainedToItsDomain(t *testing.T) {
	dir := t.TempDir()
	first, err := authority.Ensure(dir, "pronto.localhost")
	if err != nil {
		t.Fatal(err)
	}
	second, err := authority.Ensure(dir, "pronto.localhost")
	if err != nil || !bytes.Equal(first.PEM, second.PEM) {
		t.Fatalf("a second call made another authority (%v)", err)
	}
	block, _ := pem.Decode(first.PEM)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !cert.IsCA || len(cert.PermittedDNSDomains) != 1 || cert.PermittedDNSDomains[0] != "pronto.localhost" {
		t.Errorf("IsCA %v, permitted %v", cert.IsCA, cert.PermittedDNSDomains)
	}
	if info, err := os.Stat(first.KeyFile); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key: %v, %v; want mode 0600", info, err)
	}
}
