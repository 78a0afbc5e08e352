package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/nacl/box"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// PublicKey is what a client seals secrets of one scope with, as libsodium's
// crypto_box_seal does. Each scope has its own: a box that was seen elsewhere
// cannot be put into a repository of one's own and read there.
type PublicKey struct {
	ID  string
	Key string // base64 of 32 bytes
}

// Errors of a box that cannot be opened.
var (
	ErrWrongKey = errors.New("the box was not sealed with the scope's present key")
	ErrBadBox   = errors.New("the box cannot be opened")
)

// PublicKey returns the key of a scope. It is always the same.
func (v *Vault) PublicKey(scope Scope) (PublicKey, error) {
	public, _, err := v.keys(scope)
	return describe(public), err
}

func describe(public *[32]byte) PublicKey {
	if public == nil {
		return PublicKey{}
	}
	sum := sha256.Sum256(public[:])
	return PublicKey{ID: strconv.FormatUint(binary.BigEndian.Uint64(sum[:])>>1, 10), Key: base64.StdEncoding.EncodeToString(public[:])}
}

// Unseal opens a client's box.
func (v *Vault) Unseal(scope Scope, keyID, sealed string) (secret.String, error) {
	public, private, err := v.keys(scope)
	if err != nil {
		return secret.String{}, err
	}
	if keyID != describe(public).ID {
		return secret.String{}, ErrWrongKey
	}
	decoded, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return secret.String{}, fmt.Errorf("%w: %w", ErrBadBox, err)
	}
	plain, ok := box.OpenAnonymous(nil, decoded, public, private)
	if !ok {
		return secret.String{}, ErrBadBox
	}
	return secret.New(string(plain)), nil
}

// keys derives a scope's pair, so that there is none to keep.
func (v *Vault) keys(scope Scope) (public, private *[32]byte, err error) {
	derived, err := hkdf.Key(sha256.New, []byte(v.key.Reveal()), nil, "pronto forge box "+scope.String(), 32)
	if err != nil {
		return nil, nil, fmt.Errorf("derive the key of a box: %w", err)
	}
	point, err := curve25519.X25519(derived, curve25519.Basepoint)
	if err != nil {
		return nil, nil, fmt.Errorf("derive the key of a box: %w", err)
	}
	return (*[32]byte)(point), (*[32]byte)(derived), nil
}
