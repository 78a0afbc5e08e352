package edge

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

const (
	// ReachedAnnotation says when the edge first reached a pod that was not
	// ready yet, in RFC 3339 with nanoseconds.
	ReachedAnnotation = "edge.pronto.dev/reached"

	knockEvery = 50 * time.Millisecond
	knockTime  = time.Second // bounds one connection
	knockMost  = time.Minute // after that the kubelet's own questions are enough
)

// starter shortens the start of pods behind a route. The kubelet asks a pod
// whether it is ready when its container has started, which most servers miss
// by a little, and then once a second at most. The starter connects until the
// pod listens and notes that on the pod; a pod that changed is asked anew. The
// kubelet's answer alone says that a pod is ready.
type starter struct {
	client kubernetes.Interface
	log    *slog.Logger

	waits map[types.NamespacedName]context.CancelFunc // the controller's alone
	group sync.WaitGroup
}

// follow waits for the pods that start, by their addresses, and gives those up
// that do not start any more.
func (s *starter) follow(ctx context.Context, starting map[types.NamespacedName][]string) {
	for pod, cancel := range s.waits {
		if starting[pod] == nil {
			cancel()
			delete(s.waits, pod)
		}
	}
	for pod, addresses := range starting {
		if s.waits[pod] != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, knockMost)
		s.waits[pod] = cancel
		s.group.Go(func() {
			if reached(ctx, addresses) {
				s.note(ctx, pod)
			}
		})
	}
}

// stop gives all pods up.
func (s *starter) stop() {
	for _, cancel := range s.waits {
		cancel()
	}
	s.group.Wait()
}

// reached connects to the addresses by turns until one listens. It does not
// begin at once: a server that is ready by the kubelet's first question needs
// no second one.
func reached(ctx context.Context, addresses []string) bool {
	ticker := time.NewTicker(knockEvery)
	defer ticker.Stop()
	dialer := net.Dialer{Timeout: knockTime}
	for turn := 0; ; turn++ {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
		conn, err := dialer.DialContext(ctx, "tcp", addresses[turn%len(addresses)])
		if err == nil {
			_ = conn.Close() // nothing was sent
			return true
		}
	}
}

func (s *starter) note(ctx context.Context, pod types.NamespacedName) {
	patch := fmt.Appendf(nil, `{"metadata":{"annotations":{%q:%q}}}`, ReachedAnnotation, time.Now().UTC().Format(time.RFC3339Nano))
	_, err := s.client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil && !apierrors.IsNotFound(err) && ctx.Err() == nil {
		s.log.Warn("note that a pod listens; it is ready when the kubelet asks again", "pod", pod, "error", err)
	}
}

// starting are the pods behind a table's routes that are not ready yet, with
// the addresses of their Services' ports.
func (w world) starting(t *Table) map[types.NamespacedName][]string {
	found := map[types.NamespacedName][]string{}
	for _, routes := range t.Hosts {
		for _, route := range routes {
			service, _, _ := strings.Cut(route.Backend.Service, ":")
			for _, slice := range w.slices[service] {
				startingIn(slice, found)
			}
		}
	}
	return found
}

func startingIn(slice *discoveryv1.EndpointSlice, found map[types.NamespacedName][]string) {
	for _, endpoint := range slice.Endpoints {
		ref := endpoint.TargetRef
		if ref == nil || ref.Kind != "Pod" || deref(endpoint.Conditions.Ready, true) || deref(endpoint.Conditions.Terminating, false) {
			continue
		}
		var addresses []string
		for _, port := range slice.Ports {
			if port.Port != nil && len(endpoint.Addresses) > 0 {
				addresses = append(addresses, net.JoinHostPort(endpoint.Addresses[0], strconv.Itoa(int(*port.Port))))
			}
		}
		if len(addresses) > 0 {
			found[types.NamespacedName{Namespace: slice.Namespace, Name: ref.Name}] = addresses
		}
	}
}
