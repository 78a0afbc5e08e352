package delivery

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
)

// archLabel is the well-known label of a node's architecture.
const archLabel = corev1.LabelArchStable

// podFacts are what the causes look at in pods.
func podFacts(pods []*corev1.Pod) []cause.Pod {
	list := make([]cause.Pod, 0, len(pods))
	for _, pod := range pods {
		if pod.DeletionTimestamp != nil {
			continue
		}
		fact := cause.Pod{Name: pod.Name, Architecture: pod.Spec.NodeSelector[archLabel]}
		for _, c := range pod.Status.Conditions {
			if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && c.Reason == corev1.PodReasonUnschedulable {
				fact.Unschedulable = c.Message
			}
		}
		for _, s := range containersOf(pod) {
			fact.Containers = append(fact.Containers, containerFact(pod.Spec, s))
		}
		list = append(list, fact)
	}
	return list
}

// containersOf are those of a pod's containers, the ones that initialise it first.
func containersOf(pod *corev1.Pod) []corev1.ContainerStatus {
	return append(append([]corev1.ContainerStatus{}, pod.Status.InitContainerStatuses...), pod.Status.ContainerStatuses...)
}

func containerFact(spec corev1.PodSpec, s corev1.ContainerStatus) cause.Container {
	fact := cause.Container{Name: s.Name, Image: s.Image, Restarts: int(s.RestartCount), Ready: s.Ready}
	if w := s.State.Waiting; w != nil {
		fact.Waiting, fact.Message = w.Reason, w.Message
	}
	if r := s.State.Running; r != nil {
		fact.StartedAt = r.StartedAt.Time
	}
	t := s.LastTerminationState.Terminated
	if s.State.Terminated != nil {
		t = s.State.Terminated
		fact.Ready = fact.Ready || t.ExitCode == 0 // one that initialised, and is done
	}
	if t != nil {
		fact.Ended = &cause.End{Code: int(t.ExitCode), Reason: t.Reason, Message: strings.TrimSpace(t.Message)}
	}
	for _, c := range spec.Containers {
		if c.Name == s.Name {
			describe(&fact, c)
		}
	}
	return fact
}

// describe adds what the manifest says of a container.
func describe(fact *cause.Container, c corev1.Container) {
	if limit, ok := c.Resources.Limits[corev1.ResourceMemory]; ok {
		fact.Memory = limit.String()
	}
	if fact.Image == "" {
		fact.Image = c.Image
	}
	p := c.ReadinessProbe
	if p == nil {
		return
	}
	switch {
	case p.HTTPGet != nil:
		fact.Port = portOf(c, p.HTTPGet.Port.String())
		fact.Probe = fmt.Sprintf("GET %s on port %s", p.HTTPGet.Path, fact.Port)
	case p.TCPSocket != nil:
		fact.Port = portOf(c, p.TCPSocket.Port.String())
		fact.Probe = "a connection to port " + fact.Port
	default:
		fact.Probe = "its readiness probe"
	}
}

// portOf is the number of a port that may be named.
func portOf(c corev1.Container, port string) string {
	for _, p := range c.Ports {
		if p.Name == port {
			return fmt.Sprint(p.ContainerPort)
		}
	}
	return port
}

// Ending names one end of a container.
type Ending struct {
	Pod, Container string
	Restarts       int
}

// sameContainer says whether both are ends of one container.
func (e Ending) sameContainer(other Ending) bool {
	return e.Pod == other.Pod && e.Container == other.Container
}

// endingOf is a container that ended with an error, nil if none did.
func endingOf(pods []*corev1.Pod) *Ending {
	for _, pod := range pods {
		for _, s := range containersOf(pod) {
			t := s.State.Terminated
			if t == nil {
				t = s.LastTerminationState.Terminated
			}
			if t != nil && t.ExitCode != 0 && !s.Ready {
				return &Ending{pod.Name, s.Name, int(s.RestartCount)}
			}
		}
	}
	return nil
}
