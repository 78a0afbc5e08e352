package scaffold

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/snapshot"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// registry holds the templates: the built-in ones, and those that the
// catalog's locations state, each as of the last look at its source.
type registry struct {
	builtin map[string]*Template

	mu     sync.Mutex
	stated map[string]*Template
	faults map[string]error // of stated ones that cannot be used
}

const (
	lookEvery = 3 * time.Minute  // for a push that nobody told of
	lookAgain = 10 * time.Second // for a source that did not answer
)

// get returns a template, or an *fault.Error.
func (r *registry) get(ref string) (*Template, error) {
	if ref == "" {
		return nil, fault.Inputf("templateRef is missing")
	}
	ref = templateRef(ref)
	if template, ok := r.builtin[ref]; ok {
		return template, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if template, ok := r.stated[ref]; ok {
		return template, nil
	}
	if err, ok := r.faults[ref]; ok {
		return nil, &fault.Error{Name: "InputError", Message: fmt.Sprintf("Template %s cannot be used: %v", ref, err), Cause: err}
	}
	return nil, fault.NotFoundf("Template %s not found; there are %s", ref, strings.Join(r.refs(), ", "))
}

// refs are the templates that can be used, sorted; r.mu is held.
func (r *registry) refs() []string {
	all := slices.Collect(maps.Keys(r.builtin))
	return slices.Sorted(slices.Values(slices.AppendSeq(all, maps.Keys(r.stated))))
}

func (r *registry) list() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refs()
}

// current are the templates that locations state.
func (r *registry) current() map[string]*Template {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stated
}

func (r *registry) set(stated map[string]*Template, faults map[string]error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stated, r.faults = stated, faults
}

// followCatalog reads the templates again whenever the catalog or their
// sources change, until ctx ends.
func (s *Service) followCatalog(ctx context.Context) {
	changed := s.cfg.Catalog.Watch(ctx, "template")
	for {
		pause := lookEvery
		if silent := s.readTemplates(ctx); silent {
			pause = lookAgain
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// readTemplates reads what the catalog's locations state; silent: some source
// did not answer, and what was read of it before stays.
func (s *Service) readTemplates(ctx context.Context) (silent bool) {
	entities, err := s.cfg.Catalog.Templates(ctx)
	if err != nil {
		s.logGone(ctx, "read the catalog's templates", err)
		return true
	}
	before := s.templates.current()
	stated, faults := map[string]*Template{}, map[string]error{}
	for _, entity := range entities {
		template, err := s.readTemplate(ctx, entity, before[entity.Ref])
		switch {
		case err == nil:
			stated[entity.Ref] = template
		case before[entity.Ref] != nil && !isOwnFault(err):
			stated[entity.Ref], silent = before[entity.Ref], true
			s.logGone(ctx, "read a template again", err)
		default:
			faults[entity.Ref], silent = err, silent || !isOwnFault(err)
			s.log.Warn("a template cannot be used", "template", entity.Ref, "error", err)
		}
	}
	if ctx.Err() == nil {
		s.templates.set(stated, faults)
	}
	return silent
}

// isOwnFault reports whether a template is wrong in itself: asking again later
// does not help.
func isOwnFault(err error) bool {
	var named *fault.Error
	return errors.As(err, &named) || errors.Is(err, scm.ErrNotFound) || errors.Is(err, fs.ErrNotExist)
}

// readTemplate reads a template at the present state of its source; known is
// what was read of it before.
func (s *Service) readTemplate(ctx context.Context, entity catalog.Template, known *Template) (*Template, error) {
	ref, at, err := s.sourceOf(ctx, entity.Source)
	if err != nil {
		return nil, err
	}
	if known != nil && known.origin.ID == ref.ID && known.etag == entity.Etag {
		return known, nil
	}
	root, err := s.snapshots.Open(ctx, ref)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	source := action.Source{Files: root.FS(), Dir: at}
	template, err := templateOf(entity.Entity, source)
	if err != nil {
		return nil, fault.Inputf("%v", err)
	}
	template.origin, template.etag = &ref, entity.Etag
	if err := s.warmOne(ctx, template, source); err != nil {
		s.logGone(ctx, "compile template "+entity.Ref+" ahead", err)
	}
	return template, nil
}

// sourceOf is the snapshot of where a template's files are now, and the
// template's directory in it.
func (s *Service) sourceOf(ctx context.Context, source string) (snapshot.Ref, string, error) {
	if directory, local := strings.CutPrefix(source, "file:"); local {
		ref, err := s.snapshots.Directory(directory)
		return ref, ".", err
	}
	address, err := snapshot.ParseAddress(s.cfg.Git.Origin, strings.TrimPrefix(source, "url:"))
	if err != nil {
		return snapshot.Ref{}, "", err
	}
	ref, err := s.snapshots.Branch(ctx, address.Repository, address.Branch)
	if errors.Is(err, scm.ErrNotFound) {
		return ref, "", fault.NotFoundf("its source %s is not there", address)
	}
	return ref, address.Path, err
}

// tree opens the files at an address of the forge as they are now; the
// garbage collector closes it.
func (s *Service) tree(ctx context.Context, address string) (fs.FS, error) {
	ref, at, err := s.sourceOf(ctx, "url:"+address)
	if err != nil {
		return nil, err
	}
	root, err := s.snapshots.Open(ctx, ref)
	if err != nil {
		return nil, err
	}
	return fs.Sub(root.FS(), at)
}

// files opens the files of a task's template; close when they are not read any
// more.
func (s *Service) files(ctx context.Context, spec taskSpec) (source action.Source, done func(), err error) {
	if spec.Origin == nil {
		return action.Source{Files: s.cfg.Templates, Dir: spec.Dir}, func() {}, nil
	}
	root, err := s.snapshots.Open(ctx, *spec.Origin)
	if err != nil {
		return action.Source{}, nil, fmt.Errorf("open the template's files: %w", err)
	}
	return action.Source{Files: root.FS(), Dir: spec.Dir, Repository: spec.Origin.Repository}, func() { _ = root.Close() }, nil
}

// sweepSnapshots removes the snapshots that neither a template nor a task that
// may go on needs.
func (s *Service) sweepSnapshots(ctx context.Context) error {
	needed, err := s.journal.origins(ctx, s.cfg.Clock().Add(-s.cfg.KeepWorkspace))
	if err != nil {
		return err
	}
	for _, template := range s.templates.current() {
		needed[template.origin.ID] = true
	}
	return s.snapshots.Sweep(needed)
}
