package delivery

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var appLabels = map[string]string{"app.kubernetes.io/name": "hello"}

func workload(change func(*appsv1.Deployment)) *appsv1.Deployment {
	one := int32(1)
	d := &appsv1.Deployment{}
	d.Generation, d.Spec.Replicas = 2, &one
	d.Spec.Selector = &metav1.LabelSelector{MatchLabels: appLabels}
	d.Spec.Template.Spec = podSpec(digest)
	d.Status = appsv1.DeploymentStatus{ObservedGeneration: 2, Replicas: 1, UpdatedReplicas: 1, AvailableReplicas: 1}
	if change != nil {
		change(d)
	}
	return d
}

func podSpec(digest string) corev1.PodSpec {
	return corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "registry.x/idp-hello:sha-1@" + digest,
		ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/readyz", Port: intstr.FromString("http")}}}}}}
}

func aPod(name, digest string, ready bool, status corev1.ContainerStatus) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: appLabels}, Spec: podSpec(digest)}
	status.Name, status.Image = "app", "registry.x/idp-hello"
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{status}
	condition := corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionFalse}
	if ready {
		condition.Status = corev1.ConditionTrue
	}
	pod.Status.Conditions = []corev1.PodCondition{condition}
	return pod
}

func waiting(reason, message string) corev1.ContainerStatus {
	return corev1.ContainerStatus{State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}}
}

func TestARolloutIsCompleteOnlyWithoutOldPodsInTheEndpoints(t *testing.T) {
	current, old := aPod("new", digest, true, corev1.ContainerStatus{Ready: true}), aPod("old", "sha256:old", true, corev1.ContainerStatus{Ready: true})
	yes, no := true, false
	serving := func(pod string, ready *bool) []*discoveryv1.EndpointSlice {
		return []*discoveryv1.EndpointSlice{{Endpoints: []discoveryv1.Endpoint{{
			TargetRef: &corev1.ObjectReference{Name: pod}, Conditions: discoveryv1.EndpointConditions{Ready: ready}}}}}
	}
	for name, c := range map[string]struct {
		deployment *appsv1.Deployment
		pods       []*corev1.Pod
		slices     []*discoveryv1.EndpointSlice
		want       bool
	}{
		"rolled out":           {workload(nil), []*corev1.Pod{current}, serving("new", &yes), true},
		"not observed":         {workload(func(d *appsv1.Deployment) { d.Status.ObservedGeneration = 1 }), []*corev1.Pod{current}, nil, false},
		"old replica counted":  {workload(func(d *appsv1.Deployment) { d.Status.Replicas = 2 }), []*corev1.Pod{current}, nil, false},
		"not available":        {workload(func(d *appsv1.Deployment) { d.Status.AvailableReplicas = 0 }), []*corev1.Pod{current}, nil, false},
		"no pod on the digest": {workload(nil), []*corev1.Pod{old}, nil, false},
		"old pod serves":       {workload(nil), []*corev1.Pod{current, old}, serving("old", &yes), false},
		"old pod drains":       {workload(nil), []*corev1.Pod{current, old}, serving("old", &no), true},
	} {
		if got := rolloutOf(c.deployment, c.pods, c.slices); got.Complete != c.want {
			t.Errorf("%s: complete is %v (%+v), want %v", name, got.Complete, got, c.want)
		}
	}
	if rolloutOf(nil, nil, nil) != nil {
		t.Error("no workload must be no fact")
	}
}

func TestAStuckRolloutNamesItsCause(t *testing.T) {
	stuck := func(kind appsv1.DeploymentConditionType, status corev1.ConditionStatus, reason, message string) *appsv1.Deployment {
		return workload(func(d *appsv1.Deployment) {
			d.Status.AvailableReplicas = 0
			d.Status.Conditions = []appsv1.DeploymentCondition{{Type: kind, Status: status, Reason: reason, Message: message}}
		})
	}
	starting := stuck(appsv1.DeploymentProgressing, corev1.ConditionTrue, "ReplicaSetUpdated", "")
	died := &corev1.ContainerStateTerminated{ExitCode: 3}
	unschedulable := aPod("a", digest, false, corev1.ContainerStatus{})
	unschedulable.Status.Conditions = append(unschedulable.Status.Conditions,
		corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable, Message: "Insufficient memory"})
	one := func(status corev1.ContainerStatus) []*corev1.Pod {
		return []*corev1.Pod{aPod("a", digest, false, status)}
	}
	for name, c := range map[string]struct {
		deployment *appsv1.Deployment
		pods       []*corev1.Pod
		cause      string
		fatal      bool
	}{
		"starting":     {starting, one(waiting("ContainerCreating", "")), "", false},
		"pulling":      {starting, one(waiting("ErrImagePull", "not found")), "cannot be pulled: not found", false},
		"pull backoff": {starting, one(waiting("ImagePullBackOff", "back-off")), "cannot be pulled: back-off", true},
		"registry away": {starting, one(waiting("ImagePullBackOff", `Back-off pulling image "a": ErrImagePull: failed to do request: Head "https://registry.x/v2/a": dial tcp 192.0.2.1:443: connect: connection refused`)),
			"connection refused", false},
		"bad config": {starting, one(waiting("CreateContainerConfigError", "secret missing")), "cannot start: secret missing", true},
		"first crash": {starting, one(corev1.ContainerStatus{RestartCount: 1, State: waiting("CrashLoopBackOff", "").State,
			LastTerminationState: corev1.ContainerState{Terminated: died}}), "crashes (exit code 3, 1 restarts)", false},
		"crash loop": {starting, one(corev1.ContainerStatus{RestartCount: 3, State: waiting("CrashLoopBackOff", "").State,
			LastTerminationState: corev1.ContainerState{Terminated: died}}), "crashes (exit code 3, 3 restarts)", true},
		"out of memory": {starting, one(corev1.ContainerStatus{RestartCount: 3, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "OOMKilled"}}}),
			"more memory than its limit", true},
		"not ready":     {starting, one(corev1.ContainerStatus{State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}), "waits for the readiness probe (GET /readyz on port http)", false},
		"unschedulable": {starting, []*corev1.Pod{unschedulable}, "no node has room for the pod: Insufficient memory", false},
		"quota":         {stuck(appsv1.DeploymentReplicaFailure, corev1.ConditionTrue, "FailedCreate", "forbidden: exceeded quota: x"), nil, "quota is used up", true},
		"pod security": {stuck(appsv1.DeploymentReplicaFailure, corev1.ConditionTrue, "FailedCreate",
			`pods "a" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot`), nil, `pod security rule "restricted:latest": runAsNonRoot`, true},
		"deadline": {stuck(appsv1.DeploymentProgressing, corev1.ConditionFalse, "ProgressDeadlineExceeded", ""), nil, "exceeded its progress deadline", true},
	} {
		got := rolloutOf(c.deployment, c.pods, nil)
		if !strings.Contains(got.Cause, c.cause) || (c.cause == "" && got.Cause != "") || got.Fatal != c.fatal {
			t.Errorf("%s: %q, fatal %v; want %q, %v", name, got.Cause, got.Fatal, c.cause, c.fatal)
		}
	}
}
