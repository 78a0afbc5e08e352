package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nektos/act/pkg/exprparser"
	"github.com/nektos/act/pkg/model"

	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

// insertRun journals a run once per key. cause is why it cannot run, if so.
func (a *Actions) insertRun(ctx context.Context, q querier, r *run, wf *workflow.Workflow, cause error) error {
	if cause == nil {
		cause = workflow.Check(wf, []byte(r.Source))
	}
	r.Attempt, r.Status, r.Created, r.Updated = 1, statusQueued, now(), now()
	row := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) + 1 FROM runs WHERE repo = ? AND path = ?`, r.Repo, r.Path)
	if err := row.Scan(&r.Number); err != nil {
		return err
	}
	var cancelOthers bool
	if cause == nil {
		r.Concurrency, cancelOthers, cause = a.concurrency(r, wf)
	}
	err := q.QueryRowContext(ctx, `INSERT INTO runs (key, repo, path, name, source, number, event, payload, inputs, ref, sha, title, actor,
		concurrency, status, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
		r.Key, r.Repo, r.Path, r.Name, r.Source, r.Number, r.Event, r.Payload, r.Inputs, r.Ref, r.SHA, r.Title, r.Actor,
		r.Concurrency, r.Status, r.Created, r.Updated).Scan(&r.ID)
	if errors.Is(missing(err), errNotFound) {
		return nil // there already
	}
	if err != nil {
		return err
	}
	if err := a.displace(ctx, q, r, cancelOthers); err != nil {
		return err
	}
	if err := a.publishRun(ctx, q, r, "requested"); err != nil {
		return err
	}
	if cause == nil {
		cause = a.insertJobs(ctx, q, r, wf)
	}
	if cause != nil {
		return a.refuse(ctx, q, r, cause)
	}
	return nil
}

// refuse ends a run that cannot start.
func (a *Actions) refuse(ctx context.Context, q querier, r *run, cause error) error {
	r.Message = cause.Error()
	if err := a.postStatus(ctx, q, r, r.Name, failure, r.Message); err != nil {
		return err
	}
	return a.completeRun(ctx, q, r, startupFailure)
}

func (a *Actions) concurrency(r *run, wf *workflow.Workflow) (group string, cancel bool, err error) {
	rawGroup, rawCancel := wf.Concurrency()
	if rawGroup == "" {
		return "", false, nil
	}
	eval, err := a.evaluator(r, nil, nil, success)
	if err != nil {
		return "", false, err
	}
	if group, err = eval.Interpolate(rawGroup); err != nil {
		return "", false, fmt.Errorf("concurrency: %w", err)
	}
	cancel, err = eval.Bool(rawCancel)
	return group, cancel, err
}

// displace cancels what a new run of the same concurrency group replaces: the
// one that waits, and with cancel-in-progress the one that runs too.
func (a *Actions) displace(ctx context.Context, q querier, r *run, inProgress bool) error {
	if r.Concurrency == "" {
		return nil
	}
	_, err := q.ExecContext(ctx, `UPDATE runs SET cancelled = 1 WHERE repo = ? AND concurrency = ? AND id < ? AND status <> ?
		AND (? OR status = ?)`, r.Repo, r.Concurrency, r.ID, statusCompleted, inProgress, statusQueued)
	return err
}

// insertJobs makes the jobs of the run's attempt, one per combination of the
// matrix.
func (a *Actions) insertJobs(ctx context.Context, q querier, r *run, wf *workflow.Workflow) error {
	for _, key := range slices.Sorted(maps.Keys(wf.Model.Jobs)) {
		def := wf.Model.Jobs[key]
		combinations, err := def.GetMatrixes()
		if err != nil {
			return fmt.Errorf("jobs.%s: %w", key, err)
		}
		for _, combination := range combinations {
			name, err := a.jobName(r, key, def, combination)
			if err != nil {
				return fmt.Errorf("jobs.%s.name: %w", key, err)
			}
			if _, err := q.ExecContext(ctx, `INSERT INTO jobs (run_id, attempt, key, name, matrix, status, created) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				r.ID, r.Attempt, key, name, mustJSON(combination), statusPending, now()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Actions) jobName(r *run, key string, def *model.Job, matrix map[string]any) (string, error) {
	if def.Name != "" {
		eval, err := a.evaluator(r, matrix, nil, success)
		if err != nil {
			return "", err
		}
		return eval.Interpolate(def.Name)
	}
	if len(matrix) == 0 {
		return key, nil
	}
	values := make([]string, 0, len(matrix))
	for _, name := range slices.Sorted(maps.Keys(matrix)) {
		values = append(values, fmt.Sprint(matrix[name]))
	}
	return key + " (" + strings.Join(values, ", ") + ")", nil
}

// evaluator computes expressions outside of steps.
func (a *Actions) evaluator(r *run, matrix map[string]any, needs map[string]exprparser.Needs, status string) (workflow.Evaluator, error) {
	github, err := a.githubContext(r)
	if err != nil {
		return workflow.Evaluator{}, err
	}
	var inputs map[string]any
	if err := json.Unmarshal([]byte(r.Inputs), &inputs); err != nil {
		return workflow.Evaluator{}, err
	}
	return workflow.Evaluator{Env: &exprparser.EvaluationEnvironment{Github: github, Matrix: matrix, Needs: needs, Inputs: inputs,
		Vars: r.vars, Job: &model.JobContext{Status: status}, Env: map[string]string{}, Strategy: map[string]any{}}}, nil
}

func (a *Actions) githubContext(r *run) (*model.GithubContext, error) {
	var event map[string]any
	if err := json.Unmarshal(r.Payload, &event); err != nil {
		return nil, fmt.Errorf("run %d: event: %w", r.ID, err)
	}
	if r.Event == "workflow_dispatch" {
		delete(event, headCommitKey)
	}
	owner, _, _ := strings.Cut(r.Repo, "/")
	base := strings.TrimSuffix(a.cfg.URL.String(), "/")
	refType, refName := "branch", strings.TrimPrefix(r.Ref, "refs/heads/")
	if tag, ok := strings.CutPrefix(r.Ref, "refs/tags/"); ok {
		refType, refName = "tag", tag
	}
	return &model.GithubContext{Event: event, EventName: r.Event, Workflow: r.Name, Actor: r.Actor,
		RunID: fmt.Sprint(r.ID), RunNumber: fmt.Sprint(r.Number), RunAttempt: fmt.Sprint(r.Attempt),
		Repository: r.Repo, RepositoryOwner: owner, Sha: r.SHA, Ref: r.Ref, RefName: refName, RefType: refType,
		ServerURL: base, APIURL: base + "/api/v3", GraphQLURL: base + "/api/graphql"}, nil
}
