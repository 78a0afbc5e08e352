package scaffold

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Retry goes on with a task that failed or was cancelled, from the step that
// did not end. Its secrets were forgotten when it ended: those that the steps
// left to run read must be given again. The error is an *fault.Error.
func (s *Service) Retry(ctx context.Context, id string, secrets map[string]string) error {
	task, err := s.journal.get(ctx, id)
	if err != nil {
		return err
	}
	if err := task.retryable(); err != nil {
		return err
	}
	if missing := task.missingSecrets(secrets, s.lost(id)); len(missing) > 0 {
		return fault.Inputf("secrets.%s: is missing; the secrets of a task are forgotten when it ends, so give it again", missing[0])
	}
	s.arrivals.Lock()
	defer s.arrivals.Unlock()
	if err := s.journal.retry(ctx, task, secrets, s.cfg.Clock()); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if task, err = s.journal.get(ctx, id); err != nil {
		return err
	}
	s.tell(ctx, task)
	return s.enqueue(ctx, task)
}

// retryable says why a task cannot go on; nil if it can.
func (t Task) retryable() error {
	switch {
	case !t.Ended():
		return fault.Conflictf("Task %s has not ended: it is %s", t.ID, t.Status)
	case t.Status != StatusFailed && t.Status != StatusCancelled:
		return fault.Conflictf("Task %s is %s: there is nothing to retry", t.ID, t.Status)
	case t.cleaned:
		return fault.Conflictf("What task %s had made was cleaned away: submit the form again", t.ID)
	}
	return nil
}

// lost reports whether a task's workspace is not there any more.
func (s *Service) lost(task string) bool {
	_, err := os.Stat(s.workspace(task))
	return os.IsNotExist(err)
}

// missingSecrets are the names of those secrets that the task was given when
// it was made, that a step left to run reads, and that are not in given.
func (t Task) missingSecrets(given map[string]string, lost bool) []string {
	var inputs []any
	for i, step := range t.spec.Steps {
		if t.Steps[i].left() || lost && t.Steps[i].refills() {
			inputs = append(inputs, step.Input)
		}
	}
	text := encode(inputs)
	var missing []string
	for _, name := range t.secretNames {
		if _, again := given[name]; !again && readsSecret(text, name) {
			missing = append(missing, name)
		}
	}
	return missing
}

var (
	namedSecret = regexp.MustCompile(`\bsecrets(?:\.(\w+)|\[\s*(?:'|\\")(.*?)(?:'|\\")\s*\])`)
	anySecret   = regexp.MustCompile(`\bsecrets\b`)
)

// readsSecret reports whether inputs, as JSON, have an expression that reads
// this secret. One that reads secrets by names which are not in the text may
// read any.
func readsSecret(inputs, name string) bool {
	named := namedSecret.FindAllStringSubmatch(inputs, -1)
	if len(named) < len(anySecret.FindAllString(inputs, -1)) {
		return true
	}
	return slices.ContainsFunc(named, func(match []string) bool { return match[1] == name || match[2] == name })
}

// left reports whether a step is still to be run.
func (s StepState) left() bool { return s.Status != StatusCompleted && s.Status != StatusSkipped }

// refills reports whether a step that has ended runs again when the workspace
// was lost: what it did was to fill the workspace.
func (s StepState) refills() bool {
	fills := strings.HasPrefix(s.Action, "fetch:") || strings.HasPrefix(s.Action, "fs:") || s.Action == "catalog:write"
	return s.Status == StatusCompleted && fills
}

// prepare makes the workspace. Where it was lost, the steps that had filled it
// are open again.
func (r *run) prepare(ctx context.Context) error {
	if r.service.lost(r.task.ID) {
		if err := r.refill(ctx); err != nil {
			return err
		}
	}
	return os.MkdirAll(r.workspace, 0o700)
}

func (r *run) refill(ctx context.Context) error {
	var positions []int
	for i := range r.task.Steps {
		if r.task.Steps[i].refills() {
			positions = append(positions, i)
			r.task.Steps[i].Status = StatusOpen
		}
	}
	if len(positions) == 0 {
		return nil
	}
	return r.service.journal.reopen(ctx, r.task.ID, positions, r.service.cfg.Clock())
}
