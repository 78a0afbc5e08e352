package appset

import (
	"fmt"
	"maps"
	"slices"
	"sort"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// plan is what brings the Applications of a set to what was generated.
type plan struct {
	create []*unstructured.Unstructured
	update []change
	// dropped are Applications that were not generated any more. Whether one
	// is deleted is for the forge to say, see confirm.
	dropped []*unstructured.Unstructured
	invalid []string
}

// change is an Application as it is and as it shall be.
type change struct{ from, to *unstructured.Unstructured }

// makePlan is a pure function. Names that are wrong are left out of create and
// update, but an Application that was generated wrongly is not dropped.
func makePlan(set *argo.ApplicationSet, wanted, current []*unstructured.Unstructured, projects map[string]bool) plan {
	var out plan
	existing := map[string]*unstructured.Unstructured{}
	for _, app := range current {
		existing[app.GetName()] = app
	}
	seen := map[string]bool{}
	for _, app := range wanted {
		name := app.GetName()
		if problem := invalid(app, seen, projects); problem != "" {
			out.invalid = append(out.invalid, problem)
			seen[name] = true
			continue
		}
		seen[name] = true
		found, ok := existing[name]
		if !ok {
			out.create = append(out.create, app)
		} else if merged := merge(set, found, app); !equality.Semantic.DeepEqual(merged.Object, found.Object) {
			out.update = append(out.update, change{from: found, to: merged})
		}
	}
	for _, app := range current {
		if !seen[app.GetName()] && app.GetDeletionTimestamp() == nil {
			out.dropped = append(out.dropped, app)
		}
	}
	return out
}

func invalid(app *unstructured.Unstructured, seen map[string]bool, projects map[string]bool) string {
	project, _, err := unstructured.NestedString(app.Object, "spec", "project")
	switch {
	case app.GetName() == "":
		return "ApplicationSet template produced an application without a name"
	case seen[app.GetName()]:
		return fmt.Sprintf("ApplicationSet contains applications with duplicate name: %s", app.GetName())
	case err != nil || !projects[project]:
		return fmt.Sprintf("application references project %s which does not exist", project)
	}
	return ""
}

// merge lays a generated Application over the one that is there: spec,
// finalizers, labels and annotations are the generated ones; status,
// operation and the metadata that others own stay. Those are shared with the one
// that is there, which is not changed.
func merge(set *argo.ApplicationSet, current, wanted *unstructured.Unstructured) *unstructured.Unstructured {
	merged := &unstructured.Unstructured{Object: maps.Clone(current.Object)}
	metadata, _ := current.Object["metadata"].(map[string]any)
	merged.Object["metadata"] = maps.Clone(metadata)
	merged.Object["spec"] = wanted.Object["spec"]
	var keptLabels, keptAnnotations []string
	if set.Spec.PreservedFields != nil {
		keptLabels, keptAnnotations = set.Spec.PreservedFields.Labels, set.Spec.PreservedFields.Annotations
	}
	keptAnnotations = append(slices.Clone(keptAnnotations), argo.AnnotationRefresh, argo.AnnotationNotified)
	merged.SetLabels(keep(current.GetLabels(), wanted.GetLabels(), keptLabels))
	merged.SetAnnotations(keep(current.GetAnnotations(), wanted.GetAnnotations(), keptAnnotations))
	if current.GetDeletionTimestamp() == nil {
		merged.SetFinalizers(wanted.GetFinalizers())
	}
	merged.SetOwnerReferences(wanted.GetOwnerReferences())
	return merged
}

func keep(current, wanted map[string]string, names []string) map[string]string {
	out := maps.Clone(wanted)
	for _, name := range names {
		if value, ok := current[name]; ok {
			if out == nil {
				out = map[string]string{}
			}
			out[name] = value
		}
	}
	return out
}

func ownerReference(set *argo.ApplicationSet) []metav1.OwnerReference {
	return []metav1.OwnerReference{*metav1.NewControllerRef(set, argo.GroupVersion.WithKind("ApplicationSet"))}
}

// allowed says what the set's policy lets the controller do.
func allowed(set *argo.ApplicationSet) (update, remove bool) {
	if set.Spec.SyncPolicy == nil || set.Spec.SyncPolicy.ApplicationsSync == nil {
		return true, true
	}
	switch *set.Spec.SyncPolicy.ApplicationsSync {
	case argo.ApplicationsSyncCreateOnly:
		return false, false
	case argo.ApplicationsSyncCreateUpdate:
		return true, false
	case argo.ApplicationsSyncCreateDelete:
		return false, true
	default:
		return true, true
	}
}

// massDrop says that so many Applications went at once that one more look is due.
func massDrop(dropped, current int) bool { return dropped >= 3 && 2*dropped > current }

// resourceList is status.resources of a set.
func resourceList(apps []*unstructured.Unstructured) []argo.ResourceStatus {
	list := make([]argo.ResourceStatus, 0, len(apps))
	for _, app := range apps {
		status, _, _ := unstructured.NestedString(app.Object, "status", "sync", "status")
		resource := argo.ResourceStatus{
			Group: argo.GroupVersion.Group, Version: argo.GroupVersion.Version, Kind: "Application",
			Namespace: app.GetNamespace(), Name: app.GetName(), Status: status,
		}
		if health, ok, err := unstructured.NestedString(app.Object, "status", "health", "status"); ok && err == nil {
			resource.Health = &argo.HealthStatus{Status: health}
		}
		list = append(list, resource)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}
