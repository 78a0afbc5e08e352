package edge

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const domain = "pronto.test"

var testRules = rules{
	classes: []string{"pronto", "alb"}, domain: domain,
	reserved: map[string]bool{"portal." + domain: true},
}

func TestTheMostSpecificRouteServesARequest(t *testing.T) {
	table, _ := build(newWorld([]*networkingv1.Ingress{
		ingress("a", "wild", 0, rule("*."+domain, path("Prefix", "/", "wild"))),
		ingress("a", "app", 1, rule("App."+domain,
			path("Prefix", "/", "root"), path("Prefix", "/api/v1", "v1"), path("Prefix", "/api", "api"),
			path("Exact", "/api/v1", "exact"), path("ImplementationSpecific", "/impl/", "impl"))),
	}, nil, nil), testRules)
	for _, c := range []struct{ host, path, service string }{
		{"app." + domain, "/", "root"},
		{"APP." + domain + ":8443", "/other", "root"},
		{"app." + domain, "/api", "api"},
		{"app." + domain, "/apis", "root"},
		{"app." + domain, "/api/v1", "exact"},
		{"app." + domain, "/api/v1/x", "v1"},
		{"app." + domain, "/impl/x", "impl"},
		{"other." + domain, "/", "wild"},
		{"deep.other." + domain, "/", ""},
		{domain, "/", ""},
	} {
		route, ok := table.Match(c.host, c.path)
		want := "a/" + c.service + ":80"
		if ok != (c.service != "") || ok && route.Backend.Service != want {
			t.Errorf("%s%s is served by %q (%v), want %q", c.host, c.path, route.Backend.Service, ok, c.service)
		}
	}
}

func TestTheOlderIngressKeepsAHostAndPath(t *testing.T) {
	table, refused := build(newWorld([]*networkingv1.Ingress{
		ingress("b", "newer", 2, rule("app."+domain, path("Prefix", "/", "newer"), path("Prefix", "/own", "newer"))),
		ingress("a", "older", 1, rule("app."+domain, path("Prefix", "/", "older"))),
	}, nil, nil), testRules)
	if route, _ := table.Match("app."+domain, "/"); route.Ingress != "a/older" {
		t.Errorf("/ is held by %s, want the older Ingress", route.Ingress)
	}
	if route, _ := table.Match("app."+domain, "/own"); route.Ingress != "b/newer" {
		t.Errorf("/own is held by %s, want the newer Ingress, which alone asks for it", route.Ingress)
	}
	if len(refused) != 1 || refused[0].Ingress != "b/newer" || refused[0].Reason != "RouteConflict" {
		t.Errorf("refused = %+v, want the newer Ingress to be told", refused)
	}
}

func TestHostsOfThePlatformAndOfOthersAreRefused(t *testing.T) {
	table, refused := build(newWorld([]*networkingv1.Ingress{
		ingress("a", "portal", 0, rule("Portal."+domain, path("Prefix", "/", "x"))),
		ingress("a", "bank", 1, rule("bank.example", path("Prefix", "/", "x"))),
	}, nil, nil), testRules)
	if len(table.Hosts) != 0 {
		t.Errorf("hosts = %v, want none", table.Hosts)
	}
	if len(refused) != 2 || refused[0].Reason != "HostReserved" || refused[1].Reason != "HostOutsideDomain" {
		t.Errorf("refused = %+v", refused)
	}
}

func TestOnlyOurClassesAreServed(t *testing.T) {
	other := ingress("a", "nginx", 0, rule("n."+domain, path("Prefix", "/", "x")))
	other.Spec.IngressClassName = ptr("nginx")
	legacy := ingress("a", "legacy", 0, rule("l."+domain, path("Prefix", "/", "x")))
	legacy.Spec.IngressClassName = nil
	legacy.Annotations = map[string]string{"kubernetes.io/ingress.class": "alb"}
	leaving := ingress("a", "leaving", 0, rule("d."+domain, path("Prefix", "/", "x")))
	leaving.DeletionTimestamp = &metav1.Time{Time: time.Now()}
	table, _ := build(newWorld([]*networkingv1.Ingress{other, legacy, leaving}, nil, nil), testRules)
	if len(table.Hosts) != 1 || !table.Holds("l."+domain) {
		t.Errorf("hosts = %v, want only the one of class alb", table.Hosts)
	}
}

func TestADefaultBackendTakesWhatNoRuleNames(t *testing.T) {
	with := ingress("a", "with", 0, rule("app."+domain, path("Prefix", "/api", "api")))
	with.Spec.DefaultBackend = backendOf("rest")
	table, _ := build(newWorld([]*networkingv1.Ingress{with}, nil, nil), testRules)
	if route, _ := table.Match("app."+domain, "/x"); route.Backend.Service != "a/rest:80" {
		t.Errorf("/x is served by %q", route.Backend.Service)
	}
	if _, ok := table.Match("other."+domain, "/"); ok {
		t.Error("the default backend of an Ingress with rules served a host that it does not name")
	}
	bare := ingress("a", "bare", 0)
	bare.Spec.DefaultBackend = backendOf("all")
	table, _ = build(newWorld([]*networkingv1.Ingress{bare}, nil, nil), testRules)
	if route, _ := table.Match("any.example", "/"); route.Backend.Service != "a/all:80" {
		t.Errorf("any host is served by %q", route.Backend.Service)
	}
	if table.Holds("any.example") {
		t.Error("a certificate would be issued for any name")
	}
}

