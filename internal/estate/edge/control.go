package edge

import (
	"context"
	"fmt"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// resync is the net below the watches: everything is looked at again this often.
const resync = 3 * time.Minute

// configRetry is how long a failed way to the API server is left alone.
const configRetry = 5 * time.Second

// everything is the only key of the queue: the table is built whole, which is
// quick and cannot drift.
const everything = "everything"

// controller keeps the table as the cluster says.
type controller struct {
	edge      *Edge
	client    kubernetes.Interface
	queue     workqueue.TypedRateLimitingInterface[string]
	ingresses networkinglisters.IngressLister
	services  corelisters.ServiceLister
	slices    discoverylisters.EndpointSliceLister
	events    *eventWriter
}

// control runs the controller until ctx is done. Whatever the API server does,
// the edge keeps serving what it has: the informers retry for ever.
func (e *Edge) control(ctx context.Context) error {
	config := e.restConfig(ctx)
	if config == nil {
		return nil
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("watch Ingresses: %w", err)
	}
	c := &controller{edge: e, client: client, events: newEventWriter(ctx, client, e.log)}
	defer c.events.stop()
	return c.run(ctx)
}

func (c *controller) run(ctx context.Context) error {
	c.queue = workqueue.NewTypedRateLimitingQueue(
		workqueue.NewTypedItemExponentialFailureRateLimiter[string](100*time.Millisecond, 30*time.Second))
	factory := informers.NewSharedInformerFactory(c.client, resync)
	if err := c.watch(factory); err != nil {
		return fmt.Errorf("watch Ingresses: %w", err)
	}
	factory.Start(ctx.Done())
	defer factory.Shutdown()
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced && ctx.Err() == nil {
			return fmt.Errorf("watch %s: the first list did not come", kind)
		}
	}
	if ctx.Err() != nil {
		c.queue.ShutDown()
		return nil
	}
	context.AfterFunc(ctx, c.queue.ShutDown)
	c.queue.Add(everything)
	for c.next(ctx) {
	}
	return nil
}

// watch has every change of what the table is built from ask for a new one.
func (c *controller) watch(factory informers.SharedInformerFactory) error {
	ingresses := factory.Networking().V1().Ingresses()
	services := factory.Core().V1().Services()
	endpointSlices := factory.Discovery().V1().EndpointSlices()
	c.ingresses, c.services, c.slices = ingresses.Lister(), services.Lister(), endpointSlices.Lister()
	changed := func(any) { c.queue.Add(everything) }
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc: changed, DeleteFunc: changed, UpdateFunc: func(_, after any) { changed(after) },
	}
	for _, informer := range []cache.SharedIndexInformer{ingresses.Informer(), services.Informer(), endpointSlices.Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}
	return nil
}

func (c *controller) next(ctx context.Context) bool {
	item, stopped := c.queue.Get()
	if stopped {
		return false
	}
	defer c.queue.Done(item)
	if err := c.reconcile(ctx); err != nil && ctx.Err() == nil {
		c.edge.log.Warn("will try again", "error", err)
		c.queue.AddRateLimited(item)
		return true
	}
	c.queue.Forget(item)
	return true
}

// reconcile publishes the table, then certificates, then the Ingresses' status:
// whoever reads the status can rely on the two before it.
func (c *controller) reconcile(ctx context.Context) error {
	current, err := c.world()
	if err != nil {
		return err
	}
	table, refused := build(current, c.edge.rules())
	if err := c.edge.publish(ctx, table); err != nil {
		return err
	}
	c.events.refused(current.ingresses, refused)
	return c.publishStatus(ctx, current.ingresses, table)
}

func (e *Edge) rules() rules {
	reserved := map[string]bool{}
	for host := range e.cfg.System {
		reserved[host] = true
	}
	return rules{classes: e.cfg.Classes, domain: e.cfg.Domain, reserved: reserved}
}

// publish makes a table the one in force, then keeps it on disk.
func (e *Edge) publish(ctx context.Context, table *Table) error {
	before := e.table.Load()
	if !reflect.DeepEqual(before, table) {
		e.table.Store(table)
		e.saved = false
		e.warm(ctx, added(tableHosts(before), tableHosts(table)))
		e.forget(added(tableHosts(table), tableHosts(before)))
	}
	if e.saved {
		return nil
	}
	if err := saveTable(e.cfg.Dir, table); err != nil {
		return err
	}
	e.saved = true
	return nil
}

// world reads the informers' caches.
func (c *controller) world() (world, error) {
	ingresses, err := c.ingresses.List(labels.Everything())
	if err != nil {
		return world{}, fmt.Errorf("list Ingresses: %w", err)
	}
	services, err := c.services.List(labels.Everything())
	if err != nil {
		return world{}, fmt.Errorf("list Services: %w", err)
	}
	endpointSlices, err := c.slices.List(labels.Everything())
	if err != nil {
		return world{}, fmt.Errorf("list EndpointSlices: %w", err)
	}
	return newWorld(ingresses, services, endpointSlices), nil
}

func newWorld(ingresses []*networkingv1.Ingress, services []*corev1.Service, endpointSlices []*discoveryv1.EndpointSlice) world {
	w := world{ingresses: ingresses, services: map[string]*corev1.Service{}, slices: map[string][]*discoveryv1.EndpointSlice{}}
	for _, service := range services {
		w.services[key(service.Namespace, service.Name)] = service
	}
	for _, slice := range endpointSlices {
		owner := key(slice.Namespace, slice.Labels[discoveryv1.LabelServiceName])
		w.slices[owner] = append(w.slices[owner], slice)
	}
	return w
}

// restConfig asks for the API server's configuration until it comes; nil only
// once ctx is done. A cluster that cannot be reached is no reason to stop serving.
func (e *Edge) restConfig(ctx context.Context) *rest.Config {
	ticker := time.NewTicker(configRetry)
	defer ticker.Stop()
	for ctx.Err() == nil {
		config, err := e.cfg.Kubernetes(ctx)
		if err == nil {
			return config
		}
		if ctx.Err() == nil {
			e.log.Warn("no way to the API server yet; will try again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}
