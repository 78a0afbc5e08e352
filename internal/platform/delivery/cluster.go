package delivery

import (
	"context"
	"fmt"
	"slices"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

var applications = schema.GroupVersionResource{Group: "argoproj.io", Version: "v1alpha1", Resource: "applications"}

// cluster watches what deliveries need of Kubernetes.
type cluster struct {
	client    kubernetes.Interface
	dynamic   dynamic.Interface
	namespace string // of the Applications
	core      informers.SharedInformerFactory
	events    informers.SharedInformerFactory // warnings
	apps      dynamicinformer.DynamicSharedInformerFactory
	changed   func(namespace, application string) // one of the two is empty
	waiting   sync.WaitGroup
}

func newCluster(cfg *rest.Config, namespace string, changed func(namespace, application string)) (*cluster, error) {
	client, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("delivery: Kubernetes client: %w", err)
	}
	dyn, err := dynamic.NewForConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("delivery: Kubernetes client: %w", err)
	}
	c := &cluster{client: client, dynamic: dyn, namespace: namespace, changed: changed}
	c.core = informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(slim))
	c.events = newWarnings(client)
	c.apps = dynamicinformer.NewFilteredDynamicSharedInformerFactory(dyn, 0, namespace, nil)
	return c, c.listen()
}

// slim drops what nobody reads from the objects that are kept.
func slim(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

func (c *cluster) listen() error {
	for _, informer := range []cache.SharedIndexInformer{
		c.core.Apps().V1().Deployments().Informer(),
		c.core.Core().V1().Pods().Informer(),
		c.core.Discovery().V1().EndpointSlices().Informer(),
		c.core.Networking().V1().Ingresses().Informer(),
		c.core.Core().V1().Namespaces().Informer(),
		c.core.Core().V1().Nodes().Informer(),
		c.events.Core().V1().Events().Informer(),
	} {
		if err := c.subscribe(informer, func(o metav1.Object) { c.changed(firstOf(o.GetNamespace(), o.GetName()), "") }); err != nil {
			return err
		}
	}
	apps := c.apps.ForResource(applications).Informer()
	if err := apps.SetTransform(slim); err != nil {
		return err
	}
	return c.subscribe(apps, func(o metav1.Object) { c.changed("", o.GetName()) })
}

func (c *cluster) subscribe(informer cache.SharedIndexInformer, tell func(metav1.Object)) error {
	one := func(object any) {
		if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = gone.Obj
		}
		if o, err := meta.Accessor(object); err == nil {
			tell(o)
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: one, DeleteFunc: one,
		UpdateFunc: func(_, object any) { one(object) },
	})
	return err
}

// start begins watching and waits until the core objects are known, or ctx is
// done. The Applications come when their definition is there.
func (c *cluster) start(ctx context.Context) error {
	c.core.Start(ctx.Done())
	c.events.Start(ctx.Done()) // nobody waits for it: without events causes only say less
	c.waiting.Go(func() { c.startApplications(ctx) })
	for kind, ok := range c.core.WaitForCacheSync(ctx.Done()) {
		if !ok {
			return fmt.Errorf("delivery: watch %s: %w", kind, context.Cause(ctx))
		}
	}
	return nil
}

// startApplications begins to watch Applications once their definition is
// served. A watch begun before it would only try again ever more slowly.
func (c *cluster) startApplications(ctx context.Context) {
	for attempt := 0; ; attempt++ {
		_, err := c.dynamic.Resource(applications).Namespace(c.namespace).List(ctx, metav1.ListOptions{Limit: 1})
		if err == nil {
			c.apps.Start(ctx.Done())
			return
		}
		if !pause(ctx, eager.after(attempt)) {
			return
		}
	}
}

func (c *cluster) stop() {
	c.waiting.Wait()
	c.core.Shutdown()
	c.events.Shutdown()
	c.apps.Shutdown()
}

// rollout is the state of the application's workload in its namespace.
func (c *cluster) rollout(namespace, name string) *RolloutFact {
	deployments, err := c.core.Apps().V1().Deployments().Lister().Deployments(namespace).List(labels.Everything())
	if err != nil || len(deployments) == 0 {
		return nil
	}
	workload := deployments[0]
	if i := slices.IndexFunc(deployments, func(d *appsv1.Deployment) bool { return d.Name == name }); i >= 0 {
		workload = deployments[i]
	}
	fact := rolloutOf(workload, c.pods(namespace), c.endpoints(namespace))
	fact.Architectures = c.architectures()
	return fact
}

func (c *cluster) pods(namespace string) []*corev1.Pod {
	pods, err := c.core.Core().V1().Pods().Lister().Pods(namespace).List(labels.Everything())
	if err != nil {
		return nil
	}
	return pods
}

func (c *cluster) endpoints(namespace string) []*discoveryv1.EndpointSlice {
	list, err := c.core.Discovery().V1().EndpointSlices().Lister().EndpointSlices(namespace).List(labels.Everything())
	if err != nil {
		return nil
	}
	return list
}

