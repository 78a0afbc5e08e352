package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Notification is a sink that is told how deliveries end. Credentials, and
// addresses that are one, stand in files and are only named here.
type Notification struct {
	// Name is its own, under which is kept what it is still owed.
	Name string `json:"name"`
	// Type is webhook, slack or smtp.
	Type string `json:"type"`

	// URL is a webhook's address; URLFile holds it where it is a secret, and
	// that of a Slack-compatible incoming webhook, which always is.
	URL     string `json:"url,omitempty"`
	URLFile string `json:"urlFile,omitempty"`
	// SecretFile holds the key with which a webhook is signed.
	SecretFile string `json:"secretFile,omitempty"`
	// Insecure allows an http address.
	Insecure bool `json:"insecure,omitempty"`

	// Host and Port are the mail server's; 587, 465 or 25 by TLS.
	Host string `json:"host,omitempty"`
	Port int    `json:"port,omitempty"`
	// TLS is starttls (the default), implicit or none.
	TLS string `json:"tls,omitempty"`
	// Username and PasswordFile sign in at the mail server, where it asks for it.
	Username     string `json:"username,omitempty"`
	PasswordFile string `json:"passwordFile,omitempty"`
	// From and To are mail addresses.
	From string   `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`

	// On is what it hears of, live and failed; by default both.
	On []string `json:"on,omitempty"`
	// Apps are names of applications, with * and ?; by default all.
	Apps []string `json:"apps,omitempty"`
	// Owners are entity references such as group:default/team-a; by default all.
	Owners []string `json:"owners,omitempty"`
}

// The types of sinks.
const (
	SinkWebhook = "webhook"
	SinkSlack   = "slack"
	SinkSMTP    = "smtp"
)

var (
	sinkPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	refPattern  = regexp.MustCompile(`^(group|user):[a-z0-9._-]+/[A-Za-z0-9._-]+$`)
	mailPorts   = map[string]int{"": 587, "starttls": 587, "implicit": 465, "none": 25}
)

// MailPort is the mail server's port, by TLS where none is named.
func (n Notification) MailPort() int {
	if n.Port != 0 {
		return n.Port
	}
	return mailPorts[n.TLS]
}

func validateNotifications(list []Notification) error {
	var errs []error
	names := map[string]bool{}
	for i, n := range list {
		field := fmt.Sprintf("notifications[%d]", i)
		errs = append(errs,
			check(sinkPattern.MatchString(n.Name), "%s.name %q: choose a name of a-z, 0-9 and -", field, n.Name),
			check(n.Name == "" || !names[n.Name], "%s.name %q: another has it; choose one of its own", field, n.Name),
			n.validateType(field), n.validateFilter(field))
		names[n.Name] = true
	}
	return errors.Join(errs...)
}

// validateType checks the fields of the sink's type, and that those of other
// types are left out.
func (n Notification) validateType(field string) error {
	posts, mails := n, n
	posts.URL, posts.URLFile, posts.SecretFile, posts.Insecure = "", "", "", false
	mails.Host, mails.Port, mails.TLS, mails.Username, mails.PasswordFile, mails.From, mails.To = "", 0, "", "", "", "", nil
	hasPost, hasMail := !same(posts, n), !same(mails, n)
	switch n.Type {
	case SinkWebhook:
		return errors.Join(n.validateWebhook(field), check(!hasMail, "%s: host, port, tls, username, passwordFile, from and to are for type smtp; leave them out", field))
	case SinkSlack:
		return errors.Join(absolute(field+".urlFile", n.URLFile, "the file that holds the address of the incoming webhook"),
			check(n.URL == "", "%s.url: the address of an incoming webhook is a secret; put it into a file and name that as urlFile", field),
			check(n.SecretFile == "", "%s.secretFile: is for type webhook; leave it out", field),
			check(!hasMail, "%s: host, port, tls, username, passwordFile, from and to are for type smtp; leave them out", field))
	case SinkSMTP:
		return errors.Join(n.validateMail(field), check(!hasPost, "%s: url, urlFile, secretFile and insecure are for types webhook and slack; leave them out", field))
	}
	return fmt.Errorf("%s.type %q: use webhook, slack or smtp", field, n.Type)
}

func same(a, b Notification) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func absolute(field, file, what string) error {
	return check(filepath.IsAbs(file), "%s %q: name %s by its absolute path", field, file, what)
}

func (n Notification) validateWebhook(field string) error {
	key := absolute(field+".secretFile", n.SecretFile, "the file that holds the key to sign with")
	if n.URL == "" {
		return errors.Join(key, absolute(field+".urlFile", n.URLFile, "the file that holds the address, or the address as url,"))
	}
	return errors.Join(key, check(n.URLFile == "", "%s.urlFile: the address stands in url; leave one of them out", field), CheckHook(field+".url", n.URL, n.Insecure))
}

// CheckHook says what is wrong with an address that is posted to, wherever it
// stands; it does not tell the address.
func CheckHook(field, address string, insecure bool) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("%s: use an address such as https://hooks.example.com/pronto", field)
	}
	return check(u.Scheme == "https" || insecure, "%s: use https, or set insecure", field)
}

func (n Notification) validateMail(field string) error {
	_, known := mailPorts[n.TLS]
	_, from := mail.ParseAddress(n.From)
	errs := []error{
		check(n.Host != "" && !strings.ContainsAny(n.Host, ":/ "), "%s.host %q: name the mail server, e.g. smtp.example.com", field, n.Host),
		check(n.Port >= 0 && n.Port < 65536, "%s.port %d: use a port from 1 to 65535, or leave it out", field, n.Port),
		check(known, "%s.tls %q: use starttls, implicit or none", field, n.TLS),
		check((n.Username == "") == (n.PasswordFile == ""), "%s.username and passwordFile: name both, or neither", field),
		check(n.PasswordFile == "" || filepath.IsAbs(n.PasswordFile), "%s.passwordFile %q: use an absolute path", field, n.PasswordFile),
		check(n.TLS != "none" || n.PasswordFile == "", "%s.tls none: a password is not sent in the clear; use starttls or implicit", field),
		check(from == nil, "%s.from %q: use a mail address, e.g. pronto@example.com", field, n.From),
		check(len(n.To) > 0, "%s.to: name who gets the mail", field),
	}
	for i, to := range n.To {
		_, err := mail.ParseAddress(to)
		errs = append(errs, check(err == nil, "%s.to[%d] %q: use a mail address, e.g. team@example.com", field, i, to))
	}
	return errors.Join(errs...)
}

func (n Notification) validateFilter(field string) error {
	var errs []error
	for i, on := range n.On {
		errs = append(errs, check(slices.Contains([]string{"live", "failed"}, on), "%s.on[%d] %q: use live or failed", field, i, on))
	}
	for i, app := range n.Apps {
		_, err := path.Match(app, "")
		errs = append(errs, check(err == nil && app != "", "%s.apps[%d] %q: use a name such as hello, or a pattern such as web-*", field, i, app))
	}
	for i, owner := range n.Owners {
		errs = append(errs, check(refPattern.MatchString(owner), "%s.owners[%d] %q: use a reference such as group:default/team-a", field, i, owner))
	}
	return errors.Join(errs...)
}
