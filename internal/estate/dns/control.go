package dns

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

// resync is the net below the watch: everything is looked at again this often.
const resync = 3 * time.Minute

// configRetry is how long a failed way to the API server is left alone.
const configRetry = 5 * time.Second

// everything is the queue's only key: the zone is planned whole.
const everything = "everything"

// controller keeps the zone as the Ingresses say.
type controller struct {
	server    *Server
	ingresses networkinglisters.IngressLister
	recorder  record.EventRecorder
	said      map[refusal]bool
}

// control runs the controller until ctx is done, and says on cluster when the
// API server's configuration is there.
func (s *Server) control(ctx context.Context, cluster chan<- *rest.Config) error {
	config := s.restConfig(ctx)
	if config == nil {
		return nil
	}
	cluster <- config
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("watch Ingresses: %w", err)
	}
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	c := &controller{
		server:   s,
		recorder: broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "pronto-dns"}),
		said:     map[refusal]bool{},
	}
	return c.run(ctx, client)
}

// run plans the zone after each change; until the first whole list has come
// nothing is planned, so an absent API server never removes a record.
func (c *controller) run(ctx context.Context, client kubernetes.Interface) error {
	queue := workqueue.NewTypedRateLimitingQueue(
		workqueue.NewTypedItemExponentialFailureRateLimiter[string](100*time.Millisecond, 30*time.Second))
	defer queue.ShutDown()
	factory := informers.NewSharedInformerFactory(client, resync)
	ingresses := factory.Networking().V1().Ingresses()
	c.ingresses = ingresses.Lister()
	changed := func(any) { queue.Add(everything) }
	if _, err := ingresses.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: changed, DeleteFunc: changed, UpdateFunc: func(_, after any) { changed(after) },
	}); err != nil {
		return fmt.Errorf("watch Ingresses: %w", err)
	}
	factory.Start(ctx.Done())
	defer factory.Shutdown()
	if !cache.WaitForCacheSync(ctx.Done(), ingresses.Informer().HasSynced) {
		return nil // only ctx ends the wait
	}
	context.AfterFunc(ctx, queue.ShutDown)
	queue.Add(everything)
	for {
		item, stopped := queue.Get()
		if stopped {
			return nil
		}
		if err := c.reconcile(); err != nil {
			c.server.log.Warn("will try again", "error", err)
			queue.AddRateLimited(item)
		} else {
			queue.Forget(item)
		}
		queue.Done(item)
	}
}

func (c *controller) reconcile() error {
	ingresses, err := c.ingresses.List(labels.Everything())
	if err != nil {
		return fmt.Errorf("list Ingresses: %w", err)
	}
	s := c.server
	now := s.zone.Load()
	records, refused := plan(now.records, claimsOf(ingresses, s.cfg.Classes, s.cfg.Domain), s.cfg.OwnerID, now.system)
	c.tell(ingresses, refused)
	return s.publish(records)
}

// publish puts records into force, then on disk.
func (s *Server) publish(records map[string]Record) error {
	now := s.zone.Load()
	if !maps.Equal(now.records, records) {
		now = &content{domain: now.domain, serial: now.serial + 1, system: now.system, records: records}
		s.zone.Store(now)
		s.saved = false
	}
	if s.saved {
		return nil
	}
	if err := save(s.cfg.Dir, stored{Serial: now.serial, Records: now.records}); err != nil {
		return err
	}
	s.saved = true
	return nil
}

// tell writes an Event for each new refusal on the Ingress that asked.
func (c *controller) tell(ingresses []*networkingv1.Ingress, refused []refusal) {
	said := map[refusal]bool{}
	for _, r := range refused {
		said[r] = true
		if c.said[r] {
			continue
		}
		c.server.log.Warn("record refused", "resource", r.Resource, "message", r.Message)
		for _, ingress := range ingresses {
			if strings.TrimPrefix(r.Resource, "ingress/") == ingress.Namespace+"/"+ingress.Name {
				c.recorder.Event(ingress, corev1.EventTypeWarning, "RecordNotOwned", r.Message)
			}
		}
	}
	c.said = said
}

// restConfig asks for the API server's configuration until it comes; nil only
// once ctx is done. A cluster that cannot be reached is no reason to stop serving.
func (s *Server) restConfig(ctx context.Context) *rest.Config {
	ticker := time.NewTicker(configRetry)
	defer ticker.Stop()
	for ctx.Err() == nil {
		config, err := s.cfg.Kubernetes(ctx)
		if err == nil {
			return config
		}
		if ctx.Err() == nil {
			s.log.Warn("no way to the API server yet; will try again", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}
