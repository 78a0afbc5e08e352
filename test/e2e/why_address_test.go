package e2e

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// A name that the zone has for another address is never taken: the delivery says
// so, and the application can be deleted all the same.
func TestARecordOfAnotherOwnerIsNamed(t *testing.T) {
	ctx := within(t, 2*time.Minute)
	const app = platform.TakenName
	must[string](t)(p.Run(ctx, "create", app, "--set", "replicas=1"))
	created := must[client.App](t)(p.WaitApp(ctx, app, func(a client.App) bool { return a.Delivery != nil && a.Delivery.Revision != "" }))
	why := trouble{code: "record_not_owned", phase: "expose"}.named(ctx, t, app, created.Delivery.Revision)
	t.Log(why.Sentence, why.Remedy)
	if err := p.Delete(ctx, app); err != nil {
		t.Error(err)
	}
}

func killEdge(ctx context.Context, t *testing.T) {
	t.Helper()
	before := must[int](t)(p.Kill(ctx, "edge"))
	must[int](t)(p.WaitRestart(ctx, "edge", before))
	waitAnswer(ctx, t, firstName)
}

// A certificate that visitors do not accept takes the link away, and says why.
func TestACertificateThatIsNotAcceptedIsNamed(t *testing.T) {
	ctx := within(t, 3*time.Minute)
	first(t)
	const app = "whyc1"
	created := must[client.App](t)(p.Create(ctx, app, "replicas=1"))
	host := app + "." + platform.Domain
	stored := must[[]string](t)(filepath.Glob(p.Path("edge", "caddy-*", "certificates", "*", host)))
	if len(stored) != 1 {
		t.Fatalf("the edge keeps the certificate of %s in %v", host, stored)
	}
	selfSigned(t, host, filepath.Join(stored[0], host))
	killEdge(ctx, t)
	why := trouble{code: "certificate", phase: "live"}.named(ctx, t, app, created.Delivery.Revision)
	t.Log(why.Sentence, why.Remedy)
	if now := must[client.App](t)(p.App(ctx, app)); now.URL != "" {
		t.Errorf("the link %s is still shown", now.URL)
	}
	if err := os.RemoveAll(stored[0]); err != nil {
		t.Fatal(err)
	}
	killEdge(ctx, t)
	must[client.App](t)(p.WaitLive(ctx, app))
	if err := p.Delete(ctx, app); err != nil {
		t.Error(err)
	}
}

// selfSigned writes a certificate that no authority has signed, and its key.
func selfSigned(t *testing.T, host, path string) {
	t.Helper()
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), DNSNames: []string{host}, NotBefore: now.Add(-time.Minute),
		NotAfter: now.Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	private := must[[]byte](t)(x509.MarshalECPrivateKey(key))
	for suffix, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "EC PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path+suffix, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(fmt.Errorf("certificate of %s: %w", host, err))
		}
	}
}
