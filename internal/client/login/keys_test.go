package login_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/client/login"
)

func TestTokensAreKeptByPortal(t *testing.T) {
	keys := login.Keys{File: filepath.Join(t.TempDir(), "pronto", "credentials.json")}
	if _, _, err := keys.Find(""); !errors.Is(err, login.ErrNotSignedIn) || !strings.Contains(err.Error(), "pronto login") {
		t.Errorf("none = %v", err)
	}
	put := func(portal, token string) {
		if err := keys.Put(portal, login.Key{Token: secret.New(token), ExpiresAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	put("https://portal.a", "pronto_a")
	if portal, key, err := keys.Find(""); err != nil || portal != "https://portal.a" || key.Token.Reveal() != "pronto_a" {
		t.Errorf("the only one = %s, %v", portal, err)
	}
	put("https://portal.b", "pronto_b")
	if _, _, err := keys.Find(""); err == nil || !strings.Contains(err.Error(), "https://portal.a and https://portal.b") {
		t.Errorf("two = %v", err)
	}
	if _, key, err := keys.Find("https://portal.b"); err != nil || key.Token.Reveal() != "pronto_b" {
		t.Errorf("by name = %v", err)
	}
	if err := keys.Forget("https://portal.b"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := keys.Find("https://portal.b"); !errors.Is(err, login.ErrNotSignedIn) {
		t.Errorf("forgotten = %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(keys.File)); err != nil || len(left) != 1 {
		t.Errorf("files left: %v, %v", left, err)
	}
	if err := os.WriteFile(keys.File, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := keys.Find(""); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("a broken file = %v", err)
	}
}

func TestAPortalHasOneSpelling(t *testing.T) {
	for address, want := range map[string]string{
		"https://Portal.Example.com/": "https://portal.example.com", " https://portal.x:8443": "https://portal.x:8443",
		"http://portal.x": "", "portal.x": "", "https://u:p@portal.x": "", "https://portal.x/apps": "", "https://portal.x?a=1": "", "": "",
	} {
		if got, err := login.Portal(address); got != want || (err == nil) != (want != "") {
			t.Errorf("Portal(%q) = %q, %v; want %q", address, got, err, want)
		}
	}
}
