package cluster

import (
	"sync"
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// overlayLifetime is how long an applied object stands in for the watch that
// has not delivered it yet.
const overlayLifetime = 10 * time.Second

// overlay holds what the server answered to our writes until the watch has
// caught up, so that a comparison right after a sync sees the sync.
type overlay struct {
	mu      sync.Mutex
	objects map[kube.ResourceKey]overlaid
}

type overlaid struct {
	object *unstructured.Unstructured
	at     time.Time
}

func newOverlay() *overlay { return &overlay{objects: map[kube.ResourceKey]overlaid{}} }

func (o *overlay) put(object *unstructured.Unstructured) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.objects[kube.GetResourceKey(object)] = overlaid{object, time.Now()}
}

func (o *overlay) drop(key kube.ResourceKey) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.objects, key)
}

func (o *overlay) seen(key kube.ResourceKey, version string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if held, ok := o.objects[key]; ok && !newer(held.object.GetResourceVersion(), version) {
		delete(o.objects, key)
	}
}

// merge replaces objects of app in live that are older than what was applied.
func (o *overlay) merge(app string, targets []*unstructured.Unstructured, live map[kube.ResourceKey]*unstructured.Unstructured) {
	wanted := map[kube.ResourceKey]bool{}
	for _, target := range targets {
		wanted[kube.GetResourceKey(target)] = true
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, held := range o.objects {
		if time.Since(held.at) > overlayLifetime {
			delete(o.objects, key)
			continue
		}
		if !wanted[key] && TrackingApp(held.object) != app {
			continue
		}
		if known, ok := live[key]; !ok || newer(held.object.GetResourceVersion(), known.GetResourceVersion()) {
			live[key] = held.object
		}
	}
}
