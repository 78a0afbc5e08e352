package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// setupNode is actions/setup-node over the version in the runner's image.
func setupNode(ctx context.Context, s *step) error {
	out, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		return fmt.Errorf("node is not in the runner's image: %w", err)
	}
	version := strings.TrimSpace(string(out))
	wanted := s.with["node-version"]
	if file := s.with["node-version-file"]; wanted == "" && file != "" {
		text, err := os.ReadFile(filepath.Join(s.dirs.workspace, file))
		if err != nil {
			return fmt.Errorf("node-version-file: %w", err)
		}
		wanted = strings.TrimSpace(string(text))
	}
	if err := satisfies(version, wanted); err != nil {
		return err
	}
	s.log("Node.js " + version + " is present")
	s.outputs["node-version"] = version
	return nil
}

func satisfies(present, wanted string) error {
	switch strings.ToLower(wanted) {
	case "", "node", "latest", "current", "*", "lts/*":
		return nil
	}
	constraint, err := semver.NewConstraint(strings.TrimPrefix(wanted, "v"))
	if err != nil {
		return fmt.Errorf("node-version %q: %w", wanted, err)
	}
	have, err := semver.NewVersion(present)
	if err != nil {
		return fmt.Errorf("node --version says %q: %w", present, err)
	}
	if !constraint.Check(have) {
		return fmt.Errorf("node-version %q is wanted, the runner's image holds %s: ask for a range that contains it", wanted, present)
	}
	return nil
}
