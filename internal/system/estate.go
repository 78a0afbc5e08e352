package system

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/actions"
	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
	"github.com/pronto-platform/pronto/internal/estate/cluster"
	"github.com/pronto-platform/pronto/internal/estate/forge"
	"github.com/pronto-platform/pronto/internal/estate/gitops"
	"github.com/pronto-platform/pronto/internal/estate/identity"
	"github.com/pronto-platform/pronto/internal/estate/registry"
)

// appID is the id of the GitHub App "github-actions" at the forge.
const appID = 1

// portalClientID is the portal's name at the identity provider.
const portalClientID = "pronto-portal"

// server is a part that also answers HTTP.
type server interface {
	part.Part
	Handler() http.Handler
}

// estateParts are the servers of the estate that live in the platform's process.
type estateParts struct {
	forge, registry, gitops, actions server
	identity                         server // nil where another issuer signs people in
}

func (w *wiring) estate(ctx context.Context) (e estateParts, err error) {
	for _, make := range []func() error{
		func() error { e.forge, err = w.forge(); return err },
		func() error { e.registry, err = w.registry(); return err },
		func() error { e.identity, err = w.identity(); return err },
		func() error { e.gitops, err = w.gitops(); return err },
		func() error { e.actions, err = w.actions(ctx); return err },
	} {
		if err := make(); err != nil {
			return estateParts{}, err
		}
	}
	return e, nil
}

func (w *wiring) forge() (server, error) {
	return forge.New(forge.Config{
		Dir: w.cfg.Path("forge"), URL: w.cfg.URL("git"), Organization: w.cfg.Organization,
		Users: []forge.User{{
			Login: "admin", Email: "admin@" + w.cfg.Domain, Name: "Administrator", Admin: true, Token: w.creds.ForgeToken,
		}},
		App:        forge.App{ID: appID, Slug: "github-actions", Key: &w.creds.AppKey.PublicKey},
		SealKey:    w.creds.ForgeSeal,
		HTTPClient: w.http, Logger: w.logger("forge"),
	})
}

func (w *wiring) registry() (server, error) {
	return registry.New(registry.Config{
		Dir: w.cfg.Path("registry"), URL: w.cfg.URL("registry"), Organization: w.cfg.Organization,
		ForgeAPI: w.cfg.URL("git").JoinPath("api/v3/"), HTTPClient: w.http,
		Node:    registry.Credential{User: registryNodeUser, Secret: w.creds.RegistryNode},
		Admin:   registry.Credential{User: registryAdminUser, Secret: w.creds.RegistryAdmin},
		Provide: w.provide,
		Logger:  w.logger("registry"),
	})
}

func (w *wiring) identity() (server, error) {
	if !w.cfg.Identity.Embedded() {
		return nil, nil
	}
	users, err := w.people()
	if err != nil {
		return nil, err
	}
	return identity.New(identity.Config{
		Issuer: w.cfg.URL("login"),
		Clients: []identity.Client{{
			ID: portalClientID, Name: "Pronto", Secret: w.creds.OIDCClientSecret,
			RedirectURIs: []string{w.cfg.URL("portal").JoinPath("auth/callback").String()},
		}},
		Users: users, Logger: w.logger("identity"),
	})
}

// Groups that people of a new platform are in.
const (
	adminGroup     = "admins"
	developerGroup = "developers"
)

func (w *wiring) people() ([]identity.User, error) {
	var users []identity.User
	for _, p := range []struct {
		name     string
		groups   []string
		password secret.String
	}{
		{"admin", []string{adminGroup, developerGroup}, w.creds.AdminPassword},
		{"developer", []string{developerGroup}, w.creds.DeveloperPassword},
	} {
		hash, err := identity.HashPassword(p.password)
		if err != nil {
			return nil, err
		}
		users = append(users, identity.User{
			Email: p.name + "@" + w.cfg.Domain, Username: p.name, UserID: p.name, Groups: p.groups, PasswordHash: hash,
		})
	}
	return users, nil
}

func (w *wiring) gitops() (server, error) {
	set, err := gitops.DefaultApplicationSet(gitops.DefaultSet{
		Name: "apps", Organization: w.cfg.Organization, APIURL: w.cfg.URL("git").String(),
		Prefix: repositoryPrefix, Path: "deploy", Project: applicationsProject, RequeueAfterSeconds: pollSeconds,
		SyncOptions: []string{"ApplyOutOfSyncOnly=true"}, // a push changes one object of seven
	})
	if err != nil {
		return nil, err
	}
	return gitops.New(gitops.Config{
		Dir: w.cfg.Path("gitops"), Kubernetes: w.kube,
		SCM: gitops.SCM{APIURL: w.cfg.URL("git").String(), Organization: w.cfg.Organization, Token: w.creds.ForgeToken},
		Git: w.git(), HTTPClient: w.http, WebhookSecret: w.creds.GitOpsWebhook,
		Default: set,
		Project: gitops.DefaultProject(applicationsProject, w.cfg.URL("git").JoinPath(w.cfg.Organization).String(), closedNamespaces),
		Logger:  w.logger("gitops"),
	})
}

