package system

import (
	"context"
	"io/fs"
	"net/http"
	"runtime"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/portal"
	"github.com/pronto-platform/pronto/internal/platform/scaffold"
	"github.com/pronto-platform/pronto/internal/platform/store"
	"github.com/pronto-platform/pronto/templates"
	"github.com/pronto-platform/pronto/web"
)

// platform makes the platform's own half: a client of everything in e.
func (w wiring) platform(ctx context.Context, e estateParts) ([]need, error) {
	db, err := store.Open(ctx, w.cfg.Path("platform", "platform.db"))
	if err != nil {
		return nil, err
	}
	forge, err := w.scm()
	if err != nil {
		return nil, err
	}
	entities, err := catalog.New(catalog.Config{
		DB: db, SCM: forge, ForgeURL: w.cfg.URL("git").String(), Builtin: w.builtinEntities(), Logger: w.logger("catalog"),
	})
	if err != nil {
		return nil, err
	}
	deliveries, err := delivery.New(delivery.Config{
		DB: db, SCM: forge, Names: w.names(), Kubernetes: w.kube,
		RegistryAuth: &authn.Basic{Username: registryAdminUser, Password: w.creds.RegistryAdmin.Reveal()},
		DNSServer:    w.cfg.DNSServer(), ExpectedAddress: w.cfg.Edge.Address.String(), HTTPClient: w.http,
		WebhookSecret: w.creds.PortalWebhook, Catalog: entities, Reserved: reservedNames(), Logger: w.logger("delivery"),
	})
	if err != nil {
		return nil, err
	}
	scaffolder, err := scaffold.New(scaffold.Config{
		DB: db, Templates: templates.FS, SCM: forge, Catalog: entities, Git: w.git(), Dir: w.cfg.Path("platform", "tasks"),
		Organization: w.cfg.Organization, Domain: w.cfg.Domain, Vars: w.siteValues(deliveries),
		Validate: validator(deliveries), OnChange: observer(deliveries, w.logger("scaffold")), Logger: w.logger("scaffold"),
	})
	if err != nil {
		return nil, err
	}
	front, err := w.portal(db, deliveries, scaffolder, entities)
	if err != nil {
		return nil, err
	}
	return []need{
		{part: serve("serve-portal", w.cfg.Socket("portal"), front.Handler())},
	}, nil
}
