package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// sealer encrypts what the database keeps of a person's credentials: AES-256-GCM
// with a random nonce, under a key derived from the platform's own.
type sealer struct{ aead cipher.AEAD }

func newSealer(key secret.String) (sealer, error) {
	if key.IsZero() {
		return sealer{}, errors.New("access: SealKey is needed")
	}
	derived, err := hkdf.Key(sha256.New, []byte(key.Reveal()), nil, "pronto access refresh tokens", 32)
	if err != nil {
		return sealer{}, fmt.Errorf("access: derive the seal's key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return sealer{}, fmt.Errorf("access: seal: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealer{aead}, err
}

// seal binds value to whom it belongs, so that it opens nowhere else.
func (s sealer) seal(value secret.String, owner string) []byte {
	if value.IsZero() {
		return nil
	}
	return s.aead.Seal(nil, nil, []byte(value.Reveal()), []byte(owner))
}

func (s sealer) open(sealed []byte, owner string) (secret.String, error) {
	if len(sealed) == 0 {
		return secret.String{}, nil
	}
	plain, err := s.aead.Open(nil, nil, sealed, []byte(owner))
	if err != nil {
		return secret.String{}, fmt.Errorf("open the refresh token of %s: %w", owner, err)
	}
	return secret.New(string(plain)), nil
}
