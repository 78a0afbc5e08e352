// Package app is the Application controller: it keeps the cluster as git says.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/cluster"
	gitsource "github.com/pronto-platform/pronto/internal/estate/gitops/source"
)

const (
	workers = 6
	// settle gathers the events of one change in the cluster into one comparison.
	settle = 20 * time.Millisecond
	// firstRetry and lastRetry bound the wait after an error.
	firstRetry = time.Second
	lastRetry  = 3 * time.Minute
)

// Config are the needs of the controller.
type Config struct {
	Namespace    string // of the Applications
	Repositories *gitsource.Repositories
	PollInterval time.Duration
	Logger       *slog.Logger
}

// Controller reconciles Applications. Make it with New, give it a cluster
// with SetLive, and register it with Register before the manager starts.
type Controller struct {
	cfg    Config
	engine logr.Logger
	live   *cluster.Live
	diffs  *comparer
	client client.Client
	reader client.Reader // uncached: a decision never rests on a stale status
	now    func() time.Time

	mu     sync.Mutex
	queue  workqueue.TypedRateLimitingInterface[reconcile.Request]
	memory map[string]*memory
}

// memory is what is known of an application between two reconciliations. All
// of it can be lost and found again.
type memory struct {
	fetched   fetched
	requested bool // by a push
	failures  int
}

// New returns a controller without a cluster.
func New(cfg Config, engine logr.Logger) *Controller {
	return &Controller{cfg: cfg, engine: engine, now: time.Now, memory: map[string]*memory{}}
}

// SetLive gives the controller its cluster.
func (c *Controller) SetLive(live *cluster.Live) { c.live, c.diffs = live, newComparer(live) }

// Register adds the controller to a manager.
func (c *Controller) Register(manager ctrl.Manager) error {
	c.client, c.reader = manager.GetClient(), manager.GetAPIReader()
	skip := true
	return ctrl.NewControllerManagedBy(manager).Named("application").
		For(&argo.Application{}, builder.WithPredicates(relevant)).
		Watches(&argo.AppProject{}, handler.EnqueueRequestsFromMapFunc(c.ofProject)).
		WatchesRawSource(source.Func(c.takeQueue)).
		WithOptions(controller.Options{
			MaxConcurrentReconciles: workers, SkipNameValidation: &skip,
			RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](firstRetry, lastRetry),
		}).Complete(c)
}

func (c *Controller) takeQueue(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = queue
	return nil
}

// relevant leaves out the controller's own writes: on a resource without a
// status subresource they are updates like any other.
var relevant = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, okBefore := e.ObjectOld.(*argo.Application)
		after, okAfter := e.ObjectNew.(*argo.Application)
		if !okBefore || !okAfter {
			return true
		}
		return !equality.Semantic.DeepEqual(before.Spec, after.Spec) ||
			!equality.Semantic.DeepEqual(before.Operation, after.Operation) ||
			!equality.Semantic.DeepEqual(before.Annotations, after.Annotations) ||
			!equality.Semantic.DeepEqual(before.Finalizers, after.Finalizers) ||
			before.DeletionTimestamp.IsZero() != after.DeletionTimestamp.IsZero() || terminates(before, after)
	},
}

func terminates(before, after *argo.Application) bool {
	phase := func(app *argo.Application) string {
		if app.Status.OperationState == nil {
			return ""
		}
		return app.Status.OperationState.Phase
	}
	return phase(after) == argo.OperationTerminating && phase(before) != argo.OperationTerminating
}

func (c *Controller) ofProject(ctx context.Context, project client.Object) []reconcile.Request {
	var apps argo.ApplicationList
	if err := c.client.List(ctx, &apps, client.InNamespace(c.cfg.Namespace)); err != nil {
		c.cfg.Logger.Error("list the applications of a project", "project", project.GetName(), "error", err)
		return nil
	}
	var requests []reconcile.Request
	for _, app := range apps.Items {
		if app.Spec.Project == project.GetName() {
			requests = append(requests, c.request(app.Name))
		}
	}
	return requests
}

func (c *Controller) request(app string) reconcile.Request {
	return reconcile.Request{NamespacedName: types.NamespacedName{Namespace: c.cfg.Namespace, Name: app}}
}

// Refresh asks for a fetch and a comparison of an application now.
func (c *Controller) Refresh(app string) {
	c.mu.Lock()
	c.remembered(app).requested = true
	queue := c.queue
	c.mu.Unlock()
	if queue != nil {
		queue.Add(c.request(app))
	}
}

// LiveChanged asks for a comparison without a fetch. It does not block.
func (c *Controller) LiveChanged(app string) {
	c.mu.Lock()
	queue := c.queue
	c.mu.Unlock()
	if queue != nil {
		queue.AddAfter(c.request(app), settle)
	}
}

// remembered needs c.mu.
func (c *Controller) remembered(app string) *memory {
	found, ok := c.memory[app]
	if !ok {
		found = &memory{}
		c.memory[app] = found
	}
	return found
}

// forget drops what is kept of an application that is gone, on disk too.
func (c *Controller) forget(app string) {
	c.mu.Lock()
	known := c.memory[app]
	delete(c.memory, app)
	c.mu.Unlock()
	c.diffs.forget(app)
	if known == nil || known.fetched.source.RepoURL == "" {
		return
	}
	if err := c.cfg.Repositories.Forget(known.fetched.source.RepoURL); err != nil {
		c.cfg.Logger.Warn("remove the mirror of a deleted application", "app", app, "error", err)
	}
}

// Reconcile implements reconcile.Reconciler.
func (c *Controller) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	app := &argo.Application{}
	if err := c.reader.Get(ctx, request.NamespacedName, app); err != nil {
		if apierrors.IsNotFound(err) {
			c.forget(request.Name)
			return reconcile.Result{}, nil
		}
		return reconcile.Result{}, fmt.Errorf("read application %s: %w", request.Name, err)
	}
	work := &work{Controller: c, app: app, stored: app.DeepCopy(), log: c.cfg.Logger.With("app", app.Name)}
	if !app.DeletionTimestamp.IsZero() {
		return work.finalize(ctx)
	}
	after, err := work.reconcile(ctx)
	if stopping(ctx) {
		return reconcile.Result{}, nil
	}
	if saveErr := work.save(ctx); saveErr != nil && err == nil {
		err = saveErr
	}
	if apierrors.IsNotFound(err) && c.gone(ctx, request) {
		return reconcile.Result{}, nil
	}
	return reconcile.Result{RequeueAfter: after}, err
}

func (c *Controller) gone(ctx context.Context, request reconcile.Request) bool {
	return apierrors.IsNotFound(c.reader.Get(ctx, request.NamespacedName, &argo.Application{}))
}

// work is one reconciliation of one application.
type work struct {
	*Controller
	app    *argo.Application
	stored *argo.Application // as the server has it
	log    *slog.Logger
}

// save writes what changed of status, operation and annotations.
func (w *work) save(ctx context.Context) error {
	if equality.Semantic.DeepEqual(w.app, w.stored) {
		return nil
	}
	saved := w.app.DeepCopy()
	if err := w.client.Patch(ctx, saved, client.MergeFrom(w.stored)); err != nil {
		return fmt.Errorf("write status of %s: %w", w.app.Name, err)
	}
	w.app.ResourceVersion = saved.ResourceVersion
	w.stored = w.app.DeepCopy()
	return nil
}

// stopping says that errors only come from the end of the process.
func stopping(ctx context.Context) bool { return ctx.Err() != nil }
