package appset

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

func generatedApp(set *argo.ApplicationSet, name, project string) *unstructured.Unstructured {
	return application(set, map[string]any{
		"metadata": map[string]any{"name": name, "labels": map[string]any{"team": "a"}},
		"spec":     map[string]any{"project": project},
	})
}

func TestThePlanNeverDropsWhatWasGeneratedWrongly(t *testing.T) {
	set := &argo.ApplicationSet{}
	projects := map[string]bool{"default": true}
	same, gone, bad := generatedApp(set, "same", "default"), generatedApp(set, "gone", "default"), generatedApp(set, "bad", "default")
	plan := makePlan(set, []*unstructured.Unstructured{
		generatedApp(set, "same", "default"), generatedApp(set, "new", "default"), generatedApp(set, "bad", "nowhere"), generatedApp(set, "new", "default"),
	}, []*unstructured.Unstructured{same, gone, bad}, projects)
	if len(plan.create) != 1 || plan.create[0].GetName() != "new" || len(plan.update) != 0 {
		t.Errorf("create %v, update %v", plan.create, plan.update)
	}
	if len(plan.dropped) != 1 || plan.dropped[0].GetName() != "gone" {
		t.Errorf("dropped %v", plan.dropped)
	}
	if len(plan.invalid) != 2 {
		t.Errorf("invalid = %q", plan.invalid)
	}
}

func TestAnUpdateKeepsWhatOthersOwn(t *testing.T) {
	set := &argo.ApplicationSet{}
	current := generatedApp(set, "one", "default")
	current.SetAnnotations(map[string]string{argo.AnnotationRefresh: "normal", "old": "x"})
	current.Object["status"] = map[string]any{"sync": map[string]any{"status": "Synced"}}
	wanted := generatedApp(set, "one", "other")
	plan := makePlan(set, []*unstructured.Unstructured{wanted}, []*unstructured.Unstructured{current}, map[string]bool{"other": true})
	if len(plan.update) != 1 {
		t.Fatalf("update %v", plan.update)
	}
	to := plan.update[0].to
	if to.Object["status"] == nil || len(to.GetAnnotations()) != 1 || to.GetAnnotations()[argo.AnnotationRefresh] != "normal" {
		t.Errorf("updated to %v", to.Object)
	}
}

func TestWhatIsNullInATemplateIsNoChange(t *testing.T) {
	set := &argo.ApplicationSet{}
	wanted := application(set, map[string]any{"metadata": map[string]any{"name": "one"}, "spec": map[string]any{
		"project": "default", "syncPolicy": map[string]any{"syncOptions": nil}, "sources": []any{map[string]any{"helm": nil, "path": "a"}},
	}})
	stored := application(set, map[string]any{"metadata": map[string]any{"name": "one"}, "spec": map[string]any{
		"project": "default", "syncPolicy": map[string]any{}, "sources": []any{map[string]any{"path": "a"}},
	}})
	plan := makePlan(set, []*unstructured.Unstructured{wanted}, []*unstructured.Unstructured{stored}, map[string]bool{"default": true})
	if len(plan.update) != 0 {
		t.Errorf("updated to %v", plan.update[0].to.Object)
	}
}

func TestGeneratedApplicationsGetTheFinalizerUnlessResourcesAreKept(t *testing.T) {
	set := &argo.ApplicationSet{}
	if got := generatedApp(set, "one", "default").GetFinalizers(); len(got) != 1 || got[0] != argo.ResourcesFinalizer {
		t.Errorf("finalizers = %v", got)
	}
	set.Spec.SyncPolicy = &argo.ApplicationSetSyncPolicy{PreserveResourcesOnDeletion: true}
	if got := generatedApp(set, "one", "default").GetFinalizers(); len(got) != 0 {
		t.Errorf("finalizers = %v", got)
	}
}

func TestManyAtOnceNeedASecondLook(t *testing.T) {
	for _, test := range []struct {
		dropped, current int
		want             bool
	}{{1, 1, false}, {2, 2, false}, {3, 3, true}, {3, 6, false}, {4, 6, true}} {
		if got := massDrop(test.dropped, test.current); got != test.want {
			t.Errorf("%d of %d: %v", test.dropped, test.current, got)
		}
	}
}