// applicationsProject is the AppProject of every application.
const applicationsProject = "apps"

// closedNamespaces are the cluster's and the platform's own.
var closedNamespaces = []string{"default", "kube-*", "argocd", "pronto-*"}

// pollSeconds is the poll that makes a lost event good.
const pollSeconds = 180

// repositoryPrefix marks the repositories that are applications.
const repositoryPrefix = "idp-"

// git reaches the forge's repositories as its administrator.
func (w *wiring) git() gitcmd.Remote {
	return gitcmd.Remote{
		Origin: w.cfg.URL("git").String() + "/", Resolve: curlResolve(w.cfg), CAFile: w.ca.CertFile,
		User: "admin", Token: w.creds.ForgeToken,
	}
}

func (w *wiring) actions(ctx context.Context) (server, error) {
	bundle, err := w.trustBundle()
	if err != nil {
		return nil, err
	}
	builder, err := w.builder(ctx)
	if err != nil {
		return nil, err
	}
	return actions.New(actions.Config{
		Dir: w.cfg.Path("actions"), URL: w.cfg.URL("git"), Organization: w.cfg.Organization,
		AppID: appID, AppKey: w.creds.AppKey, WebhookSecret: w.creds.ActionsWebhook,
		HTTPClient: w.http, Kubernetes: w.kube,
		RunnerImage: w.cfg.Authority("registry") + "/" + runnerImage,
		GatewayIP:   w.cfg.Node.Gateway.Addr().String(),
		Hosts:       w.cfg.SystemNames(),
		CA:          bundle,
		BuildKit:    builder,
		WarmRunners: 2,
		Webhooks:    []actions.Webhook{{URL: w.cfg.URL("portal").JoinPath("api/webhooks/github").String(), Secret: w.creds.PortalWebhook}},
		Logger:      w.logger("actions"),
	})
}

// builder waits for the credentials that the node writes at its first start. A
// cluster that is given has no builder: a job that builds says so and fails.
func (w *wiring) builder(ctx context.Context) (b protocol.BuildKit, err error) {
	if !w.cfg.Embedded() {
		return protocol.BuildKit{}, nil
	}
	node, err := nodeConfig(w.ground, w.logger(partCluster))
	if err != nil {
		return b, err
	}
	err = until(ctx, func(context.Context) error {
		credentials, err := cluster.BuildKitCredentials(node)
		b = protocol.BuildKit{
			Address: credentials.Address, CA: string(credentials.CA), Cert: string(credentials.Cert), Key: credentials.Key.Reveal(),
		}
		return err
	})
	return b, err
}

// gitHost gives GitHub's actions routes, and the runners' own, to actions, and
// all else to the forge: on github.com too they are one host.
func gitHost(forge, actions http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ofActions(r.URL.Path) {
			actions.ServeHTTP(w, r)
			return
		}
		forge.ServeHTTP(w, r)
	})
}

// ofActions knows /_services/actions/... and /api/v3/repos/{owner}/{repo}/actions/...,
// of which the variables and secrets are the forge's.
func ofActions(path string) bool {
	if strings.HasPrefix(path, "/_services/actions/") {
		return true
	}
	segments := strings.Split(strings.TrimPrefix(path, "/api/v3/repos/"), "/")
	if !strings.HasPrefix(path, "/api/v3/repos/") || len(segments) < 4 || segments[2] != "actions" {
		return false
	}
	return !slices.Contains([]string{"variables", "secrets", "organization-variables", "organization-secrets"}, segments[3])
}

// servers answer for the estate's hosts on the sockets that the edge knows.
func (w *wiring) servers(e estateParts) []need {
	needs := []need{
		{part: serve("forge", w.cfg.Socket("forge"), gitHost(e.forge.Handler(), e.actions.Handler()))},
		{part: serve("registry", w.cfg.Socket("registry"), e.registry.Handler())},
		{part: serve("gitops", w.cfg.Socket("gitops"), e.gitops.Handler())},
	}
	if e.identity != nil {
		needs = append(needs, need{part: serve("identity", w.cfg.Socket("identity"), e.identity.Handler())}, need{part: e.identity})
	}
	return needs
}
