package notify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

// postOffice is an SMTP server that takes mail from ana.
type postOffice struct {
	port    int
	roots   *x509.CertPool
	mu      sync.Mutex
	letters []string
	refuse  []error // answers to the recipients to come
}

type counter struct {
	office *postOffice
	known  bool
	to     []string
}

func (o *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{office: o}, nil }

func (c *counter) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *counter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if name != "ana" || password != "hunter2" {
			return errors.New("no such person")
		}
		c.known = true
		return nil
	}), nil
}

func (c *counter) Mail(string, *smtp.MailOptions) error {
	if !c.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	if len(c.office.refuse) > 0 {
		err := c.office.refuse[0]
		c.office.refuse = c.office.refuse[1:]
		return err
	}
	c.to = append(c.to, to)
	return nil
}

func (c *counter) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	c.office.letters = append(c.office.letters, strings.Join(c.to, " ")+"\n"+string(text))
	return err
}

func (c *counter) Reset() { c.to = nil }

func (c *counter) Logout() error { return nil }

func newPostOffice(t *testing.T, secured bool, refuse ...error) *postOffice {
	certified := httptest.NewTLSServer(nil) // for its certificate of 127.0.0.1
	defer certified.Close()
	o := &postOffice{roots: x509.NewCertPool(), refuse: refuse}
	o.roots.AddCert(certified.Certificate())
	server := smtp.NewServer(o)
	server.Domain = "localhost"
	server.AllowInsecureAuth = true // it is the sender that must be careful
	if secured {
		server.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.port = listener.Addr().(*net.TCPAddr).Port
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return o
}

func (o *postOffice) mail(t *testing.T, password string) *Mail {
	t.Helper()
	m, err := NewMail(MailConfig{Host: "127.0.0.1", Port: o.port, TLS: StartTLS, Username: "ana", Password: secret.New(password),
		From: "Pronto <pronto@example.com>", To: []string{"team@example.com", "Bia <bia@example.com>"}, Roots: o.roots})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMailSaysWhyWhatToDoAndWhere(t *testing.T) {
	o := newPostOffice(t, true)
	w := newWorld(t, notices(delivery.NoticeFailed), o.mail(t, "hunter2"), Filter{})
	if err := w.round(t); err != nil || len(o.letters) != 1 || w.owed() != 0 {
		t.Fatalf("%d letters, %d owed, %v", len(o.letters), w.owed(), err)
	}
	for _, want := range []string{"team@example.com bia@example.com\n", "Subject: [pronto] hello failed at build\r\n", "From: \"Pronto\" <pronto@example.com>",
		"X-Pronto-Event: delivery.failed", "Auto-Submitted: auto-generated", "Date: Wed, 04 Mar 2026 09:26:53 +0000", "Content-Type: text/plain; charset=UTF-8",
		"\r\nThe test \"x\" fails.\r\nMend it & push.\r\n", "\r\n    not ok 1 - x\r\n", "Commit:   1f2e3d4 Say <hello> (Ana)\r\n", "Delivery: https://portal.example.com/apps/hello/deliveries/"} {
		if !strings.Contains(o.letters[0], want) {
			t.Errorf("the letter lacks %q:\n%s", want, o.letters[0])
		}
	}
	if id := identity("hooks", notices(delivery.NoticeFailed).notices[0]); !strings.Contains(o.letters[0], "Message-ID: <"+id+"@pronto>") {
		t.Errorf("the letter's id is not %s:\n%s", id, o.letters[0])
	}
}

func TestAMailServerThatIsBusyIsAskedAgainAndOneThatRefusesIsNot(t *testing.T) {
	o := newPostOffice(t, true, &smtp.SMTPError{Code: 451, Message: "busy"}, nil, &smtp.SMTPError{Code: 550, Message: "no such person here"})
	w := newWorld(t, notices(delivery.NoticeFailed), o.mail(t, "hunter2"), Filter{})
	if err := w.round(t); err == nil || !strings.Contains(err.Error(), "busy") || w.owed() != 1 {
		t.Fatalf("a busy server: %v, %d owed", err, w.owed())
	}
	w.advance(firstPause)
	if err := w.round(t); err != nil || w.owed() != 0 || !strings.Contains(w.log.String(), "no such person here") {
		t.Errorf("a refusal: %v, %d owed, log %s", err, w.owed(), w.log)
	}
}

func TestAWrongPasswordIsTriedAgainAndNeverTold(t *testing.T) {
	o := newPostOffice(t, true)
	w := newWorld(t, notices(delivery.NoticeFailed), o.mail(t, "secret-of-ana"), Filter{})
	if err := w.round(t); err == nil || w.owed() != 1 || strings.Contains(err.Error(), "secret-of-ana") {
		t.Errorf("%v, %d owed", err, w.owed())
	}
}

// A server that offers no TLS gets neither the password nor the mail.
func TestMailIsNotSentInTheClear(t *testing.T) {
	o := newPostOffice(t, false)
	w := newWorld(t, notices(delivery.NoticeFailed), o.mail(t, "hunter2"), Filter{})
	if err := w.round(t); err == nil || !strings.Contains(err.Error(), "STARTTLS") || len(o.letters) != 0 {
		t.Errorf("%v, %d letters", err, len(o.letters))
	}
}
