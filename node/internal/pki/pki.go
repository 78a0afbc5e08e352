// Package pki makes a node's certificates: once, kept in its state directory,
// and made again only when they no longer fit or come near their end.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 2 * 365 * 24 * time.Hour
	renewBefore   = 90 * 24 * time.Hour
	skew          = time.Hour // clocks that are a little behind
)

// Pair is a certificate with its key, and the files that hold them.
type Pair struct {
	Cert     *x509.Certificate
	Key      crypto.Signer
	CertFile string
	KeyFile  string
}

// Leaf describes a certificate to be issued.
type Leaf struct {
	Name   string // file name without extension
	CN     string
	Org    []string
	DNS    []string
	IPs    []net.IP
	Server bool
	Client bool
}

// Authority loads <dir>/<name>.crt and .key, or makes them.
func Authority(dir, name string) (*Pair, error) {
	certFile, keyFile := files(dir, name)
	pair, err := load(certFile, keyFile)
	if err == nil {
		return pair, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("certificate authority %s: %w", name, err)
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "pronto-" + name},
		NotAfter:              time.Now().Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	return create(certFile, keyFile, template, nil)
}

// Issue loads a leaf that still fits, or signs a new one.
func (ca *Pair) Issue(dir string, leaf Leaf) (*Pair, error) {
	certFile, keyFile := files(dir, leaf.Name)
	pair, err := load(certFile, keyFile)
	if err == nil && fits(pair.Cert, ca.Cert, leaf, time.Now()) {
		return pair, nil
	}
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: leaf.CN, Organization: leaf.Org},
		NotAfter:    time.Now().Add(leafLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		DNSNames:    leaf.DNS,
		IPAddresses: leaf.IPs,
	}
	if leaf.Server {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	if leaf.Client {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	return create(certFile, keyFile, template, ca)
}

// Key makes the signing key of service account tokens in <dir>/<name>.key,
// with its public half in <name>.pub, unless they are there.
func Key(dir, name string) error {
	keyFile := filepath.Join(dir, name+".key")
	pubFile := filepath.Join(dir, name+".pub")
	if _, err := os.Stat(pubFile); err == nil {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	if err := writeKey(keyFile, key); err != nil {
		return err
	}
	return writePEM(pubFile, "PUBLIC KEY", public)
}

// fits reports whether a certificate is what leaf asks for, signed by ca, with
// enough of its life left.
func fits(cert, ca *x509.Certificate, leaf Leaf, now time.Time) bool {
	sameIP := func(a, b net.IP) bool { return a.Equal(b) }
	return cert.CheckSignatureFrom(ca) == nil &&
		now.Add(renewBefore).Before(cert.NotAfter) &&
		cert.Subject.CommonName == leaf.CN &&
		slices.Equal(cert.Subject.Organization, leaf.Org) &&
		slices.Equal(cert.DNSNames, leaf.DNS) &&
		slices.EqualFunc(cert.IPAddresses, leaf.IPs, sameIP)
}

// create signs template with ca, or with its own key when ca is nil.
func create(certFile, keyFile string, template *x509.Certificate, ca *Pair) (*Pair, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-skew)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	parent, signer := template, crypto.Signer(key)
	if ca != nil {
		parent, signer = ca.Cert, ca.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("sign certificate %s: %w", certFile, err)
	}
	if err := writeKey(keyFile, key); err != nil {
		return nil, err
	}
	if err := writePEM(certFile, "CERTIFICATE", der); err != nil {
		return nil, err
	}
	return load(certFile, keyFile)
}

func files(dir, name string) (certFile, keyFile string) {
	return filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
}

func load(certFile, keyFile string) (*Pair, error) {
	certDER, err := readPEM(certFile)
	if err != nil {
		return nil, err
	}
	keyDER, err := readPEM(keyFile)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(certDER)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certFile, err)
	}
	key, err := x509.ParseECPrivateKey(keyDER)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyFile, err)
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		// The certificate is written last: a crash in between leaves the old one.
		return nil, fmt.Errorf("%s does not belong to %s: %w", keyFile, certFile, fs.ErrNotExist)
	}
	return &Pair{Cert: cert, Key: key, CertFile: certFile, KeyFile: keyFile}, nil
}

func readPEM(file string) ([]byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s: no PEM block", file)
	}
	return block.Bytes, nil
}

func writeKey(file string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(file, "EC PRIVATE KEY", der)
}

// writePEM replaces file in one step; private and public files alike are 0600,
// since only root reads them.
func writePEM(file, kind string, der []byte) error {
	temp := file + ".new"
	if err := os.WriteFile(temp, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, file)
}
