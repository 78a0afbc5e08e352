package delivery

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/delivery/backup"
	"github.com/pronto-platform/pronto/internal/platform/delivery/usage"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Catalog is what deliveries need of the catalog.
type Catalog interface {
	// Has reports whether the entity is there.
	Has(ctx context.Context, entityRef string) (bool, error)
	// Remove takes the entity and its location out; one that is not there is fine.
	Remove(ctx context.Context, entityRef string) error
	// LocationOf returns the target that states the entity, empty if it is none
	// of the forge's, and whether an administrator trusts it.
	LocationOf(ctx context.Context, entityRef string) (target string, trusted bool, err error)
	// RegisterAgain registers a target, or reads it again.
	RegisterAgain(ctx context.Context, target string, trusted bool) error
}

// Config says where everything is that a delivery goes through.
type Config struct {
	DB                   *sql.DB
	Names                Names
	SCM                  *scm.Client
	RegistryAuth         authn.Authenticator // may read and delete every application's images
	Kubernetes           *rest.Config
	ApplicationNamespace string       // default "argocd"
	DNSServer            string       // the zone's own name server, host:port
	ExpectedAddress      string       // that hosts of the zone resolve to; empty: any
	HTTPClient           *http.Client // verifies certificates, dials the edge
	WebhookSecret        secret.String
	Catalog              Catalog
	Limits               Limits
	Backups              Backups
	Reserved             []string // further names that applications may not have
	Logger               *slog.Logger
	Clock                func() time.Time // default time.Now
}

// Service follows every application. It is a part.Part.
type Service struct {
	cfg     Config
	names   Names
	log     *slog.Logger
	journal journal
	cluster *cluster
	forge   forge
	images  images
	prober  prober
	hub     *hub
	work    sync.WaitGroup // looks in flight
	meters  *usage.Hub[Metrics]
	begun   chan struct{} // closed when Run takes messages

	backups   *backup.Store
	undeletes sync.Mutex // one after the other, so that two clicks bring one back
	rollbacks sync.Mutex // one after the other, so that two clicks make one commit

	mu       sync.Mutex
	follow   func(*tracker) // starts one below Run; nil while the service does not run
	restored bool
	trackers map[string]*tracker
	views    map[string]View
	members  sync.WaitGroup // trackers
}

// New checks the configuration and reads nothing yet.
func New(cfg Config) (*Service, error) {
	if err := complete(&cfg); err != nil {
		return nil, err
	}
	inside, err := rest.HTTPClientFor(cfg.Kubernetes)
	if err != nil {
		return nil, fmt.Errorf("delivery: Kubernetes client: %w", err)
	}
	transport, ok := cfg.HTTPClient.Transport.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("delivery: HTTPClient.Transport is a %T: an *http.Transport is needed", cfg.HTTPClient.Transport)
	}
	s := &Service{
		cfg: cfg, names: cfg.Names, log: cfg.Logger, journal: journal{cfg.DB}, hub: newHub(), begun: make(chan struct{}),
		forge:    forge{cfg.SCM, cfg.Names},
		images:   images{cfg.Names, cfg.RegistryAuth, cfg.HTTPClient.Transport},
		prober:   newProber(cfg, transport, inside),
		backups:  backup.New(cfg.Backups.Dir, cfg.Backups.Git),
		trackers: map[string]*tracker{}, views: map[string]View{},
	}
	s.meters = s.newMeters()
	s.cluster, err = newCluster(cfg.Kubernetes, cfg.ApplicationNamespace, s.clusterChanged)
	return s, err
}

