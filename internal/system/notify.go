package system

import (
	"fmt"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/notify"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// notify is the part that tells others how deliveries end.
func (w *wiring) notify(deliveries *delivery.Service, forge *scm.Client) (*notify.Notifier, error) {
	var sinks []notify.Sink
	for i, wanted := range w.cfg.Notifications {
		channel, err := w.channel(fmt.Sprintf("notifications[%d]", i), wanted)
		if err != nil {
			return nil, err
		}
		sinks = append(sinks, notify.Sink{Name: wanted.Name, Channel: channel,
			Filter: notify.Filter{On: wanted.On, Apps: wanted.Apps, Owners: wanted.Owners}})
	}
	return notify.New(notify.Config{Source: deliveries, Forge: forge, Sinks: sinks, Portal: w.cfg.URL("portal"), Logger: w.logger("notify")})
}

// channel is how a sink is reached. An error names the field and, where it is
// about what stands in a file, the file; never what stands there.
func (w *wiring) channel(field string, n config.Notification) (notify.Channel, error) {
	if n.Type == config.SinkSMTP {
		password, err := readSecret(n.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("%s.passwordFile: %w", field, err)
		}
		channel, err := notify.NewMail(notify.MailConfig{Host: n.Host, Port: n.MailPort(), TLS: n.TLS, Username: n.Username, Password: password, From: n.From, To: n.To})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
		return channel, nil
	}
	address, addressErr := readSecret(n.URLFile)
	if n.URLFile == "" {
		address = secret.New(n.URL)
	} else if addressErr == nil {
		addressErr = config.CheckHook("the address in "+n.URLFile, address.Reveal(), n.Insecure)
	}
	if addressErr != nil {
		return nil, fmt.Errorf("%s.urlFile: %w", field, addressErr)
	}
	if n.Type == config.SinkSlack {
		return notify.NewSlack(address, w.http, Version)
	}
	key, err := readSecret(n.SecretFile)
	if err != nil {
		return nil, fmt.Errorf("%s.secretFile: %w", field, err)
	}
	return notify.NewWebhook(address, key, w.http, Version)
}
