package scaffold

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// action is something a step can do. It may be run again after it was cut
// off anywhere, and must come to the same end.
type action struct {
	ID          string         `json:"id"`
	Description string         `json:"description"`
	Schema      actionSchema   `json:"schema"`
	Examples    []actionSample `json:"examples"`

	run func(ctx context.Context, c *call, input map[string]any) error
}

type actionSchema struct {
	Input  map[string]any `json:"input"`
	Output map[string]any `json:"output"`
}

type actionSample struct {
	Description string `json:"description"`
	Example     string `json:"example"`
}

// check validates an input; each names the round of a repeated step.
func (a action) check(input, each map[string]any) error {
	found, err := validate("input.json", a.Schema.Input, input)
	if err != nil || len(found) == 0 {
		return err
	}
	name := a.ID
	if each != nil {
		name = fmt.Sprintf("%s[%v]", a.ID, each["key"])
	}
	return inputErrorf("Invalid input passed to action %s, %s", name, (&ValidationError{found}).Error())
}

// call is one run of an action.
type call struct {
	run      *run
	position int
	step     Step
	output   map[string]any
}

// log writes a line into the task's log.
func (c *call) log(ctx context.Context, format string, args ...any) error {
	body := EventBody{Message: fmt.Sprintf(format, args...), StepID: c.step.ID}
	err := c.run.service.journal.log(ctx, c.run.task.ID, body, c.run.service.cfg.Clock())
	c.run.service.changes.raise()
	return err
}

// builtin are the actions by id.
func (s *Service) builtin() map[string]action {
	actions := map[string]action{}
	for _, a := range []action{
		fetchTemplate(s), publishGitHub(s), catalogRegister(s), catalogWrite(), debugLog(), fsDelete(), fsRename(),
	} {
		a.Examples = []actionSample{}
		actions[a.ID] = a
	}
	return actions
}

// The schemas of actions are written with these.
func object(required []string, properties map[string]any) map[string]any {
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func property(kind, description string) map[string]any {
	return map[string]any{"type": kind, "description": description}
}

func listOf(item map[string]any, description string) map[string]any {
	return map[string]any{"type": "array", "items": item, "description": description}
}

func text(input map[string]any, name, otherwise string) string {
	if value, ok := input[name].(string); ok {
		return value
	}
	return otherwise
}

func flag(input map[string]any, name string) bool {
	value, _ := input[name].(bool)
	return value
}

func texts(input map[string]any, name string) []string {
	items, _ := input[name].([]any)
	var all []string
	for _, item := range items {
		if value, ok := item.(string); ok {
			all = append(all, value)
		}
	}
	return all
}

// inside refuses a path that leaves the workspace, and cleans one that stays.
func inside(name string) (string, error) {
	clean := path.Clean(strings.TrimPrefix(name, "./"))
	if path.IsAbs(name) || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsRune(name, 0) {
		return "", &Error{Name: "NotAllowedError", Message: fmt.Sprintf("Path %q is outside of the workspace", name)}
	}
	return clean, nil
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
