package dns

import (
	"maps"
	"strings"
	"testing"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const domain = "pronto.test"

func TestARecordOfAnotherIsNeverTaken(t *testing.T) {
	app, other := "app."+domain, "other."+domain
	current := map[string]Record{
		app:              {Name: app, Owner: "pronto", Resource: "ingress/a/app"},
		other:            {Name: other, Owner: "someone-else", Resource: "ingress/x/x"},
		"gone." + domain: {Name: "gone." + domain, Owner: "pronto", Resource: "ingress/a/gone"},
	}
	claims := []claim{
		{app, "ingress/b/thief"}, {app, "ingress/a/app"}, {other, "ingress/a/app"},
		{"portal." + domain, "ingress/a/app"}, {"new." + domain, "ingress/a/new"},
	}
	next, refused := plan(current, claims, "pronto", map[string]bool{"portal." + domain: true})
	want := map[string]Record{
		app: current[app], other: current[other],
		"new." + domain: {Name: "new." + domain, Owner: "pronto", Resource: "ingress/a/new"},
	}
	if !maps.Equal(next, want) {
		t.Errorf("records = %v, want %v", next, want)
	}
	if len(refused) != 3 {
		t.Errorf("refused = %+v, want the thief, the foreign record and the platform's name", refused)
	}
	for _, r := range refused {
		if !strings.Contains(r.Message, "not owned") {
			t.Errorf("message %q does not say that the record is not owned", r.Message)
		}
	}
}

func TestAHostIsClaimedOnceTheEdgePublishedItsRoute(t *testing.T) {
	published := func(name, host string, age int) *networkingv1.Ingress {
		class := "pronto"
		return &networkingv1.Ingress{
			ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: name,
				CreationTimestamp: metav1.Time{Time: time.Date(2026, 1, 1, 0, 0, age, 0, time.UTC)}},
			Spec: networkingv1.IngressSpec{IngressClassName: &class, Rules: []networkingv1.IngressRule{{Host: host}}},
			Status: networkingv1.IngressStatus{LoadBalancer: networkingv1.IngressLoadBalancerStatus{
				Ingress: []networkingv1.IngressLoadBalancerIngress{{IP: "127.0.0.1"}}}},
		}
	}
	waiting := published("waiting", "waiting."+domain, 0)
	waiting.Status = networkingv1.IngressStatus{}
	outside := published("outside", "app.example", 0)
	annotated := published("annotated", "", 2)
	annotated.Annotations = map[string]string{"external-dns.alpha.kubernetes.io/hostname": "B." + domain + "., c." + domain}
	got := claimsOf([]*networkingv1.Ingress{annotated, published("app", "App."+domain, 1), waiting, outside},
		[]string{"pronto"}, domain)
	want := []claim{{"app." + domain, "ingress/a/app"}, {"b." + domain, "ingress/a/annotated"}, {"c." + domain, "ingress/a/annotated"}}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("claims = %v, want %v", got, want)
	}
}
