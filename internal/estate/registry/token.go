package registry

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokens signs and reads the short-lived tokens callers carry. The key is kept
// so that a restart leaves pushes under way alone.
type tokens struct {
	key      *ecdsa.PrivateKey
	service  string
	lifetime time.Duration
	now      func() time.Time
}

type claims struct {
	jwt.RegisteredClaims
	Access   []access `json:"access"`
	Platform bool     `json:"platform,omitempty"` // of the administrator, whatever the name
}

func (c claims) allows(need access) bool {
	return need.Type == "" || slices.ContainsFunc(c.Access, func(a access) bool { return a.covers(need) })
}

func (t *tokens) issue(subject string, platform bool, granted []access) (string, time.Time, error) {
	now := t.now()
	token, err := jwt.NewWithClaims(jwt.SigningMethodES256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.service, Audience: jwt.ClaimStrings{t.service}, Subject: subject,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(t.lifetime)),
		},
		Access: granted, Platform: platform,
	}).SignedString(t.key)
	if err != nil {
		return "", now, fmt.Errorf("registry: sign token: %w", err)
	}
	return token, now, nil
}

func (t *tokens) read(raw string) (claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(raw, &c, func(*jwt.Token) (any, error) { return &t.key.PublicKey, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithIssuer(t.service), jwt.WithAudience(t.service),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.now))
	return c, err
}

// loadKey reads the signing key, making it first when there is none.
func loadKey(file string) (*ecdsa.PrivateKey, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("registry: token key: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("registry: token key %s: not PEM; remove the file to have a new one made", file)
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("registry: token key %s: %w; remove the file to have a new one made", file, err)
	}
	return key, nil
}

func makeKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("registry: make token key: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("registry: make token key: %w", err)
	}
	tmp := file + ".new"
	if err := os.WriteFile(tmp, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return nil, fmt.Errorf("registry: make token key: %w", err)
	}
	if err := os.Rename(tmp, file); err != nil {
		return nil, fmt.Errorf("registry: make token key: %w", err)
	}
	return key, nil
}
