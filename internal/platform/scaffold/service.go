// Package scaffold runs Backstage's scaffolder templates: a form's values go
// in, and a durable task fetches a skeleton, renders it, publishes it as a
// repository and registers it in the catalog. A task goes on after a crash at
// the step it had not finished; every step may run again without harm.
package scaffold

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/pronto-platform/pronto/internal/base/gitcmd"
	"github.com/pronto-platform/pronto/internal/base/seal"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/snapshot"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// FieldError says what is wrong with one value of a form.
type FieldError = form.FieldError

// Catalog is what the scaffolder needs of the catalog.
type Catalog interface {
	action.Catalog
	// Templates are the Template entities that locations state, and Watch tells
	// of a kind's changes.
	Templates(ctx context.Context) ([]catalog.Template, error)
	Watch(ctx context.Context, kind string) <-chan struct{}
	// RemoveLocation takes a location out with what it states; one that is not
	// there is fine.
	RemoveLocation(ctx context.Context, id string) error
}

// Config says what a scaffolder works with.
type Config struct {
	DB           *sql.DB // of package store
	Templates    fs.FS   // <name>/template.yaml with what it fetches
	SCM          *scm.Client
	Catalog      Catalog
	Git          gitcmd.Remote // that repositories are pushed to
	Dir          string        // for the workspaces of tasks
	SealKey      secret.String // encrypts tasks' secrets in the database
	Organization string
	Domain       string
	// Vars are the site's values, which templates read as environment.parameters.
	Vars func() map[string]any
	// Rights say what the creator of a task may touch in the forge; nil: all.
	Rights action.Rights
	// Validate finds what a schema cannot; nil: nothing.
	Validate func(ctx context.Context, templateRef string, values map[string]any) []FieldError
	// OnChange is told of every change of status after it was committed. After a
	// restart it is told again of unfinished tasks, and of those whose end it has
	// not taken. It may be nil.
	OnChange func(context.Context, Task) error
	// OnClean is told when what a task had made was taken away. It is told
	// again when cleaning is asked for again. It may be nil.
	OnClean func(context.Context, Task, []Made) error
	Logger  *slog.Logger
	Clock   func() time.Time // default time.Now
	// KeepWorkspace is how long the workspace of a task that failed or was
	// cancelled stays for a retry; default 7 days.
	KeepWorkspace time.Duration
	Workers       int // tasks at a time, see line; default 3 for each processor
}

// Service is the scaffolder. It is a part.Part.
type Service struct {
	cfg       Config
	log       *slog.Logger
	journal   journal
	engine    *expression.Engine
	templates *registry
	snapshots snapshot.Store
	host      *action.Host
	actions   map[string]action.Action
	queue     *river.Client[*sql.Tx]
	line      *line // of what the queue takes
	changes   *signals

	arrivals sync.Mutex // held while a task is made and queued: they are taken in that order

	rehearsals chan struct{} // has a place for each dry run at a time
	intake     chan struct{} // has a place for each form that is taken at a time
	cleaning   sync.Mutex    // held while what tasks have made is taken away

	mu      sync.Mutex
	running map[string]*context.CancelFunc // tasks at work
}

// perProcessor is how many tasks go on at a time for each processor: most of
// a task's time is waiting for git and for the forge.
const perProcessor = 3

// New reads the templates and prepares everything; nothing runs before Run.
func New(cfg Config) (*Service, error) {
	if err := complete(&cfg); err != nil {
		return nil, err
	}
	templates, err := loadTemplates(cfg.Templates)
	if err != nil {
		return nil, err
	}
	engine, err := expression.New(hosts(cfg))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("scaffold: %w", err)
	}
	sealer, err := seal.New(cfg.SealKey, sealPurpose)
	if err != nil {
		return nil, fmt.Errorf("scaffold: SealKey: %w", err)
	}
	s := &Service{
		cfg: cfg, log: cfg.Logger, journal: journal{cfg.DB, sealer}, engine: engine, templates: &registry{builtin: templates},
		snapshots: snapshot.Store{Dir: filepath.Join(cfg.Dir, snapshots), Forge: cfg.SCM},
		line:      newLine(cfg.Workers), changes: newSignals(), running: map[string]*context.CancelFunc{},
		rehearsals: make(chan struct{}, runtime.GOMAXPROCS(0)), intake: make(chan struct{}, 1),
	}
	s.host = &action.Host{
		SCM: cfg.SCM, Catalog: cfg.Catalog, Git: cfg.Git, Engine: engine, Hosts: hosts(cfg), Domain: cfg.Domain, Tree: s.tree,
		Rights: cfg.Rights,
	}
	s.actions = action.Builtin(s.host)
	s.queue, err = newQueue(s)
	return s, err
}

