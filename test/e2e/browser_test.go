package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/test/platform"
)

// A person's way through the portal, in a real browser: test/e2e/browser.
func TestThePortalInABrowser(t *testing.T) {
	ctx := within(t, 5*time.Minute)
	chromium := needBrowser(t)
	dir := filepath.Join(p.Root, "test", "e2e", "browser")
	if !exists(filepath.Join(dir, "node_modules")) {
		if out, err := p.Tool(ctx, dir, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	password, err := p.AdminPassword()
	if err != nil {
		t.Fatal(err)
	}
	artifacts := filepath.Join(platform.Artifacts("e2e"), "browser")
	if err := os.MkdirAll(artifacts, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "node", "--test", "--test-reporter=spec", "--test-concurrency=1", "journey.test.mjs", "performance.test.mjs")
	cmd.Dir = dir
	cmd.WaitDelay = 5 * time.Second
	cmd.Env = append(os.Environ(),
		"PRONTO_URL="+p.Env["PRONTO_URL"], "PRONTO_DOMAIN="+platform.Domain, "PRONTO_EDGE="+platform.Edge, "PRONTO_CA="+p.Env["PRONTO_CA"],
		"PRONTO_USER=admin@"+platform.Domain, "PRONTO_PASSWORD="+password, "PRONTO_CHROMIUM="+chromium,
		"APP=browser1", "DELETE=1", "ARTIFACTS="+artifacts)
	out, err := cmd.CombinedOutput()
	t.Logf("screenshots are in %s\n%s", artifacts, out)
	if err != nil {
		t.Error(err)
	}
}

// needBrowser is the browser's path; what is missing is said with the remedy.
func needBrowser(t *testing.T) string {
	t.Helper()
	var missing []string
	find := func(program, pkg string) string {
		path, err := exec.LookPath(program)
		if err != nil {
			missing = append(missing, pkg)
		}
		return path
	}
	chromium := os.Getenv("PRONTO_CHROMIUM")
	if chromium == "" {
		chromium = find("chromium", "chromium")
	}
	find("certutil", "libnss3-tools")
	if len(missing) > 0 {
		t.Fatal(fmt.Sprint("missing on this machine; install it with: apt-get install ", strings.Join(missing, " ")))
	}
	return chromium
}
