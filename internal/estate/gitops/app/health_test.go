package app

import (
	"testing"

	engine "github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

const (
	healthyIngress = `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, status: {loadBalancer: {ingress: [{ip: 10.0.0.1}]}}}`
	waitingIngress = `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}}`
	degradedPod    = `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {restartPolicy: Always}, status: {phase: Failed}}`
	ignoredPod     = `{apiVersion: v1, kind: Pod, metadata: {name: p, annotations: {argocd.argoproj.io/ignore-healthcheck: "true"}}, spec: {restartPolicy: Always}, status: {phase: Failed}}`
	config         = `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}`
)

func TestAnApplicationIsAsHealthyAsItsWorstResource(t *testing.T) {
	for name, test := range map[string]struct {
		live []string // "" is a missing Deployment
		want string
	}{
		"nothing to check":                {[]string{config}, "Healthy"},
		"an ingress with an address":      {[]string{config, healthyIngress}, "Healthy"},
		"an ingress without":              {[]string{config, waitingIngress}, "Progressing"},
		"degraded is worse":               {[]string{waitingIngress, degradedPod}, "Degraded"},
		"ignored does not count":          {[]string{waitingIngress, ignoredPod}, "Progressing"},
		"one missing does not count":      {[]string{config, ""}, "Healthy"},
		"all missing is Missing":          {[]string{""}, "Missing"},
		"an application without resource": {nil, "Healthy"},
	} {
		t.Run(name, func(t *testing.T) {
			var state engine.ReconciliationResult
			var resources []argo.ResourceStatus
			for _, text := range test.live {
				target, live := object(t, text), object(t, text)
				if text == "" {
					target, live = object(t, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}"), nil
				}
				state.Target, state.Live = append(state.Target, target), append(state.Live, live)
				resources = append(resources, resourceStatus(target, live, false))
			}
			if got := appHealth(state, resources); got.Status != test.want {
				t.Errorf("health = %+v, want %s", got, test.want)
			}
		})
	}
}

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	objects, err := kube.SplitYAML([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) == 0 {
		return nil
	}
	return objects[0]
}

func TestTargetsAreScopedOnceAndMarked(t *testing.T) {
	app := &argo.Application{}
	app.Name, app.Spec.Destination.Namespace = "idp-one", "one"
	objects := []*unstructured.Unstructured{
		object(t, config), object(t, "{apiVersion: v1, kind: Namespace, metadata: {name: one, namespace: wrong}}"), object(t, config),
	}
	targets, warnings := prepareTargets(app, objects, func(gvk schema.GroupVersionKind) (bool, error) { return gvk.Kind != "Namespace", nil })
	if len(targets) != 2 || len(warnings) != 1 || warnings[0].Type != argo.ConditionRepeatedResourceWarning {
		t.Fatalf("%d targets, warnings %+v", len(targets), warnings)
	}
	if got := targets[0].GetAnnotations()[argo.AnnotationTrackingID]; got != "idp-one:/ConfigMap:one/c" {
		t.Errorf("tracking id = %q", got)
	}
	if targets[1].GetNamespace() != "" {
		t.Error("a cluster-scoped object kept a namespace")
	}
}

func TestIgnoredFieldsAreNotCompared(t *testing.T) {
	obj := object(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, generation: 3}, spec: {replicas: 2, paused: true}, status: {replicas: 2}}`)
	err := normalizer{[]argo.ResourceIgnoreDifferences{{Group: "apps", Kind: "*", JSONPointers: []string{"/spec/replicas"}}}}.Normalize(obj)
	spec, _, specErr := unstructured.NestedMap(obj.Object, "spec")
	if err != nil || specErr != nil || len(spec) != 1 || obj.Object["status"] != nil || obj.GetGeneration() != 0 {
		t.Errorf("normalized: %v, %v", obj.Object, err)
	}
}
