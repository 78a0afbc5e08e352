package dns_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	mdns "github.com/miekg/dns"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/pronto-platform/pronto/internal/base/kubetest"
	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/estate/dns"
)

const (
	domain = "pronto.test"
	// patience bounds a wait for something the server does by itself.
	patience = 20 * time.Second
)

func TestEachListenerAnswersWithItsAddressOnUDPAndTCP(t *testing.T) {
	cfg := newConfig(t)
	start(t, cfg)
	for _, listener := range cfg.Listeners {
		for _, network := range []string{"udp", "tcp"} {
			reply := ask(t, network, listener.Addr, "portal."+domain, mdns.TypeA)
			if got := address(reply); got != listener.Answer.String() || !reply.Authoritative {
				t.Errorf("%s over %s answers %q (aa %v), want %s", listener.Addr, network, got, reply.Authoritative, listener.Answer)
			}
		}
	}
}

func TestOtherZonesAreForwardedForPodsAndRefusedForOthers(t *testing.T) {
	cfg := newConfig(t)
	start(t, cfg)
	if reply := ask(t, "udp", cfg.Listeners[0].Addr, "example.org", mdns.TypeA); reply.Rcode != mdns.RcodeRefused {
		t.Errorf("the loopback listener answers %s for another zone, want REFUSED", mdns.RcodeToString[reply.Rcode])
	}
	if got := address(ask(t, "udp", cfg.Listeners[1].Addr, "example.org", mdns.TypeA)); got != "192.0.2.80" {
		t.Errorf("the pods' listener answers %q for another zone, want what the machine's resolver says", got)
	}
	if reply := ask(t, "udp", cfg.Listeners[1].Addr, "x.default.svc.cluster.local", mdns.TypeA); reply.Rcode == mdns.RcodeSuccess {
		t.Error("a cluster name was asked outside the cluster")
	}
}

// TestTheZoneFollowsTheIngresses is one record's life on a real API server.
func TestTheZoneFollowsTheIngresses(t *testing.T) {
	config := kubetest.Start(t)
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	cfg := newConfig(t)
	cfg.Kubeconfig = writeKubeconfig(t, config)
	arrived := make(chan struct{})
	cfg.Kubernetes = func(ctx context.Context) (*rest.Config, error) {
		select {
		case <-arrived:
			return config, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	stop := start(t, cfg)
	outside, pods := cfg.Listeners[0].Addr, cfg.Listeners[1].Addr
	app := "app." + domain
	if reply := ask(t, "udp", outside, app, mdns.TypeA); reply.Rcode != mdns.RcodeNameError {
		t.Fatalf("a name without an Ingress: %s", mdns.RcodeToString[reply.Rcode])
	}
	close(arrived)
	publish(t, client, "app", app)
	until(t, outside, app, "127.0.0.1")
	until(t, pods, app, "10.41.0.1")
	until(t, pods, "kubernetes.default.svc.cluster.local", "10.0.0.1")
	if reply := ask(t, "udp", outside, "a-"+app, mdns.TypeTXT); len(reply.Answer) != 1 {
		t.Errorf("ownership = %v", reply.Answer)
	}

	publish(t, client, "thief", app)
	waitFor(t, "an Event on the Ingress that claims another's record", func() bool {
		events, err := client.CoreV1().Events("default").List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range events.Items {
			if event.InvolvedObject.Name == "thief" && event.Reason == "RecordNotOwned" && event.Type == corev1.EventTypeWarning {
				return true
			}
		}
		return false
	})

	stop()
	alone := cfg
	alone.Kubernetes = nil
	stop = start(t, alone)
	if got := address(ask(t, "udp", outside, app, mdns.TypeA)); got != "127.0.0.1" {
		t.Errorf("after a restart without the API server, %s is %q", app, got)
	}
	stop()

	start(t, cfg)
	for _, name := range []string{"thief", "app"} {
		if err := client.NetworkingV1().Ingresses("default").Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	until(t, outside, app, "")
}

// publish makes an Ingress as it is once the edge holds its route.
func publish(t *testing.T, client kubernetes.Interface, name, host string) {
	t.Helper()
	class, kind := "pronto", networkingv1.PathTypePrefix
	ingresses := client.NetworkingV1().Ingresses("default")
	ingress, err := ingresses.Create(t.Context(), &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: networkingv1.IngressSpec{IngressClassName: &class, Rules: []networkingv1.IngressRule{{
			Host: host,
			IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
				Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: &kind, Backend: networkingv1.IngressBackend{
					Service: &networkingv1.IngressServiceBackend{Name: name, Port: networkingv1.ServiceBackendPort{Number: 80}},
				}}},
			}},
		}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ingress.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: "127.0.0.1"}}
	if _, err := ingresses.UpdateStatus(t.Context(), ingress, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func writeKubeconfig(t *testing.T, config *rest.Config) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	err := clientcmd.WriteToFile(clientcmdapi.Config{
		CurrentContext: "test",
		Contexts:       map[string]*clientcmdapi.Context{"test": {Cluster: "test", AuthInfo: "test"}},
		Clusters: map[string]*clientcmdapi.Cluster{"test": {
			Server: config.Host, CertificateAuthorityData: config.CAData,
		}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{"test": {
			ClientCertificateData: config.CertData, ClientKeyData: config.KeyData,
		}},
	}, path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// newConfig has one listener for the machine and one for pods, and a resolver
// for the rest of the world.
func newConfig(t *testing.T) dns.Config {
	t.Helper()
	upstream := filepath.Join(t.TempDir(), "resolv.conf")
	text := fmt.Sprintf("nameserver %s\n", startResolver(t))
	if err := os.WriteFile(upstream, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dns.Config{
		Dir: t.TempDir(), Domain: domain, SystemHosts: []string{"portal." + domain}, Upstream: upstream,
		Listeners: []dns.Listener{
			{Addr: freeAddress(t), Answer: netip.MustParseAddr("127.0.0.1")},
			{Addr: freeAddress(t), Answer: netip.MustParseAddr("10.41.0.1"), Recursive: true},
		},
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

// start runs a server until stop or the test's end.
func start(t *testing.T, cfg dns.Config) (stop func()) {
	t.Helper()
	server, err := dns.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return parttest.Start(t, server.Run)
}

func ask(t *testing.T, network, server, name string, qtype uint16) *mdns.Msg {
	t.Helper()
	query := new(mdns.Msg)
	query.SetQuestion(mdns.Fqdn(name), qtype)
	client := &mdns.Client{Net: network, Timeout: 5 * time.Second}
	reply, _, err := client.ExchangeContext(t.Context(), query, server)
	if err != nil {
		t.Fatalf("ask %s for %s over %s: %v", server, name, network, err)
	}
	return reply
}

// address is the only A record of a reply, or "".
func address(reply *mdns.Msg) string {
	if len(reply.Answer) != 1 {
		return ""
	}
	if a, ok := reply.Answer[0].(*mdns.A); ok {
		return a.A.String()
	}
	return ""
}

func until(t *testing.T, server, name, want string) {
	t.Helper()
	waitFor(t, fmt.Sprintf("%s to say %q for %s", server, want, name), func() bool {
		return address(ask(t, "udp", server, name, mdns.TypeA)) == want
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
