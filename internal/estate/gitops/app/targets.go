package app

import (
	"fmt"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/hook"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
	"github.com/pronto-platform/pronto/internal/estate/gitops/cluster"
)

// scopes says whether a kind is namespaced; an error means that it is unknown.
type scopes func(schema.GroupVersionKind) (bool, error)

// prepareTargets puts objects from git into the form in which they are
// applied: in a namespace where their kind has one, each once (the last one
// wins), and marked as the application's. The objects are changed.
func prepareTargets(app *argo.Application, objects []*unstructured.Unstructured, scope scopes) (targets []*unstructured.Unstructured, warnings []argo.ApplicationCondition) {
	position := map[kube.ResourceKey]int{}
	for _, object := range objects {
		namespaced, err := scope(object.GroupVersionKind())
		switch {
		case err == nil && !namespaced:
			object.SetNamespace("")
		case object.GetNamespace() == "":
			object.SetNamespace(app.Spec.Destination.Namespace)
		}
		key := kube.GetResourceKey(object)
		if key.Name != "" {
			if at, seen := position[key]; seen {
				targets[at] = object
				warnings = append(warnings, argo.ApplicationCondition{
					Type:    argo.ConditionRepeatedResourceWarning,
					Message: fmt.Sprintf("Resource %s appeared more than once among application resources.", key.String()),
				})
				continue
			}
			position[key] = len(targets)
		}
		targets = append(targets, object)
	}
	for _, object := range targets {
		if !hook.IsHook(object) {
			cluster.SetTracking(object, app.Name)
		}
	}
	return targets, warnings
}

// sharedWarnings names live objects that another application manages too.
func sharedWarnings(app string, live []*unstructured.Unstructured) []argo.ApplicationCondition {
	var warnings []argo.ApplicationCondition
	for _, object := range live {
		if object == nil {
			continue
		}
		if owner := cluster.TrackingApp(object); owner != "" && owner != app {
			warnings = append(warnings, argo.ApplicationCondition{
				Type:    argo.ConditionSharedResourceWarning,
				Message: fmt.Sprintf("%s/%s is part of applications %s and %s", object.GetKind(), object.GetName(), app, owner),
			})
		}
	}
	return warnings
}
