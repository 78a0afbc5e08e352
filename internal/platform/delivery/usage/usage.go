// Package usage reads what pods use of CPU and memory: from metrics.k8s.io
// where the cluster has it, else from the kubelets themselves.
package usage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/client-go/rest"
)

// Point is a pod's counters at one time.
type Point struct {
	CPU     float64 // seconds used since Started
	At      time.Time
	Started time.Time
	Memory  int64 // working set in bytes
}

// Use is what a pod uses.
type Use struct {
	CPU    float64 // cores
	Memory int64   // working set in bytes
}

// Meter reads one namespace again and again. Its zero value with API and
// Namespace is ready; it is for one goroutine.
type Meter struct {
	API       rest.Interface // of the API server
	Namespace string
	points    map[string][2]Point // by pod: the one before and the last
}

// Read returns what each pod uses that the cluster has measured. nodes are
// those on which the pods run. CPU is the mean since the reading before that
// differed, or, at first, since the pod's containers started.
func (m *Meter) Read(ctx context.Context, nodes []string) (map[string]Use, error) {
	measured, err := m.fromMetricsAPI(ctx)
	if err == nil {
		return measured, nil
	}
	now := map[string]Point{}
	for _, node := range nodes {
		if nodeErr := m.fromKubelet(ctx, node, now); nodeErr != nil {
			return nil, errors.Join(err, nodeErr)
		}
	}
	return m.take(now), nil
}

func (m *Meter) fromMetricsAPI(ctx context.Context) (map[string]Use, error) {
	body, err := m.API.Get().AbsPath("/apis/metrics.k8s.io/v1beta1/namespaces", m.Namespace, "pods").DoRaw(ctx)
	if err != nil {
		return nil, fmt.Errorf("read metrics.k8s.io: %w", err)
	}
	return parseMetricsAPI(body)
}

func (m *Meter) fromKubelet(ctx context.Context, node string, into map[string]Point) error {
	body, err := m.API.Get().AbsPath("/api/v1/nodes", node, "proxy/metrics/resource").DoRaw(ctx)
	if err != nil {
		return fmt.Errorf("read the kubelet of node %s: %w", node, err)
	}
	if err := parseKubelet(body, m.Namespace, into); err != nil {
		return fmt.Errorf("read the kubelet of node %s: %w", node, err)
	}
	return nil
}

// take keeps the points for the next reading and says what they mean.
func (m *Meter) take(now map[string]Point) map[string]Use {
	points, uses := map[string][2]Point{}, map[string]Use{}
	for pod, point := range now {
		pair, known := m.points[pod]
		switch {
		case !known || point.CPU < pair[1].CPU: // new, or its containers were started again
			pair = [2]Point{{At: point.Started}, point}
		case point.At.After(pair[1].At): // a kubelet measures less often than it is asked
			pair = [2]Point{pair[1], point}
		}
		points[pod] = pair
		uses[pod] = Use{CPU: cores(pair[0], pair[1]), Memory: point.Memory}
	}
	m.points = points
	return uses
}

// cores is the mean use between two points.
func cores(before, after Point) float64 {
	took := after.At.Sub(before.At).Seconds()
	if took <= 0 || before.At.IsZero() {
		return 0
	}
	return max(0, after.CPU-before.CPU) / took
}
