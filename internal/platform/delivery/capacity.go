package delivery

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"
	podresource "k8s.io/component-helpers/resource"
)

// Capacity is what the cluster has, and how much of it is taken.
type Capacity struct {
	Nodes []NodeCapacity `json:"nodes"`
	Quota *Quota         `json:"quota,omitempty"` // of the platform as a whole
}

// NodeCapacity is one node: cores, bytes and pods.
type NodeCapacity struct {
	Name         string `json:"name"`
	Architecture string `json:"architecture"`
	Ready        bool   `json:"ready"`
	CPU          Amount `json:"cpu"`
	Memory       Amount `json:"memory"`
	Pods         Amount `json:"pods"`
}

// Amount is how much of something a node offers to pods, and how much those
// that it runs asked for.
type Amount struct {
	Allocatable float64 `json:"allocatable"`
	Requested   float64 `json:"requested"`
}

// Capacity says what the cluster's nodes have left.
func (s *Service) Capacity() Capacity {
	quota, _ := s.cfg.Limits.check(s.List(), "")
	return Capacity{Nodes: s.cluster.capacity(), Quota: quota}
}

func (c *cluster) capacity() []NodeCapacity {
	nodes, err := c.core.Core().V1().Nodes().Lister().List(labels.Everything())
	if err != nil {
		return []NodeCapacity{}
	}
	pods, err := c.core.Core().V1().Pods().Lister().List(labels.Everything())
	if err != nil {
		return []NodeCapacity{}
	}
	return capacityOf(nodes, pods)
}

// capacityOf adds up what the scheduler counts: the requests of the pods that
// are bound to a node and are not over.
func capacityOf(nodes []*corev1.Node, pods []*corev1.Pod) []NodeCapacity {
	requested := map[string]*NodeCapacity{}
	for _, node := range nodes {
		requested[node.Name] = &NodeCapacity{
			Name: node.Name, Architecture: node.Status.NodeInfo.Architecture, Ready: nodeReady(node),
			CPU:    Amount{Allocatable: cores(node.Status.Allocatable.Cpu())},
			Memory: Amount{Allocatable: node.Status.Allocatable.Memory().AsApproximateFloat64()},
			Pods:   Amount{Allocatable: node.Status.Allocatable.Pods().AsApproximateFloat64()},
		}
	}
	for _, pod := range pods {
		node := requested[pod.Spec.NodeName]
		if node == nil || over(pod) {
			continue
		}
		requests := podresource.PodRequests(pod, podresource.PodResourcesOptions{})
		node.CPU.Requested += cores(requests.Cpu())
		node.Memory.Requested += requests.Memory().AsApproximateFloat64()
		node.Pods.Requested++
	}
	list := make([]NodeCapacity, 0, len(requested))
	for _, node := range requested {
		list = append(list, *node)
	}
	slices.SortFunc(list, func(a, b NodeCapacity) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// cores is an amount of CPU, which is counted in thousandths.
func cores(q *resource.Quantity) float64 { return float64(q.MilliValue()) / 1000 }

func nodeReady(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}
