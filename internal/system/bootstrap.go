package system

import (
	"context"
	"net/url"

	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// hook is a receiver of the organisation's events.
type hook struct {
	url    *url.URL
	secret secret.String
	events []string
}

func (w *wiring) receivers() []hook {
	return []hook{
		{w.cfg.URL("git").JoinPath("_services/actions/webhook"), w.creds.ActionsWebhook, []string{"push", "repository"}},
		{w.cfg.URL("argocd").JoinPath("api/webhook"), w.creds.GitOpsWebhook, []string{"push", "repository"}},
		{w.cfg.URL("portal").JoinPath("api/webhooks/github"), w.creds.PortalWebhook, []string{"push", "repository"}},
	}
}

// hooks is ready when the forge tells actions, gitops and the portal of every push.
func (w *wiring) hooks() part.Part {
	return part.Func(partHooks, func(ctx context.Context, ready func()) error {
		forge, err := w.scm()
		if err != nil {
			return err
		}
		for _, h := range w.receivers() {
			if err := forge.EnsureHook(ctx, w.cfg.Organization, h.url.String(), h.secret, h.events); err != nil {
				return err
			}
		}
		ready()
		<-ctx.Done()
		return nil
	})
}

// scm is the forge's API as its administrator.
func (w *wiring) scm() (*scm.Client, error) {
	return scm.New(scm.Config{APIURL: w.cfg.URL("git").String(), Token: w.creds.ForgeToken, HTTPClient: w.http})
}
