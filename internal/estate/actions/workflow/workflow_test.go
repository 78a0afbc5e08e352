package workflow_test

import (
	"encoding/base64"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/nektos/act/pkg/exprparser"
	"github.com/nektos/act/pkg/model"

	"github.com/pronto-platform/pronto/internal/estate/actions/workflow"
)

func parse(t *testing.T, on string) *workflow.Workflow {
	t.Helper()
	w, err := workflow.Parse("ci.yaml", []byte(on+"\njobs: {a: {runs-on: x, steps: [{run: echo}]}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestPushFilters(t *testing.T) {
	main, tag := "refs/heads/main", "refs/tags/v1.2"
	for _, c := range []struct {
		name, on string
		push     workflow.Push
		want     bool
	}{
		{"plain", "on: push", workflow.Push{Ref: main}, true},
		{"list", "on: [pull_request, push]", workflow.Push{Ref: main}, true},
		{"other event", "on: workflow_dispatch", workflow.Push{Ref: main}, false},
		{"branch", "on: {push: {branches: [main]}}", workflow.Push{Ref: main}, true},
		{"another branch", "on: {push: {branches: [main]}}", workflow.Push{Ref: "refs/heads/dev"}, false},
		{"star stops at slash", "on: {push: {branches: ['rel/*']}}", workflow.Push{Ref: "refs/heads/rel/a/b"}, false},
		{"two stars do not", "on: {push: {branches: ['rel/**']}}", workflow.Push{Ref: "refs/heads/rel/a/b"}, true},
		{"negation", "on: {push: {branches: ['**', '!dev']}}", workflow.Push{Ref: "refs/heads/dev"}, false},
		{"branches-ignore", "on: {push: {branches-ignore: [main]}}", workflow.Push{Ref: main}, false},
		{"a tag is no branch", "on: {push: {branches: ['**']}}", workflow.Push{Ref: tag}, false},
		{"tag", "on: {push: {tags: ['v*']}}", workflow.Push{Ref: tag}, true},
		{"path", "on: {push: {paths: ['src/**']}}", workflow.Push{Ref: main, Paths: []string{"src/a/b.js"}}, true},
		{"other path", "on: {push: {paths: ['src/**']}}", workflow.Push{Ref: main, Paths: []string{"README.md"}}, false},
		{"paths-ignore, all ignored", "on: {push: {paths-ignore: ['deploy/**']}}", workflow.Push{Ref: main, Paths: []string{"deploy/a.yaml"}}, false},
		{"paths-ignore, one not", "on: {push: {paths-ignore: ['deploy/**']}}", workflow.Push{Ref: main, Paths: []string{"deploy/a.yaml", "b"}}, true},
		{"deleted", "on: push", workflow.Push{Ref: main, Deleted: true}, false},
		{"bot", "on: push", workflow.Push{Ref: main, FromBot: true}, false},
		{"skip ci", "on: push", workflow.Push{Ref: main, Message: "deploy: x [skip ci]"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parse(t, c.on).Triggered(c.push)
			if err != nil || got != c.want {
				t.Errorf("triggered = %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestExpressions(t *testing.T) {
	eval := workflow.Evaluator{Env: &exprparser.EvaluationEnvironment{Github: &model.GithubContext{Sha: "abc"},
		Env: map[string]string{"A": "1"}, Job: &model.JobContext{Status: "failure"}, Steps: map[string]*model.StepResult{},
		Needs: map[string]exprparser.Needs{"t": {Result: "success", Outputs: map[string]string{"o": "v"}}}}}
	for in, want := range map[string]string{
		"plain":                       "plain",
		"sha-${{ github.sha }}!":      "sha-abc!",
		"${{ env.A }}${{ env.A }}":    "11",
		"${{ needs.t.outputs.o }}":    "v",
		"${{ format('{0}}}', 'x') }}": "x}",
		"${{ 'a }} b' }}":             "a }} b",
		"${{ github.missing }}":       "",
	} {
		if got, err := eval.Interpolate(in); err != nil || got != want {
			t.Errorf("Interpolate(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]bool{"": false, "always()": true, "failure()": true, "${{ failure() }}": true,
		"github.sha == 'abc'": false, "always() && github.sha == 'abc'": true} {
		if got, err := eval.Condition(in); err != nil || got != want {
			t.Errorf("Condition(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	if _, err := eval.Interpolate("${{ github.sha"); err == nil {
		t.Error("an open expression was accepted")
	}
}

func TestWhatIsNotSupportedIsNamedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		job  string
		line int
		says string
	}{
		"action":    {"    runs-on: x\n    steps:\n      - uses: acme/thing@v1\n", 6, "acme/thing"},
		"container": {"    runs-on: x\n    container: node:20\n    steps: [{run: a}]\n", 5, "container"},
		"shell":     {"    runs-on: x\n    steps:\n      - {run: a, shell: pwsh}\n", 6, "pwsh"},
		"needs":     {"    runs-on: x\n    needs: [ghost]\n    steps: [{run: a}]\n", 3, "ghost"},
	} {
		t.Run(name, func(t *testing.T) {
			source := []byte("on: push\njobs:\n  a:\n" + c.job)
			w, err := workflow.Parse("ci.yaml", source)
			if err == nil {
				err = workflow.Check(w, source)
			}
			var problem *workflow.InvalidError
			if !errors.As(err, &problem) || problem.Line != c.line || !strings.Contains(problem.Message, c.says) {
				t.Errorf("error = %v, want line %d and %q", err, c.line, c.says)
			}
		})
	}
}

func TestAnActionIsKnownAtAnyRef(t *testing.T) {
	source := []byte("on: push\njobs: {a: {runs-on: x, steps: [{uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683}]}}\n")
	w, err := workflow.Parse("ci.yaml", source)
	if err == nil {
		err = workflow.Check(w, source)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestCommands(t *testing.T) {
	c, ok := workflow.ParseCommand("::set-output name=a%2Cb::1%0A2")
	if !ok || c.Name != "set-output" || c.Properties["name"] != "a,b" || c.Text != "1\n2" {
		t.Errorf("command = %+v, %v", c, ok)
	}
	if _, ok := workflow.ParseCommand("a ::error::x"); ok {
		t.Error("a command in the middle of a line was taken")
	}
}

func TestMasks(t *testing.T) {
	var m workflow.Masker
	m.Add("sesame\r\nopen\n{\n")
	m.Add("a b\"c/d")
	m.Add("overlap")
	m.Add("lapping")
	m.Add("")
	m.Add(" \n")
	encode := base64.StdEncoding.EncodeToString
	for in, want := range map[string]string{
		"sesame, open, {":                     "***, ***, {",
		"nothing of it":                       "nothing of it",
		`{"k": "a b\"c/d"}`:                   `{"k": "***"}`,
		"x=a+b%22c%2Fd":                       "x=***",
		"/a%20b%22c%2Fd/":                     "/***/",
		"overlapping":                         "***",
		"overlapoverlap":                      "***",
		`"sesame\r\nopen\n{\n"`:               `"***"`,
		encode([]byte("sesame")):              mask,
		encode([]byte("sesame\r\nopen\n{\n")): mask,
	} {
		if got := m.Apply(in); got != want {
			t.Errorf("%q is masked as %q, want %q", in, got, want)
		}
	}
	// Within something longer a few characters at its borders are shared with what is around.
	for _, around := range []string{"", "u", "us", "user:"} {
		if got := m.Apply(encode([]byte(around + "overlap" + "\n"))); !strings.Contains(got, mask) {
			t.Errorf("after %q the encoded secret is shown: %s", around, got)
		}
	}
	m.Add("7")
	if got := m.Apply("pin 7"); got != "pin ***" {
		t.Errorf("a short secret is masked as %q", got)
	}
}

const mask = "***"

func TestAJobsTokenCannotBeGivenTheRightToSecrets(t *testing.T) {
	source := []byte("on: push\njobs: {a: {runs-on: x, permissions: {secrets: write}, steps: [{run: echo}]}}\n")
	w, err := workflow.Parse("ci.yaml", source)
	if err == nil {
		err = workflow.Check(w, source)
	}
	if err == nil || !strings.Contains(err.Error(), "secrets") {
		t.Errorf("error = %v", err)
	}
}

func TestTheEnvironmentOfAJob(t *testing.T) {
	for written, want := range map[string]string{"": "", "environment: prod, ": "prod", "environment: {name: '${{ vars.E }}', url: x}, ": "${{ vars.E }}"} {
		w, err := workflow.Parse("ci.yaml", []byte("on: push\njobs: {a: {"+written+"runs-on: x, steps: [{run: echo}]}}\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Environment("a"); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
}

func TestWhatAWorkflowReads(t *testing.T) {
	for source, want := range map[string][2]bool{
		"${{ secrets.GITHUB_TOKEN }}":              {false, false},
		"${{ secrets.github_token }}${{ Vars.A }}": {true, false},
		"${{ SECRETS.A }}":                         {false, true},
		"${{ toJSON(secrets) }}":                   {false, true},
	} {
		if got := [2]bool{workflow.MentionsVariables(source), workflow.MentionsSecrets(source)}; got != want {
			t.Errorf("%s: %v, want %v", source, got, want)
		}
	}
}

func TestEnvFiles(t *testing.T) {
	got, err := workflow.ParseEnvFile("a=1=2\nb<<EOF\nx\ny\nEOF\n")
	if err != nil || !maps.Equal(got, map[string]string{"a": "1=2", "b": "x\ny"}) {
		t.Errorf("values = %v, %v", got, err)
	}
	for _, bad := range []string{"novalue", "a<<EOF\nx\n"} {
		if _, err := workflow.ParseEnvFile(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestAWorkflowSaysWhetherItCanBeStartedByHand(t *testing.T) {
	const job = "\njobs: {a: {runs-on: x, steps: [{run: echo}]}}\n"
	for on, want := range map[string]bool{
		"on:\n  push:\n    branches: [main]\n  workflow_dispatch:": true, "on: workflow_dispatch": true, "on: [push, workflow_dispatch]": true,
		"on: {workflow_dispatch: {inputs: {who: {type: string}}}}": true, "on: {push: {branches: [main]}}": false, "on: push": false,
	} {
		wf, err := workflow.Parse("ci.yaml", []byte(on+job))
		if err != nil || wf.Dispatchable() != want {
			t.Errorf("%s: %v, want %v", on, err, want)
		}
	}
}
