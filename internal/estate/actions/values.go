package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/go-github/v74/github"
	"github.com/nektos/act/pkg/exprparser"

	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

// values are what a workflow reads as vars and secrets. Secrets live in memory
// only, from the forge's answer to the runner's.
type values struct {
	Variables map[string]string `json:"variables"`
	Secrets   map[string]string `json:"secrets"`
}

// values asks the forge, as the App itself, at a route that GitHub does not
// have: GitHub's own API never gives a secret back. A repository that is gone,
// or has another in its place, has none.
func (f *forge) values(ctx context.Context, r *run, query url.Values) (values, error) {
	if id := repositoryID(r); id != 0 {
		query.Set("repository_id", strconv.FormatInt(id, 10))
	}
	app, err := f.appToken()
	if err != nil {
		return values{}, fmt.Errorf("sign App token: %w", err)
	}
	client, err := f.client(app)
	if err != nil {
		return values{}, err
	}
	request, err := client.NewRequest(http.MethodGet, "/_services/forge/workflow-values/"+r.Repo+"?"+query.Encode(), nil)
	if err != nil {
		return values{}, err
	}
	var found values
	_, err = client.Do(ctx, request, &found)
	var refused *github.ErrorResponse
	if errors.As(err, &refused) && refused.Response.StatusCode == http.StatusNotFound {
		return values{}, nil
	}
	if err != nil {
		return values{}, fmt.Errorf("variables and secrets of %s: %w", r.Repo, err)
	}
	return found, nil
}

// repositoryID is the repository's number as the event told it, 0 if it did not.
func repositoryID(r *run) int64 {
	var event struct {
		Repository struct {
			ID int64 `json:"id"`
		} `json:"repository"`
	}
	if err := json.Unmarshal(r.Payload, &event); err != nil {
		return 0
	}
	return event.Repository.ID
}

// readVariables fetches what the run's expressions outside of steps may read.
// It goes to the forge, so it comes before a transaction, never in one.
func (a *Actions) readVariables(ctx context.Context, r *run) error {
	r.vars = a.cfg.Vars
	if !workflow.MentionsVariables(r.Source) {
		return nil
	}
	found, err := a.forge.values(ctx, r, url.Values{"variables_only": {"true"}})
	if err != nil {
		return err
	}
	r.vars = merged(a.cfg.Vars, found.Variables)
	return nil
}

func merged(layers ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, layer := range layers {
		maps.Copy(all, layer)
	}
	return all
}

// environment is the name of the one that the job runs in, empty for none.
func (a *Actions) environment(r *run, j *job, wf *workflow.Workflow, needs map[string]exprparser.Needs) (string, error) {
	raw := wf.Environment(j.Key)
	if !strings.Contains(raw, "${{") {
		return raw, nil
	}
	var matrix map[string]any
	if err := json.Unmarshal([]byte(j.Matrix), &matrix); err != nil {
		return "", fmt.Errorf("job %d: matrix: %w", j.ID, err)
	}
	eval, err := a.evaluator(r, matrix, needs, success)
	if err != nil {
		return "", err
	}
	name, err := eval.Interpolate(raw)
	if err != nil {
		return "", fmt.Errorf("jobs.%s.environment: %w", j.Key, err)
	}
	return name, nil
}

// jobValues are read anew for every job, when it starts.
func (a *Actions) jobValues(ctx context.Context, r *run, j *job, wf *workflow.Workflow, needs map[string]exprparser.Needs) (values, error) {
	if !workflow.MentionsVariables(r.Source) && !workflow.MentionsSecrets(r.Source) {
		return values{Variables: a.cfg.Vars}, nil
	}
	if strings.Contains(wf.Environment(j.Key), "${{") {
		if err := a.readVariables(ctx, r); err != nil {
			return values{}, err
		}
	}
	environment, err := a.environment(r, j, wf, needs)
	if err != nil {
		return values{}, err
	}
	found, err := a.forge.values(ctx, r, url.Values{"environment": {environment}})
	found.Variables = merged(a.cfg.Vars, found.Variables)
	return found, err
}