func TestTargetsAreReadyServingAndNotTerminating(t *testing.T) {
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "web"},
		Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{
			{Name: "http", Port: 80}, {Name: "admin", Port: 9000},
		}},
	}
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "web-1", Labels: map[string]string{discoveryv1.LabelServiceName: "web"}},
		Ports:      []discoveryv1.EndpointPort{{Name: ptr("http"), Port: ptr(int32(3000))}, {Name: ptr("admin"), Port: ptr(int32(3001))}},
		Endpoints: []discoveryv1.Endpoint{
			endpoint("10.42.0.9", nil, nil, nil),
			endpoint("10.42.0.8", ptr(true), ptr(true), ptr(false)),
			endpoint("10.42.0.8", ptr(true), nil, nil), // listed twice
			endpoint("10.42.0.7", ptr(false), nil, nil),
			endpoint("10.42.0.6", ptr(true), ptr(true), ptr(true)),
			endpoint("10.42.0.5", ptr(true), ptr(false), nil),
			endpoint("fd00::1", ptr(true), nil, nil),
		},
	}
	w := newWorld(nil, []*corev1.Service{service}, []*discoveryv1.EndpointSlice{slice})
	want := []string{"10.42.0.8:3000", "10.42.0.9:3000", "[fd00::1]:3000"}
	for _, port := range []networkingv1.ServiceBackendPort{{Number: 80}, {Name: "http"}} {
		got := w.backend("a", &networkingv1.IngressServiceBackend{Name: "web", Port: port})
		if got.Missing || !reflect.DeepEqual(got.Targets, want) {
			t.Errorf("port %+v: targets = %v (missing %v), want %v", port, got.Targets, got.Missing, want)
		}
	}
	if !w.backend("a", &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Number: 81}}).Missing {
		t.Error("a port that the Service does not have is not missing")
	}
	if !w.backend("b", &networkingv1.IngressServiceBackend{Name: "web"}).Missing {
		t.Error("a Service of another namespace was used")
	}
}

func TestAStatusIsOnlyChangedWhereItIsOurs(t *testing.T) {
	ours := networkingv1.IngressLoadBalancerIngress{IP: "127.0.0.1"}
	foreign := networkingv1.IngressLoadBalancerIngress{IP: "192.0.2.1"}
	for name, c := range map[string]struct {
		now   []networkingv1.IngressLoadBalancerIngress
		holds bool
		want  []networkingv1.IngressLoadBalancerIngress
		write bool
	}{
		"a route that is new is published":   {nil, true, []networkingv1.IngressLoadBalancerIngress{ours}, true},
		"a published one stays":              {[]networkingv1.IngressLoadBalancerIngress{ours}, true, nil, false},
		"a route that is gone is taken back": {[]networkingv1.IngressLoadBalancerIngress{ours}, false, nil, true},
		"another controller's is left alone": {[]networkingv1.IngressLoadBalancerIngress{foreign}, false, nil, false},
		"an old address of ours is replaced": {[]networkingv1.IngressLoadBalancerIngress{foreign}, true, []networkingv1.IngressLoadBalancerIngress{ours}, true},
	} {
		object := ingress("a", "x", 0)
		object.Status.LoadBalancer.Ingress = c.now
		if got, write := wantedStatus(object, ours, c.holds); write != c.write || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, %v", name, got, write)
		}
	}
}

func TestARequestTriesEachTargetBeforeItRepeatsOne(t *testing.T) {
	p, now := newPicker(), time.Now()
	targets := []string{"a", "b", "c"}
	p.fail("b", now)
	tried, order := map[string]int{}, []string{}
	for range targets {
		target := p.pick(targets, tried, now)
		tried[target]++
		order = append(order, target)
	}
	if order[2] != "b" || order[0] == order[1] {
		t.Errorf("tried %v, want each once and the one that failed lately last", order)
	}
	if got := p.pick([]string{"b"}, map[string]int{"b": 1}, now); got != "b" {
		t.Errorf("picked %q, want the only target although it is suspect", got)
	}
	if p.suspect("b", now.Add(suspectFor)) {
		t.Error("a target stays suspect for ever")
	}
	if got := p.pick(nil, nil, now); got != "" {
		t.Errorf("picked %q of no targets", got)
	}
}

func TestTheTableSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	table, _ := build(newWorld([]*networkingv1.Ingress{
		ingress("a", "app", 0, rule("app."+domain, path("Exact", "/x", "web"))),
	}, nil, nil), testRules)
	if err := saveTable(dir, table); err != nil {
		t.Fatal(err)
	}
	if got, err := loadTable(dir); err != nil || !reflect.DeepEqual(got, table) {
		t.Errorf("loaded %+v, %v; want %+v", got, err, table)
	}
}

func ingress(namespace, name string, age int, ingressRules ...networkingv1.IngressRule) *networkingv1.Ingress {
	created := time.Date(2026, 1, 1, 0, 0, age, 0, time.UTC)
	return &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, CreationTimestamp: metav1.Time{Time: created}},
		Spec:       networkingv1.IngressSpec{IngressClassName: ptr("pronto"), Rules: ingressRules},
	}
}

func rule(host string, paths ...networkingv1.HTTPIngressPath) networkingv1.IngressRule {
	return networkingv1.IngressRule{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{
		HTTP: &networkingv1.HTTPIngressRuleValue{Paths: paths}}}
}

func path(kind networkingv1.PathType, path, service string) networkingv1.HTTPIngressPath {
	return networkingv1.HTTPIngressPath{Path: path, PathType: &kind, Backend: *backendOf(service)}
}

func backendOf(service string) *networkingv1.IngressBackend {
	return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
		Name: service, Port: networkingv1.ServiceBackendPort{Number: 80}}}
}

func endpoint(address string, ready, serving, terminating *bool) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{Addresses: []string{address},
		Conditions: discoveryv1.EndpointConditions{Ready: ready, Serving: serving, Terminating: terminating}}
}

func ptr[T any](value T) *T { return &value }
