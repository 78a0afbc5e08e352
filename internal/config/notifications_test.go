package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var (
	hook  = Notification{Name: "ops", Type: SinkWebhook, URL: "https://hooks.example.com/pronto", SecretFile: "/etc/pronto/hook"}
	slack = Notification{Name: "chat", Type: SinkSlack, URLFile: "/etc/pronto/slack", On: []string{"failed"}, Apps: []string{"web-*"}, Owners: []string{"group:default/team-a"}}
	post  = Notification{Name: "mail", Type: SinkSMTP, Host: "smtp.example.com", Username: "pronto", PasswordFile: "/etc/pronto/smtp",
		From: "Pronto <pronto@example.com>", To: []string{"team@example.com"}}
)

func TestNotificationsNameTheFieldAndTheFix(t *testing.T) {
	if err := validateNotifications([]Notification{hook, slack, post}); err != nil || post.MailPort() != 587 {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(h, s, p *Notification){
		`notifications[0].name "": choose`:           func(h, _, _ *Notification) { h.Name = "" },
		`notifications[1].name "ops": another`:       func(_, s, _ *Notification) { s.Name = "ops" },
		`notifications[0].type "irc": use webhook`:   func(h, _, _ *Notification) { h.Type = "irc" },
		`notifications[0].url: use https, or set`:    func(h, _, _ *Notification) { h.URL = "http://hooks.example.com" },
		`notifications[0].url: use an address`:       func(h, _, _ *Notification) { h.URL = "https://u:p@hooks.example.com" },
		`notifications[0].urlFile "": name`:          func(h, _, _ *Notification) { h.URL = "" },
		`notifications[0].urlFile: the address`:      func(h, _, _ *Notification) { h.URLFile = "/etc/x" },
		`notifications[0].secretFile "key": name`:    func(h, _, _ *Notification) { h.SecretFile = "key" },
		`notifications[0]: host, port, tls`:          func(h, _, _ *Notification) { h.To = []string{"a@b"} },
		`notifications[1].url: the address of an`:    func(_, s, _ *Notification) { s.URL = "https://hooks.slack.com/services/x" },
		`notifications[1].urlFile "": name`:          func(_, s, _ *Notification) { s.URLFile = "" },
		`notifications[1].on[0] "red": use live`:     func(_, s, _ *Notification) { s.On = []string{"red"} },
		`notifications[1].apps[0] "[": use a name`:   func(_, s, _ *Notification) { s.Apps = []string{"["} },
		`notifications[1].owners[0] "team-a": use a`: func(_, s, _ *Notification) { s.Owners = []string{"team-a"} },
		`notifications[2].host "smtp:25": name`:      func(_, _, p *Notification) { p.Host = "smtp:25" },
		`notifications[2].port 70000: use a port`:    func(_, _, p *Notification) { p.Port = 70000 },
		`notifications[2].tls "ssl": use starttls`:   func(_, _, p *Notification) { p.TLS = "ssl" },
		`notifications[2].tls none: a password`:      func(_, _, p *Notification) { p.TLS = "none" },
		`notifications[2].username and passwordFile`: func(_, _, p *Notification) { p.Username = "" },
		`notifications[2].from "x": use a mail`:      func(_, _, p *Notification) { p.From = "x" },
		`notifications[2].to: name who gets`:         func(_, _, p *Notification) { p.To = nil },
		`notifications[2].to[0] "team": use a mail`:  func(_, _, p *Notification) { p.To = []string{"team"} },
		`notifications[2]: url, urlFile, secretFile`: func(_, _, p *Notification) { p.Insecure = true },
	} {
		h, s, p := hook, slack, post
		spoil(&h, &s, &p)
		if err := validateNotifications([]Notification{h, s, p}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A file's list takes the place of the saved one; nothing of that shines through.
func TestNotificationsOfAFileReplaceTheSaved(t *testing.T) {
	cfg := Default()
	cfg.State, cfg.Notifications = t.TempDir(), []Notification{hook, slack}
	if err := cfg.Save(); err != nil {
		t.Fatal(err)
	}
	saved, err := Load(cfg.Path(FileName), Default())
	if err != nil || !reflect.DeepEqual(saved, cfg) {
		t.Fatalf("Load = %+v, %v; want what was saved", saved, err)
	}
	file := filepath.Join(t.TempDir(), "pronto.yaml")
	if err := os.WriteFile(file, []byte("notifications: [{name: chat, type: slack, urlFile: /etc/chat}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(file, saved)
	if want := []Notification{{Name: "chat", Type: SinkSlack, URLFile: "/etc/chat"}}; err != nil || !reflect.DeepEqual(loaded.Notifications, want) {
		t.Errorf("Load = %+v, %v; want %+v", loaded.Notifications, err, want)
	}
}
