package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/wneessen/go-mail"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// How the connection to a mail server is secured.
const (
	StartTLS    = "starttls" // it begins in the clear and must be secured; port 587
	ImplicitTLS = "implicit" // port 465
	NoTLS       = "none"     // port 25, for a server on this machine
)

// MailConfig says which server takes mail for whom.
type MailConfig struct {
	Host     string
	Port     int
	TLS      string
	Username string // empty: the server asks for none
	Password secret.String
	From     string
	To       []string
	Roots    *x509.CertPool // nil: the machine's
}

// Mail sends plain text over SMTP.
type Mail struct {
	cfg     MailConfig
	options []mail.Option
}

// NewMail checks the configuration; it does not connect.
func NewMail(cfg MailConfig) (*Mail, error) {
	m := &Mail{cfg: cfg, options: []mail.Option{mail.WithPort(cfg.Port), mail.WithTimeout(sendTimeout),
		mail.WithTLSConfig(&tls.Config{ServerName: cfg.Host, RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12})}}
	switch cfg.TLS {
	case ImplicitTLS:
		m.options = append(m.options, mail.WithSSL())
	case NoTLS:
		m.options = append(m.options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		m.options = append(m.options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if cfg.Username != "" {
		m.options = append(m.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(cfg.Username), mail.WithPassword(cfg.Password.Reveal()))
	}
	if _, err := m.client(); err != nil {
		return nil, err
	}
	_, err := m.message(Message{})
	return m, err
}

func (m *Mail) client() (*mail.Client, error) { return mail.NewClient(m.cfg.Host, m.options...) }

func (m *Mail) message(what Message) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(m.cfg.From), msg.To(m.cfg.To...)); err != nil {
		return nil, err
	}
	msg.Subject("[pronto] " + subject(what))
	msg.SetMessageIDWithValue(what.ID + "@pronto")
	msg.SetDateWithValue(what.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Pronto-Event", what.Event)
	msg.SetBodyString(mail.TypeTextPlain, letter(what))
	return msg, nil
}

// permanent is the first of SMTP's replies that the same again would get again:
// RFC 5321, 4.2.1. One to the sign-in is no SendError, and is tried again.
const permanent = 500

// Send implements Channel.
func (m *Mail) Send(ctx context.Context, what Message) error {
	message, err := m.message(what)
	if err != nil {
		return refusedError{err}
	}
	client, err := m.client()
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, message)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("send mail by %s:%d: %w", m.cfg.Host, m.cfg.Port, err)
	var told *mail.SendError
	if errors.As(err, &told) && told.ErrorCode() >= permanent {
		return refusedError{err}
	}
	return err
}
