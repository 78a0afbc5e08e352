package action

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/scm"
)

// InDoubt is why a thing stays that a task was about to make when it was cut
// off, and that is there.
const InDoubt = "it cannot be told whether this task has made it: look at it, and delete it by hand or retry the task"

// Inspect looks at a thing within a repository: whether it is there, and if it
// is, why it must stay; no reason: it may be taken away. A thing without an
// ID was about to be made.
func (h *Host) Inspect(ctx context.Context, thing Thing) (there bool, reason string, err error) {
	_, listed := parts[thing.Kind]
	switch {
	case thing.Kind == KindBranch:
		return h.inspectBranch(ctx, thing)
	case !listed && thing.Kind != KindEnvironment:
		return true, "it is not known how to take it away", nil
	case thing.ID == "":
		return h.inspectIntended(ctx, thing)
	}
	return h.inspectMade(ctx, thing)
}

func (h *Host) inspectIntended(ctx context.Context, thing Thing) (there bool, reason string, err error) {
	if thing.Kind == KindEnvironment {
		r, name := thing.place()
		_, there, err = h.environment(ctx, r, name)
	} else if _, there, err = h.find(ctx, thing); isGone(err) {
		return false, "", nil // with its repository
	}
	if there {
		reason = InDoubt
	}
	return there, reason, err
}

func (h *Host) inspectMade(ctx context.Context, thing Thing) (there bool, reason string, err error) {
	r, key := thing.place()
	if thing.Kind == KindEnvironment {
		one, there, err := h.environment(ctx, r, key)
		return there && fmt.Sprint(one.ID) == thing.ID, "", err // else another one has its name
	}
	kind := parts[thing.Kind]
	one, there, err := h.read(ctx, r, kind.words+" "+thing.ID, r.path(kind.path, thing.ID))
	switch {
	case err != nil || !there || kind.closed && one.State == "closed":
		return false, "", err
	case thing.Kind == KindWebhook && !kind.same(r, key, one):
		return true, "somebody has changed where it sends events: delete it by hand if nobody needs it", nil
	}
	return true, "", nil
}

// inspectBranch needs no ID: the commit of a task is like no other.
func (h *Host) inspectBranch(ctx context.Context, thing Thing) (there bool, reason string, err error) {
	r, branch := thing.place()
	sha, err := h.SCM.Branch(ctx, r.owner, r.name, branch)
	switch {
	case errors.Is(err, scm.ErrNotFound):
		return false, "", nil
	case err != nil:
		return false, "", err
	case sha != thing.Commit && thing.ID == "":
		return false, "", nil // somebody else has made one of this name
	case sha != thing.Commit:
		return true, fmt.Sprintf("branch %s has commits that this task did not make: delete it by hand if nobody needs it", branch), nil
	}
	repository, err := h.SCM.Repository(ctx, r.owner, r.name)
	if err == nil && repository.GetDefaultBranch() == branch {
		reason = fmt.Sprintf("branch %s is the repository's default branch: delete the repository by hand if nobody needs it", branch)
	}
	return true, reason, err
}

// TakeAway removes a thing within a repository that Inspect has nothing
// against, and sees that it is gone.
func (h *Host) TakeAway(ctx context.Context, thing Thing) error {
	acted := h.takeAway(ctx, thing)
	there, _, err := h.Inspect(ctx, thing)
	switch {
	case err != nil:
		return errors.Join(acted, err)
	case there:
		return errors.Join(acted, fmt.Errorf("the forge still has %s %s", thing.Kind, thing.Label))
	}
	return nil // whoever was faster
}

func (h *Host) takeAway(ctx context.Context, thing Thing) error {
	r, key := thing.place()
	kind := parts[thing.Kind]
	what := "take away " + thing.Label
	switch {
	case thing.Kind == KindBranch:
		return h.ask(ctx, what, http.MethodDelete, r.branchPath(key), nil, nil)
	case thing.Kind == KindEnvironment:
		return h.ask(ctx, what, http.MethodDelete, r.path("environments", key), nil, nil)
	case kind.closed:
		return h.ask(ctx, what, http.MethodPatch, r.path(kind.path, thing.ID), map[string]string{"state": "closed"}, nil)
	}
	return h.ask(ctx, what, http.MethodDelete, r.path(kind.path, thing.ID), nil, nil)
}

// branchPath is a branch as a Git reference; its name may have slashes.
func (r repository) branchPath(branch string) string {
	segments := strings.Split(branch, "/")
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
	}
	return r.path("git", "refs", "heads") + "/" + strings.Join(segments, "/")
}
