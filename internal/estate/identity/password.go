package identity

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/bcrypt"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

const hashCost = 12

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
