package delivery

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// ResourceList is what an application consists of in the cluster.
type ResourceList struct {
	Application *ApplicationState `json:"application,omitempty"`
	Resources   []Resource        `json:"resources"`
}

// ApplicationState is the Argo CD Application.
type ApplicationState struct {
	Name     string `json:"name"`
	Sync     string `json:"sync"`
	Health   string `json:"health"`
	Revision string `json:"revision,omitempty"`
	Message  string `json:"message,omitempty"`
}

// Resource is one object of the cluster.
type Resource struct {
	Group     string     `json:"group,omitempty"`
	Version   string     `json:"version,omitempty"`
	Kind      string     `json:"kind"`
	Namespace string     `json:"namespace,omitempty"`
	Name      string     `json:"name"`
	Sync      string     `json:"sync,omitempty"`   // empty for what the cluster made itself
	Health    string     `json:"health,omitempty"` // as Argo CD names it
	Message   string     `json:"message,omitempty"`
	CreatedAt *time.Time `json:"createdAt,omitempty"`
	Parent    string     `json:"parent,omitempty"` // kind/name of what made it
}

// The words of Argo CD for an object's health.
const (
	healthy     = "Healthy"
	progressing = "Progressing"
	degraded    = "Degraded"
)

// Resources lists what an application's Application keeps in the cluster, and
// the ReplicaSets and pods that came of it.
func (s *Service) Resources(ctx context.Context, name string) (ResourceList, error) {
	if s.known(name) == nil {
		return ResourceList{}, ErrNotFound
	}
	sets, err := s.cluster.client.AppsV1().ReplicaSets(name).List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return ResourceList{}, fault.Because(err, fault.Unavailable, "the cluster does not answer; try again")
	}
	list := ResourceList{Resources: []Resource{}}
	if application := s.cluster.find(s.names.Repository(name)); application != nil {
		list.Application = applicationState(application)
		list.Resources = managed(application)
	}
	list.Resources = append(list.Resources, replicaSets(sets.Items)...)
	list.Resources = append(list.Resources, podResources(s.cluster.pods(name))...)
	return list, nil
}

func applicationState(u *unstructured.Unstructured) *ApplicationState {
	fact := applicationOf(u)
	return &ApplicationState{Name: fact.Name, Sync: firstOf(fact.Sync, "Unknown"), Health: firstOf(fact.Health, "Unknown"),
		Revision: fact.Revision, Message: fact.Message}
}

// managed are the resources that the Application says it keeps.
func managed(application *unstructured.Unstructured) []Resource {
	entries, _, _ := unstructured.NestedSlice(application.Object, "status", "resources")
	list := make([]Resource, 0, len(entries))
	for _, entry := range entries {
		fields, ok := entry.(map[string]any)
		if !ok {
			continue
		}
		text := func(path ...string) string {
			value, _, _ := unstructured.NestedString(fields, path...)
			return value
		}
		list = append(list, Resource{Group: text("group"), Version: text("version"), Kind: text("kind"), Namespace: text("namespace"),
			Name: text("name"), Sync: text("status"), Health: text("health", "status"), Message: text("health", "message")})
	}
	return list
}

// replicaSets are those that have pods or should, newest first.
func replicaSets(sets []appsv1.ReplicaSet) []Resource {
	list := []Resource{}
	for i := range sets {
		set := &sets[i]
		desired := int32(1)
		if set.Spec.Replicas != nil {
			desired = *set.Spec.Replicas
		}
		if desired == 0 && set.Status.Replicas == 0 {
			continue
		}
		r := made(set, "apps", "ReplicaSet")
		r.Health = healthy
		if set.Status.ReadyReplicas != desired || set.Status.Replicas != desired {
			r.Health, r.Message = progressing, fmt.Sprintf("%d of %d pods are ready", set.Status.ReadyReplicas, desired)
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b Resource) int { return b.CreatedAt.Compare(*a.CreatedAt) })
	return list
}

// podResources are the pods by name.
func podResources(pods []*corev1.Pod) []Resource {
	list := make([]Resource, 0, len(pods))
	for _, pod := range pods {
		r := made(pod, "", "Pod")
		r.Health, r.Message = podHealth(pod)
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Resource) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

func podHealth(pod *corev1.Pod) (health, message string) {
	cause, fatal := podCause(pod)
	switch {
	case pod.DeletionTimestamp != nil:
		return progressing, "it is ending"
	case pod.Status.Phase == corev1.PodSucceeded:
		return healthy, ""
	case pod.Status.Phase == corev1.PodFailed:
		return degraded, firstOf(pod.Status.Message, cause, "it failed")
	case isReady(pod):
		return healthy, ""
	case fatal:
		return degraded, cause
	}
	return progressing, firstOf(cause, "it is starting")
}

// made describes an object that a controller of the cluster made.
func made(object metav1.Object, group, kind string) Resource {
	created := object.GetCreationTimestamp().Time
	r := Resource{Group: group, Version: "v1", Kind: kind, Namespace: object.GetNamespace(), Name: object.GetName(), CreatedAt: &created}
	if owner := metav1.GetControllerOfNoCopy(object); owner != nil {
		r.Parent = owner.Kind + "/" + owner.Name
	}
	return r
}
