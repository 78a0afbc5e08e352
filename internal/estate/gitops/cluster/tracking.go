package cluster

import (
	"fmt"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// TrackingID is the value of the tracking annotation of a resource of app.
func TrackingID(app string, key kube.ResourceKey) string {
	return fmt.Sprintf("%s:%s/%s:%s/%s", app, key.Group, key.Kind, key.Namespace, key.Name)
}

// TrackingApp returns the application that a live object belongs to, or "". A
// tracking id that was copied to another object does not count.
func TrackingApp(obj *unstructured.Unstructured) string {
	id := obj.GetAnnotations()[argo.AnnotationTrackingID]
	app, rest, ok := strings.Cut(id, ":")
	if !ok {
		return ""
	}
	key := kube.GetResourceKey(obj)
	if strings.TrimPrefix(TrackingID("", key), ":") == rest {
		return app
	}
	// Argo CD writes the destination namespace into the id of a cluster-scoped object.
	kindPart, objectPart, ok := strings.Cut(rest, ":")
	_, name, okName := strings.Cut(objectPart, "/")
	if ok && okName && key.Namespace == "" && kindPart == key.Group+"/"+key.Kind && name == key.Name {
		return app
	}
	return ""
}

// SetTracking marks obj as belonging to app.
func SetTracking(obj *unstructured.Unstructured, app string) {
	annotations := obj.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[argo.AnnotationTrackingID] = TrackingID(app, kube.GetResourceKey(obj))
	obj.SetAnnotations(annotations)
}
