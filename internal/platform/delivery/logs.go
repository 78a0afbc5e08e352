package delivery

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// LogLine is one line that a container wrote.
type LogLine struct {
	Pod       string     `json:"pod"`
	Container string     `json:"container"`
	Time      *time.Time `json:"time,omitempty"`
	Text      string     `json:"text"`
}

// LogOptions choose lines.
type LogOptions struct {
	Follow bool // go on with new lines, and with pods that come
	Tail   int  // lines per container from the end
	Pod    string
}

// podRefresh is how often a followed log looks for new pods.
const podRefresh = time.Second

// Logs gives the lines of the application's pods to emit, which is never
// called twice at once. It ends with ctx, with emit's error, or, when not
// following, after the last line.
func (s *Service) Logs(ctx context.Context, name string, options LogOptions, emit func(LogLine) error) error {
	if s.known(name) == nil {
		return ErrNotFound
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var one sync.Mutex
	var readers sync.WaitGroup
	defer readers.Wait()
	locked := func(line LogLine) error {
		one.Lock()
		defer one.Unlock()
		err := emit(line)
		if err != nil {
			cancel(err)
		}
		return err
	}
	read := func(pod, container string, begun bool) {
		if err := s.readLog(ctx, pod, container, name, options, begun, locked); err != nil && ctx.Err() == nil {
			s.log.Debug("a pod's log ended", "app", name, "pod", pod, "error", err)
		}
	}
	seen := map[string]bool{}
	for first := true; ; first = false {
		for _, container := range s.containers(name, options.Pod, seen) {
			if options.Follow {
				readers.Go(func() { read(container.pod, container.name, first) })
			} else {
				read(container.pod, container.name, true)
			}
		}
		if !options.Follow {
			return causeOrNil(ctx)
		}
		if !pause(ctx, podRefresh) {
			return causeOrNil(ctx)
		}
	}
}

func causeOrNil(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

type podContainer struct{ pod, name string }

// containers are those that have begun and were not seen before.
func (s *Service) containers(namespace, only string, seen map[string]bool) []podContainer {
	var list []podContainer
	for _, pod := range s.cluster.pods(namespace) {
		if only != "" && pod.Name != only {
			continue
		}
		for _, status := range pod.Status.ContainerStatuses {
			key := pod.Name + "/" + status.Name + "/" + fmt.Sprint(status.RestartCount)
			if status.ContainerID != "" && !seen[key] {
				seen[key] = true
				list = append(list, podContainer{pod.Name, status.Name})
			}
		}
	}
	return list
}

func (s *Service) readLog(ctx context.Context, pod, container, namespace string, options LogOptions, begun bool, emit func(LogLine) error) error {
	wanted := &corev1.PodLogOptions{Container: container, Follow: options.Follow, Timestamps: true}
	if begun { // a pod that comes later is read from its beginning
		tail := int64(options.Tail)
		wanted.TailLines = &tail
	}
	stream, err := s.cluster.client.CoreV1().Pods(namespace).GetLogs(pod, wanted).Stream(ctx)
	if err != nil {
		return err
	}
	defer stream.Close()
	return eachLine(stream, func(text string) error {
		line := LogLine{Pod: pod, Container: container, Text: text}
		if stamp, rest, ok := strings.Cut(text, " "); ok {
			if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil {
				line.Time, line.Text = &at, rest
			}
		}
		return emit(line)
	})
}

const maxLine = 1 << 20

func eachLine(r io.Reader, emit func(string) error) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	for scanner.Scan() {
		if err := emit(scanner.Text()); err != nil {
			return err
		}
	}
	return scanner.Err()
}
