// Package authority makes the platform's certificate authority, once per state
// directory. The edge issues from it; the machine may be told to trust it.
package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// Authority is a root certificate and where it is kept.
type Authority struct {
	CertFile string // PEM, 0644
	KeyFile  string // PEM, PKCS #8, 0600
	PEM      []byte // the certificate
}

const validity = 10 * 365 * 24 * time.Hour

// Ensure returns the authority in dir, made at first need. It is limited by a
// name constraint to domain and what lies below it, so that a machine which
// trusts it trusts it for nothing else.
func Ensure(dir, domain string) (Authority, error) {
	a := Authority{CertFile: filepath.Join(dir, "root.crt"), KeyFile: filepath.Join(dir, "root.key")}
	var err error
	a.PEM, err = os.ReadFile(a.CertFile)
	if errors.Is(err, os.ErrNotExist) {
		a.PEM, err = a.create(domain)
	}
	if err != nil {
		return Authority{}, fmt.Errorf("certificate authority in %s: %w", dir, err)
	}
	return a, nil
}

// create writes the key before the certificate: the certificate's presence says that both are there.
func (a Authority) create(domain string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	template, err := rootTemplate(domain, time.Now())
	if err != nil {
		return nil, err
	}
	certDER, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(a.CertFile), 0o755); err != nil {
		return nil, err
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	if err := os.WriteFile(a.KeyFile, keyPEM, 0o600); err != nil {
		return nil, err
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certDER})
	if err := os.WriteFile(a.CertFile+".new", certPEM, 0o644); err != nil {
		return nil, err
	}
	return certPEM, os.Rename(a.CertFile+".new", a.CertFile)
}

func rootTemplate(domain string, now time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber:                serial,
		Subject:                     pkix.Name{CommonName: "Pronto " + domain + " root", Organization: []string{"Pronto"}},
		NotBefore:                   now.Add(-time.Hour), // clocks differ
		NotAfter:                    now.Add(validity),
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid:       true,
		IsCA:                        true,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{domain},
	}, nil
}
