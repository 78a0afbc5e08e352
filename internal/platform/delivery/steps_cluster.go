package delivery

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
)

// operation is what is read of an Application's status.operationState.
type operation struct {
	Phase      string       `json:"phase"`
	Message    string       `json:"message"`
	StartedAt  metav1.Time  `json:"startedAt"`
	FinishedAt *metav1.Time `json:"finishedAt"`
	Operation  struct {
		InitiatedBy struct {
			Automated bool `json:"automated"`
		} `json:"initiatedBy"`
		Sync struct {
			AutoHealAttemptsCount int64 `json:"autoHealAttemptsCount"`
		} `json:"sync"`
	} `json:"operation"`
	SyncResult struct {
		Revision  string             `json:"revision"`
		Resources []operationOutcome `json:"resources"`
	} `json:"syncResult"`
}

// operationOutcome is what a sync did to one resource.
type operationOutcome struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Status  string `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
}

// operationOf is the Application's last operation; nil if there is none.
func operationOf(u *unstructured.Unstructured) *operation {
	if u == nil {
		return nil
	}
	state, found, err := unstructured.NestedFieldNoCopy(u.Object, "status", "operationState")
	fields, ok := state.(map[string]any)
	if err != nil || !found || !ok {
		return nil
	}
	op := &operation{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(fields, op); err != nil || op.StartedAt.IsZero() {
		return nil
	}
	return op
}

func syncSteps(op *operation) []timeline.Step {
	if op == nil {
		return nil
	}
	step := timeline.Step{Key: "sync/" + op.StartedAt.UTC().Format(time.RFC3339), Phase: Sync, Kind: timeline.KindSync, Name: "sync operation",
		Status: timeline.Running, Start: op.StartedAt.Time,
		Evidence: Evidence{"operation": op.Phase, "revision": op.SyncResult.Revision, "resources": op.SyncResult.Resources}}
	if op.FinishedAt != nil {
		step.End = &op.FinishedAt.Time
	}
	if heal := healOf(op); heal != nil {
		step.Evidence["heals"] = heal.Attempt
	}
	switch op.Phase {
	case "Succeeded":
		step.Status = timeline.Done
	case "Failed", "Error":
		step.Status, step.Reason = timeline.Failed, op.Message
	}
	return []timeline.Step{step}
}

// rolloutSteps are the workload on the digest and its pods.
func rolloutSteps(r *RolloutFact, pods []*corev1.Pod, digest string, now time.Time) []timeline.Step {
	if r == nil || digest == "" || r.Digest != digest {
		return nil
	}
	rollout := timeline.Step{Key: "rollout", Phase: Sync, Kind: timeline.KindRollout, Name: "rollout", Status: timeline.Running, Start: now,
		Evidence: Evidence{"digest": digest, "desired": r.Desired, "ready": r.Ready}}
	switch {
	case r.Complete:
		rollout.Status, rollout.End = timeline.Done, &now
	case r.Cause != "":
		rollout.Reason = r.Cause
		if r.Fatal {
			rollout.Status = timeline.Failed
		}
	}
	steps := []timeline.Step{rollout}
	for _, pod := range pods {
		steps = append(steps, podSteps(pod)...)
	}
	return steps
}

// podSteps are when a pod was scheduled, its containers ran and it was ready.
// Kubernetes tells these in whole seconds.
func podSteps(pod *corev1.Pod) []timeline.Step {
	key, created := "pod/"+pod.Name, pod.CreationTimestamp.Time
	whole := timeline.Step{Key: key, Parent: "rollout", Phase: Sync, Kind: timeline.KindPod, Name: pod.Name, Status: timeline.Running,
		Start: created, Evidence: Evidence{"node": pod.Spec.NodeName, "restarts": restarts(pod)}}
	if cause, fatal := podCause(pod); cause != "" && !isReady(pod) {
		whole.Reason = cause
		if fatal {
			whole.Status = timeline.Failed
		}
	}
	var steps []timeline.Step
	from := created
	for _, instant := range instants(pod) {
		at := instant.at
		steps = append(steps, timeline.Step{Key: key + "/" + instant.name, Parent: key, Phase: Sync, Kind: timeline.KindPodStep, Name: instant.name,
			Status: timeline.Done, Start: from, End: &at, Evidence: Evidence{"pod": pod.Name}})
		from = at
		if instant.name == "ready" {
			whole.Status, whole.End = timeline.Done, &at
		}
	}
	return append([]timeline.Step{whole}, steps...)
}

type instant struct {
	name string
	at   time.Time
}

// instants are the pod's stations that it has reached, in their order.
func instants(pod *corev1.Pod) []instant {
	var list []instant
	add := func(name string, at time.Time) {
		if at.IsZero() {
			return
		}
		if len(list) > 0 && at.Before(list[len(list)-1].at) {
			at = list[len(list)-1].at
		}
		list = append(list, instant{name, at})
	}
	add("scheduled", conditionSince(pod, corev1.PodScheduled))
	add("sandbox", conditionSince(pod, corev1.PodReadyToStartContainers))
	add("started", runningSince(pod))
	add("ready", conditionSince(pod, corev1.PodReady))
	return list
}

// conditionSince is since when a condition is true; zero while it is not.
func conditionSince(pod *corev1.Pod, kind corev1.PodConditionType) time.Time {
	for _, c := range pod.Status.Conditions {
		if c.Type == kind && c.Status == corev1.ConditionTrue {
			return c.LastTransitionTime.Time
		}
	}
	return time.Time{}
}

// runningSince is when the last of the pod's containers began to run; zero
// while one does not.
func runningSince(pod *corev1.Pod) time.Time {
	var last time.Time
	for _, s := range pod.Status.ContainerStatuses {
		if s.State.Running == nil {
			return time.Time{}
		}
		last = laterOf(last, s.State.Running.StartedAt.Time)
	}
	return last
}

func restarts(pod *corev1.Pod) int {
	n := 0
	for _, s := range pod.Status.ContainerStatuses {
		n += int(s.RestartCount)
	}
	return n
}
