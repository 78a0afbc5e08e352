package delivery

import (
	"cmp"
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	podresource "k8s.io/component-helpers/resource"

	"github.com/pronto-platform/pronto/internal/platform/delivery/usage"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Metrics is what an application's pods use.
type Metrics struct {
	At   time.Time    `json:"at"`
	Pods []PodMetrics `json:"pods"`
}

// PodMetrics is what one pod uses, and may use. CPU is in cores, memory in
// bytes; a request or limit that is not set is absent.
type PodMetrics struct {
	Name          string  `json:"name"`
	CPU           float64 `json:"cpu"`
	CPURequest    float64 `json:"cpuRequest,omitempty"`
	CPULimit      float64 `json:"cpuLimit,omitempty"`
	Memory        int64   `json:"memory"`
	MemoryRequest int64   `json:"memoryRequest,omitempty"`
	MemoryLimit   int64   `json:"memoryLimit,omitempty"`
	Restarts      int     `json:"restarts"`
	Ready         bool    `json:"ready"`
}

// metricsInterval is between two samples of an application that is followed.
const metricsInterval = 5 * time.Second

// Metrics measures an application's pods once.
func (s *Service) Metrics(ctx context.Context, name string) (Metrics, error) {
	if s.known(name) == nil {
		return Metrics{}, ErrNotFound
	}
	return s.sampler(name)(ctx)
}

// FollowMetrics measures an application's pods every few seconds, once for all
// who follow, until ctx ends or emit fails.
func (s *Service) FollowMetrics(ctx context.Context, name string, emit func(Metrics) error) error {
	if s.known(name) == nil {
		return ErrNotFound
	}
	return s.meters.Follow(ctx, name, emit)
}

func (s *Service) newMeters() *usage.Hub[Metrics] {
	return usage.NewHub(metricsInterval, s.sampler, func(name string, err error) {
		s.log.Warn("cannot measure", "app", name, "error", err)
	})
}

// sampler measures one application, each time since the time before.
func (s *Service) sampler(name string) func(context.Context) (Metrics, error) {
	meter := &usage.Meter{API: s.cluster.client.CoreV1().RESTClient(), Namespace: name}
	return func(ctx context.Context) (Metrics, error) {
		ctx, cancel := context.WithTimeout(ctx, lookTimeout)
		defer cancel()
		pods := slices.DeleteFunc(slices.Clone(s.cluster.pods(name)), over)
		metrics := Metrics{At: s.cfg.Clock(), Pods: []PodMetrics{}}
		nodes := nodesOf(pods)
		if len(nodes) == 0 {
			return metrics, nil
		}
		uses, err := meter.Read(ctx, nodes)
		if err != nil {
			return metrics, fault.Because(err, fault.Unavailable,
				"the cluster measures nothing: it has neither metrics.k8s.io nor may its kubelets be asked")
		}
		for _, pod := range pods {
			metrics.Pods = append(metrics.Pods, podMetrics(pod, uses[pod.Name]))
		}
		slices.SortFunc(metrics.Pods, func(a, b PodMetrics) int { return cmp.Compare(a.Name, b.Name) })
		return metrics, nil
	}
}

// over reports whether a pod holds nothing of a node any more.
func over(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// nodesOf are the nodes on which pods run, each once.
func nodesOf(pods []*corev1.Pod) []string {
	var nodes []string
	for _, pod := range pods {
		if node := pod.Spec.NodeName; node != "" && !slices.Contains(nodes, node) {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

func podMetrics(pod *corev1.Pod, use usage.Use) PodMetrics {
	requests := podresource.PodRequests(pod, podresource.PodResourcesOptions{})
	limits := podresource.PodLimits(pod, podresource.PodResourcesOptions{})
	m := PodMetrics{
		Name: pod.Name, CPU: use.CPU, Memory: use.Memory, Ready: isReady(pod),
		CPURequest: cores(requests.Cpu()), CPULimit: cores(limits.Cpu()),
		MemoryRequest: requests.Memory().Value(), MemoryLimit: limits.Memory().Value(),
	}
	for _, status := range pod.Status.ContainerStatuses {
		m.Restarts += int(status.RestartCount)
	}
	return m
}
