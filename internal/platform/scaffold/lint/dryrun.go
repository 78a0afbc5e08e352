package lint

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/expression"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// trial is a dry run of the template.
type trial struct {
	*linter
	workspace string
	values    map[string]any
	outputs   map[string]any // by step id, as expressions read them
}

// dryRun renders the template with example values and checks what it makes.
func (l *linter) dryRun(ctx context.Context) (err error) {
	values, err := l.values()
	if err != nil {
		return err
	}
	found, err := form.Check(l.document.pages, values)
	if err != nil {
		l.found(TemplateFile, l.document.line("spec", "parameters"), "the form: %s", oneLine(err))
		return nil
	}
	if len(found) > 0 {
		l.leftOut("what the template makes: give example values that the form takes, with --values: %s", (&form.Error{Violations: found}).Error())
		return nil
	}
	workspace, err := os.MkdirTemp("", "pronto-lint-")
	if err != nil {
		return fmt.Errorf("make a workspace: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(workspace)) }()
	t := &trial{linter: l, workspace: workspace, values: values, outputs: map[string]any{}}
	whole, err := t.run(ctx)
	if err != nil {
		return err
	}
	if l.options.Keep != "" {
		if err := os.CopyFS(l.options.Keep, os.DirFS(workspace)); err != nil {
			return fmt.Errorf("keep what was rendered: %w", err)
		}
	}
	if !whole {
		l.leftOut("what the template makes: a step of the dry run failed")
		return nil
	}
	return l.tree(ctx, os.DirFS(workspace))
}

// run does the steps; whole says that none failed.
func (t *trial) run(ctx context.Context) (whole bool, err error) {
	whole = true
	for i, s := range t.document.steps {
		act, known := t.actions[s.Action]
		if !known {
			whole = false
			continue
		}
		rounds, fault := t.rounds(ctx, s)
		for _, each := range rounds {
			if fault == nil {
				fault = t.once(ctx, i, s, act, each)
			}
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if fault != nil {
			whole = false
			t.failed(i, fault)
		}
		t.outputs[s.ID] = map[string]any{"output": placeholders(act)}
	}
	return whole, nil
}

var inFile = regexp.MustCompile(`(?i)^([^\s:]+): .*?\bline (\d+)`)

// failed notes a step's failure, at the skeleton's file where one is to blame.
func (t *trial) failed(position int, fault error) {
	if errors.Is(fault, errNoted) {
		return
	}
	message := oneLine(fault)
	if match := inFile.FindStringSubmatch(message); match != nil {
		line, err := strconv.Atoi(match[2])
		url := form.Text(t.document.steps[position].Input, "url", "")
		if err == nil && url != "" {
			t.found(strings.TrimPrefix(url, "./")+"/"+match[1], line, "%s", strings.TrimPrefix(message, match[1]+": "))
			return
		}
	}
	t.found(TemplateFile, t.document.line("spec", "steps", strconv.Itoa(position)), "%s", message)
}

// rounds is what a step is repeated over; one nil round without each.
func (t *trial) rounds(ctx context.Context, s step) ([]map[string]any, error) {
	if s.Each == nil {
		return []map[string]any{nil}, nil
	}
	over, err := t.engine.Value(ctx, s.Each, t.scope(nil))
	if err != nil {
		return nil, err
	}
	var rounds []map[string]any
	switch over := over.(type) {
	case []any:
		for i, value := range over {
			rounds = append(rounds, map[string]any{"key": strconv.Itoa(i), "value": value})
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(over)) {
			rounds = append(rounds, map[string]any{"key": key, "value": over[key]})
		}
	default:
		return nil, fmt.Errorf("each is neither a list nor an object but %v", over)
	}
	return rounds, nil
}

func (t *trial) once(ctx context.Context, position int, s step, act action.Action, each map[string]any) error {
	scope := t.scope(each)
	if s.If != nil {
		condition, err := t.engine.Value(ctx, s.If, scope)
		if err != nil || !holds(condition) {
			return err
		}
	}
	if !t.computes(ctx, position, scope) {
		return errNoted
	}
	rendered, err := t.engine.Value(ctx, s.Input, scope)
	if err != nil {
		return err
	}
	input, _ := rendered.(map[string]any)
	if input == nil {
		input = map[string]any{}
	}
	if err := act.Check(input, each); err != nil {
		return err
	}
	if !t.local(s, act, input) {
		return nil
	}
	return act.Run(ctx, &action.Call{
		TaskID: "lint", CreatedAt: time.Now(), DryRun: true, Workspace: t.workspace, Template: t.source,
		Output: map[string]any{}, Log: func(context.Context, string) error { return nil },
	}, input)
}

// elsewhere are the actions whose dry run asks the platform, or only takes time.
var elsewhere = []string{"catalog:fetch", "debug:wait"}

// local is true for an action that needs nothing but the template and the workspace.
func (t *trial) local(s step, act action.Action, input map[string]any) bool {
	if !act.DryRun || slices.Contains(elsewhere, act.ID) {
		return false
	}
	if url := form.Text(input, "url", ""); strings.Contains(url, "://") {
		t.leftOut("what the step %s fetches from %s", s.ID, url)
		return false
	}
	return true
}

// errNoted is a failure that is among the findings already.
var errNoted = errors.New("noted")

// computes looks for texts of an input that cannot be computed, each at its
// own line: the engine would leave some of them as they are, as Backstage does.
func (t *trial) computes(ctx context.Context, position int, scope map[string]any) bool {
	before := len(t.report.Findings)
	t.document.strings(func(text string, line int) {
		if !hasExpression(text) {
			return
		}
		_, err := t.engine.Files(ctx, []expression.File{{Path: text}}, scope, expression.Options{})
		if err != nil && ctx.Err() == nil {
			t.found(TemplateFile, line, "the expression cannot be computed: %s", strings.TrimPrefix(oneLine(err), strings.Join(strings.Fields(text), " ")+": "))
		}
	}, "spec", "steps", strconv.Itoa(position), "input")
	return len(t.report.Findings) == before
}

func (t *trial) scope(each map[string]any) map[string]any {
	scope := map[string]any{
		"parameters": t.values, "steps": t.outputs, "secrets": map[string]any{},
		"user":        map[string]any{"ref": "user:default/example"},
		"context":     map[string]any{"task": map[string]any{"id": "lint"}},
		"environment": map[string]any{"parameters": t.options.Site, "secrets": map[string]any{}},
	}
	if each != nil {
		scope["each"] = each
	}
	return scope
}

// placeholders stand in for what an action would give.
func placeholders(act action.Action) map[string]any {
	outputs, _ := act.Schema.Output["properties"].(map[string]any)
	given := map[string]any{}
	for name, p := range outputs {
		property, _ := p.(map[string]any)
		if value := plain(property); value != nil {
			given[name] = value
			continue
		}
		given[name] = "example-" + name
	}
	return given
}

// holds is Backstage's rule for conditions: "false" in a string is true.
func holds(condition any) bool {
	if list, ok := condition.([]any); ok {
		return len(list) > 0
	}
	return condition != nil && !reflect.ValueOf(condition).IsZero()
}
