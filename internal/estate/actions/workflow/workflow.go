// Package workflow reads GitHub Actions workflows: which pushes start them,
// what their jobs are, and the expressions in them. It is shared by the server
// and the runner and knows neither storage nor Kubernetes.
package workflow

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/nektos/act/pkg/model"
	"github.com/rhysd/actionlint"
	"gopkg.in/yaml.v3"
)

// Workflow is one file of .github/workflows.
type Workflow struct {
	Path  string
	Model *model.Workflow
	tree  *actionlint.Workflow
	extra extras
}

// extras are the keys that the model leaves out.
type extras struct {
	RunName     string                `yaml:"run-name"`
	Permissions yaml.Node             `yaml:"permissions"`
	Concurrency yaml.Node             `yaml:"concurrency"`
	Jobs        map[string]*jobExtras `yaml:"jobs"`
}

type jobExtras struct {
	Permissions     yaml.Node `yaml:"permissions"`
	Environment     yaml.Node `yaml:"environment"`
	ContinueOnError string    `yaml:"continue-on-error"`
}

// InvalidError says why a workflow cannot run.
type InvalidError struct {
	Path    string
	Line    int
	Message string
}

func (p *InvalidError) Error() string {
	if p.Line == 0 {
		return p.Path + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d: %s", p.Path, p.Line, p.Message)
}

// Name is the workflow's name, or its path when it has none.
func (w *Workflow) Name() string {
	if w.Model != nil && w.Model.Name != "" {
		return w.Model.Name
	}
	return w.Path
}

// Parse reads a workflow. The error is a *InvalidError that names the line.
func Parse(path string, source []byte) (*Workflow, error) {
	tree, problems := actionlint.Parse(source)
	if len(problems) > 0 {
		return nil, problem(path, problems[0])
	}
	w := &Workflow{Path: path, tree: tree}
	var err error
	if w.Model, err = model.ReadWorkflow(bytes.NewReader(source), false); err != nil {
		return nil, &InvalidError{Path: path, Message: err.Error()}
	}
	if err := yaml.Unmarshal(source, &w.extra); err != nil {
		return nil, &InvalidError{Path: path, Message: err.Error()}
	}
	for _, job := range w.Model.Jobs {
		for _, step := range job.Steps {
			step.With = lowerKeys(step.With)
		}
	}
	return w, nil
}

// lowerKeys: the names of inputs are case-insensitive.
func lowerKeys(in map[string]string) map[string]string {
	out := make(map[string]string, len(in))
	for key, value := range in {
		out[strings.ToLower(key)] = value
	}
	return out
}

// advisory are actionlint's rules whose findings do not keep a workflow from
// running: GitHub runs such workflows too.
var advisory = map[string]bool{
	"action": true, "runner-label": true, "credentials": true, "deprecated-commands": true,
	"if-cond": true, "shellcheck": true, "pyflakes": true,
}

// Check looks for whatever would keep the workflow from running here: mistakes
// found by actionlint, and features that are not supported.
func Check(w *Workflow, source []byte) error {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		return fmt.Errorf("actionlint: %w", err)
	}
	findings, err := linter.Lint(w.Path, source, nil)
	if err != nil {
		return &InvalidError{Path: w.Path, Message: err.Error()}
	}
	for _, finding := range findings {
		if !advisory[finding.Kind] {
			return problem(w.Path, finding)
		}
	}
	return w.supported()
}

func problem(path string, e *actionlint.Error) *InvalidError {
	return &InvalidError{Path: path, Line: e.Line, Message: e.Message}
}

// Permissions are those of a job: its own, or the workflow's. ok is false
// when neither names any, which means the default.
func (w *Workflow) Permissions(key string) (scopes map[string]string, ok bool) {
	if job := w.extra.Jobs[key]; job != nil {
		if scopes, ok := decodePermissions(job.Permissions); ok {
			return scopes, true
		}
	}
	return decodePermissions(w.extra.Permissions)
}

var allScopes = []string{"contents", "packages", "statuses", "actions", "checks", "deployments", "pull_requests"}

func decodePermissions(node yaml.Node) (map[string]string, bool) {
	scopes := map[string]string{}
	switch node.Kind {
	case yaml.MappingNode:
		if err := node.Decode(&scopes); err != nil {
			return nil, false
		}
	case yaml.ScalarNode:
		level := strings.TrimSuffix(node.Value, "-all")
		for _, scope := range allScopes {
			scopes[scope] = level
		}
	default:
		return nil, false
	}
	granted := map[string]string{}
	for scope, level := range scopes {
		if level != "none" && scope != "id-token" {
			granted[strings.ReplaceAll(scope, "-", "_")] = level
		}
	}
	return granted, true
}

// ContinueOnError is the raw text of a job's key.
func (w *Workflow) ContinueOnError(key string) string {
	if job := w.extra.Jobs[key]; job != nil {
		return job.ContinueOnError
	}
	return ""
}

// Environment is a job's, as it was written: the name, or an object with it.
func (w *Workflow) Environment(key string) string {
	job := w.extra.Jobs[key]
	if job == nil || job.Environment.IsZero() {
		return ""
	}
	if job.Environment.Kind == yaml.ScalarNode {
		return job.Environment.Value
	}
	var named struct {
		Name string `yaml:"name"`
	}
	if job.Environment.Decode(&named) != nil {
		return ""
	}
	return named.Name
}

// MentionsVariables is false where no expression of a workflow can read vars.
func MentionsVariables(source string) bool { return mentions(source, "vars") }

// MentionsSecrets is false where no expression of a workflow can read a secret
// other than the job's own token.
func MentionsSecrets(source string) bool {
	return mentions(strings.ReplaceAll(strings.ToLower(source), "secrets.github_token", ""), "secrets")
}

func mentions(source, context string) bool { return strings.Contains(strings.ToLower(source), context) }

// Concurrency returns the group and cancel-in-progress as they were written.
func (w *Workflow) Concurrency() (group, cancelInProgress string) {
	var c struct {
		Group  string `yaml:"group"`
		Cancel string `yaml:"cancel-in-progress"`
	}
	if w.extra.Concurrency.Kind == yaml.ScalarNode {
		return w.extra.Concurrency.Value, ""
	}
	if w.extra.Concurrency.Kind == 0 || w.extra.Concurrency.Decode(&c) != nil {
		return "", ""
	}
	return c.Group, c.Cancel
}
