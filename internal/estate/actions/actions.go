// Package actions runs GitHub Actions workflows: a push to the forge starts
// runs, each job of a run is a pod in which cmd/pronto-runner executes the
// steps, and runs, jobs and logs are served by GitHub's REST. Everything is
// journalled in SQLite before it is acknowledged, so the process may end at
// any instant and goes on where it was.
package actions

import (
	"context"
	"crypto/rand"
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
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/base/sqlite"
	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Config is what the system gives.
type Config struct {
	Dir           string   // state
	URL           *url.URL // the forge's: https://git.<domain>
	Organization  string
	AppID         int64 // GitHub App of the forge
	AppKey        *rsa.PrivateKey
	WebhookSecret secret.String // of the forge's push events
	HTTPClient    *http.Client
	Kubernetes    *rest.Config
	Namespace     string // of the job pods, e.g. pronto-ci
	RunnerImage   string
	GatewayIP     string   // the edge as pods reach it
	Hosts         []string // names that pods resolve to GatewayIP
	CA            []byte   // PEM trusted within jobs
	BuildKit      protocol.BuildKit
	Webhooks      []Webhook // receivers of workflow_run and workflow_job
	Vars          map[string]string
	MaxJobs       int // at a time; the others wait in order. 0 means 4
	WarmRunners   int // pods kept waiting for a job
	Logger        *slog.Logger
	Clock         func() time.Time // default time.Now
}

// Webhook is a receiver of events.
type Webhook struct {
	URL    string
	Secret secret.String
}

// Actions is the running part.
type Actions struct {
	cfg   Config
	log   *slog.Logger
	db    *sql.DB
	forge *forge
	kube  kubernetes.Interface
	pods  *pods

	access     *accessCache
	heartbeats heartbeats
	spare      spare
	signKey    []byte // of log addresses

	engineMu      sync.Mutex
	wake          chan struct{} // the engine has something to look at
	outboxChanged broadcast
	changed       broadcast // a runner got a job
}

var _ part.Part = (*Actions)(nil)

// New opens the journal and checks the configuration.
func New(cfg Config) (*Actions, error) {
	if err := cfg.complete(); err != nil {
		return nil, fmt.Errorf("actions: %w", err)
	}
	kube, err := kubernetes.NewForConfig(cfg.Kubernetes)
	if err != nil {
		return nil, fmt.Errorf("actions: %w", err)
	}
	tables, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("actions: %w", err)
	}
	db, err := sqlite.Open(context.Background(), filepath.Join(cfg.Dir, "actions.db"), tables)
	if err != nil {
		return nil, fmt.Errorf("actions: %w", err)
	}
	a := &Actions{cfg: cfg, log: cfg.Logger, db: db, kube: kube, forge: newForge(cfg), access: newAccessCache(),
		heartbeats: heartbeats{heard: map[string]time.Time{}}, spare: spare{due: time.NewTimer(0)},
		signKey: make([]byte, 32), wake: make(chan struct{}, 1)}
	rand.Read(a.signKey) // never fails, see crypto/rand
	a.pods = &pods{cfg: cfg, kube: kube}
	return a, nil
}

func (c *Config) complete() error {
	if c.URL == nil || c.AppKey == nil || c.HTTPClient == nil || c.Kubernetes == nil || c.Logger == nil {
		return errors.New("URL, AppKey, HTTPClient, Kubernetes and Logger are needed")
	}
	if c.Dir == "" || c.RunnerImage == "" || c.WebhookSecret.IsZero() {
		return errors.New("Dir, RunnerImage and WebhookSecret are needed") //nolint:staticcheck // names of fields
	}
	if c.Namespace == "" {
		c.Namespace = "pronto-ci"
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.MaxJobs <= 0 {
		c.MaxJobs = 4
	}
	return nil
}

// Name implements part.Part.
func (*Actions) Name() string { return "actions" }

// Run implements part.Part. The journal is closed when it returns.
func (a *Actions) Run(ctx context.Context, ready func()) (err error) {
	defer func() { err = errors.Join(err, a.db.Close()) }()
	if err := a.pods.prepare(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.watchPods(ctx) })
	group.Go(func() error { return a.runEngine(ctx) })
	for _, target := range a.targets() {
		group.Go(func() error { return a.runOutbox(ctx, target) })
	}
	ready()
	if err := group.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

func (a *Actions) signal() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// broadcast wakes everyone who waits.
type broadcast struct {
	mu sync.Mutex
	ch chan struct{}
}

func (b *broadcast) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *broadcast) notify() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}
