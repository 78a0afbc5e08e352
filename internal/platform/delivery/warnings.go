package delivery

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
)

// newWarnings watches the cluster's events, warnings alone.
func newWarnings(client kubernetes.Interface) informers.SharedInformerFactory {
	return informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(slim),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.FieldSelector = "type=" + corev1.EventTypeWarning }))
}

// warnings are the events about objects of a namespace, oldest first.
func (c *cluster) warnings(namespace string) []cause.Event {
	list, err := c.events.Core().V1().Events().Lister().Events(namespace).List(labels.Everything())
	if err != nil {
		return nil
	}
	slices.SortFunc(list, func(a, b *corev1.Event) int { return lastSeen(a).Compare(lastSeen(b)) })
	warnings := make([]cause.Event, 0, len(list))
	for _, e := range list {
		warnings = append(warnings, cause.Event{Kind: e.InvolvedObject.Kind, Name: e.InvolvedObject.Name, Reason: e.Reason, Message: e.Message})
	}
	return warnings
}

// lastSeen is when an event happened last: which field says so depends on who wrote it.
func lastSeen(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil:
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	}
	return e.CreationTimestamp.Time
}

// EndedFact is the end of the log of a container that ended.
type EndedFact struct {
	Of    Ending
	Lines []string
}

// endedLog reads the last lines of a container that ended, whether or not
// another has begun in its place.
func (c *cluster) endedLog(ctx context.Context, namespace string, of Ending) (*EndedFact, error) {
	fact := &EndedFact{Of: of}
	var err error
	for _, previous := range []bool{true, false} {
		if fact.Lines, err = c.tail(ctx, namespace, of, previous); err == nil && len(fact.Lines) > 0 {
			return fact, nil
		}
	}
	return fact, err
}

// servingLog reads the last lines of a ready pod.
func (c *cluster) servingLog(ctx context.Context, namespace, digest string) ([]string, error) {
	pod, _ := readyPod(c.pods(namespace), digest)
	if pod == "" {
		return nil, nil
	}
	return c.tail(ctx, namespace, Ending{Pod: pod}, false)
}

func (c *cluster) tail(ctx context.Context, namespace string, of Ending, previous bool) (lines []string, err error) {
	wanted := int64(decidingSize)
	stream, err := c.client.CoreV1().Pods(namespace).GetLogs(of.Pod,
		&corev1.PodLogOptions{Container: of.Container, Previous: previous, TailLines: &wanted}).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	err = eachLine(stream, func(line string) error {
		lines = append(lines, line)
		return nil
	})
	return lines, err
}