func complete(cfg *Config) error {
	for what, missing := range map[string]bool{
		"DB": cfg.DB == nil, "Templates": cfg.Templates == nil, "SCM": cfg.SCM == nil, "Catalog": cfg.Catalog == nil,
		"Dir": cfg.Dir == "", "Organization": cfg.Organization == "", "Logger": cfg.Logger == nil,
	} {
		if missing {
			return errors.New("scaffold: " + what + " is needed")
		}
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.KeepWorkspace == 0 {
		cfg.KeepWorkspace = keepWorkspace
	}
	if cfg.Workers == 0 {
		cfg.Workers = perProcessor * runtime.GOMAXPROCS(0)
	}
	return nil
}

// Name implements part.Part.
func (s *Service) Name() string { return "scaffold" }

// Run implements part.Part: it goes on with every task that has not ended.
func (s *Service) Run(ctx context.Context, ready func()) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	if err := s.resume(ctx, working); err != nil {
		return err
	}
	ready()
	if err := s.warm(ctx); err != nil {
		s.log.Warn("compile the templates ahead", "error", err)
	}
	var beside sync.WaitGroup
	beside.Go(func() { s.followCatalog(ctx) })
	s.janitor(ctx)
	beside.Wait()
	stopped, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.queue.StopAndCancel(stopped); err != nil {
		return fmt.Errorf("scaffold: stop the queue: %w", err)
	}
	return nil
}

// resume starts the queue, which works below another context, and gives it
// what has not ended. Tasks that arrive meanwhile wait.
func (s *Service) resume(ctx, working context.Context) error {
	s.arrivals.Lock()
	defer s.arrivals.Unlock()
	if err := s.sweep(ctx, true); err != nil {
		return fmt.Errorf("scaffold: %w", err)
	}
	ids, err := s.journal.unfinished(ctx)
	if err != nil {
		return err
	}
	// Jobs of a process that is gone would keep their place for an hour.
	if _, err := s.cfg.DB.ExecContext(ctx, `DELETE FROM river_job WHERE kind = ?`, queueKind); err != nil {
		return fmt.Errorf("scaffold: empty the queue: %w", err)
	}
	if err := s.queue.Start(working); err != nil {
		return fmt.Errorf("scaffold: start the queue: %w", err)
	}
	for _, id := range ids {
		if err := s.again(ctx, id); err != nil {
			s.log.Error("go on with a task", "task", id, "error", err)
		}
	}
	return s.tellEnds(ctx)
}

// tellEnds tells of the tasks that ended when nobody was there to hear it.
func (s *Service) tellEnds(ctx context.Context) error {
	untold, err := s.journal.untoldEnds(ctx)
	if err != nil {
		return err
	}
	for _, id := range untold {
		task, err := s.journal.get(ctx, id)
		if err != nil {
			return err
		}
		s.tell(ctx, task)
	}
	return nil
}

// warm compiles the skeletons of the built-in templates, so that the first
// task needs not.
func (s *Service) warm(ctx context.Context) error {
	for _, template := range s.templates.builtin {
		if err := s.warmOne(ctx, template, action.Source{Files: s.cfg.Templates, Dir: template.dir}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) warmOne(ctx context.Context, template *Template, source action.Source) error {
	for _, step := range template.Steps {
		if step.Action != "fetch:template" {
			continue
		}
		if err := action.Warm(ctx, s.engine, source, step.Input); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) again(ctx context.Context, id string) error {
	task, err := s.journal.get(ctx, id)
	if err != nil {
		return err
	}
	s.tell(ctx, task)
	return s.enqueue(ctx, task)
}

func (s *Service) enqueue(ctx context.Context, task Task) error {
	s.line.add(task.ID, task.CreatedBy)
	return s.giveTurn(ctx)
}

// Get returns a task, or an *fault.Error named NotFoundError.
func (s *Service) Get(ctx context.Context, id string) (Task, error) { return s.journal.get(ctx, id) }

// List returns every task, newest first.
func (s *Service) List(ctx context.Context) ([]Task, error) {
	tasks, _, err := s.journal.list(ctx, query{})
	return tasks, err
}

// Cancel stops a task; one that has ended stays as it is.
func (s *Service) Cancel(ctx context.Context, id string) error {
	if _, err := s.journal.get(ctx, id); err != nil {
		return err
	}
	open, err := s.journal.cancel(ctx, id, s.cfg.Clock())
	if err != nil || !open {
		return err
	}
	s.stop(id)
	task, err := s.journal.get(context.WithoutCancel(ctx), id)
	if err != nil {
		return err
	}
	s.tell(context.WithoutCancel(ctx), task)
	return nil
}

// stop cancels what a task does now.
func (s *Service) stop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel, ok := s.running[id]; ok {
		(*cancel)()
	}
}

// TemplateRefs names the templates that can be used.
func (s *Service) TemplateRefs(context.Context) ([]string, error) { return s.templates.list(), nil }

// tell wakes who follows the task's log, and the observer. An end that the
// observer does not take is told again at the next start.
func (s *Service) tell(ctx context.Context, t Task) {
	s.changes.raise(t.ID)
	var err error
	if s.cfg.OnChange != nil {
		err = s.cfg.OnChange(ctx, t)
	}
	if err == nil && t.Ended() {
		err = s.journal.endTold(context.WithoutCancel(ctx), t.ID, s.cfg.Clock())
	}
	if err != nil && ctx.Err() == nil {
		s.log.Error("tell of a task", "task", t.ID, "error", err)
	}
}
