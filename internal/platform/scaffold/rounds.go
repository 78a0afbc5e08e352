package scaffold

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
)

// maxRounds bounds what a step is repeated over.
const maxRounds = 1000

// round is one run of a step's action: the only one, or one of each.
type round struct {
	each  map[string]any // key and value; nil without each
	input map[string]any
	runs  bool // its condition holds
}

// perform runs the step's action, once or for each. Skipped says why it did
// not; there may be an output all the same.
func (r *run) perform(ctx context.Context, position int, step Step) (output map[string]any, skipped string, err error) {
	act, ok := r.service.actions[step.Action]
	if !ok {
		return nil, "", fault.Inputf("Template action with ID '%s' is not registered. Known actions: %s", step.Action, joined(r.service.actions))
	}
	scope := r.scope(ctx)
	if step.Each == nil {
		runs, err := r.holds(ctx, step, scope)
		if err != nil || !runs {
			return nil, "Skipping step " + step.ID + " because its if condition was false", err
		}
	}
	if r.dry && !act.DryRun {
		example, _ := action.Placeholder(act.Schema.Output).(map[string]any)
		return example, "Skipping because " + act.ID + " does not support dry-run", nil
	}
	act = r.rehearsed(act)
	rounds, err := r.rounds(ctx, step, act, scope)
	if err != nil {
		return nil, "", err
	}
	outputs, err := r.each(ctx, position, step, act, rounds)
	if err != nil || step.Each != nil {
		return columns(outputs), "", err
	}
	return outputs[0], "", nil
}

func (r *run) holds(ctx context.Context, step Step, scope map[string]any) (bool, error) {
	if step.If == nil {
		return true, nil
	}
	condition, err := r.service.engine.Value(ctx, step.If, scope)
	if err != nil {
		return false, fmt.Errorf("if: %w", err)
	}
	return truthy(condition), nil
}

// rounds renders and checks the inputs of every round before the first runs.
func (r *run) rounds(ctx context.Context, step Step, act action.Action, scope map[string]any) ([]round, error) {
	if step.Each == nil {
		only := round{runs: true}
		err := r.render(ctx, step, act, scope, &only)
		return []round{only}, err
	}
	over, err := r.service.engine.Value(ctx, step.Each, scope)
	if err != nil {
		return nil, fmt.Errorf("each: %w", err)
	}
	rounds, err := repeat(step, over)
	if err != nil {
		return nil, err
	}
	for i := range rounds {
		own := maps.Clone(scope)
		own["each"] = rounds[i].each
		if rounds[i].runs, err = r.holds(ctx, step, own); err != nil {
			return nil, err
		}
		if !rounds[i].runs {
			continue
		}
		if err := r.render(ctx, step, act, own, &rounds[i]); err != nil {
			return nil, err
		}
	}
	return rounds, nil
}

// repeat makes the rounds of a list, whose keys are its positions as text, or
// of an object, in the order of its keys.
func repeat(step Step, over any) ([]round, error) {
	var rounds []round
	switch over := over.(type) {
	case []any:
		for i, value := range over {
			rounds = append(rounds, round{each: map[string]any{"key": strconv.Itoa(i), "value": value}})
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(over)) {
			rounds = append(rounds, round{each: map[string]any{"key": key, "value": over[key]}})
		}
	default:
		return nil, fault.Inputf("Invalid value on action %s.each parameter, \"%v\" cannot be resolved to a value", step.Action, step.Each)
	}
	if len(rounds) > maxRounds {
		return nil, fault.Inputf("%s.each has %d values, more than %d", step.Action, len(rounds), maxRounds)
	}
	return rounds, nil
}

// render renders and checks a round's input, the only place where secrets
// can be read.
func (r *run) render(ctx context.Context, step Step, act action.Action, scope map[string]any, into *round) error {
	scope = maps.Clone(scope)
	scope["secrets"] = map[string]string{}
	plain, err := r.service.engine.Value(ctx, step.Input, scope)
	if err != nil {
		return fmt.Errorf("input: %w", err)
	}
	if !r.dry && len(r.task.secrets) > 0 {
		scope["secrets"] = r.task.secrets
		rendered, err := r.service.engine.Value(ctx, step.Input, scope)
		if err != nil {
			return fmt.Errorf("input: %w", err)
		}
		r.hidden = append(r.hidden, difference(rendered, plain)...)
		plain = rendered
	}
	into.input, _ = plain.(map[string]any)
	if into.input == nil {
		into.input = map[string]any{}
	}
	return act.Check(into.input, into.each)
}

// each runs the action of every round whose condition holds.
func (r *run) each(ctx context.Context, position int, step Step, act action.Action, rounds []round) ([]map[string]any, error) {
	var outputs []map[string]any
	for _, round := range rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.tellRound(ctx, step, round); err != nil {
			return nil, err
		}
		if !round.runs {
			continue
		}
		c := r.call(position, step)
		if err := act.Run(ctx, c, round.input); err != nil {
			return nil, err
		}
		outputs = append(outputs, c.Output)
	}
	return outputs, nil
}

func (r *run) tellRound(ctx context.Context, step Step, round round) error {
	if round.each == nil {
		return nil
	}
	encoded, err := json.Marshal(round.each)
	if err != nil {
		return fmt.Errorf("each: %w", err)
	}
	verb := "Running"
	if !round.runs {
		verb = "Skipping"
	}
	return r.tell(ctx, step, verb+" step each: "+string(encoded))
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
func (r *run) scope(ctx context.Context) map[string]any {
	user := map[string]any{"ref": r.task.CreatedBy}
	if r.task.CreatedBy != "" {
		if entity, err := r.service.cfg.Catalog.Get(ctx, r.task.CreatedBy); err == nil {
			user["entity"] = entity
		}
	}
	return map[string]any{
		"parameters": r.task.Values, "steps": r.outputs, "user": user,
		"context":     map[string]any{"task": map[string]any{"id": r.task.ID}},
		"environment": map[string]any{"parameters": r.service.vars()},
	}
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
	return true
}
