package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/backup"
)

// keeper keeps what is needed to bring a deleted application back.
type keeper struct {
	store   *backup.Store
	grace   time.Duration // 0: nothing is kept
	journal journal
	forge   forge
	catalog Catalog
	names   Names
	clock   func() time.Time
}

// keep is the deletion's first step that reads the world: from the next on
// there is less of it. It may be repeated for as long as the repository stands.
func (k keeper) keep(ctx context.Context, app App) (removal, error) {
	if app.Deletion.Backup == "" || k.grace == 0 {
		return removal{true, "nothing of it is kept"}, nil
	}
	if half, err := k.halfBack(ctx, app); err != nil || half {
		return k.keepOlder(ctx, app, err)
	}
	what, missing, err := k.describe(ctx, app)
	if err != nil || missing != "" {
		return removal{missing != "", missing}, err
	}
	return k.copy(ctx, app.Name, what)
}

// copy mirrors the repository, and journals that it is kept.
func (k keeper) copy(ctx context.Context, app string, what kept) (removal, error) {
	proof := ""
	err := k.store.Copy(ctx, what.ID, k.names.CloneURL(app), func(c backup.Contents) (err error) {
		if what.Head, err = k.store.Head(ctx, what.ID, what.DefaultBranch); err != nil {
			return fmt.Errorf("branch %s: %w", what.DefaultBranch, err)
		}
		proof = fmt.Sprintf("kept until %s: %s with branches: %d, tags: %d", day(what.Until), short(what.Head), c.Branches, c.Tags)
		return k.journal.keepBackup(ctx, what)
	})
	if err != nil {
		return removal{}, fmt.Errorf("copy the repository: %w", err)
	}
	return removal{true, proof}, nil
}

// describe is what the forge and the catalog say of the application; missing
// says why there is nothing to keep.
func (k keeper) describe(ctx context.Context, app App) (what kept, missing string, err error) {
	owner, name := k.names.Organization, k.names.Repository(app.Name)
	repository, err := k.forge.client.Repository(ctx, owner, name)
	if gone(err) {
		return what, "there is no repository to keep", nil
	}
	if err != nil {
		return what, "", err
	}
	what = kept{ID: app.Deletion.Backup, AppID: app.ID, Until: k.until(), DefaultBranch: repository.GetDefaultBranch(),
		Description: repository.GetDescription(), Homepage: repository.GetHomepage(), Private: repository.GetPrivate(), Topics: repository.Topics}
	_, err = k.forge.client.Branch(ctx, owner, name, what.DefaultBranch)
	if gone(err) {
		return what, "the repository has no commit to keep", nil
	}
	if err == nil && app.Entity != "" && k.catalog != nil {
		what.Location, what.Trusted, err = k.catalog.LocationOf(ctx, app.Entity)
	}
	return what, "", err
}

// halfBack reports whether an application is deleted while it is being brought
// back: then its repository is not whole, and the older copy is.
func (k keeper) halfBack(ctx context.Context, app App) (bool, error) {
	r := app.Restoration
	if r == nil || r.Revision == "" {
		return r != nil, nil
	}
	err := k.forge.client.Commit(ctx, k.names.Organization, k.names.Repository(app.Name), r.Revision)
	if gone(err) {
		return true, nil
	}
	return false, err
}

func (k keeper) keepOlder(ctx context.Context, app App, err error) (removal, error) {
	until := k.until()
	if err == nil {
		err = k.journal.extendBackup(ctx, app.Restoration.Backup, until)
	}
	return removal{err == nil, "what was kept before stays until " + day(until)}, err
}

func (k keeper) until() time.Time { return k.clock().Add(k.grace) }

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// tidy removes what is kept of applications whose grace period is over.
func (s *Service) tidy(ctx context.Context) error {
	return s.backups.Sweep(func() (map[string]bool, error) { return s.journal.pruneBackups(ctx, s.cfg.Clock()) })
}
