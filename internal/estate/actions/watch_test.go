package actions

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestAPodIsGivenUpForWhatDoesNotPass(t *testing.T) {
	waiting := func(reason, message string) corev1.ContainerState {
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	}
	for name, c := range map[string]struct {
		state corev1.ContainerState
		want  string
	}{
		"being made":    {waiting("ContainerCreating", ""), ""},
		"first pull":    {waiting("ErrImagePull", "not found"), ""},
		"no image":      {waiting("ImagePullBackOff", "not found"), "the job's pod cannot start: ImagePullBackOff: not found"},
		"registry away": {waiting("ImagePullBackOff", "dial tcp 192.0.2.1:443: connect: connection refused"), ""},
		"no secret":     {waiting("CreateContainerConfigError", `secret "a" not found`), `the job's pod cannot start: CreateContainerConfigError: secret "a" not found`},
		"killed": {corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137}},
			"the runner ended without a result: OOMKilled (exit code 137) "},
	} {
		pod := &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{State: c.state}}}}
		if got := podProblem(pod, false); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
