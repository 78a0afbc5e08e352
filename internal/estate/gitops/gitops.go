// Package gitops keeps a cluster as git says, with Argo CD's resources: an
// ApplicationSet makes an Application of every repository of an organisation,
// and an Application keeps a directory of a repository applied. Comparing,
// ordering, pruning and health are Argo CD's own gitops-engine.
//
// It differs from Argo CD where that serves the person who waits:
//
//   - a push or repository event generates scmProvider ApplicationSets at
//     once, where Argo CD waits for requeueAfterSeconds;
//   - a generated Application is deleted only when the forge answers 404 for
//     its very repository;
//   - every apply is a server-side apply, dry runs and comparisons too;
//   - a new commit ends the retries of the one before.
package gitops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/gitops/app"
	"github.com/pronto-platform/pronto/internal/estate/gitops/appset"
	"github.com/pronto-platform/pronto/internal/estate/gitops/cluster"
	"github.com/pronto-platform/pronto/internal/estate/gitops/source"
)

// Defaults of Config.
const (
	defaultNamespace = "argocd"
	defaultPoll      = 3 * time.Minute
	defaultConfirm   = 30 * time.Second
)

// SCM is the forge whose organisation is served.
type SCM = appset.SCM

// Config are the needs of the part.
type Config struct {
	// Dir holds mirrors of repositories; all of it can be lost.
	Dir string
	// Kubernetes is the cluster of the resources and of the applications.
	Kubernetes *rest.Config
	// Namespace of Applications, ApplicationSets and AppProjects; "argocd".
	Namespace string
	SCM       SCM
	// Git has the credentials for clone URLs of the forge.
	Git        gitcmd.Remote
	HTTPClient *http.Client
	// WebhookSecret signs webhooks. Without one they are accepted unsigned, as Argo CD does.
	WebhookSecret secret.String
	// PollInterval is the time after which a lost event is made good; 3 minutes.
	PollInterval time.Duration
	// ConfirmMassDeletion is the time between the two looks at the forge that
	// precede the deletion of many Applications at once; 30 seconds.
	ConfirmMassDeletion time.Duration
	// Default, if set, is an ApplicationSet that Run applies; see DefaultApplicationSet.
	Default *argo.ApplicationSet
	// Project, if set, is made by Run unless it is there; see DefaultProject.
	Project *argo.AppProject
	Logger  *slog.Logger
}

// GitOps is the part. It serves webhooks and runs the controllers.
type GitOps struct {
	cfg    Config
	log    logr.Logger
	scheme *runtime.Scheme
	apps   *app.Controller
	sets   *appset.Controller
	hooks  *webhook
}

var _ part.Part = (*GitOps)(nil)

// New checks the configuration. It does not talk to anything yet.
func New(cfg Config) (*GitOps, error) {
	if cfg.Dir == "" || cfg.Kubernetes == nil || cfg.Logger == nil {
		return nil, errors.New("gitops: Dir, Kubernetes and Logger are required")
	}
	cfg = withDefaults(cfg)
	repositories, err := source.NewRepositories(filepath.Join(cfg.Dir, "repositories"), cfg.Git, cfg.HTTPClient)
	if err != nil {
		return nil, fmt.Errorf("gitops: %w", err)
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), argo.AddToScheme(scheme)); err != nil {
		return nil, fmt.Errorf("gitops: %w", err)
	}
	// The libraries' own messages are for debugging; what matters is logged by the controllers.
	log := logr.FromSlogHandler(cfg.Logger.Handler()).V(4)
	g := &GitOps{cfg: cfg, log: log, scheme: scheme}
	g.apps = app.New(app.Config{
		Namespace: cfg.Namespace, Repositories: repositories, PollInterval: cfg.PollInterval, Logger: cfg.Logger,
	}, log)
	g.sets = appset.New(appset.Config{
		Namespace: cfg.Namespace, SCM: cfg.SCM, HTTPClient: cfg.HTTPClient, Confirm: cfg.ConfirmMassDeletion, Logger: cfg.Logger,
	})
	g.hooks = newWebhook(cfg.WebhookSecret, cfg.Logger)
	return g, nil
}

func withDefaults(cfg Config) Config {
	if cfg.Namespace == "" {
		cfg.Namespace = defaultNamespace
	}
	if cfg.PollInterval <= 0 {
		cfg.PollInterval = defaultPoll
	}
	if cfg.ConfirmMassDeletion <= 0 {
		cfg.ConfirmMassDeletion = defaultConfirm
	}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = http.DefaultClient
	}
	cfg.Kubernetes = rest.CopyConfig(cfg.Kubernetes)
	cfg.Kubernetes.QPS, cfg.Kubernetes.Burst = -1, -1
	return cfg
}

// Name implements part.Part.
func (*GitOps) Name() string { return "gitops" }

// Handler serves POST /api/webhook.
func (g *GitOps) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/webhook", g.hooks)
	return mux
}

// Run installs what the cluster lacks (definitions, namespace, default
// project) and runs the controllers until ctx is done.
func (g *GitOps) Run(ctx context.Context, ready func()) error {
	ctrl.SetLogger(g.log)
	if err := g.install(ctx); err != nil {
		return err
	}
	live, err := cluster.NewLive(g.cfg.Kubernetes, g.log, g.apps.LiveChanged)
	if err != nil {
		return err
	}
	if err := live.Start(); err != nil {
		return err
	}
	defer live.Stop()
	g.apps.SetLive(live)
	controllers, err := g.manager()
	if err != nil {
		return err
	}
	if err := controllers.Add(g.events(controllers, ready)); err != nil {
		return fmt.Errorf("prepare the webhook: %w", err)
	}
	if err := controllers.Start(ctx); err != nil {
		return fmt.Errorf("run the controllers: %w", err)
	}
	return nil
}

func (g *GitOps) manager() (ctrl.Manager, error) {
	controllers, err := ctrl.NewManager(g.cfg.Kubernetes, ctrl.Options{
		Scheme: g.scheme, Logger: g.log,
		Metrics: server.Options{BindAddress: "0"},
		Cache: cache.Options{DefaultNamespaces: map[string]cache.Config{g.cfg.Namespace: {}},
			DefaultTransform: cache.TransformStripManagedFields()},
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the controllers: %w", err)
	}
	if err := errors.Join(g.apps.Register(controllers), g.sets.Register(controllers)); err != nil {
		return nil, fmt.Errorf("prepare the controllers: %w", err)
	}
	return controllers, nil
}

// events handles webhooks, and says ready: the manager starts it once the
// controllers know the resources.
func (g *GitOps) events(to ctrl.Manager, ready func()) manager.Runnable {
	return manager.RunnableFunc(func(ctx context.Context) error {
		ready()
		handling := &dispatcher{
			client: to.GetClient(), namespace: g.cfg.Namespace, log: g.cfg.Logger,
			refresh: g.apps.Refresh, sets: g.sets,
		}
		handling.run(ctx, g.hooks.events)
		return nil
	})
}
