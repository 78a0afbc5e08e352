package credentials_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/pronto-platform/pronto/internal/system/credentials"
)

func TestCredentialsAreMadeOnceAndKeptPrivate(t *testing.T) {
	dir := t.TempDir()
	first, err := credentials.Ensure(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := credentials.Ensure(dir)
	if err != nil {
		t.Fatal(err)
	}
	if first.ForgeToken != second.ForgeToken || first.AdminPassword != second.AdminPassword || !first.AppKey.Equal(second.AppKey) {
		t.Error("a second call made other credentials")
	}
	info, err := os.Stat(filepath.Join(dir, "credentials.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if form := regexp.MustCompile(`^([a-z2-9]{4}-){3}[a-z2-9]{4}$`); !form.MatchString(first.AdminPassword.Reveal()) {
		t.Error("the password is not four groups of four")
	}
}

func TestASpoiledFileIsAnErrorNotAFreshStart(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "credentials.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := credentials.Ensure(dir); err == nil {
		t.Error("a spoiled file was replaced silently")
	}
}
