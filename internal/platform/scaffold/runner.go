package scaffold

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
)

// heartbeat is how often a task at work says that it lives.
const heartbeat = time.Second

// run is a task at work.
type run struct {
	service   *Service
	task      Task
	outputs   map[string]any // by step id, as templates read them
	record    recorder
	workspace string        // directory
	source    action.Source // the template's files
	told      []string      // lines that the step wrote before it was cut off
	hidden    []string      // what was made of secrets: never shown
	dry       bool          // nothing outside of the workspace may be touched
}

// recorder keeps what a run tells of itself.
type recorder interface {
	step(ctx context.Context, change stepChange) error
	log(ctx context.Context, body EventBody) error
	// told are the lines of a step that was cut off.
	told(ctx context.Context, step string) ([]string, error)
}

// logbook is the recorder of a task: its journal.
type logbook struct {
	service *Service
	task    string
}

func (l logbook) step(ctx context.Context, change stepChange) error {
	defer l.service.changes.raise(l.task)
	return l.service.journal.step(ctx, l.task, change, l.service.cfg.Clock())
}

func (l logbook) told(ctx context.Context, step string) ([]string, error) {
	return l.service.journal.told(ctx, l.task, step)
}

func (l logbook) log(ctx context.Context, body EventBody) error {
	defer l.service.changes.raise(l.task)
	return l.service.journal.log(ctx, l.task, body, l.service.cfg.Clock())
}

// work does what is left of a task. It returns nil once the task has ended,
// and an error when it was cut off and is to be gone on with.
func (s *Service) work(ctx context.Context, id string) error {
	ctx, leave := s.enter(ctx, id)
	defer leave()
	task, err := s.journal.get(context.WithoutCancel(ctx), id)
	if err != nil || task.Ended() {
		return err
	}
	stopBeat := s.beat(ctx, id)
	defer stopBeat()
	r := &run{service: s, task: task, outputs: map[string]any{}, record: logbook{s, id}, workspace: s.workspace(id)}
	var output map[string]any
	if r.task.secrets, err = s.journal.open(task); err == nil {
		output, err = r.do(ctx)
	}
	return r.end(ctx, output, err)
}

// enter makes a task one that Cancel can stop, until leave is called.
func (s *Service) enter(ctx context.Context, id string) (entered context.Context, leave func()) {
	entered, cancel := context.WithCancel(ctx)
	mine := &cancel
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[id] = mine
	return entered, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.running[id] == mine { // it may be at work again
			delete(s.running, id)
		}
	}
}

// beat keeps the task's heartbeat until the function it returns is called.
func (s *Service) beat(ctx context.Context, id string) func() {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(heartbeat)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-ticker.C:
				if err := s.journal.beat(ctx, id, now); err != nil && ctx.Err() == nil {
					s.log.Warn("heartbeat of a task", "task", id, "error", err)
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

func (r *run) do(ctx context.Context) (map[string]any, error) {
	begun, err := r.service.journal.begin(ctx, r.task, r.service.cfg.Clock())
	if err != nil {
		return nil, err
	}
	if !begun {
		return nil, context.Canceled
	}
	if err := r.changed(ctx); err != nil {
		return nil, err
	}
	if err := r.prepare(ctx); err != nil {
		return nil, fmt.Errorf("make the workspace: %w", err)
	}
	source, done, err := r.service.files(ctx, r.task.spec)
	if err != nil {
		return nil, err
	}
	defer done()
	r.source = source
	return r.steps(ctx)
}

// steps runs what is left of the steps and renders the output.
func (r *run) steps(ctx context.Context) (map[string]any, error) {
	for i, step := range r.task.spec.Steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.step(ctx, i, step); err != nil {
			return nil, err
		}
	}
	output, err := r.service.engine.Value(ctx, r.task.spec.Output, r.scope(ctx))
	if err != nil {
		return nil, fmt.Errorf("spec.output: %w", err)
	}
	result, _ := output.(map[string]any)
	if result == nil {
		result = map[string]any{}
	}
	return result, nil
}

// end writes how the task ended. A task that was cut off by the end of the
// process stays as it is.
func (r *run) end(ctx context.Context, output map[string]any, err error) error {
	stays := context.WithoutCancel(ctx)
	now, readErr := r.service.journal.get(stays, r.task.ID)
	if readErr != nil || now.Ended() { // it was cancelled before it began
		return readErr
	}
	status, failure := StatusCompleted, (*EventError)(nil)
	switch {
	case err == nil:
	case now.cancelling:
		status = StatusCancelled
	case errors.Is(ctx.Err(), context.Canceled):
		return err
	default:
		status, failure = StatusFailed, &EventError{fault.Name(err), err.Error()}
		r.service.log.Warn("task failed", "task", r.task.ID, "template", r.task.TemplateRef, "error", err)
	}
	if err := r.service.journal.end(stays, r.task.ID, status, output, failure, r.service.cfg.Clock()); err != nil {
		return err
	}
	if status == StatusCompleted { // else a retry goes on in it
		if err := r.service.discard(r.task.ID); err != nil {
			r.service.log.Warn("remove a workspace", "task", r.task.ID, "error", err)
		}
	}
	return r.changed(stays)
}

func (r *run) changed(ctx context.Context) error {
	task, err := r.service.journal.get(ctx, r.task.ID)
	if err != nil {
		return err
	}
	r.service.tell(ctx, task)
	return nil
}
