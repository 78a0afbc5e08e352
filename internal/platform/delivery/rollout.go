package delivery

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/pronto-platform/pronto/internal/base/outage"
)

// crashes is how often a container must have died until waiting is no longer hope.
const crashes = 3

// rolloutOf says how far a workload is, from objects of its namespace.
func rolloutOf(d *appsv1.Deployment, pods []*corev1.Pod, slices []*discoveryv1.EndpointSlice) *RolloutFact {
	if d == nil {
		return nil
	}
	digest := digestOf(d.Spec.Template.Spec)
	desired := 1
	if d.Spec.Replicas != nil {
		desired = int(*d.Spec.Replicas)
	}
	current, old := splitPods(pods, d, digest)
	fact := &RolloutFact{Digest: digest, Desired: desired, Ready: countReady(current)}
	fact.Complete = rolledOut(d.Status, d.Generation, desired) && fact.Ready >= desired && !anyServes(old, slices)
	if !fact.Complete {
		fact.Cause, fact.Fatal = causeOf(d, current)
		fact.Pods, fact.Ended = podFacts(current), endingOf(current)
		fact.Refused = replicaFailure(d.Status) // an old pod may run the same image
	}
	return fact
}

// rolledOut is kubectl rollout status's rule, with every old pod gone.
func rolledOut(s appsv1.DeploymentStatus, generation int64, desired int) bool {
	return s.ObservedGeneration >= generation &&
		int(s.UpdatedReplicas) == desired && int(s.Replicas) == desired && int(s.AvailableReplicas) == desired
}

// digestOf is the digest of the first container that names its image by one.
func digestOf(spec corev1.PodSpec) string {
	for _, c := range spec.Containers {
		if _, digest, ok := strings.Cut(c.Image, "@"); ok {
			return digest
		}
	}
	return ""
}

// splitPods separates the workload's pods on digest from its older ones.
func splitPods(pods []*corev1.Pod, d *appsv1.Deployment, digest string) (current, old []*corev1.Pod) {
	for _, pod := range pods {
		switch {
		case !selected(pod.Labels, d):
		case digestOf(pod.Spec) == digest:
			current = append(current, pod)
		default:
			old = append(old, pod)
		}
	}
	return current, old
}

func selected(labels map[string]string, d *appsv1.Deployment) bool {
	if d.Spec.Selector == nil {
		return false
	}
	for key, value := range d.Spec.Selector.MatchLabels {
		if labels[key] != value {
			return false
		}
	}
	return true
}

func countReady(pods []*corev1.Pod) int {
	n := 0
	for _, pod := range pods {
		if pod.DeletionTimestamp == nil && isReady(pod) {
			n++
		}
	}
	return n
}

func isReady(pod *corev1.Pod) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// anyServes reports whether one of pods still gets requests.
func anyServes(pods []*corev1.Pod, slices []*discoveryv1.EndpointSlice) bool {
	names := map[string]bool{}
	for _, pod := range pods {
		names[pod.Name] = true
	}
	for _, slice := range slices {
		for _, e := range slice.Endpoints {
			ready := e.Conditions.Ready == nil || *e.Conditions.Ready
			if ready && e.TargetRef != nil && names[e.TargetRef.Name] {
				return true
			}
		}
	}
	return false
}

// causeOf says in plain words why a rollout does not go on; empty while it
// merely takes its time.
func causeOf(d *appsv1.Deployment, pods []*corev1.Pod) (cause string, fatal bool) {
	deadline, refused := "", ""
	for _, c := range d.Status.Conditions {
		switch {
		case c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue:
			refused = refusedPods(c.Message)
		case c.Type == appsv1.DeploymentProgressing && c.Reason == "ProgressDeadlineExceeded":
			deadline = "the rollout exceeded its progress deadline"
		}
	}
	for _, pod := range pods {
		text, hopeless := podCause(pod)
		if text != "" && (cause == "" || hopeless) {
			cause, fatal = text, hopeless
		}
	}
	switch {
	case refused != "" && cause == "":
		return refused, len(pods) == 0
	case cause != "" && deadline != "":
		return deadline + ": " + cause, true
	case cause != "":
		return cause, fatal
	}
	return deadline, deadline != ""
}

