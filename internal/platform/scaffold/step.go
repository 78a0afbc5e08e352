package scaffold

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
)

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
		return r.record.step(ctx, stepChange{position, status, output, body})
	}
	if err := r.beginStep(ctx, position, step, before.Status == StatusProcessing); err != nil {
		return err
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

// beginStep says that a step begins. One that was cut off has said so, and
// some of what its action says too: it is not said twice.
func (r *run) beginStep(ctx context.Context, position int, step Step, cutOff bool) (err error) {
	r.told = nil
	if cutOff {
		r.told, err = r.record.told(ctx, step.ID)
		return err
	}
	body := EventBody{Message: "Beginning step " + step.Name, StepID: step.ID, Status: StatusProcessing}
	return r.record.step(ctx, stepChange{position, StatusProcessing, nil, body})
}

// tell writes a line of a step's action into the log.
func (r *run) tell(ctx context.Context, step Step, text string) error {
	if i := slices.Index(r.told, text); i >= 0 {
		r.told = r.told[i+1:]
		return nil
	}
	return r.record.log(ctx, EventBody{Message: text, StepID: step.ID})
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
		TaskID: r.task.ID, CreatedAt: r.task.CreatedAt, User: r.task.CreatedBy, Workspace: r.workspace,
		DryRun: r.dry, Template: r.source,
		Output: map[string]any{},
		Log:    func(ctx context.Context, text string) error { return r.tell(ctx, step, text) },
		Ledger: ledger{r.service, r.task.ID, position},
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
