package edge_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/pronto-platform/pronto/internal/base/kubetest"
)

const (
	namespace = "default"
	// patience bounds a wait for something the edge does by itself.
	patience = 20 * time.Second
)

// TestIngresses walks one application through its life on a real API server.
func TestIngresses(t *testing.T) {
	config := kubetest.Start(t)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	cfg := newConfig(t, onSocket(t, http.NotFoundHandler()))
	arrived := make(chan struct{})
	cfg.Kubernetes = func(ctx context.Context) (*rest.Config, error) {
		select {
		case <-arrived:
			return config, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	e := start(t, cfg)
	c := cluster{t, client}
	url := "https://app." + domain + e.port + "/"

	if response := e.get(t, "https://portal."+domain+e.port+"/"); response.StatusCode != http.StatusNotFound {
		t.Fatalf("before the API server is there, the system's host answers %d", response.StatusCode)
	}
	close(arrived)

	c.ingress("app", "app."+domain, "web")
	c.published("app")
	if response, body := e.read(t, url); response.StatusCode != http.StatusServiceUnavailable ||
		body != "Backend service does not exist\n" || response.Header.Get("Server") != "pronto-edge" {
		t.Errorf("without a Service: %d %q from %q", response.StatusCode, body, response.Header.Get("Server"))
	}

	c.service("web")
	first := newPod(t, "one")
	c.slice("web-1", "web", first)
	e.until(t, url, "one")

	t.Run("a rolling update shows no failed request", func(t *testing.T) { roll(t, e, c, url, first) })

	t.Run("the newer of two claims is told so", func(t *testing.T) {
		c.ingress("thief", "app."+domain, "web")
		c.event("thief", "RouteConflict")
		c.ingress("portal", "portal."+domain, "web")
		c.event("portal", "HostReserved")
	})

	t.Run("a host whose Ingress is gone is not served", func(t *testing.T) {
		for _, name := range []string{"app", "thief"} {
			if err := client.NetworkingV1().Ingresses(namespace).Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		e.until(t, url, "No application has this address.\n")
	})
}

// roll replaces the pods one after the other under load. Each old pod goes
// before the edge can know: its slice is deleted only after it stopped.
func roll(t *testing.T, e *server, c cluster, url string, old *pod) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var sent atomic.Int64
	failed, done := make(chan string, 1000), make(chan struct{})
	go func() {
		defer close(done)
		load(ctx, e.client, url, &sent, failed)
	}()
	for generation := 2; generation < 8; generation++ {
		next := newPod(t, fmt.Sprintf("pod %d", generation))
		c.slice(fmt.Sprintf("web-%d", generation), "web", next)
		next.served(t)
		old.Close()
		before := sent.Load()
		waitFor(t, "more requests", func() bool { return sent.Load() > before+20 })
		c.deleteSlice(fmt.Sprintf("web-%d", generation-1))
		old = next
	}
	cancel()
	<-done
	close(failed)
	for failure := range failed {
		t.Error(failure)
	}
	t.Logf("%d requests", sent.Load())
}

// load sends requests from four clients until ctx is done.
func load(ctx context.Context, client *http.Client, url string, sent *atomic.Int64, failed chan<- string) {
	ended := make(chan struct{})
	for range 4 {
		go func() {
			defer func() { ended <- struct{}{} }()
			for ctx.Err() == nil {
				response, err := client.Get(url)
				if err != nil {
					failed <- err.Error()
					continue
				}
				body, err := io.ReadAll(response.Body)
				_ = response.Body.Close()
				if err != nil || response.StatusCode != http.StatusOK {
					failed <- fmt.Sprintf("%d %q %v", response.StatusCode, body, err)
				}
				sent.Add(1)
			}
		}()
	}
	for range 4 {
		<-ended
	}
}

// pod is a backend at an address that an EndpointSlice may carry: the API
// server refuses loopback ones.
type pod struct {
	*httptest.Server
	hits atomic.Int64
}

func newPod(t *testing.T, name string) *pod {
	t.Helper()
	p := &pod{}
	listener, err := net.Listen("tcp", net.JoinHostPort(machineAddress(t), "0"))
	if err != nil {
		t.Fatal(err)
	}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.hits.Add(1)
		_, _ = io.WriteString(w, name)
	}))
	p.Listener.Close()
	p.Listener = listener
	p.Start()
	t.Cleanup(p.Close)
	return p
}

