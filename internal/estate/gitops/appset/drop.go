package appset

import (
	"context"
	"fmt"
	"maps"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/scm"
)

// drop deletes those of the dropped Applications whose repository the forge
// says is gone: it must answer 404 for that very repository, right after it
// answered the listing with the same credentials. A repository that is there
// and was not listed, or that cannot be asked about, keeps its Application.
// When many go at once, a second look after Config.Confirm must agree: that
// is how a token that lost its rights, or a forge that comes up empty, looks.
func (c *Controller) drop(ctx context.Context, set *argo.ApplicationSet, from *generated, dropped []*unstructured.Unstructured, current int) (time.Duration, error) {
	if _, remove := allowed(set); !remove {
		dropped = nil
	}
	c.clearDoubts(set, dropped)
	var after time.Duration
	for _, app := range dropped {
		gone, err := repositoryGone(ctx, from, app)
		if err != nil {
			return 0, &failure{argo.AppSetReasonDeleteError, fmt.Errorf("application %s is not generated any more and is kept: %w", app.GetName(), err)}
		}
		if !gone {
			c.cfg.Logger.Warn("application is not generated any more, but its repository exists: kept", "app", app.GetName())
			continue
		}
		if wait := c.doubt(set, app, massDrop(len(dropped), current)); wait > 0 {
			c.cfg.Logger.Warn("many repositories are gone at once: looking again before deleting", "app", app.GetName(), "in", wait)
			after = soonest(after, wait)
			continue
		}
		uid := app.GetUID()
		if err := c.client.Delete(ctx, app, client.Preconditions{UID: &uid}); client.IgnoreNotFound(err) != nil {
			return 0, &failure{argo.AppSetReasonDeleteError, fmt.Errorf("delete application %s: %w", app.GetName(), err)}
		}
		c.cfg.Logger.Info("application deleted: its repository is gone", "app", app.GetName())
	}
	return after, nil
}

// repositoryGone asks every generator's server; one that has the repository is enough to keep it.
func repositoryGone(ctx context.Context, from *generated, app *unstructured.Unstructured) (bool, error) {
	url, _, err := unstructured.NestedString(app.Object, "spec", "source", "repoURL")
	if err != nil {
		return false, err
	}
	owner, name, err := scm.SplitURL(url)
	if err != nil {
		return false, err
	}
	for _, server := range from.clients {
		exists, err := server.Exists(ctx, owner, name)
		if err != nil || exists {
			return false, err
		}
	}
	return len(from.clients) > 0, nil
}

// doubt returns how long to wait before app may be deleted.
func (c *Controller) doubt(set *argo.ApplicationSet, app *unstructured.Unstructured, mass bool) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	since, known := c.doubts[set.UID][app.GetUID()]
	if !mass && !known {
		return 0
	}
	if !known {
		since = c.now()
		if c.doubts[set.UID] == nil {
			c.doubts[set.UID] = map[types.UID]time.Time{}
		}
		c.doubts[set.UID][app.GetUID()] = since
	}
	return max(c.cfg.Confirm-c.now().Sub(since), 0)
}

// clearDoubts forgets Applications of the set that are generated again.
func (c *Controller) clearDoubts(set *argo.ApplicationSet, dropped []*unstructured.Unstructured) {
	still := map[types.UID]bool{}
	for _, app := range dropped {
		still[app.GetUID()] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.doubts[set.UID], func(uid types.UID, _ time.Time) bool { return !still[uid] })
	if len(c.doubts[set.UID]) == 0 {
		delete(c.doubts, set.UID)
	}
}
