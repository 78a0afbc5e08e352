package identity

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// letters of generated passwords: without those that look alike.
const letters = "abcdefghjkmnpqrstuvwxyz23456789"

const (
	passwordGroups   = 4
	passwordGroupLen = 4
	hashCost         = 12
)

// GeneratePassword returns four groups of four letters and digits, 79 bits,
// that can be read aloud: "k3vd-9mqx-h2ta-wz7c".
func GeneratePassword() (secret.String, error) {
	groups := make([]string, passwordGroups)
	for i := range groups {
		group := make([]byte, passwordGroupLen)
		for j := range group {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
			if err != nil {
				return secret.String{}, fmt.Errorf("generate password: %w", err)
			}
			group[j] = letters[n.Int64()]
		}
		groups[i] = string(group)
	}
	return secret.New(strings.Join(groups, "-")), nil
}

// HashPassword returns the password's bcrypt hash. bcrypt reads 72 bytes at
// most; a longer password is an error.
func HashPassword(password secret.String) ([]byte, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password.Reveal()), hashCost)
	if err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// checkHash refuses what Dex would refuse at the first login.
func checkHash(hash []byte) error {
	cost, err := bcrypt.Cost(hash)
	if err != nil {
		return errors.New("PasswordHash is not a bcrypt hash")
	}
	if cost < bcrypt.DefaultCost {
		return fmt.Errorf("PasswordHash has cost %d, at least %d is needed", cost, bcrypt.DefaultCost)
	}
	return nil
}
