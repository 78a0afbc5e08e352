// Package catalog keeps the entities of Backstage's software catalog: the
// built-in ones (templates, groups, users) and those that descriptors in the
// forge's repositories state, and serves them as Backstage's catalog REST API.
package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// Config says where the catalog's entities come from.
type Config struct {
	DB           *sql.DB // of package store
	SCM          *scm.Client
	ForgeURL     string         // of the repositories' pages, e.g. https://git.pronto.localhost
	Builtin      []Entity       // registered at every start; one that is gone is taken out
	Locations    []Location     // read beside the registered ones; those of type file are of this machine
	Orphans      OrphanStrategy // of entities that are stated no more; default OrphanDelete
	RefreshEvery time.Duration  // how often every location is read again; default 3 minutes
	// Check says what is wrong with an entity that the format allows, such as a
	// template that cannot run; the entity's status tells it. It may be nil.
	Check  func(Entity) error
	Logger *slog.Logger
}

// Catalog is the software catalog. Entities it returns must not be changed.
type Catalog struct {
	db         *sql.DB
	scm        *scm.Client
	forge      string
	builtin    []Entity
	configured []Location
	orphans    OrphanStrategy
	check      func(Entity) error
	every      time.Duration
	log        *slog.Logger

	mu       sync.Mutex           // held while the tables change
	known    map[string]described // by uid, as of the last load; read and set with mu held
	cached   atomic.Pointer[snapshot]
	turns    turns
	watchers watchers
	pushed   chan struct{}
}

// New makes a catalog and checks the built-in entities; Run stores them.
func New(cfg Config) (*Catalog, error) {
	if cfg.DB == nil || cfg.SCM == nil || cfg.ForgeURL == "" {
		return nil, errors.New("catalog: DB, SCM and ForgeURL are needed")
	}
	for _, entity := range cfg.Builtin {
		if err := check(normalise(entity)); err != nil {
			return nil, err
		}
	}
	return &Catalog{
		db: cfg.DB, scm: cfg.SCM, forge: strings.TrimSuffix(cfg.ForgeURL, "/"), builtin: cfg.Builtin,
		configured: cfg.Locations, orphans: cmp.Or(cfg.Orphans, OrphanDelete), pushed: make(chan struct{}, 1), check: cfg.Check,
		every: cmp.Or(cfg.RefreshEvery, 3*time.Minute), log: cmp.Or(cfg.Logger, slog.Default()),
	}, nil
}

// Name is the part's name.
func (c *Catalog) Name() string { return "catalog" }

// Get returns an entity; IsNotFound tells that there is none.
func (c *Catalog) Get(ctx context.Context, entityRef string) (Entity, error) {
	found, err := c.find(ctx, entityRef)
	return found.entity, err
}

// Has reports whether an entity is there.
func (c *Catalog) Has(ctx context.Context, entityRef string) (bool, error) {
	_, err := c.find(ctx, entityRef)
	if fault.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// List returns the entities that a filter selects, in the order of their refs.
func (c *Catalog) List(ctx context.Context, filter Filter) ([]Entity, error) {
	s, err := c.current(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := selectRows(s.rows, query{Filter: filter})
	return entitiesOf(rows), err
}

func entitiesOf(rows []row) []Entity {
	entities := make([]Entity, 0, len(rows))
	for _, r := range rows {
		entities = append(entities, r.entity)
	}
	return entities
}

func (c *Catalog) find(ctx context.Context, entityRef string) (row, error) {
	ref, err := ParseRef(entityRef, Ref{})
	if err != nil {
		return row{}, fault.Inputf("%v", err)
	}
	s, err := c.current(ctx)
	if err != nil {
		return row{}, err
	}
	found, there := s.byRef[ref.String()]
	if !there {
		return row{}, fault.NotFoundf("No entity named '%s' found, with kind '%s' in namespace '%s'", ref.Name, ref.Kind, ref.Namespace)
	}
	return found, nil
}
