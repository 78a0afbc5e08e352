// Package forge is a Git server with GitHub's interface: smart HTTP, REST v3
// and webhooks. Repositories are private by default; everything is durable.
package forge

import (
	"context"
	"crypto/rsa"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/base/sqlite"
	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
	"github.com/pronto-platform/pronto/internal/estate/forge/vault"
	"github.com/pronto-platform/pronto/internal/estate/forge/webhook"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DefaultMaxPush bounds one push when Config names no limit.
const DefaultMaxPush = 256 << 20

// User is a person with a personal access token.
type User struct {
	Login string
	Email string
	Name  string
	Admin bool // may do everything everywhere
	Token secret.String
}

// App is the one GitHub App the forge knows; it is installed (id 1) on the
// organisation.
type App struct {
	ID   int64
	Slug string
	Key  *rsa.PublicKey // verifies the App's JWTs (RS256)
}

// Config says where the forge keeps its state and who may use it.
type Config struct {
	Dir          string
	URL          *url.URL // public base, e.g. https://git.pronto.localhost
	Organization string
	Users        []User
	App          App
	SealKey      secret.String // encrypts the secrets of workflows at rest
	HTTPClient   *http.Client  // delivers webhooks; nil: http.DefaultClient
	MaxPush      int64         // bytes; 0: DefaultMaxPush
	Logger       *slog.Logger
}

// Forge serves one organisation's repositories.
type Forge struct {
	cfg        Config
	db         *sql.DB
	store      *gitstore.Store
	vault      *vault.Vault
	dispatcher *webhook.Dispatcher
	hooks      string // directory of git's hooks
	locks      keyedMutex
	gitSlots   chan struct{}
	log        *slog.Logger
	handler    http.Handler
}

// New opens the state below cfg.Dir, seeds accounts and emits the events that
// a killed process still owed.
func New(cfg Config) (*Forge, error) {
	if cfg.URL == nil || cfg.Organization == "" || cfg.SealKey.IsZero() || cfg.Logger == nil {
		return nil, errors.New("forge: URL, Organization, SealKey and Logger are needed")
	}
	if cfg.MaxPush == 0 {
		cfg.MaxPush = DefaultMaxPush
	}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = http.DefaultClient
	}
	ctx := context.Background()
	schema, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("forge: %w", err)
	}
	db, err := sqlite.Open(ctx, filepath.Join(cfg.Dir, "forge.db"), schema)
	if err != nil {
		return nil, fmt.Errorf("forge: %w", err)
	}
	f := &Forge{cfg: cfg, db: db, log: cfg.Logger, gitSlots: make(chan struct{}, 32)}
	f.dispatcher = webhook.NewDispatcher(db, cfg.HTTPClient, cfg.URL.Hostname(), cfg.Logger)
	if err := f.recover(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("forge: %w", err), db.Close())
	}
	f.handler = f.routes()
	return f, nil
}

func (f *Forge) recover(ctx context.Context) (err error) {
	if f.vault, err = vault.New(f.db, f.cfg.SealKey); err != nil {
		return err
	}
	if f.store, err = gitstore.New(f.cfg.Dir); err != nil {
		return err
	}
	if err := f.writeHooks(); err != nil {
		return err
	}
	if err := f.seedAccounts(ctx); err != nil {
		return err
	}
	if err := f.finishRemovals(ctx); err != nil {
		return err
	}
	f.reconcile(ctx)
	return nil
}

// Name implements part.Part.
func (*Forge) Name() string { return "forge" }

// Handler serves Git and REST.
func (f *Forge) Handler() http.Handler { return f.handler }

// Close releases the database. Call it after Run has returned.
func (f *Forge) Close() error { return f.db.Close() }

// Run delivers webhooks until ctx is done. Once a minute it also looks for
// refs that moved without an event (a push cut short by kill -9).
func (f *Forge) Run(ctx context.Context, ready func()) error {
	var background sync.WaitGroup
	defer background.Wait()
	background.Go(func() { f.keepReconciled(ctx) })
	ready()
	return f.dispatcher.Run(ctx)
}

func (f *Forge) keepReconciled(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.reconcile(ctx)
			if err := f.pruneTokens(ctx); err != nil {
				f.log.Error("expired tokens cannot be pruned", "err", err)
			}
		}
	}
}

// inTx runs do in a transaction: committed when do returns nil.
func (f *Forge) inTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// keyedMutex is one mutex per repository.
type keyedMutex struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

func (k *keyedMutex) lock(owner, name string) (unlock func()) {
	key := strings.ToLower(owner + "/" + name)
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	m, ok := k.locks[key]
	if !ok {
		m = &sync.Mutex{}
		k.locks[key] = m
	}
	k.mu.Unlock()
	m.Lock()
	return m.Unlock
}