// replicaFailure is what the API server says of pods that it does not let be made.
func replicaFailure(s appsv1.DeploymentStatus) string {
	for _, c := range s.Conditions {
		if c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue {
			return c.Message
		}
	}
	return ""
}

// refusedPods explains why the API server does not let the pods be made.
func refusedPods(message string) string {
	switch {
	case strings.Contains(message, "violates PodSecurity"):
		_, why, _ := strings.Cut(message, "violates PodSecurity")
		return "the cluster refuses the pods, they break the namespace's pod security rule" + strings.TrimRight(why, " ")
	case strings.Contains(message, "exceeded quota"):
		return "the namespace's quota is used up: " + message
	}
	return "the pods cannot be made: " + message
}

func podCause(pod *corev1.Pod) (cause string, fatal bool) {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && c.Reason == corev1.PodReasonUnschedulable {
			return "no node has room for the pod: " + c.Message, false
		}
	}
	for _, s := range containersOf(pod) {
		if cause, fatal = containerCause(pod, s); cause != "" {
			return cause, fatal
		}
	}
	return "", false
}

func containerCause(pod *corev1.Pod, s corev1.ContainerStatus) (cause string, fatal bool) {
	if w := s.State.Waiting; w != nil {
		switch w.Reason {
		case "ErrImagePull", "ImagePullBackOff": // a registry that is away comes back, and the node pulls again by itself
			return fmt.Sprintf("the image %s cannot be pulled: %s", s.Image, firstOf(w.Message, w.Reason)), w.Reason == "ImagePullBackOff" && !outage.Told(w.Message)
		case "InvalidImageName", "ErrImageNeverPull":
			return fmt.Sprintf("the image %s cannot be used: %s", s.Image, firstOf(w.Message, w.Reason)), true
		case "CreateContainerConfigError", "CreateContainerError", "RunContainerError":
			return fmt.Sprintf("the container %s cannot start: %s", s.Name, firstOf(w.Message, w.Reason)), true
		case "CrashLoopBackOff":
			return crash(s), s.RestartCount >= crashes
		}
	}
	if s.State.Terminated != nil || (s.LastTerminationState.Terminated != nil && !s.Ready) {
		return crash(s), s.RestartCount >= crashes
	}
	if s.State.Running != nil && !s.Ready {
		return probing(pod, s.Name), false
	}
	return "", false
}

func crash(s corev1.ContainerStatus) string {
	t := s.LastTerminationState.Terminated
	if s.State.Terminated != nil {
		t = s.State.Terminated
	}
	if t == nil {
		return fmt.Sprintf("the container %s crashes; see its log", s.Name)
	}
	why := fmt.Sprintf("exit code %d", t.ExitCode)
	if t.Reason == "OOMKilled" {
		why = "it used more memory than its limit"
	}
	return fmt.Sprintf("the container %s crashes (%s, %d restarts); see its log", s.Name, why, s.RestartCount)
}

// probing says what a running container has not answered yet; empty when it
// has no probe that could be waited for.
func probing(pod *corev1.Pod, container string) string {
	for _, c := range pod.Spec.Containers {
		if c.Name != container {
			continue
		}
		if c.StartupProbe != nil && pod.Status.Phase == corev1.PodRunning && !started(pod, container) {
			return "waits for the startup probe" + probeTarget(c.StartupProbe)
		}
		if c.ReadinessProbe != nil {
			return "waits for the readiness probe" + probeTarget(c.ReadinessProbe)
		}
	}
	return ""
}

func started(pod *corev1.Pod, container string) bool {
	for _, s := range pod.Status.ContainerStatuses {
		if s.Name == container {
			return s.Started != nil && *s.Started
		}
	}
	return false
}

func probeTarget(p *corev1.Probe) string {
	if p.HTTPGet == nil {
		return ""
	}
	return fmt.Sprintf(" (GET %s on port %s)", p.HTTPGet.Path, p.HTTPGet.Port.String())
}
