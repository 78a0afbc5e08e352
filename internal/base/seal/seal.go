// Package seal encrypts what a database keeps of credentials: AES-256-GCM with a
// random nonce, under a key derived from the platform's own for one purpose.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Sealer seals and opens for one purpose; see New.
type Sealer struct{ aead cipher.AEAD }

// New derives a sealer's key. What one purpose has sealed opens for no other.
func New(key secret.String, purpose string) (Sealer, error) {
	if key.IsZero() {
		return Sealer{}, errors.New("seal: a key is needed")
	}
	derived, err := hkdf.Key(sha256.New, []byte(key.Reveal()), nil, purpose, 32)
	if err != nil {
		return Sealer{}, fmt.Errorf("seal: derive the key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return Sealer{}, fmt.Errorf("seal: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Sealer{}, fmt.Errorf("seal: %w", err)
	}
	return Sealer{aead}, nil
}

// Seal binds value to its owner, so that it opens nowhere else; nil for an empty one.
func (s Sealer) Seal(value secret.String, owner string) []byte {
	if value.IsZero() {
		return nil
	}
	return s.aead.Seal(nil, nil, []byte(value.Reveal()), []byte(owner))
}

// Open gives what was sealed for its owner. It fails where it was sealed for
// another, under another key, or was changed.
func (s Sealer) Open(sealed []byte, owner string) (secret.String, error) {
	if len(sealed) == 0 {
		return secret.String{}, nil
	}
	plain, err := s.aead.Open(nil, nil, sealed, []byte(owner))
	if err != nil {
		return secret.String{}, fmt.Errorf("open what is sealed for %s: %w", owner, err)
	}
	return secret.New(string(plain)), nil
}
