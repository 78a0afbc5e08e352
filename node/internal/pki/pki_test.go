package pki

import (
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func leaf() Leaf {
	return Leaf{Name: "server", CN: "server", Org: []string{"group"}, DNS: []string{"localhost"}, IPs: []net.IP{net.IPv4(10, 0, 0, 1)}, Server: true}
}

func TestCertificatesAreMadeOnceAndKept(t *testing.T) {
	dir := t.TempDir()
	first := issue(t, dir, leaf())
	again := issue(t, dir, leaf())
	if !first.Cert.Equal(again.Cert) {
		t.Error("a certificate that fits must be kept")
	}
}

func TestCertificateIsMadeAnewWhenItsAddressChanges(t *testing.T) {
	dir := t.TempDir()
	first := issue(t, dir, leaf())
	moved := leaf()
	moved.IPs = []net.IP{net.IPv4(10, 0, 0, 2)}
	if again := issue(t, dir, moved); first.Cert.Equal(again.Cert) {
		t.Error("a certificate for another address must not be kept")
	}
}

func TestFitsLooksAtTheRestOfItsLife(t *testing.T) {
	dir := t.TempDir()
	ca, err := Authority(dir, "ca")
	if err != nil {
		t.Fatal(err)
	}
	cert := issue(t, dir, leaf()).Cert
	if !fits(cert, ca.Cert, leaf(), time.Now()) {
		t.Error("a new certificate must fit")
	}
	if fits(cert, ca.Cert, leaf(), cert.NotAfter.Add(-renewBefore)) {
		t.Error("a certificate near its end must not fit")
	}
}

func TestHalfWrittenPairIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	issue(t, dir, leaf())
	other := t.TempDir()
	issue(t, other, leaf())
	key, err := os.ReadFile(filepath.Join(other, "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "server.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	pair := issue(t, dir, leaf())
	if _, err := tls.LoadX509KeyPair(pair.CertFile, pair.KeyFile); err != nil {
		t.Errorf("key and certificate must belong together: %v", err)
	}
}

func TestKeysAreForRootOnly(t *testing.T) {
	dir := t.TempDir()
	issue(t, dir, leaf())
	info, err := os.Stat(filepath.Join(dir, "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
}

func issue(t *testing.T, dir string, leaf Leaf) *Pair {
	t.Helper()
	ca, err := Authority(dir, "ca")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Issue(dir, leaf)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}
