package machine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// trustDirectory is where Debian's update-ca-certificates(8) takes local roots from.
const trustDirectory = "/usr/local/share/ca-certificates"

// Trust puts a root certificate (PEM) into the machine's store and, when
// certutil is installed, into the NSS store of this user's browsers.
func Trust(ctx context.Context, pem []byte) error {
	file := trustFile(pem)
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.MkdirAll(trustDirectory, 0o755); err != nil {
		return fmt.Errorf("trust the certificate authority: %w", err)
	}
	if err := os.WriteFile(file, pem, 0o644); err != nil {
		return fmt.Errorf("trust the certificate authority: %w", err)
	}
	return errors.Join(updateStore(ctx), browserStore(ctx, "-A", "-t", "C,,", "-n", nickname(pem), "-i", file))
}

// Distrust takes the certificate out again; one that is not there is no error.
func Distrust(ctx context.Context, pem []byte) error {
	err := os.Remove(trustFile(pem))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("distrust the certificate authority: %w", err)
	}
	return errors.Join(updateStore(ctx), browserStore(ctx, "-D", "-n", nickname(pem)))
}

func updateStore(ctx context.Context) error {
	return run(ctx, "update-ca-certificates", "--fresh")
}

func browserStore(ctx context.Context, args ...string) error {
	if _, err := exec.LookPath("certutil"); err != nil {
		return nil //nolint:nilerr // no browser of this kind was set up to trust anything
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return fmt.Errorf("browser's certificate store: %w", err)
	}
	dir := filepath.Join(home, ".pki", "nssdb")
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return run(ctx, "certutil", append([]string{"-d", "sql:" + dir}, args...)...)
}

func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func nickname(pem []byte) string { return "Pronto " + fingerprint(pem) }

func trustFile(pem []byte) string {
	return filepath.Join(trustDirectory, "pronto-"+fingerprint(pem)+".crt")
}

func fingerprint(pem []byte) string {
	sum := sha256.Sum256(pem)
	return hex.EncodeToString(sum[:6])
}
