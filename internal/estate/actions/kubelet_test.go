package actions_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
)

// kubelet runs the command of every pod as a process: the API server of the
// test has no node.
type kubelet struct {
	t      testing.TB
	kube   kubernetes.Interface
	binary string
	wg     sync.WaitGroup
}

func (k *kubelet) run(ctx context.Context, namespace string, started chan<- struct{}) {
	pods, err := k.kube.CoreV1().Pods(namespace).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		k.t.Error(err)
		return
	}
	close(started)
	running := map[string]context.CancelFunc{}
	for event := range pods.ResultChan() {
		pod, ok := event.Object.(*corev1.Pod)
		if !ok {
			continue
		}
		if event.Type == watch.Added {
			var podCtx context.Context
			podCtx, running[pod.Name] = context.WithCancel(ctx)
			k.wg.Go(func() { k.start(podCtx, pod) })
		}
		if event.Type == watch.Deleted {
			running[pod.Name]()
		}
	}
	k.wg.Wait()
}

func (k *kubelet) start(ctx context.Context, pod *corev1.Pod) {
	home, mount := k.t.TempDir(), k.t.TempDir()
	object, err := k.kube.CoreV1().Secrets(pod.Namespace).Get(ctx, pod.Name, metav1.GetOptions{})
	if ctx.Err() != nil {
		return // the pod is gone again, or the test is over
	}
	if err != nil {
		k.t.Error(err)
		return
	}
	for name, data := range object.Data {
		if err := os.WriteFile(filepath.Join(mount, name), data, 0o600); err != nil {
			k.t.Error(err)
		}
	}
	cmd := exec.CommandContext(ctx, k.binary)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Second // then it is killed: a runner may be stopped
	cmd.Stderr = os.Stderr
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	for _, e := range pod.Spec.Containers[0].Env {
		value := strings.ReplaceAll(strings.ReplaceAll(e.Value, "/run/pronto", mount), "/home/runner", home)
		cmd.Env = append(cmd.Env, e.Name+"="+value)
	}
	_ = cmd.Run() // how the job ended is what the test looks at
}
