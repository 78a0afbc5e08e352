package runner

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/nektos/act/pkg/exprparser"
	"github.com/nektos/act/pkg/model"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/actions/protocol"
	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

// Config is what the pod knows before it has a job.
type Config struct {
	URL   string        // of the runner's protocol
	Token secret.String // registration token
	Home  string        // directory for the workspace and temporary files
	HTTP  *http.Client
}

// job is one job being executed.
type job struct {
	assignment *protocol.Assignment
	wf         *workflow.Workflow
	def        *model.Job
	dirs       dirs
	out        *stream
	mask       workflow.Masker

	env    map[string]string // from GITHUB_ENV
	paths  []string          // from GITHUB_PATH, newest first
	states map[string]string // of actions: files to use later, e.g. DOCKER_CONFIG
	steps  map[string]*model.StepResult
	status string // success, failure, cancelled
	over   bool   // the job was cancelled or ran out of time before the step at hand
}

// restMost is how long a runner waits for its pod to be removed.
const restMost = time.Minute

// Run fetches one job, executes it and reports all of it. Then it waits to be
// stopped: a container that ends by itself is taken apart at once, at the
// expense of the rollout that follows the job. The job's own failure is no
// error.
func Run(ctx context.Context, cfg Config) error {
	client := &Client{URL: strings.TrimSuffix(cfg.URL, "/"), Token: cfg.Token, Instance: rand.Text(), HTTP: cfg.HTTP}
	assignment, err := client.Acquire(ctx)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	jobCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	j := &job{assignment: assignment, out: newStream(client, cancel), env: map[string]string{},
		states: map[string]string{}, steps: map[string]*model.StepResult{}, status: "success"}
	delivered := make(chan error, 1)
	go func() { delivered <- j.out.run(ctx) }()
	result := j.execute(jobCtx, cfg.Home)
	j.out.add(protocol.Event{Done: &result})
	j.out.close()
	if err := <-delivered; err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-time.After(restMost):
	}
	return nil
}

func (j *job) execute(ctx context.Context, home string) protocol.Result {
	if err := j.setUp(home); err != nil {
		j.finishStep(1, "Set up job", "failure", err)
		return protocol.Result{Conclusion: "failure"}
	}
	j.finishStep(1, "Set up job", "success", nil)
	ctx, cancel := j.limit(ctx)
	defer cancel()
	for i, step := range j.def.Steps {
		j.noteEnd(ctx)
		j.runStep(ctx, i+2, step)
	}
	j.noteEnd(ctx)
	j.finishStep(len(j.def.Steps)+2, "Complete job", "success", nil)
	return j.result(ctx)
}

// limit bounds the job by timeout-minutes (GitHub's default is 360).
func (j *job) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, minutes(j.def.TimeoutMinutes, 360))
}

func minutes(text string, otherwise float64) time.Duration {
	var n float64
	if _, err := fmt.Sscanf(text, "%g", &n); err != nil || n <= 0 {
		n = otherwise
	}
	return time.Duration(n * float64(time.Minute))
}

// noteEnd turns the end of the job's context into its status, for the
// conditions of the steps that are left.
func (j *job) noteEnd(ctx context.Context) {
	j.over = ctx.Err() != nil
	switch {
	case ctx.Err() == nil:
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		j.status = "failure"
	default:
		j.status = "cancelled"
	}
}

func (j *job) result(ctx context.Context) protocol.Result {
	r := protocol.Result{Conclusion: j.status}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		r.Conclusion = "timed_out"
	}
	outputs, err := j.evaluator(nil).InterpolateMap(j.def.Outputs)
	if err != nil {
		j.line(len(j.def.Steps)+2, "##[error]outputs: "+err.Error())
		r.Conclusion = "failure"
	}
	for key, value := range outputs { // GitHub drops outputs that hold a secret
		if j.mask.Apply(value) != value {
			delete(outputs, key)
		}
	}
	r.Outputs = outputs
	return r
}

// setUp reads the workflow and makes the directories.
func (j *job) setUp(home string) error {
	for _, value := range j.assignment.Secrets {
		j.mask.Add(value)
	}
	j.mask.Add(j.assignment.GitHub.Token)
	j.mask.Add("x-access-token:" + j.assignment.GitHub.Token)
	j.setState(1, protocol.StepState{Name: "Set up job", Status: "in_progress"})
	var err error
	if j.wf, err = workflow.Parse(j.assignment.WorkflowPath, []byte(j.assignment.Source)); err != nil {
		return err
	}
	if j.def = j.wf.Model.Jobs[j.assignment.Key]; j.def == nil {
		return fmt.Errorf("%s has no job %q", j.assignment.WorkflowPath, j.assignment.Key)
	}
	_, repository := path.Split(j.assignment.GitHub.Repository)
	if j.dirs, err = makeDirs(home, repository); err != nil {
		return err
	}
	j.assignment.GitHub.Workspace = j.dirs.workspace
	j.assignment.GitHub.EventPath = j.dirs.event
	j.assignment.GitHub.Job = j.assignment.Key
	j.line(1, "Job "+j.assignment.Name+" of "+j.assignment.WorkflowPath)
	return j.dirs.write(j.assignment)
}

// evaluator computes expressions with env added to the job's.
func (j *job) evaluator(env map[string]string) workflow.Evaluator {
	a := j.assignment
	secrets := map[string]string{"GITHUB_TOKEN": a.GitHub.Token}
	maps.Copy(secrets, a.Secrets)
	return workflow.Evaluator{Dir: j.dirs.workspace, Env: &exprparser.EvaluationEnvironment{
		Github: &a.GitHub, Env: env, Job: &model.JobContext{Status: j.status}, Steps: j.steps,
		Runner:  map[string]any{"os": "Linux", "arch": runnerArch(), "temp": j.dirs.temp, "name": "pronto", "tool_cache": j.dirs.tools},
		Secrets: secrets, Vars: a.Vars, Matrix: a.Matrix, Needs: a.Needs, Inputs: a.Inputs,
		Strategy: map[string]any{},
	}}
}

func (j *job) line(step int, text string) {
	text = j.mask.Apply(text)
	j.out.add(protocol.Event{Step: step, Line: &text})
}

func (j *job) setState(step int, state protocol.StepState) {
	state.Name = j.mask.Apply(state.Name) // it may be computed of a secret
	j.out.add(protocol.Event{Step: step, Set: &state})
}

func (j *job) finishStep(number int, name, conclusion string, err error) {
	if err != nil {
		j.line(number, "##[error]"+err.Error())
	}
	j.setState(number, protocol.StepState{Name: name, Status: "completed", Conclusion: conclusion})
}
