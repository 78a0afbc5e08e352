package delivery

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func asking(node, cpu, memory string, phase corev1.PodPhase) *corev1.Pod {
	return &corev1.Pod{Status: corev1.PodStatus{Phase: phase}, Spec: corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{
		Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}}}}}}
}

func TestWhatPodsAskForIsTaken(t *testing.T) {
	node := func(name string, ready corev1.ConditionStatus) *corev1.Node {
		return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.NodeStatus{
			NodeInfo:    corev1.NodeSystemInfo{Architecture: "arm64"},
			Conditions:  []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ready}},
			Allocatable: corev1.ResourceList{"cpu": resource.MustParse("3800m"), "memory": resource.MustParse("8Gi"), "pods": resource.MustParse("110")}}}
	}
	init := asking("one", "100m", "100Mi", corev1.PodRunning)
	init.Spec.InitContainers = asking("", "1", "10Mi", "").Spec.Containers // counts while it is more than the others
	list := capacityOf([]*corev1.Node{node("two", "False"), node("one", "True")}, []*corev1.Pod{
		asking("one", "500m", "1Gi", corev1.PodRunning), init,
		asking("one", "2", "1Gi", corev1.PodSucceeded), // over
		asking("", "2", "1Gi", corev1.PodPending),      // not scheduled
		asking("gone", "2", "1Gi", corev1.PodRunning),
	})
	want := NodeCapacity{Name: "one", Architecture: "arm64", Ready: true, CPU: Amount{3.8, 1.5}, Memory: Amount{8 << 30, 1<<30 + 100<<20}, Pods: Amount{110, 2}}
	if len(list) != 2 || list[0] != want || list[1].Ready || list[1].CPU.Requested != 0 {
		t.Errorf("capacity = %+v, want %+v first", list, want)
	}
}

func TestTheQuotaCountsWhatStands(t *testing.T) {
	failed := newDelivery("1", "d", "task", t0)
	failed.Phase(Create).Status = Failed
	apps := []View{{Owner: "group:default/a"}, {Owner: "group:default/a"}, {Owner: "user:default/b"},
		{Owner: "user:default/b", Deletion: &DeletionView{}}, {Owner: "user:default/b", Status: string(OutcomeFail), Delivery: &failed}}
	for _, c := range []struct {
		limits  Limits
		owner   string
		want    Quota
		problem string
	}{
		{Limits{}, "group:default/a", Quota{}, ""},
		{Limits{Applications: 4}, "", Quota{Used: 3, Limit: 4}, ""},
		{Limits{Applications: 3}, "", Quota{Used: 3, Limit: 3}, "name: the platform has 3 of the 3 applications"},
		{Limits{4, 2}, "group:default/a", Quota{"group:default/a", 2, 2}, "owner: group:default/a has 2 of the 2 applications"},
		{Limits{4, 2}, "user:default/b", Quota{"user:default/b", 1, 2}, ""},
		{Limits{3, 2}, "user:default/b", Quota{Used: 3, Limit: 3}, "name: the platform has 3 of"},
		{Limits{0, 2}, "group:default/new", Quota{"group:default/new", 0, 2}, ""},
		{Limits{0, 2}, "", Quota{}, ""},
	} {
		got, problem := c.limits.check(apps, c.owner)
		if got == nil {
			got = &Quota{}
		}
		if *got != c.want || !strings.HasPrefix(problem, c.problem) || (problem == "") != (c.problem == "") {
			t.Errorf("%+v of %q = %+v %q, want %+v %q", c.limits, c.owner, *got, problem, c.want, c.problem)
		}
	}
}

func TestEveryApplicationHasAnOwner(t *testing.T) {
	for text, want := range map[string]string{
		"": "group:default/platform", "developers": "group:default/developers", "Group:default/Team-A": "group:default/team-a",
		"user:ana": "user:default/ana", "a:b:c": "group:default/platform",
	} {
		if got := viewOf(App{Name: "x", Owner: text}, nil, true, Names{}).Owner; got != want {
			t.Errorf("owner %q = %s, want %s", text, got, want)
		}
	}
}
