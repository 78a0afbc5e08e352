package workflow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// Actions are the ones that `uses:` may name, at any ref.
var Actions = []string{
	"actions/checkout", "actions/setup-node", "docker/build-push-action",
	"docker/login-action", "docker/setup-buildx-action",
}

// ActionName is a `uses:` without its ref.
func ActionName(uses string) string {
	name, _, _ := strings.Cut(uses, "@")
	return strings.ToLower(name)
}

func (w *Workflow) supported() error {
	for _, job := range w.tree.Jobs {
		if err := w.jobSupported(job); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workflow) unsupported(pos *actionlint.Pos, format string, args ...any) error {
	return &InvalidError{Path: w.Path, Line: pos.Line, Message: fmt.Sprintf(format, args...)}
}

func (w *Workflow) jobSupported(job *actionlint.Job) error {
	id := job.ID.Value
	switch {
	case job.WorkflowCall != nil:
		return w.unsupported(job.Pos, "job %q calls a reusable workflow, which is not supported: write its steps here", id)
	case job.Container != nil:
		return w.unsupported(job.Container.Pos, "job %q names a container, which is not supported: every job runs in the runner's image", id)
	case job.Services != nil:
		return w.unsupported(job.Services.Pos, "job %q has services, which are not supported: start what is needed in a step", id)
	case job.Strategy != nil && job.Strategy.Matrix != nil && job.Strategy.Matrix.Expression != nil:
		return w.unsupported(job.Strategy.Pos, "job %q takes its matrix from an expression, which is not supported: list the values", id)
	}
	for _, step := range job.Steps {
		if err := w.stepSupported(step); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workflow) stepSupported(step *actionlint.Step) error {
	switch exec := step.Exec.(type) {
	case *actionlint.ExecAction:
		if exec.Uses != nil && !slices.Contains(Actions, ActionName(exec.Uses.Value)) {
			return w.unsupported(exec.Uses.Pos, "action %q is not supported; supported are %s", exec.Uses.Value, strings.Join(Actions, ", "))
		}
	case *actionlint.ExecRun:
		if s := exec.Shell; s != nil && s.Value != "bash" && s.Value != "sh" {
			return w.unsupported(s.Pos, "shell %q is not supported; supported are bash and sh", s.Value)
		}
	}
	return nil
}
