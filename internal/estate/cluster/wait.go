package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

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

func waitNode(ctx context.Context, client kubernetes.Interface, name string, since time.Time) error {
	one := fields.OneTermEqualSelector("metadata.name", name).String()
	nodes := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = one
			return client.CoreV1().Nodes().List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = one
			return client.CoreV1().Nodes().Watch(ctx, o)
		},
	}
	_, err := watchtools.UntilWithSync(ctx, nodes, &corev1.Node{}, nil, func(event watch.Event) (bool, error) {
		node, ok := event.Object.(*corev1.Node)
		return ok && event.Type != watch.Deleted && readySince(node, since), nil
	})
	return err
}

// readySince reports whether the node's kubelet itself has said Ready after
// the given time; an older word may be that of a node that is dead.
func readySince(node *corev1.Node, since time.Time) bool {
	for _, taint := range node.Spec.Taints {
		if taint.Key == corev1.TaintNodeNotReady || taint.Key == corev1.TaintNodeUnreachable {
			return false
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			// Times in the API have whole seconds.
			return condition.Status == corev1.ConditionTrue && !condition.LastHeartbeatTime.Time.Before(since.Truncate(time.Second))
		}
	}
	return false
}

func waitServiceAccount(ctx context.Context, client kubernetes.Interface) error {
	one := fields.OneTermEqualSelector("metadata.name", "default").String()
	accounts := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault)
	list := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = one
			return accounts.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = one
			return accounts.Watch(ctx, o)
		},
	}
	_, err := watchtools.UntilWithSync(ctx, list, &corev1.ServiceAccount{}, nil, func(event watch.Event) (bool, error) {
		return event.Type != watch.Deleted, nil
	})
	return err
}
