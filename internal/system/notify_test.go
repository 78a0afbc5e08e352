package system

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/config"
)

func TestASinkIsMadeOfItsFilesAndNeverTellsThem(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, bad, key := file("good", "https://hooks.example.com/hidden\n"), file("bad", "http://hooks.example.com/hidden"), file("key", "hidden")
	w := &wiring{http: http.DefaultClient}
	for _, n := range []config.Notification{
		{Type: config.SinkWebhook, URL: "https://hooks.example.com", SecretFile: key},
		{Type: config.SinkWebhook, URLFile: bad, SecretFile: key, Insecure: true},
		{Type: config.SinkSlack, URLFile: good},
		{Type: config.SinkSMTP, Host: "smtp.example.com", Username: "ana", PasswordFile: key, From: "a@example.com", To: []string{"b@example.com"}},
	} {
		if channel, err := w.channel("notifications[0]", n); err != nil || channel == nil {
			t.Errorf("%+v: %v", n, err)
		}
	}
	for want, n := range map[string]config.Notification{
		"notifications[0].urlFile: the address in " + bad + ": use https": {Type: config.SinkSlack, URLFile: bad},
		"notifications[0].secretFile: ":                                   {Type: config.SinkWebhook, URLFile: good, SecretFile: filepath.Join(dir, "none")},
		"notifications[0].passwordFile: ":                                 {Type: config.SinkSMTP, PasswordFile: file("empty", "\n")},
	} {
		if _, err := w.channel("notifications[0]", n); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
