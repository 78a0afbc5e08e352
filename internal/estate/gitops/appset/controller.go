// Package appset is the ApplicationSet controller: from the repositories of an
// organisation to one Application each.
package appset

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/gitops/scm"
)

const (
	// defaultRequeue is Argo CD's, for a generator without requeueAfterSeconds.
	defaultRequeue = 30 * time.Minute
	firstRetry     = time.Second
	lastRetry      = 3 * time.Minute
)

// SCM is the platform's own forge.
type SCM struct {
	APIURL       string // REST root, e.g. https://git.pronto.localhost/api/v3/
	Organization string
	Token        secret.String
}

// Config are the needs of the controller.
type Config struct {
	Namespace  string
	SCM        SCM
	HTTPClient *http.Client
	Logger     *slog.Logger
	// Confirm is the time between the two looks that a mass drop needs.
	Confirm time.Duration
}

// Controller reconciles ApplicationSets.
type Controller struct {
	cfg    Config
	client client.Client
	reader client.Reader // asks the API server
	cached client.Reader // knows what it told last
	now    func() time.Time
	memory scm.Memory

	mu     sync.Mutex
	queue  workqueue.TypedRateLimitingInterface[reconcile.Request]
	doubts map[types.UID]map[types.UID]time.Time // by set: applications of a mass drop, since when
}

// New returns a controller that is not registered yet.
func New(cfg Config) *Controller {
	return &Controller{cfg: cfg, now: time.Now, doubts: map[types.UID]map[types.UID]time.Time{}}
}

// Register adds the controller to a manager.
func (c *Controller) Register(manager ctrl.Manager) error {
	c.client, c.reader, c.cached = manager.GetClient(), manager.GetAPIReader(), manager.GetCache()
	skip := true
	return ctrl.NewControllerManagedBy(manager).Named("applicationset").
		For(&argo.ApplicationSet{}, builder.WithPredicates(predicate.Or(
			predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}))).
		Watches(applications(), handler.EnqueueRequestForOwner(manager.GetScheme(), manager.GetRESTMapper(),
			&argo.ApplicationSet{}, handler.OnlyControllerOwner()), builder.WithPredicates(disappears)).
		WatchesRawSource(source.Func(c.takeQueue)).
		WithOptions(controller.Options{
			MaxConcurrentReconciles: 2, SkipNameValidation: &skip,
			RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](firstRetry, lastRetry),
		}).Complete(c)
}

// applications are watched as they are listed, so that the cache that is listed
// has lost an Application before its end is heard of.
func applications() *unstructured.Unstructured {
	application := &unstructured.Unstructured{}
	application.SetGroupVersionKind(argo.GroupVersion.WithKind("Application"))
	return application
}

// disappears: a generated Application that somebody deletes is made again.
var disappears = predicate.Funcs{
	CreateFunc: func(event.CreateEvent) bool { return false },
	UpdateFunc: func(event.UpdateEvent) bool { return false },
	DeleteFunc: func(event.DeleteEvent) bool { return true },
}

func (c *Controller) takeQueue(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = queue
	return nil
}

// Regenerate runs the generators of every set after a while: at once for 0.
// What is asked for meanwhile is done with it.
func (c *Controller) Regenerate(ctx context.Context, after time.Duration) error {
	c.mu.Lock()
	queue := c.queue
	c.mu.Unlock()
	if queue == nil {
		return nil // not started: every set is generated at the start
	}
	sets, err := c.sets(ctx)
	if err != nil {
		return err
	}
	for _, set := range sets {
		queue.AddAfter(reconcile.Request{NamespacedName: types.NamespacedName{Namespace: set.Namespace, Name: set.Name}}, after)
	}
	return nil
}

func (c *Controller) sets(ctx context.Context) ([]argo.ApplicationSet, error) {
	var list argo.ApplicationSetList
	if err := c.client.List(ctx, &list, client.InNamespace(c.cfg.Namespace)); err != nil {
		return nil, fmt.Errorf("list application sets: %w", err)
	}
	return list.Items, nil
}

// Reconcile implements reconcile.Reconciler.
func (c *Controller) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	set := &argo.ApplicationSet{}
	if err := c.reader.Get(ctx, request.NamespacedName, set); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if !set.DeletionTimestamp.IsZero() {
		return reconcile.Result{}, nil // the garbage collector deletes what it owns
	}
	stored := set.DeepCopy()
	after, err := c.reconcile(ctx, set)
	if stopping(ctx) {
		return reconcile.Result{}, nil
	}
	if err != nil {
		c.cfg.Logger.Warn("application set", "set", set.Name, "error", err)
		setError(set, err, c.now())
	}
	if saveErr := c.save(ctx, set, stored); saveErr != nil {
		err = errors.Join(err, saveErr)
	}
	return reconcile.Result{RequeueAfter: after}, err
}

