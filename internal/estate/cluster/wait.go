package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

// probeInterval is how often a server that does not answer yet is asked.
const probeInterval = 100 * time.Millisecond

// Wait returns when pods can run: the API server is ready, the node has said
// Ready since it was last started, and the default service account exists.
func Wait(ctx context.Context, cfg Config) error {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return err
	}
	// The configuration is written anew at each start.
	info, err := os.Stat(filepath.Join(cfg.Dir, configFile))
	if err != nil {
		return fmt.Errorf("cluster: the node was never started: %w", err)
	}
	client, err := waitAPIServer(ctx, func() (*rest.Config, error) { return RESTConfig(cfg) })
	if err != nil {
		return err
	}
	if err := waitNode(ctx, client, cfg.Name, info.ModTime()); err != nil {
		return fmt.Errorf("cluster: wait for node %s: %w", cfg.Name, err)
	}
	if err := waitServiceAccount(ctx, client); err != nil {
		return fmt.Errorf("cluster: wait for the default service account: %w", err)
	}
	return nil
}

// waitAPIServer polls /readyz: a server that does not run yet cannot be
// watched. At the first start the kubeconfig itself is still to be written.
func waitAPIServer(ctx context.Context, load func() (*rest.Config, error)) (*kubernetes.Clientset, error) {
	var client *kubernetes.Clientset
	var last error
	err := wait.PollUntilContextCancel(ctx, probeInterval, true, func(ctx context.Context) (bool, error) {
		restConfig, err := load()
		if err == nil {
			client, err = kubernetes.NewForConfig(restConfig)
		}
		if err == nil {
			_, err = client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		}
		last = err
		return err == nil, nil
	})
	if err != nil {
		return nil, fmt.Errorf("cluster: the API server is not ready: %w", errors.Join(err, last))
	}
	return client, nil
}

// waitNode waits until the node takes pods. What a node that is older than its
// last start says of itself may be the word of a kubelet that is dead, so that
// kubelet has to give a sign of life first.
func waitNode(ctx context.Context, client kubernetes.Interface, name string, started time.Time) error {
	node, err := waitReady(ctx, client, name)
	if err != nil || !node.CreationTimestamp.Time.Before(started.Truncate(time.Second)) {
		return err
	}
	if err := waitKubelet(ctx, client, name, started); err != nil {
		return err
	}
	_, err = waitReady(ctx, client, name)
	return err
}

// waitKubelet waits for the node's lease, which is renewed at every start; the
// status is written again only when it changes.
func waitKubelet(ctx context.Context, client kubernetes.Interface, name string, since time.Time) error {
	leases := client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	list := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = named(name)
			return leases.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = named(name)
			return leases.Watch(ctx, o)
		},
	}
	_, err := until(ctx, list, &coordinationv1.Lease{}, func(object runtime.Object) bool {
		lease, ok := object.(*coordinationv1.Lease)
		return ok && lease.Spec.RenewTime != nil && lease.Spec.RenewTime.After(since)
	})
	return err
}

func waitReady(ctx context.Context, client kubernetes.Interface, name string) (*corev1.Node, error) {
	nodes := client.CoreV1().Nodes()
	list := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = named(name)
			return nodes.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = named(name)
			return nodes.Watch(ctx, o)
		},
	}
	last, err := until(ctx, list, &corev1.Node{}, func(object runtime.Object) bool {
		node, ok := object.(*corev1.Node)
		return ok && takesPods(node)
	})
	if err != nil {
		return nil, err
	}
	return last.(*corev1.Node), nil // until has seen that it is one
}

// takesPods reports whether pods can be scheduled on the node.
func takesPods(node *corev1.Node) bool {
	for _, taint := range node.Spec.Taints {
		if taint.Key == corev1.TaintNodeNotReady || taint.Key == corev1.TaintNodeUnreachable {
			return false
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

func waitServiceAccount(ctx context.Context, client kubernetes.Interface) error {
	accounts := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault)
	list := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = named("default")
			return accounts.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = named("default")
			return accounts.Watch(ctx, o)
		},
	}
	_, err := until(ctx, list, &corev1.ServiceAccount{}, func(runtime.Object) bool { return true })
	return err
}

// until watches until an object that is there satisfies the condition, and returns it.
func until(ctx context.Context, list *cache.ListWatch, kind runtime.Object, holds func(runtime.Object) bool) (runtime.Object, error) {
	last, err := watchtools.UntilWithSync(ctx, list, kind, nil, func(event watch.Event) (bool, error) {
		return event.Type != watch.Deleted && holds(event.Object), nil
	})
	if err != nil {
		return nil, err
	}
	return last.Object, nil
}

func named(name string) string { return fields.OneTermEqualSelector("metadata.name", name).String() }
