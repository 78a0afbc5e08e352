package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nektos/act/pkg/model"

	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

// step is one step being executed.
type step struct {
	*job
	number  int
	def     *model.Step
	name    string
	env     map[string]string // the whole environment of its process
	with    map[string]string
	outputs map[string]string
	said    string // the last lines of its process
}

// action is a built-in action: it acts as the step says or returns why not.
type action func(ctx context.Context, s *step) error

var builtin = map[string]action{
	"actions/checkout":           checkout,
	"actions/setup-node":         setupNode,
	"docker/login-action":        dockerLogin,
	"docker/setup-buildx-action": setupBuildx,
	"docker/build-push-action":   buildPush,
}

// runStep executes a step when its condition holds and notes how it ended.
func (j *job) runStep(ctx context.Context, number int, def *model.Step) {
	s := &step{job: j, number: number, def: def, outputs: map[string]string{}}
	run, err := s.prepare()
	if err == nil && !run {
		j.finishStep(number, s.name, "skipped", nil)
		j.record(s, model.StepStatusSkipped, model.StepStatusSkipped)
		return
	}
	j.setState(number, protocol.StepState{Name: s.name, Status: "in_progress"})
	if err == nil {
		err = s.act(ctx)
	}
	s.conclude(err)
}

// prepare computes name, environment and condition.
func (s *step) prepare() (run bool, err error) {
	s.name = plainName(s.def)
	env, err := s.stepEnv(s.def)
	if err != nil {
		return false, err
	}
	eval := s.evaluator(env)
	if name, err := eval.Interpolate(s.name); err == nil {
		s.name = name
	}
	run, err = eval.Condition(s.def.If.Value)
	if err != nil || !run {
		return run, err
	}
	s.env = env
	s.with, err = eval.InterpolateMap(s.def.With)
	return true, err
}

func plainName(def *model.Step) string {
	switch {
	case def.Name != "":
		return def.Name
	case def.Uses != "":
		return "Run " + def.Uses
	default:
		first, _, _ := strings.Cut(strings.TrimSpace(def.Run), "\n")
		return "Run " + first
	}
}

// stepEnv layers the workflow's, the job's, GITHUB_ENV's and the step's.
func (j *job) stepEnv(def *model.Step) (map[string]string, error) {
	env := map[string]string{}
	for _, layer := range []map[string]string{j.wf.Model.Env, j.def.Environment(), j.env, def.Environment()} {
		values, err := j.evaluator(env).InterpolateMap(layer)
		if err != nil {
			return nil, fmt.Errorf("env: %w", err)
		}
		maps.Copy(env, values)
	}
	return env, nil
}

func (s *step) act(ctx context.Context) error {
	// A step whose condition was met although the job was over runs to its end.
	// One that was about to begin when the job was cancelled does not.
	if s.over {
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, minutes(s.def.TimeoutMinutes, 360))
	defer cancel()
	if s.def.Uses == "" {
		return s.runScript(ctx)
	}
	run := builtin[workflow.ActionName(s.def.Uses)]
	if run == nil {
		return fmt.Errorf("action %q is not supported; supported are %s", s.def.Uses, strings.Join(workflow.Actions, ", "))
	}
	s.log("##[group]Run " + s.def.Uses)
	s.logMap(s.with)
	s.log("##[endgroup]")
	return run(ctx, s)
}

func (s *step) log(text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		s.line(s.number, line)
	}
}

// logMap writes a line per entry, in order of the names.
func (s *step) logMap(values map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		s.log("  " + key + ": " + values[key])
	}
}

// conclude reports the end; a failure that the step continues on counts as
// success for what follows, its outcome stays failure.
func (s *step) conclude(err error) {
	outcome, conclusion := model.StepStatusSuccess, model.StepStatusSuccess
	if err != nil {
		outcome, conclusion = model.StepStatusFailure, model.StepStatusFailure
		s.log("##[error]" + message(err))
		ignore, evalErr := s.evaluator(s.env).Bool(s.def.RawContinueOnError)
		if ignore && evalErr == nil {
			conclusion = model.StepStatusSuccess
		} else if s.status == "success" {
			s.status = "failure"
		}
	}
	s.finishStep(s.number, s.name, conclusion.String(), nil)
	s.record(s, outcome, conclusion)
}

func message(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "The step took longer than its timeout-minutes: " + err.Error()
	}
	return err.Error()
}
