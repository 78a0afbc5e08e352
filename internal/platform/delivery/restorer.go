package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/delivery/backup"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// restorer brings back the things of one application. Each step may be repeated.
type restorer struct {
	store   *backup.Store
	journal journal
	forge   forge
	catalog Catalog
	names   Names
}

// restored is what a step found.
type restored struct {
	revision   string
	repository *RepositoryFact
	entity     *EntityFact
}

func (r restorer) restore(ctx context.Context, app App) (found restored, err error) {
	what, err := r.journal.backup(ctx, app.Restoration.Backup)
	if err != nil {
		return found, err
	}
	switch app.Restoration.Step {
	case "commit":
		found.revision, err = r.commit(ctx, app, what)
	case "repository":
		err = r.repository(ctx, app, what)
	case "push":
		err = r.push(ctx, app, what)
	case "settings":
		err = r.settings(ctx, app.Name, what)
	default:
		found.repository, found.entity, err = r.entry(ctx, app, what)
	}
	return found, err
}

// commit makes the person's commit on top of the default branch. What the
// repository deployed names an image that was proved gone: the marker keeps
// Argo CD from applying it until the pipeline has built another.
func (r restorer) commit(ctx context.Context, app App, what kept) (string, error) {
	return r.store.Commit(ctx, what.ID, backup.Commit{
		Parent: what.Head, Message: restoreMessage(app.Name), At: app.Restoration.StartedAt,
		Author: app.Restoration.By.Name, Email: app.Restoration.By.Email,
		Path: deployFile, Edit: func(text []byte) []byte { return withheld(text, r.names.Repository(app.Name)) },
	})
}

func restoreMessage(app string) string {
	return "Restore " + app + "\n\nThe application was deleted and is brought back with all its history.\n" +
		"Its images are gone, so the pipeline builds one before it is deployed.\n"
}

// skipMarker keeps Argo CD from reading a file as a manifest; the pipeline
// takes it away when it writes an image.
const skipMarker = "# +argocd:skip-file-rendering"

// withheld puts the marker before manifests that name an image of the repository.
func withheld(manifests []byte, repository string) []byte {
	text := string(manifests)
	if strings.Contains(text, skipMarker) || !strings.Contains(text, "/"+repository+"@sha256:") {
		return manifests
	}
	return []byte(skipMarker + "\n" + text)
}

// repository makes it, or finds the one that was made before a stop.
func (r restorer) repository(ctx context.Context, app App, what kept) error {
	owner, name := r.names.Organization, r.names.Repository(app.Name)
	_, err := r.forge.client.Repository(ctx, owner, name)
	if err == nil {
		return r.mine(ctx, app)
	}
	if !gone(err) {
		return err
	}
	_, err = r.forge.client.CreateRepository(ctx, owner, &github.Repository{
		Name: &name, Private: &what.Private, Description: optional(what.Description), Homepage: optional(what.Homepage)})
	if scm.Exists(err) { // the answer to an earlier attempt was lost, or somebody was quicker
		return r.mine(ctx, app)
	}
	return err
}

// mine refuses a repository that has other commits than those to bring back.
func (r restorer) mine(ctx context.Context, app App) error {
	repository, _, err := r.forge.head(ctx, app.Name)
	if err != nil || repository == nil || repository.Commit == "" {
		return err
	}
	err = r.pushed(ctx, app)
	if gone(err) {
		return fmt.Errorf("the repository %s exists already, with other commits", r.names.RepositoryPath(app.Name))
	}
	return err
}

func (r restorer) pushed(ctx context.Context, app App) error {
	return r.forge.client.Commit(ctx, r.names.Organization, r.names.Repository(app.Name), app.Restoration.Revision)
}

// push sends everything at once. When it is there, others may have pushed on
// top of it already.
func (r restorer) push(ctx context.Context, app App, what kept) error {
	if err := r.pushed(ctx, app); !gone(err) {
		return err
	}
	if err := r.store.Push(ctx, what.ID, r.names.CloneURL(app.Name), what.DefaultBranch, app.Restoration.Revision); err != nil {
		return err
	}
	return r.pushed(ctx, app)
}

func (r restorer) settings(ctx context.Context, app string, what kept) error {
	owner, name := r.names.Organization, r.names.Repository(app)
	is, err := r.forge.client.Repository(ctx, owner, name)
	if err == nil && is.GetDefaultBranch() != what.DefaultBranch {
		err = r.forge.client.SetDefaultBranch(ctx, owner, name, what.DefaultBranch)
	}
	if err == nil && !slices.Equal(is.Topics, what.Topics) {
		err = r.forge.client.SetTopics(ctx, owner, name, what.Topics)
	}
	return err
}

// entry registers what stated the catalog entry, and reads back what create's
// end is proved with.
func (r restorer) entry(ctx context.Context, app App, what kept) (*RepositoryFact, *EntityFact, error) {
	repository, _, err := r.forge.head(ctx, app.Name)
	if err != nil || app.Entity == "" || r.catalog == nil {
		return repository, nil, err
	}
	if what.Location != "" {
		if err := r.catalog.RegisterAgain(ctx, what.Location, what.Trusted); err != nil {
			return nil, nil, fmt.Errorf("register %s in the catalog: %w", what.Location, err)
		}
	}
	there, err := r.catalog.Has(ctx, app.Entity)
	if err == nil && !there {
		err = fmt.Errorf("the catalog has no %s", app.Entity)
	}
	return repository, &EntityFact{Ref: app.Entity}, err
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (s *Service) restorer() restorer {
	return restorer{s.backups, s.journal, s.forge, s.cfg.Catalog, s.names}
}

// lookRestore does a step of bringing the application back. A step that others
// may have taken further meanwhile, by deleting it again, changes nothing.
func (s *Service) lookRestore(ctx context.Context, app App) (message, error) {
	if app.Restoration == nil {
		return nil, nil
	}
	found, err := s.restorer().restore(ctx, app)
	return func(ctx context.Context, t *tracker) {
		if t.app.Deletion == nil {
			t.seeRestored(ctx, *app.Restoration, found, err)
		}
	}, err
}

func (t *tracker) seeRestored(ctx context.Context, r Restoration, found restored, err error) {
	r.Revision = firstOf(found.revision, r.Revision)
	t.app.Restoration = r.after(err)
	if err != nil {
		return
	}
	t.facts.Repository = firstNonNil(found.repository, t.facts.Repository)
	t.facts.Entity = firstNonNil(found.entity, t.facts.Entity)
	switch {
	case t.app.Restoration == nil:
		t.once(func(ctx context.Context) { t.s.discard(ctx, r.Backup) })
	case r.Step == "push":
		t.seePush(ctx, pushFact(r.Revision, restoreMessage(t.app.Name), r.By.Name, r.StartedAt, t.s.cfg.Clock()))
	}
	t.kick(lookRestore)
}

// discard removes what was kept of an application that is back. What is not
// removed now, tidy removes.
func (s *Service) discard(ctx context.Context, backup string) {
	if err := s.journal.dropBackup(ctx, backup); err != nil {
		s.log.Warn("cannot forget a backup", "error", err)
		return
	}
	if err := s.tidy(ctx); err != nil {
		s.log.Warn("cannot tidy up", "error", err)
	}
}
