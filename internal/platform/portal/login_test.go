package portal

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/internal/client/login"
)

// decides is a browser in which a person decides about the code in an address.
func (w *world) decides(t *testing.T, browser *http.Client, approve string) func(context.Context, string) error {
	return func(_ context.Context, page string) error {
		u, err := url.Parse(page)
		if err != nil || u.Path != "/device" {
			return errors.New("not the portal's page: " + page)
		}
		path := "/api/pronto/v1/device/" + u.Query().Get("code")
		who := visitor{"the person", "", browser, nil}
		if status, body := w.ask(t, who, "GET", path, ""); status != 200 || !strings.Contains(body, `"client":"pronto-cli"`) || !strings.Contains(body, `"address":"127.0.0.1"`) {
			t.Errorf("the page shows %d %s", status, body)
		}
		if status, body := w.ask(t, who, "POST", path, `{"approve":`+approve+`}`, "Content-Type", "application/json", "Sec-Fetch-Site", "same-origin"); status != 204 {
			t.Errorf("deciding = %d %s", status, body)
		}
		return nil
	}
}

func TestTheCommandSignsInAndOut(t *testing.T) {
	w := newWorld(t)
	keys := login.Keys{File: filepath.Join(t.TempDir(), "sub", "credentials.json")}
	browser := w.browser(t, "ana", "devs")
	var out bytes.Buffer
	key, err := login.SignIn(t.Context(), w.URL, w.caFile, w.Client(), &out, w.decides(t, browser, "true"))
	must(t, err)
	if !strings.Contains(out.String(), "Open  "+w.URL+"/device\nEnter ") || strings.Contains(out.String(), key.Token.Reveal()) {
		t.Errorf("it says %s", out.String())
	}
	must(t, keys.Put(w.URL, key))
	if info, err := os.Stat(keys.File); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v; want mode 0600", info, err)
	}
	c, err := keys.Client("")
	must(t, err)
	if me, err := c.Me(t.Context()); err != nil || me.Ref != "user:default/ana" || me.Role != "developer" {
		t.Errorf("me = %+v, %v", me, err)
	}
	var refused *client.Error
	if _, err := c.Audit(t.Context(), client.AuditQuery{}, 10); !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
		t.Errorf("a developer reads the audit trail: %v", err)
	}
	if portal, err := keys.SignOut(t.Context(), ""); err != nil || portal != w.URL {
		t.Errorf("signing out = %s, %v", portal, err)
	}
	if _, err := c.Me(t.Context()); !errors.As(err, &refused) || refused.Status != http.StatusUnauthorized {
		t.Errorf("the token after signing out: %v", err)
	}
	if _, err := keys.Client(w.URL); !errors.Is(err, login.ErrNotSignedIn) {
		t.Errorf("after signing out: %v", err)
	}
}

func TestTheCommandSaysWhyItIsNotSignedIn(t *testing.T) {
	w := newWorld(t)
	browser := w.browser(t, "ana", "devs")
	var out bytes.Buffer
	if _, err := login.SignIn(t.Context(), w.URL, "", w.Client(), &out, w.decides(t, browser, "false")); err == nil || !strings.Contains(err.Error(), "refused in the browser") {
		t.Errorf("refused: %v", err)
	}
	if _, err := login.SignIn(t.Context(), "https://127.0.0.1:1", "", w.Client(), &out, nil); err == nil || !strings.Contains(err.Error(), "begin to sign in to https://127.0.0.1:1") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestAnAdministratorReadsTheTrailWithTheCommand(t *testing.T) {
	w := newWorld(t)
	w.browser(t, "ana", "devs")
	base, err := url.Parse(w.URL)
	must(t, err)
	c := &client.Client{Base: base, Token: secret.New("pronto_admin"), HTTP: w.Client()}
	entries, err := c.Audit(t.Context(), client.AuditQuery{Action: "auth.login", Actor: "user:default/ana"}, 10)
	if err != nil || len(entries) != 1 || entries[0].Outcome != "done" || entries[0].Address != "127.0.0.1" {
		t.Errorf("entries = %+v, %v", entries, err)
	}
}