func (p *pod) served(t *testing.T) {
	t.Helper()
	waitFor(t, "the new pod to get requests", func() bool { return p.hits.Load() > 0 })
}

func machineAddress(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			return network.IP.String()
		}
	}
	t.Skip("this machine has no address but loopback, which EndpointSlices may not carry")
	return ""
}

// until asks until the body is the one wanted.
func (s *server) until(t *testing.T, url, want string) {
	t.Helper()
	waitFor(t, fmt.Sprintf("%s to answer %q", url, want), func() bool {
		response, err := s.client.Get(url)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return err == nil && string(body) == want
	})
}

// waitFor polls a condition until it holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-deadline.C:
			t.Fatalf("waited %s for %s", patience, what)
		}
	}
}

// cluster writes what a deployment would.
type cluster struct {
	t      *testing.T
	client kubernetes.Interface
}

func (c cluster) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c cluster) ingress(name, host, service string) {
	c.t.Helper()
	class, kind := "pronto", networkingv1.PathTypePrefix
	_, err := c.client.NetworkingV1().Ingresses(namespace).Create(c.t.Context(), &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: networkingv1.IngressSpec{IngressClassName: &class, Rules: []networkingv1.IngressRule{{
			Host: host,
			IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
				Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: &kind, Backend: networkingv1.IngressBackend{
					Service: &networkingv1.IngressServiceBackend{Name: service, Port: networkingv1.ServiceBackendPort{Name: "http"}},
				}}},
			}},
		}}},
	}, metav1.CreateOptions{})
	c.must(err)
}

func (c cluster) service(name string) {
	c.t.Helper()
	_, err := c.client.CoreV1().Services(namespace).Create(c.t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80}}},
	}, metav1.CreateOptions{})
	c.must(err)
}

func (c cluster) slice(name, service string, p *pod) {
	c.t.Helper()
	address := p.Listener.Addr().(*net.TCPAddr)
	port, portName, ready := int32(address.Port), "http", true
	_, err := c.client.DiscoveryV1().EndpointSlices(namespace).Create(c.t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: service}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: &portName, Port: &port}},
		Endpoints: []discoveryv1.Endpoint{{
			Addresses: []string{address.IP.String()}, Conditions: discoveryv1.EndpointConditions{Ready: &ready},
		}},
	}, metav1.CreateOptions{})
	c.must(err)
}

func (c cluster) deleteSlice(name string) {
	c.t.Helper()
	c.must(c.client.DiscoveryV1().EndpointSlices(namespace).Delete(c.t.Context(), name, metav1.DeleteOptions{}))
}

// published waits for the edge's address in the Ingress's status.
func (c cluster) published(name string) {
	c.t.Helper()
	waitFor(c.t, "the status of Ingress "+name, func() bool {
		object, err := c.client.NetworkingV1().Ingresses(namespace).Get(c.t.Context(), name, metav1.GetOptions{})
		c.must(err)
		status := object.Status.LoadBalancer.Ingress
		return len(status) == 1 && status[0].IP == "127.0.0.1"
	})
}

func (c cluster) event(ingress, reason string) {
	c.t.Helper()
	waitFor(c.t, reason+" on Ingress "+ingress, func() bool {
		events, err := c.client.CoreV1().Events(namespace).List(c.t.Context(), metav1.ListOptions{})
		c.must(err)
		for _, event := range events.Items {
			if event.InvolvedObject.Name == ingress && event.Reason == reason {
				return true
			}
		}
		return false
	})
}
