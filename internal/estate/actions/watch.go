package actions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"github.com/pronto-platform/pronto/internal/base/outage"
	"github.com/pronto-platform/pronto/internal/base/secret"
)

// podTime bounds the calls to the API server for one pod.
const podTime = 15 * time.Second

// watchPods fails the jobs of pods that are gone or cannot start.
func (a *Actions) watchPods(ctx context.Context) error {
	factory := informers.NewSharedInformerFactoryWithOptions(a.kube, 10*time.Minute, informers.WithNamespace(a.cfg.Namespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = labels.Set(podLabels).String() }))
	informer := factory.Core().V1().Pods().Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { a.podSeen(ctx, o, false) },
		UpdateFunc: func(_, o any) { a.podSeen(ctx, o, false) },
		DeleteFunc: func(o any) {
			if gone, ok := o.(cache.DeletedFinalStateUnknown); ok {
				o = gone.Obj
			}
			a.podSeen(ctx, o, true)
		},
	})
	if err != nil {
		return fmt.Errorf("watch pods: %w", err)
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	factory.Shutdown()
	return nil
}

func (a *Actions) podSeen(ctx context.Context, object any, deleted bool) {
	pod, ok := object.(*corev1.Pod)
	if !ok || ctx.Err() != nil {
		return
	}
	reason := podProblem(pod, deleted)
	if reason == "" {
		return
	}
	if err := a.loseRunner(ctx, pod.Name, reason); err != nil {
		a.log.Error("note lost pod", "pod", pod.Name, "error", err)
	}
	if pod.DeletionTimestamp != nil && !deleted {
		return // on its way out, and its end is told too
	}
	if err := a.pods.remove(ctx, pod.Name); err != nil && ctx.Err() == nil {
		a.log.Warn("remove pod", "pod", pod.Name, "error", err)
	}
}

// hopeless are the reasons a container waits for that do not pass in time,
// unless what is said tells of a registry that is away.
var hopeless = map[string]bool{"ImagePullBackOff": true, "InvalidImageName": true, "ErrImageNeverPull": true,
	"CreateContainerConfigError": true, "CreateContainerError": true, "RunContainerError": true, "CrashLoopBackOff": true}

// podProblem says why a pod will do no more work, or nothing.
func podProblem(pod *corev1.Pod, deleted bool) string {
	for _, status := range pod.Status.ContainerStatuses {
		if w := status.State.Waiting; w != nil && hopeless[w.Reason] && !outage.Told(w.Message) {
			return "the job's pod cannot start: " + w.Reason + ": " + w.Message
		}
		if t := status.State.Terminated; t != nil {
			return fmt.Sprintf("the runner ended without a result: %s (exit code %d) %s", t.Reason, t.ExitCode, t.Message)
		}
	}
	switch {
	case pod.Status.Phase == corev1.PodFailed:
		return "the job's pod failed: " + pod.Status.Reason + ": " + pod.Status.Message
	case pod.Status.Phase == corev1.PodSucceeded:
		return "the runner ended without a result"
	case deleted || pod.DeletionTimestamp != nil:
		return "the job's pod was deleted"
	}
	return ""
}

// ensurePods makes the pods of runners that have none, and removes those of
// runners that are no more and do not rest.
func (a *Actions) ensurePods(ctx context.Context) error {
	runners, err := all(ctx, a.db, scanRunner, `SELECT `+runnerColumns+` FROM runners ORDER BY created`)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, podTime)
	defer cancel()
	list, err := a.kube.CoreV1().Pods(a.cfg.Namespace).List(ctx, metav1.ListOptions{LabelSelector: labels.Set(podLabels).String()})
	if err != nil {
		return fmt.Errorf("list pods: %w", err)
	}
	present := map[string]*corev1.Pod{}
	for i := range list.Items {
		present[list.Items[i].Name] = &list.Items[i]
	}
	var failed error
	for _, r := range runners {
		if present[r.Name] == nil {
			failed = errors.Join(failed, a.ensurePod(ctx, r))
		}
		delete(present, r.Name)
	}
	for name, pod := range present {
		if pod.DeletionTimestamp == nil && !a.spare.rests(name, a.cfg.Clock()) { // nor on its way out
			failed = errors.Join(failed, a.pods.remove(ctx, name))
		}
	}
	return failed
}

// ensurePod makes a runner's pod with a new token. A runner that had begun
// and whose pod is not there was lost while nobody watched.
func (a *Actions) ensurePod(ctx context.Context, r *runnerRow) error {
	if r.Instance != "" {
		if err := a.pods.remove(ctx, r.Name); err != nil { // its Secret is there still
			return err
		}
		return a.loseRunner(ctx, r.Name, "the job's pod is gone")
	}
	token := secret.Random("prt_")
	if _, err := a.db.ExecContext(ctx, `UPDATE runners SET token_hash = ? WHERE name = ?`, hash(token.Reveal()), r.Name); err != nil {
		return err
	}
	err := a.pods.create(ctx, r.Name, token)
	if apierrors.IsInvalid(err) || apierrors.IsForbidden(err) && !strings.Contains(err.Error(), "exceeded quota") {
		return a.loseRunner(ctx, r.Name, err.Error())
	}
	return err
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
