package scaffold

import (
	"context"
	"errors"
	"slices"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
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
	output, skipped, err := r.persist(ctx, position, step)
	err = r.redactError(err)
	switch {
	case err != nil && ctx.Err() != nil:
		return err
	case err != nil:
		return errors.Join(err, write(ctx, StatusFailed, err.Error(), nil))
	case skipped != "" && output == nil:
		return write(ctx, StatusSkipped, skipped, nil)
	}
	r.outputs[step.ID] = map[string]any{"output": output}
	if skipped != "" {
		return write(ctx, StatusSkipped, skipped, output)
	}
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
	text = r.redact(text)
	if i := slices.Index(r.told, text); i >= 0 {
		r.told = r.told[i+1:]
		return nil
	}
	return r.record.log(ctx, EventBody{Message: text, StepID: step.ID})
}

// call is what an action of this step gets.
func (r *run) call(position int, step Step) *action.Call {
	return &action.Call{
		TaskID: r.task.ID, CreatedAt: r.task.CreatedAt, User: r.task.CreatedBy, Workspace: r.workspace,
		DryRun: r.dry, Template: r.source,
		Output: map[string]any{},
		Log:    func(ctx context.Context, text string) error { return r.tell(ctx, step, text) },
		Ledger: ledger{r.service, r.task.ID, position, r.redact},
	}
}
