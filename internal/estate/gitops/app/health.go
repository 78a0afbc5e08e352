package app

import (
	"fmt"
	"sort"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	engine "github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/hook"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	argo "github.com/pronto-platform/pronto/api/argoproj/v1alpha1"
)

// annotationIgnoreHealth on a resource keeps it out of the application's health.
const annotationIgnoreHealth = "argocd.argoproj.io/ignore-healthcheck"

// resourceHealth is the health of one object; nil for a kind without a check.
// object is what names the resource, live may be nil.
func resourceHealth(object, live *unstructured.Unstructured) *argo.HealthStatus {
	if live == nil {
		if health.GetHealthCheckFunc(object.GroupVersionKind()) == nil {
			return nil
		}
		return &argo.HealthStatus{Status: string(health.HealthStatusMissing)}
	}
	found, err := health.GetResourceHealth(live, nil)
	if err != nil {
		return &argo.HealthStatus{Status: string(health.HealthStatusUnknown), Message: err.Error()}
	}
	if found == nil {
		return nil
	}
	return &argo.HealthStatus{Status: string(found.Status), Message: found.Message}
}

// appHealth is the worst health of the resources. A missing resource does not
// make an application worse, unless nothing at all is there.
func appHealth(state engine.ReconciliationResult, resources []argo.ResourceStatus) argo.AppHealthStatus {
	ignored := map[string]bool{}
	alive := false
	for i, live := range state.Live {
		alive = alive || live != nil
		for _, object := range []*unstructured.Unstructured{live, state.Target[i]} {
			if object != nil && (object.GetAnnotations()[annotationIgnoreHealth] == "true" || hook.IsHook(object)) {
				ignored[kubeOrder(object)] = true
			}
		}
	}
	if len(resources) > 0 && !alive {
		return argo.AppHealthStatus{Status: string(health.HealthStatusMissing)}
	}
	worst := argo.AppHealthStatus{Status: string(health.HealthStatusHealthy)}
	for _, resource := range resources {
		if resource.Health == nil || ignored[resourceOrder(resource)] || resource.Health.Status == string(health.HealthStatusMissing) {
			continue
		}
		if health.IsWorse(health.HealthStatusCode(worst.Status), health.HealthStatusCode(resource.Health.Status)) {
			worst.Status = resource.Health.Status
			worst.Message = fmt.Sprintf("Caused by %s/%s", resource.Kind, resource.Name)
			if resource.Health.Message != "" {
				worst.Message += ": " + resource.Health.Message
			}
		}
	}
	return worst
}

func kubeOrder(object *unstructured.Unstructured) string {
	key := kube.GetResourceKey(object)
	return resourceOrder(argo.ResourceStatus{Group: key.Group, Kind: key.Kind, Namespace: key.Namespace, Name: key.Name})
}

// summarize lists the images that run and the addresses that Ingresses give.
func summarize(live []*unstructured.Unstructured) argo.ApplicationSummary {
	images, urls := map[string]bool{}, map[string]bool{}
	for _, object := range live {
		if object == nil {
			continue
		}
		for _, image := range kube.GetResourceImages(object) {
			images[image] = true
		}
		if object.GetKind() == "Ingress" {
			for _, address := range ingressURLs(object) {
				urls[address] = true
			}
		}
	}
	return argo.ApplicationSummary{Images: sortedKeys(images), ExternalURLs: sortedKeys(urls)}
}

func ingressURLs(ingress *unstructured.Unstructured) []string {
	rules, _, err := unstructured.NestedSlice(ingress.Object, "spec", "rules")
	if err != nil {
		return nil
	}
	tls, _, err := unstructured.NestedSlice(ingress.Object, "spec", "tls")
	scheme := "http://"
	if err == nil && len(tls) > 0 {
		scheme = "https://"
	}
	var urls []string
	for _, rule := range rules {
		fields, ok := rule.(map[string]any)
		if !ok {
			continue
		}
		if host, ok := fields["host"].(string); ok && host != "" {
			urls = append(urls, scheme+host)
		}
	}
	return urls
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
