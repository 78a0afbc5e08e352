package scaffold

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
)

// heartbeat is how often a task at work says that it lives.
const heartbeat = time.Second

// run is a task at work.
type run struct {
	service *Service
	task    Task
	outputs map[string]any // by step id, as templates read them
}

// work does what is left of a task. It returns nil once the task has ended,
// and an error when it was cut off and is to be gone on with.
func (s *Service) work(ctx context.Context, id string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.running[id] = cancel
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.running, id)
	}()
	task, err := s.journal.get(context.WithoutCancel(ctx), id)
	if err != nil || task.Ended() {
		return err
	}
	stopBeat := s.beat(ctx, id)
	defer stopBeat()
	r := &run{service: s, task: task, outputs: map[string]any{}}
	output, err := r.do(ctx)
	return r.end(ctx, output, err)
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
	if r.task.cancelling {
		return nil, context.Canceled
	}
	if err := r.service.journal.begin(ctx, r.task, r.service.cfg.Clock()); err != nil {
		return nil, err
	}
	if err := r.changed(ctx); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(r.workspace(), 0o700); err != nil {
		return nil, fmt.Errorf("make the workspace: %w", err)
	}
	for i, step := range r.task.spec.Steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.step(ctx, i, step); err != nil {
			return nil, err
		}
	}
	output, err := r.service.engine.Value(ctx, r.task.spec.Output, r.scope(nil))
	if err != nil {
		return nil, fmt.Errorf("output: %w", err)
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
	if readErr != nil {
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
	if err := os.RemoveAll(r.workspace()); err != nil {
		r.service.log.Warn("remove a workspace", "task", r.task.ID, "error", err)
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

func (r *run) workspace() string { return filepath.Join(r.service.cfg.Dir, r.task.ID) }

// step runs one step unless it was finished before a restart.
func (r *run) step(ctx context.Context, position int, step Step) error {
	before := r.task.Steps[position]
	switch before.Status {
	case StatusCompleted:
		r.outputs[step.ID] = map[string]any{"output": before.Output}
		return nil
	case StatusSkipped:
		return nil
	}
	write := func(ctx context.Context, status, text string, output map[string]any) error {
		body := EventBody{Message: text, StepID: step.ID, Status: status}
		err := r.service.journal.step(ctx, stepChange{r.task.ID, position, status, output, body}, r.service.cfg.Clock())
		r.service.changes.raise()
		return err
	}
	if before.Status == StatusOpen { // else the log has this line from before the restart
		if err := write(ctx, StatusProcessing, "Beginning step "+step.Name, nil); err != nil {
			return err
		}
	}
	output, ran, err := r.perform(ctx, position, step)
	switch {
	case err != nil && ctx.Err() != nil:
		return err
	case err != nil:
		return errors.Join(err, write(ctx, StatusFailed, err.Error(), nil))
	case !ran:
		return write(ctx, StatusSkipped, "Skipping step "+step.ID+" because its if condition was false", nil)
	}
	r.outputs[step.ID] = map[string]any{"output": output}
	return write(ctx, StatusCompleted, "Finished step "+step.Name, output)
}

// perform runs the step's action, once or for each; ran is false where every
// condition was false.
func (r *run) perform(ctx context.Context, position int, step Step) (output map[string]any, ran bool, err error) {
	act, ok := r.service.actions[step.Action]
	if !ok {
		return nil, false, fault.Inputf("Template action with ID '%s' is not registered. Known actions: %s", step.Action, joined(r.service.actions))
	}
	rounds, err := r.rounds(ctx, step)
	if err != nil {
		return nil, false, err
	}
	var outputs []map[string]any
	for _, each := range rounds {
		output, done, err := r.once(ctx, position, step, act, each)
		if err != nil {
			return nil, false, err
		}
		if done {
			outputs = append(outputs, output)
		}
	}
	if step.Each != nil {
		return columns(outputs), len(outputs) > 0, nil
	}
	if len(outputs) == 0 {
		return nil, false, nil
	}
	return outputs[0], true, nil
}

// once renders a step's condition and input and runs its action.
func (r *run) once(ctx context.Context, position int, step Step, act action.Action, each map[string]any) (map[string]any, bool, error) {
	scope := r.scope(each)
	if step.If != nil {
		condition, err := r.service.engine.Value(ctx, step.If, scope)
		if err != nil || !truthy(condition) {
			return nil, false, err
		}
	}
	scope["secrets"] = r.task.secrets
	rendered, err := r.service.engine.Value(ctx, step.Input, scope)
	if err != nil {
		return nil, false, err
	}
	input, _ := rendered.(map[string]any)
	if input == nil {
		input = map[string]any{}
	}
	if err := act.Check(input, each); err != nil {
		return nil, false, err
	}
	c := r.call(position, step)
	return c.Output, true, act.Run(ctx, c, input)
}

// call is what an action of this step gets.
func (r *run) call(position int, step Step) *action.Call {
	return &action.Call{
		TaskID: r.task.ID, CreatedAt: r.task.CreatedAt, User: r.task.CreatedBy, Workspace: r.workspace(),
		Template: action.Source{Files: r.service.cfg.Templates, Dir: r.task.spec.Dir},
		Output:   map[string]any{},
		Log: func(ctx context.Context, text string) error {
			err := r.service.journal.log(ctx, r.task.ID, EventBody{Message: text, StepID: step.ID}, r.service.cfg.Clock())
			r.service.changes.raise()
			return err
		},
		Notes: notes{r.service.journal, r.task.ID, position},
	}
}

// rounds is what a step is repeated over; one nil round without each.
func (r *run) rounds(ctx context.Context, step Step) ([]map[string]any, error) {
	if step.Each == nil {
		return []map[string]any{nil}, nil
	}
	over, err := r.service.engine.Value(ctx, step.Each, r.scope(nil))
	if err != nil {
		return nil, err
	}
	var rounds []map[string]any
	switch over := over.(type) {
	case []any:
		for i, value := range over {
			rounds = append(rounds, map[string]any{"key": i, "value": value})
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(over)) {
			rounds = append(rounds, map[string]any{"key": key, "value": over[key]})
		}
	default:
		return nil, fault.Inputf("Invalid value on action %s.each parameter, \"%v\" cannot be resolved to a list or an object", step.Action, over)
	}
	return rounds, nil
}

// columns turns outputs by round into lists by name.
func columns(rounds []map[string]any) map[string]any {
	lists := map[string]any{}
	for _, round := range rounds {
		for name, value := range round {
			before, _ := lists[name].([]any)
			lists[name] = append(before, value)
		}
	}
	return lists
}

// scope is what expressions see.
func (r *run) scope(each map[string]any) map[string]any {
	user := map[string]any{"ref": r.task.CreatedBy}
	if r.task.CreatedBy != "" {
		if entity, err := r.service.cfg.Catalog.Get(context.Background(), r.task.CreatedBy); err == nil {
			user["entity"] = entity
		}
	}
	scope := map[string]any{
		"parameters": r.task.Values, "steps": r.outputs, "user": user,
		"context":     map[string]any{"task": map[string]any{"id": r.task.ID}},
		"environment": map[string]any{"parameters": r.service.vars()},
	}
	if each != nil {
		scope["each"] = each
	}
	return scope
}

// truthy is Backstage's rule for conditions: "false" in a string is true.
func truthy(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	case []any:
		return len(v) > 0
	}
	return !reflect.ValueOf(value).IsZero()
}
