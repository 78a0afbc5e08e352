package delivery

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/pronto-platform/pronto/internal/platform/delivery/usage"
)

func objectMeta(name, parent string, after time.Duration) metav1.ObjectMeta {
	kind, owner, _ := strings.Cut(parent, "/")
	return metav1.ObjectMeta{Name: name, Namespace: "hello", CreationTimestamp: metav1.NewTime(t0.Add(after)),
		OwnerReferences: []metav1.OwnerReference{{Kind: kind, Name: owner, Controller: new(true)}}}
}

func line(r Resource) string {
	return strings.Join([]string{r.Kind, r.Name, r.Sync, r.Health, r.Message, r.Parent}, "|")
}

func TestWhatTheApplicationKeeps(t *testing.T) {
	u := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(`
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: idp-hello}
status:
  sync: {status: Synced, revision: abc}
  health: {status: Degraded}
  resources:
  - {version: v1, kind: Service, namespace: hello, name: hello, status: Synced, health: {status: Healthy}}
  - {group: apps, version: v1, kind: Deployment, namespace: hello, name: hello, status: OutOfSync, health: {status: Degraded, message: it crashes}}
  - {version: v1, kind: Namespace, name: hello, status: Synced}
  conditions: [{type: SyncError, message: refused}]
`), u); err != nil {
		t.Fatal(err)
	}
	if got := *applicationState(u); got != (ApplicationState{"idp-hello", "Synced", "Degraded", "abc", "refused"}) {
		t.Errorf("application = %+v", got)
	}
	list := managed(u)
	for i, want := range []string{"Service|hello|Synced|Healthy||", "Deployment|hello|OutOfSync|Degraded|it crashes|", "Namespace|hello|Synced|||"} {
		if got := line(list[i]); got != want {
			t.Errorf("resource %d = %s, want %s", i, got, want)
		}
	}
	if none := managed(&unstructured.Unstructured{Object: map[string]any{}}); len(none) != 0 {
		t.Errorf("of a new Application = %v", none)
	}
}

func TestReplicaSetsThatMatterNewestFirst(t *testing.T) {
	set := func(name string, after time.Duration, desired, have, ready int32) appsv1.ReplicaSet {
		return appsv1.ReplicaSet{ObjectMeta: objectMeta(name, "Deployment/hello", after), Spec: appsv1.ReplicaSetSpec{Replicas: &desired},
			Status: appsv1.ReplicaSetStatus{Replicas: have, ReadyReplicas: ready}}
	}
	list := replicaSets([]appsv1.ReplicaSet{set("old", 0, 0, 0, 0), set("ending", time.Minute, 0, 1, 1), set("new", time.Hour, 2, 2, 2)})
	if len(list) != 2 || line(list[0]) != "ReplicaSet|new||Healthy||Deployment/hello" || line(list[1]) != "ReplicaSet|ending||Progressing|1 of 0 pods are ready|Deployment/hello" {
		t.Errorf("ReplicaSets = %v", list)
	}
}

func TestAPodsMetricsTellItsLimits(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: objectMeta("p", "ReplicaSet/new", 0)}
	pod.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("20m"), corev1.ResourceMemory: resource.MustParse("48Mi")},
		Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("192Mi")}}}}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{RestartCount: 2}, {RestartCount: 1}}
	want := PodMetrics{Name: "p", CPU: 0.1, CPURequest: 0.02, Memory: 5, MemoryRequest: 48 << 20, MemoryLimit: 192 << 20, Restarts: 3}
	if got := podMetrics(pod, usage.Use{CPU: 0.1, Memory: 5}); got != want {
		t.Errorf("metrics = %+v, want %+v", got, want)
	}
}

func TestEachPodSaysHowItIs(t *testing.T) {
	ready := []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	for want, status := range map[string]corev1.PodStatus{
		"Healthy|":                        {Phase: corev1.PodRunning, Conditions: ready},
		"Progressing|it is starting":      {Phase: corev1.PodPending},
		"Degraded|Evicted":                {Phase: corev1.PodFailed, Message: "Evicted"},
		"Degraded|the container a cannot": {Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{Name: "a", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "RunContainerError"}}}}},
	} {
		r := podResources([]*corev1.Pod{{ObjectMeta: objectMeta("p", "ReplicaSet/new", 0), Status: status}})[0]
		if got := line(r); !strings.HasPrefix(got, "Pod|p||"+want) || r.Parent != "ReplicaSet/new" || !r.CreatedAt.Equal(t0) {
			t.Errorf("pod = %s, want %s", got, want)
		}
	}
	gone := &corev1.Pod{ObjectMeta: objectMeta("p", "ReplicaSet/new", 0)}
	gone.DeletionTimestamp = &metav1.Time{Time: t0}
	if health, message := podHealth(gone); health != progressing || message != "it is ending" {
		t.Errorf("a pod that ends = %s %s", health, message)
	}
}
