// Package registry serves container images by the OCI distribution
// specification: olareg stores them, and a token service in front of it gives
// every caller exactly what the forge grants on the repository of the same
// name.
//
// Rights: a forge token pulls, pushes and deletes `<repository>` as its
// permissions on that repository say (pull, push, admin) and pulls `base/*`.
// The administrator pushes `base/*`, pulls everything and deletes anything.
// The node pulls everything. Nobody else sees anything.
package registry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/olareg/olareg"
	"github.com/olareg/olareg/config"
	"github.com/olareg/olareg/types"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

const (
	defaultMaxBlob  = 4 << 30
	defaultMinFree  = 512 << 20
	manifestLimit   = 8 << 20
	tokenLifetime   = 10 * time.Minute
	collectEvery    = 5 * time.Minute
	uploadGrace     = 30 * time.Minute
	failuresPerSec  = 2
	failuresInBurst = 30
)

// Credential is a name and its secret.
type Credential struct {
	User   string
	Secret secret.String
}

func (c Credential) matches(user, password string) bool {
	return user == c.User && c.Secret.Equal(password)
}

// Config is what a Registry needs.
type Config struct {
	Dir          string       // images and the token key; made when missing
	URL          *url.URL     // public base URL, e.g. https://registry.example
	Organization string       // owner of the repositories at the forge
	ForgeAPI     *url.URL     // e.g. https://git.example/api/v3/
	HTTPClient   *http.Client // reaches ForgeAPI
	Node         Credential   // the cluster's: pulls everything
	Admin        Credential   // the platform's: pushes base/*, deletes anything
	MaxBlob      int64        // bytes; 0 means 4 GiB
	MinFree      int64        // bytes that pushes leave free on the disk; 0 means 512 MiB
	// Provide is asked to push `base/...:tag`, as Admin, when somebody else pulls
	// it and it is not there; it does nothing for a name it does not know. nil:
	// nobody is asked.
	Provide func(ctx context.Context, repository, tag string) error
	Logger  *slog.Logger
}

func (c Config) validate() error {
	switch {
	case c.Dir == "":
		return errors.New("registry: Dir is empty")
	case c.URL == nil || c.URL.Host == "":
		return errors.New("registry: URL needs a host")
	case c.ForgeAPI == nil || c.ForgeAPI.Host == "":
		return errors.New("registry: ForgeAPI needs a host")
	case c.Organization == "":
		return errors.New("registry: Organization is empty")
	case c.HTTPClient == nil || c.Logger == nil:
		return errors.New("registry: HTTPClient and Logger are needed")
	case c.Node.Secret.IsZero() || c.Admin.Secret.IsZero():
		return errors.New("registry: Node and Admin need a secret")
	}
	return nil
}

// Registry is a part: see New.
type Registry struct {
	cfg    Config
	log    *slog.Logger
	store  http.Handler
	close  func() error
	tokens *tokens
	forge  forge
	failed *rate.Limiter
	purge  sync.Mutex
	makers singleflight.Group
}

// New opens the store. Uploads that a dead process left behind are removed:
// their sessions cannot be taken up again.
func New(cfg Config) (*Registry, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if cfg.MaxBlob == 0 {
		cfg.MaxBlob = defaultMaxBlob
	}
	if cfg.MinFree == 0 {
		cfg.MinFree = defaultMinFree
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	key, err := loadKey(filepath.Join(cfg.Dir, "token-key.pem"))
	if err != nil {
		return nil, err
	}
	r := &Registry{
		cfg:    cfg,
		log:    cfg.Logger,
		tokens: &tokens{key: key, service: cfg.URL.Host, lifetime: tokenLifetime, now: time.Now},
		forge:  forge{api: cfg.ForgeAPI, organization: cfg.Organization, client: cfg.HTTPClient},
		failed: rate.NewLimiter(failuresPerSec, failuresInBurst),
	}
	if err := r.dropStaleUploads(); err != nil {
		return nil, err
	}
	server := olareg.New(storeConfig(r.root(), cfg.Logger))
	r.store, r.close = server, server.Close
	if err := r.purgeNoted(); err != nil {
		return nil, errors.Join(fmt.Errorf("registry: purge what was deleted: %w", err), r.close())
	}
	return r, nil
}

func (r *Registry) root() string { return filepath.Join(r.cfg.Dir, "images") }

func storeConfig(root string, log *slog.Logger) config.Config {
	yes := true
	return config.Config{
		Storage: config.ConfigStorage{
			StoreType: config.StoreDir,
			RootDir:   root,
			GC: config.ConfigGC{
				Frequency: collectEvery, GracePeriod: uploadGrace,
				Untagged: &yes, EmptyRepo: &yes, ReferrersDangling: &yes, ReferrersWithSubj: &yes,
			},
		},
		API: config.ConfigAPI{
			DeleteEnabled: &yes,
			Blob:          config.ConfigAPIBlob{DeleteEnabled: &yes},
			Manifest:      config.ConfigAPIManifest{Limit: manifestLimit},
			Referrer:      config.ConfigAPIReferrer{Enabled: &yes},
		},
		Log: log,
	}
}

// Name is the part's name.
func (*Registry) Name() string { return "registry" }

// Run owns the store: it collects garbage until ctx is done and closes the
// store then, so a Registry runs once.
func (r *Registry) Run(ctx context.Context, ready func()) error {
	ready()
	<-ctx.Done()
	err := r.close()
	if errors.Is(err, types.ErrNotFound) {
		// A last collection on a repository that was asked for and never made.
		r.log.Debug("store closed", "error", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("registry: close store: %w", err)
	}
	return nil
}
