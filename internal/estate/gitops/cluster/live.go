package cluster

import (
	"context"
	"fmt"
	"net/http"
	"unique"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	engine "github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

// Live knows every object that an Application manages, kept up to date by
// watches, and applies changes.
type Live struct {
	config  *rest.Config
	cache   cache.ClusterCache
	kubectl *kubectl
	overlay *overlay
	onEvent func(app string)
}

// NewLive prepares a view of the cluster. onEvent is called, without blocking
// allowed, with the name of the application whose resource changed. Requests
// are not rate-limited on this side: the server's own fairness is.
func NewLive(config *rest.Config, log logr.Logger, onEvent func(app string)) (*Live, error) {
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = -1, -1
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client for the cluster: %w", err)
	}
	mapper, err := newMapper(config)
	if err != nil {
		return nil, err
	}
	live := &Live{config: config, overlay: newOverlay(), onEvent: onEvent}
	live.kubectl = &kubectl{
		KubectlCmd: &kube.KubectlCmd{Log: log, Tracer: tracing.NopTracer{}},
		ops:        &operations{client: client, mapper: mapper, applied: live.overlay.put},
	}
	live.cache = cache.NewClusterCache(config,
		cache.SetKubectl(live.kubectl),
		cache.SetLogr(log),
		cache.SetSettings(cache.Settings{ResourcesFilter: unmanaged{}}),
		cache.SetPopulateResourceInfoHandler(populate),
		cache.SetRetryOptions(3, true, cache.ListRetryFuncAlways),
	)
	live.cache.OnResourceUpdated(live.changed)
	return live, nil
}

func newMapper(config *rest.Config) (meta.RESTMapper, error) {
	var client *http.Client
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("http client for the cluster: %w", err)
	}
	mapper, err := apiutil.NewDynamicRESTMapper(config, client)
	if err != nil {
		return nil, fmt.Errorf("discovery of the cluster's kinds: %w", err)
	}
	return mapper, nil
}

// owner is the name of the application that manages a resource, "" for none.
// Each comparison holds its own against that of every resource in the cluster,
// so names are compared as pointers.
type owner = unique.Handle[string]

// populate keeps the manifest only of objects that an application manages;
// of all others the cache holds a reference.
func populate(obj *unstructured.Unstructured, _ bool) (any, bool) {
	app := TrackingApp(obj)
	return unique.Make(app), app != ""
}

func (l *Live) changed(current, previous *cache.Resource, _ map[kube.ResourceKey]*cache.Resource) {
	for _, resource := range []*cache.Resource{current, previous} {
		if resource == nil {
			continue
		}
		if current == nil {
			l.overlay.drop(resource.ResourceKey())
		} else {
			l.overlay.seen(resource.ResourceKey(), current.ResourceVersion)
		}
		if app, ok := resource.Info.(owner); ok && app.Value() != "" {
			l.onEvent(app.Value())
		}
	}
}

// Start loads the state of the cluster and begins to watch it. The watches
// end with Stop.
func (l *Live) Start() error {
	if err := l.cache.EnsureSynced(); err != nil {
		return fmt.Errorf("load the cluster's state: %w", err)
	}
	return nil
}

// Stop ends the watches.
func (l *Live) Stop() { l.cache.Invalidate() }

// Managed returns the live objects that belong to app or that its targets name.
func (l *Live) Managed(app string, targets []*unstructured.Unstructured) (map[kube.ResourceKey]*unstructured.Unstructured, error) {
	if err := l.cache.EnsureSynced(); err != nil {
		return nil, fmt.Errorf("load the cluster's state: %w", err)
	}
	name := unique.Make(app)
	objects, err := l.cache.GetManagedLiveObjs(targets, func(r *cache.Resource) bool { return r.Info == any(name) })
	if err != nil {
		return nil, err
	}
	l.overlay.merge(app, targets, objects)
	return objects, nil
}

// Scope says whether a kind is namespaced. The error matches meta.IsNoMatchError for a kind the server does not know.
func (l *Live) Scope(gvk schema.GroupVersionKind) (namespaced bool, err error) {
	mapping, err := l.kubectl.ops.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return false, err
	}
	return mapping.Scope.Name() == meta.RESTScopeNameNamespace, nil
}

// IsNamespaced implements kube.ResourceInfoProvider.
func (l *Live) IsNamespaced(kind schema.GroupKind) (bool, error) {
	mapping, err := l.kubectl.ops.mapper.RESTMapping(kind)
	if err != nil {
		return false, err
	}
	return mapping.Scope.Name() == meta.RESTScopeNameNamespace, nil
}

// DryRunner asks the server what an apply would do.
func (l *Live) DryRunner() diff.ServerSideDryRunner { return l.kubectl.ops }

// NewSync prepares a sync; the caller calls the returned function when done with it.
func (l *Live) NewSync(revision string, state engine.ReconciliationResult, namespace string, options ...engine.SyncOpt) (engine.SyncContext, func(), error) {
	return engine.NewSyncContext(revision, state, l.config, l.config, l.kubectl, namespace, options...)
}

// Delete asks for the deletion of an object. An object that is not there is no error.
func (l *Live) Delete(ctx context.Context, obj *unstructured.Unstructured, policy metav1.DeletionPropagation) error {
	uid := obj.GetUID()
	options := metav1.DeleteOptions{PropagationPolicy: &policy, Preconditions: &metav1.Preconditions{UID: &uid}}
	return l.kubectl.DeleteResource(ctx, l.config, obj.GroupVersionKind(), obj.GetName(), obj.GetNamespace(), options)
}

// Get reads an object from the server; (nil, nil) when it is not there.
func (l *Live) Get(ctx context.Context, obj *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	found, err := l.kubectl.GetResource(ctx, l.config, obj.GroupVersionKind(), obj.GetName(), obj.GetNamespace())
	if isNotFound(err) {
		return nil, nil
	}
	return found, err
}
