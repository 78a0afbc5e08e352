package runner

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
)

// dirs are the runner's places below its home.
type dirs struct {
	home, workspace, temp, tools, event, ca, bundle string
}

func makeDirs(home, repository string) (dirs, error) {
	d := dirs{
		home:      filepath.Join(home, "home"),
		workspace: filepath.Join(home, repository, repository),
		temp:      filepath.Join(home, "_temp"),
		tools:     filepath.Join(home, "_tool"),
	}
	d.event = filepath.Join(d.temp, "event.json")
	d.ca = filepath.Join(d.temp, "ca.pem")
	d.bundle = filepath.Join(d.temp, "ca-bundle.pem")
	for _, dir := range []string{d.home, d.workspace, d.temp, d.tools} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return d, fmt.Errorf("make the runner's directories: %w", err)
		}
	}
	return d, nil
}

// systemBundle is where Debian keeps the public roots.
const systemBundle = "/etc/ssl/certs/ca-certificates.crt"

// write leaves the event and the certificate bundle for the steps.
func (d dirs) write(a *protocol.Assignment) error {
	event, err := json.Marshal(a.GitHub.Event)
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if err := os.WriteFile(d.event, event, 0o600); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	roots, err := os.ReadFile(systemBundle)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("read certificates: %w", err)
	}
	bundle := append(append(roots, '\n'), a.CA...)
	if err := errors.Join(os.WriteFile(d.ca, []byte(a.CA), 0o644), os.WriteFile(d.bundle, bundle, 0o644)); err != nil {
		return fmt.Errorf("write certificates: %w", err)
	}
	return nil
}

// runnerArch is the architecture by GitHub's name.
func runnerArch() string {
	if runtime.GOARCH == "amd64" {
		return "X64"
	}
	return "ARM64"
}
