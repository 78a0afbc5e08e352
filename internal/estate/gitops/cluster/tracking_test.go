package cluster

import (
	"testing"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

func TestATrackingIDCountsOnlyOnItsOwnObject(t *testing.T) {
	deployment := func(namespace, name string) *unstructured.Unstructured {
		object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apps/v1", "kind": "Deployment"}}
		object.SetNamespace(namespace)
		object.SetName(name)
		return object
	}
	object := deployment("one", "web")
	SetTracking(object, "idp-one")
	if got := object.GetAnnotations()[argo.AnnotationTrackingID]; got != "idp-one:apps/Deployment:one/web" {
		t.Errorf("tracking id = %q", got)
	}
	if got := TrackingApp(object); got != "idp-one" {
		t.Errorf("application = %q", got)
	}
	copied := deployment("two", "web")
	copied.SetAnnotations(object.GetAnnotations())
	if got := TrackingApp(copied); got != "" {
		t.Errorf("a copy belongs to %q", got)
	}
}

func TestWhatWasAppliedStandsInUntilTheWatchHasIt(t *testing.T) {
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}}
	object.SetNamespace("one")
	object.SetName("a")
	object.SetResourceVersion("100")
	SetTracking(object, "idp-one")
	key := kube.GetResourceKey(object)
	held := newOverlay()
	held.put(object)
	stale := object.DeepCopy()
	stale.SetResourceVersion("99")
	live := map[kube.ResourceKey]*unstructured.Unstructured{key: stale}
	held.merge("idp-one", nil, live)
	if live[key].GetResourceVersion() != "100" {
		t.Error("the stale object was kept")
	}
	held.seen(key, "99")
	if len(held.objects) != 1 {
		t.Error("an older event ended the stand-in")
	}
	held.seen(key, "100")
	if len(held.objects) != 0 {
		t.Error("the event did not end the stand-in")
	}
}