// ingress is the rule for host; without one, nil.
func (c *cluster) ingress(namespace, host string) *IngressFact {
	list, err := c.core.Networking().V1().Ingresses().Lister().Ingresses(namespace).List(labels.Everything())
	if err != nil {
		return nil
	}
	for _, ingress := range list {
		if slices.ContainsFunc(ingress.Spec.Rules, func(r networkingv1.IngressRule) bool { return r.Host == host }) {
			return &IngressFact{Host: host, CreatedAt: ingress.CreationTimestamp.Time}
		}
	}
	return nil
}

// namespaceExists reports whether the cluster has the namespace.
func (c *cluster) namespaceExists(name string) bool {
	_, err := c.core.Core().V1().Namespaces().Lister().Get(name)
	return err == nil
}

// architectures are those of the nodes, sorted, each once.
func (c *cluster) architectures() []string {
	nodes, err := c.core.Core().V1().Nodes().Lister().List(labels.Everything())
	if err != nil {
		return nil
	}
	var list []string
	for _, node := range nodes {
		list = append(list, node.Status.NodeInfo.Architecture)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// application reads the named Application from the watch. The facts lack
// Contains, which needs the history of the repository.
func (c *cluster) application(name string) *ApplicationFact {
	if u := c.find(name); u != nil {
		return applicationOf(u)
	}
	return nil
}

// find is the named Application as the watch has it; nil if there is none.
func (c *cluster) find(name string) *unstructured.Unstructured {
	object, err := c.apps.ForResource(applications).Lister().ByNamespace(c.namespace).Get(name)
	if err != nil {
		return nil
	}
	u, _ := object.(*unstructured.Unstructured)
	return u
}

func applicationOf(u *unstructured.Unstructured) *ApplicationFact {
	text := func(path ...string) string {
		value, _, _ := unstructured.NestedString(u.Object, path...)
		return value
	}
	fact := &ApplicationFact{
		Name: u.GetName(), Sync: text("status", "sync", "status"), Revision: text("status", "sync", "revision"),
		Health: text("status", "health", "status"), Operation: text("status", "operationState", "phase"),
	}
	if operated := text("status", "operationState", "syncResult", "revision"); operated != "" && operated != fact.Revision {
		fact.Operation = "" // of an earlier revision
	}
	if count, _, _ := unstructured.NestedInt64(u.Object, "status", "operationState", "operation", "sync", "autoHealAttemptsCount"); count > 0 {
		fact.Heal = healOf(operationOf(u)) // the whole is read only where it matters: this runs at every turn
	}
	switch fact.Operation {
	case "Failed", "Error":
		fact.Message, fact.Failures = text("status", "operationState", "message"), syncFailures(u)
	case "Running": // or it has failed and waits for another try
		if fact.Failures = syncFailures(u); len(fact.Failures) > 0 {
			fact.Message = text("status", "operationState", "message")
		}
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, entry := range conditions {
		if c, ok := entry.(map[string]any); ok && fact.Message == "" && isError(c["type"]) {
			fact.Message, _ = c["message"].(string)
		}
	}
	return fact
}

// syncFailures are the messages of the resources that the last operation could not apply.
func syncFailures(u *unstructured.Unstructured) (messages []string) {
	results, _, _ := unstructured.NestedSlice(u.Object, "status", "operationState", "syncResult", "resources")
	for _, entry := range results {
		fields, _ := entry.(map[string]any)
		status, _ := fields["status"].(string)
		if message, _ := fields["message"].(string); message != "" && status == "SyncFailed" {
			messages = append(messages, message)
		}
	}
	return messages
}

func isError(conditionType any) bool {
	switch conditionType {
	case "ComparisonError", "SyncError", "InvalidSpecError", "DeletionError", "UnknownError":
		return true
	}
	return false
}

// proxyURL is the address, through the API server, of a ready pod of the
// application; empty while there is none.
func (c *cluster) proxyURL(namespace, digest string) string {
	pod, port := readyPod(c.pods(namespace), digest)
	if pod == "" {
		return ""
	}
	return c.client.CoreV1().RESTClient().Get().Namespace(namespace).Resource("pods").
		Name(fmt.Sprintf("%s:%d", pod, port)).SubResource("proxy").URL().String() + "/"
}

// readyPod is a pod on which the application can be asked, and its first port.
func readyPod(pods []*corev1.Pod, digest string) (name string, port int32) {
	for _, pod := range pods {
		if pod.DeletionTimestamp != nil || !isReady(pod) || digestOf(pod.Spec) != digest {
			continue
		}
		for _, container := range pod.Spec.Containers {
			if len(container.Ports) > 0 {
				return pod.Name, container.Ports[0].ContainerPort
			}
		}
	}
	return "", 0
}
