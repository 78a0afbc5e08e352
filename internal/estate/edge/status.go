package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"
)

// publishStatus writes the edge's address into each Ingress that holds a route,
// and takes it back from one that holds none any more.
func (c *controller) publishStatus(ctx context.Context, ingresses []*networkingv1.Ingress, table *Table) error {
	holders := table.holders()
	ours := c.edge.address()
	var errs []error
	for _, ingress := range ingresses {
		wanted, write := wantedStatus(ingress, ours, holders[key(ingress.Namespace, ingress.Name)])
		if !write {
			continue
		}
		changed := ingress.DeepCopy()
		changed.Status.LoadBalancer.Ingress = wanted
		_, err := c.client.NetworkingV1().Ingresses(ingress.Namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			errs = append(errs, fmt.Errorf("publish the status of Ingress %s/%s: %w", ingress.Namespace, ingress.Name, err))
		}
	}
	return errors.Join(errs...)
}

// wantedStatus is what an Ingress's status shall say and whether it must be
// written. A status that somebody else wrote on an Ingress that is not ours
// stays as it is.
func wantedStatus(ingress *networkingv1.Ingress, ours networkingv1.IngressLoadBalancerIngress, holds bool) ([]networkingv1.IngressLoadBalancerIngress, bool) {
	now := ingress.Status.LoadBalancer.Ingress
	isOurs := len(now) == 1 && now[0].IP == ours.IP && now[0].Hostname == ours.Hostname
	switch {
	case holds && !isOurs:
		return []networkingv1.IngressLoadBalancerIngress{ours}, true
	case !holds && isOurs:
		return nil, true
	}
	return nil, false
}

// holders are the Ingresses that hold at least one route, by namespace/name.
func (t *Table) holders() map[string]bool {
	names := map[string]bool{}
	for _, routes := range t.Hosts {
		for _, route := range routes {
			names[route.Ingress] = true
		}
	}
	return names
}

func (e *Edge) address() networkingv1.IngressLoadBalancerIngress {
	if e.cfg.PublicHostname != "" {
		return networkingv1.IngressLoadBalancerIngress{Hostname: e.cfg.PublicHostname}
	}
	return networkingv1.IngressLoadBalancerIngress{IP: e.cfg.PublicIP}
}

// eventWriter tells an Ingress's owner what was refused, once for each refusal
// as long as it lasts.
type eventWriter struct {
	broadcaster record.EventBroadcaster
	recorder    record.EventRecorder
	log         *slog.Logger
	said        map[refusal]bool
}

func newEventWriter(ctx context.Context, client kubernetes.Interface, log *slog.Logger) *eventWriter {
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	return &eventWriter{
		broadcaster: broadcaster,
		recorder:    broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "pronto-edge"}),
		log:         log,
		said:        map[refusal]bool{},
	}
}

func (w *eventWriter) stop() { w.broadcaster.Shutdown() }

func (w *eventWriter) refused(ingresses []*networkingv1.Ingress, refused []refusal) {
	said := map[refusal]bool{}
	for _, r := range refused {
		said[r] = true
		if w.said[r] {
			continue
		}
		w.log.Warn("route refused", "ingress", r.Ingress, "reason", r.Reason, "message", r.Message)
		for _, ingress := range ingresses {
			if key(ingress.Namespace, ingress.Name) == r.Ingress {
				w.recorder.Event(ingress, corev1.EventTypeWarning, r.Reason, r.Message)
			}
		}
	}
	w.said = said
}