func (c *Controller) reconcile(ctx context.Context, set *argo.ApplicationSet) (time.Duration, error) {
	all := func(server *scm.Client, provider argo.SCMProviderGenerator) ([]scm.Repository, error) {
		return server.List(ctx, provider)
	}
	generated, err := c.generate(ctx, set, all)
	if err != nil {
		return 0, err
	}
	current, err := owned(ctx, c.cached, set)
	if err != nil {
		return 0, err
	}
	projects, err := c.projects(ctx)
	if err != nil {
		return 0, err
	}
	plan := makePlan(set, generated.applications, current, projects)
	if err := c.write(ctx, set, plan); err != nil {
		return 0, err
	}
	after, err := c.drop(ctx, set, generated, plan.dropped, len(current))
	if err != nil {
		return 0, err
	}
	if len(plan.create)+len(plan.update)+len(plan.dropped) > 0 {
		if current, err = owned(ctx, c.reader, set); err != nil {
			return 0, err
		}
	}
	set.Status.Resources, set.Status.ResourcesCount = resourceList(current), int64(len(current))
	setOutcome(set, plan, c.now())
	delete(set.Annotations, argo.AnnotationApplicationSetRefresh)
	return soonest(after, requeue(set)), nil
}

// owned are the Applications of a set. All of hundreds are megabytes, so they
// come from the cache where what has just changed need not be among them: an
// Application that is made once more is there already, and none is dropped
// for being absent. What the cache gives is its own: it is read, not changed.
func owned(ctx context.Context, from client.Reader, set *argo.ApplicationSet) ([]*unstructured.Unstructured, error) {
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(argo.GroupVersion.WithKind("ApplicationList"))
	if err := from.List(ctx, list, client.InNamespace(set.Namespace), client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	var owned []*unstructured.Unstructured
	for i := range list.Items {
		if ownedBy(set, &list.Items[i]) {
			owned = append(owned, &list.Items[i])
		}
	}
	return owned, nil
}

func (c *Controller) projects(ctx context.Context) (map[string]bool, error) {
	var list argo.AppProjectList
	if err := c.reader.List(ctx, &list, client.InNamespace(c.cfg.Namespace)); err != nil {
		return nil, fmt.Errorf("list projects: %w", err)
	}
	names := map[string]bool{}
	for _, project := range list.Items {
		names[project.Name] = true
	}
	return names, nil
}

// write creates and updates; what fails for one Application does not keep the others.
func (c *Controller) write(ctx context.Context, set *argo.ApplicationSet, plan plan) error {
	var problems []error
	for _, app := range plan.create {
		err := c.client.Create(ctx, app)
		if apierrors.IsAlreadyExists(err) {
			if there, lookupErr := c.find(ctx, set, app); there != nil || lookupErr != nil {
				problems = append(problems, lookupErr)
				continue // one that another generation has made meanwhile
			}
		}
		if err != nil {
			problems = append(problems, &failure{argo.AppSetReasonCreateError, fmt.Errorf("create application %s: %w", app.GetName(), err)})
			continue
		}
		c.cfg.Logger.Info("application created", "app", app.GetName())
	}
	if update, _ := allowed(set); !update {
		return errors.Join(problems...)
	}
	for _, change := range plan.update {
		err := c.client.Patch(ctx, change.to, client.MergeFrom(change.from))
		if client.IgnoreNotFound(err) != nil {
			problems = append(problems, &failure{argo.AppSetReasonUpdateError, fmt.Errorf("update application %s: %w", change.to.GetName(), err)})
		}
	}
	return errors.Join(problems...)
}

// save writes status, and takes the refresh annotation off.
func (c *Controller) save(ctx context.Context, set, stored *argo.ApplicationSet) error {
	if _, asked := stored.Annotations[argo.AnnotationApplicationSetRefresh]; asked && len(set.Annotations) != len(stored.Annotations) {
		if err := c.client.Patch(ctx, set.DeepCopy(), client.MergeFrom(stored)); err != nil {
			return client.IgnoreNotFound(fmt.Errorf("take the refresh annotation off %s: %w", set.Name, err))
		}
	}
	if !statusChanged(set, stored) {
		return nil
	}
	if err := c.client.Status().Patch(ctx, set.DeepCopy(), client.MergeFrom(stored)); err != nil {
		return client.IgnoreNotFound(fmt.Errorf("write status of %s: %w", set.Name, err))
	}
	return nil
}

// requeue is the shortest wait that the generators ask for.
func requeue(set *argo.ApplicationSet) time.Duration {
	shortest := time.Duration(0)
	for _, generator := range set.Spec.Generators {
		wait := defaultRequeue
		if provider := generator.SCMProvider; provider != nil && provider.RequeueAfterSeconds != nil {
			wait = time.Duration(*provider.RequeueAfterSeconds) * time.Second
		}
		shortest = soonest(shortest, wait)
	}
	return shortest
}

func soonest(a, b time.Duration) time.Duration {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// stopping says that errors only come from the end of the process.
func stopping(ctx context.Context) bool { return ctx.Err() != nil }
