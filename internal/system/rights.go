package system

import (
	"context"
	"errors"
	"strings"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// rights say what the creator of a task may touch in the forge: administrators
// everything, others the repositories of the applications that they maintain,
// and what is public to read.
type rights struct {
	known        func(ctx context.Context, ref string) (access.User, error)
	application  func(name string) (delivery.View, bool)
	repository   func(ctx context.Context, owner, name string) (*github.Repository, error)
	organization string
}

// Admin implements action.Rights.
func (r rights) Admin(ctx context.Context, creator string) (bool, error) {
	user, err := r.known(ctx, creator)
	return user.Role == access.RoleAdmin, err
}

// MayUse implements action.Rights.
func (r rights) MayUse(ctx context.Context, creator, owner, name string, write bool) error {
	user, err := r.known(ctx, creator)
	if err != nil || user.Role == access.RoleAdmin || r.maintains(user, owner, name) {
		return err
	}
	if write {
		return fault.NotAllowedf("%s may not change repository %s/%s: a task changes what it has made itself and the repositories of applications that its creator maintains; ask a maintainer or an administrator to submit it",
			creator, owner, name)
	}
	found, err := r.repository(ctx, owner, name)
	if err == nil && !found.GetPrivate() {
		return nil
	}
	if err != nil && !errors.Is(err, scm.ErrNotFound) {
		return err
	}
	return fault.NotAllowedf("%s may not read repository %s/%s: a task reads the template's own repository, those of applications that its creator maintains, and public ones",
		creator, owner, name)
}

func (r rights) maintains(user access.User, owner, name string) bool {
	app, found := strings.CutPrefix(strings.ToLower(name), repositoryPrefix)
	if !found || !strings.EqualFold(owner, r.organization) {
		return false
	}
	view, there := r.application(app)
	return there && user.Maintains(access.Target{Owner: view.Owner, CreatedBy: view.CreatedBy})
}