func complete(cfg *Config) error {
	for what, missing := range map[string]bool{
		"DB": cfg.DB == nil, "SCM": cfg.SCM == nil, "Kubernetes": cfg.Kubernetes == nil, "DNSServer": cfg.DNSServer == "",
		"HTTPClient": cfg.HTTPClient == nil, "WebhookSecret": cfg.WebhookSecret.IsZero(), "Logger": cfg.Logger == nil,
		"Backups.Dir": cfg.Backups.Grace > 0 && cfg.Backups.Dir == "",
		"Names":       cfg.Names.Organization == "" || cfg.Names.Domain == "" || cfg.Names.Registry == "",
	} {
		if missing {
			return errors.New("delivery: " + what + " is needed")
		}
	}
	if cfg.ApplicationNamespace == "" {
		cfg.ApplicationNamespace = "argocd"
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.HTTPClient.Transport == nil {
		client := *cfg.HTTPClient
		client.Transport = http.DefaultTransport
		cfg.HTTPClient = &client
	}
	if cfg.RegistryAuth == nil {
		cfg.RegistryAuth = authn.Anonymous
	}
	return nil
}

// Name implements part.Part.
func (s *Service) Name() string { return "delivery" }

// Restore reads the journal. From then on every application is known, as it
// was last seen, and what is asked of one waits until Run follows it. Who asks
// while the platform starts must not be told that there are no applications.
func (s *Service) Restore(ctx context.Context) error {
	apps, err := s.journal.apps(ctx)
	if err != nil {
		return err
	}
	for _, app := range apps {
		if err := s.restore(ctx, app); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.restored = true
	s.mu.Unlock()
	return nil
}

// Run implements part.Part: it goes on with every application where the
// journal left it.
func (s *Service) Run(ctx context.Context, ready func()) error {
	if !s.isRestored() {
		if err := s.Restore(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer s.end()
	defer cancel()
	if err := s.cluster.start(ctx); err != nil {
		return stopped(ctx, err)
	}
	s.followAll(func(t *tracker) { s.members.Go(func() { t.run(ctx) }) })
	close(s.begun)
	if err := s.replay(ctx); err != nil {
		return stopped(ctx, err)
	}
	ready()
	s.housekeep(ctx)
	return nil
}

// stopped is nil when an error only says that the process is being stopped.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// end waits for what Run started; its context is over.
func (s *Service) end() {
	s.mu.Lock()
	s.follow = nil
	s.mu.Unlock()
	s.members.Wait()
	s.work.Wait()
	s.cluster.stop()
}

// followAll starts the trackers that there are, and those that come.
func (s *Service) followAll(follow func(*tracker)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.follow = follow
	for _, t := range s.trackers {
		follow(t)
	}
}

func (s *Service) isRestored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.restored
}

func (s *Service) restore(ctx context.Context, app App) error {
	latest, err := s.journal.deliveries(ctx, app.ID, 1)
	if err != nil {
		return err
	}
	var d *Delivery
	if len(latest) > 0 {
		d = &latest[0]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.know(newTracker(s, app, d))
	return nil
}

// applications is how many are known.
func (s *Service) applications() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.trackers)
}

// know makes an application known; s.mu is held.
func (s *Service) know(t *tracker) {
	s.trackers[t.app.Name] = t
	s.views[t.app.Name] = viewOf(t.app, t.d, t.checked, s.names)
}

// housekeep looks for repositories nobody told of, and forgets old events.
func (s *Service) housekeep(ctx context.Context) {
	ticker := time.NewTicker(pollNet)
	defer ticker.Stop()
	for {
		if err := s.discover(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("cannot list repositories", "error", err)
		}
		if err := s.journal.prune(ctx, s.cfg.Clock().Add(-7*24*time.Hour)); err != nil && ctx.Err() == nil {
			s.log.Warn("cannot prune", "error", err)
		}
		if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("cannot tidy up", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// discover follows every repository with the prefix. One that is missing
// from the list removes nothing.
func (s *Service) discover(ctx context.Context) error {
	apps, err := s.forge.repositories(ctx)
	if err != nil {
		return err
	}
	for _, app := range apps {
		s.tracker(app, App{Name: app, Public: true, CreatedAt: s.cfg.Clock()})
	}
	return nil
}

// tracker returns the application's tracker and makes one of otherwise if
// there is none; nil while the service does not run.
func (s *Service) tracker(app string, otherwise App) *tracker {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.follow == nil {
		return nil
	}
	t, ok := s.trackers[app]
	if !ok {
		t = newTracker(s, otherwise, nil)
		s.know(t)
		s.follow(t)
	}
	return t
}

func (s *Service) known(app string) *tracker {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trackers[app]
}

func (s *Service) clusterChanged(namespace, application string) {
	app := namespace
	if app == "" {
		app = strings.TrimPrefix(application, s.names.RepositoryPrefix)
	}
	s.mu.Lock()
	t, runs := s.trackers[app], s.follow != nil
	s.mu.Unlock()
	if t == nil || !runs {
		return
	}
	select {
	case t.inbox <- func(context.Context, *tracker) {}:
	default: // it has messages to take and looks at the cluster after them
	}
}

// show makes a committed state visible.
func (s *Service) show(view View, event Event) {
	s.mu.Lock()
	s.views[view.Name] = view
	s.mu.Unlock()
	s.hub.publish(event)
}

func (s *Service) forget(t *tracker, event Event) {
	s.mu.Lock()
	if s.trackers[t.app.Name] == t {
		delete(s.trackers, t.app.Name)
		delete(s.views, t.app.Name)
	}
	s.mu.Unlock()
	s.hub.publish(event)
}
