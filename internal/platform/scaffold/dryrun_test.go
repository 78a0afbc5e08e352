package scaffold

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const rehearsal = `{"template": {"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "new"},
  "spec": {"type": "service", "parameters": {"required": ["name"], "properties": {"name": {"type": "string"}}},
    "steps": [
      {"id": "fetch", "name": "Fetch", "action": "fetch:template", "input": {"url": "./skeleton", "values": {"name": "${{ parameters.name }}"}}},
      {"id": "never", "if": false, "action": "debug:log"},
      {"id": "publish", "action": "publish:github", "input": {"repoUrl": "%s?owner=apps&repo=x"}},
      {"id": "say", "action": "debug:log", "input": {"message": "secret: ${{ secrets.key }}; at ${{ steps.publish.output.remoteUrl }}"}}%s],
    "output": {"name": "${{ parameters.name }}"}}},
  "values": %s, "secrets": {"key": "s3cret"},
  "directoryContents": [{"path": "skeleton/${{ values.name }}.txt", "base64Content": "%s"}, {"path": "skeleton/run", "executable": true, "base64Content": ""}]}`

func TestADryRunShowsWhatATemplateWouldDoAndTouchesNothing(t *testing.T) {
	w := newWorld(t, fstest.MapFS{})
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	content := base64.StdEncoding.EncodeToString([]byte("I am ${{ values.name }}"))
	status, body := post(s, "/api/scaffolder/v2/dry-run", fmt.Sprintf(rehearsal, w.forge.host(), "", `{"name": "ana"}`, content))
	if status != http.StatusOK {
		t.Fatalf("dry run: %d %s", status, body)
	}
	var result DryRunResult
	if err := json.Unmarshal([]byte(body), &result); err != nil {
		t.Fatal(err)
	}
	want := []DryRunFile{{"ana.txt", false, []byte("I am ana")}, {"run", true, []byte{}}}
	if !slices.EqualFunc(result.Files, want, func(a, b DryRunFile) bool {
		return a.Path == b.Path && a.Executable == b.Executable && string(a.Content) == string(b.Content)
	}) {
		t.Errorf("files = %+v", result.Files)
	}
	var log []string
	for _, line := range result.Log {
		log = append(log, line.Body.Message)
	}
	for _, line := range []string{"Beginning step Fetch", "Finished step Fetch", "Skipping step never because its if condition was false",
		"Skipping because publish:github does not support dry-run"} {
		if !slices.Contains(log, line) {
			t.Errorf("the log lacks %q: %q", line, log)
		}
	}
	if result.Output["name"] != "ana" || len(result.Steps) != 4 || result.Steps[1].Name != "debug:log" || strings.Contains(body, "s3cret") {
		t.Errorf("output %v, steps %+v", result.Output, result.Steps)
	}
	if tasks, err := s.List(t.Context()); err != nil || len(tasks) != 0 || w.forge.created != 0 {
		t.Errorf("it left tasks %v, %v and %d repositories", tasks, err, w.forge.created)
	}
	if left, err := os.ReadDir(filepath.Join(s.cfg.Dir, dryRuns)); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

func TestADryRunSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t, fstest.MapFS{})
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	ana := `{"name": "ana"}`
	for name, c := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"bad values":     {fmt.Sprintf(rehearsal, w.forge.host(), "", `{}`, ""), 400, `"errors":[{"path":[]`},
		"no base64":      {fmt.Sprintf(rehearsal, w.forge.host(), "", ana, "%"), 400, "base64Content of skeleton/"},
		"unknown action": {fmt.Sprintf(rehearsal, w.forge.host(), `, {"action": "no:such"}`, ana, ""), 400, "spec.steps[4]: Template action with ID 'no:such' is not registered"},
		"no condition":   {fmt.Sprintf(rehearsal, w.forge.host(), `, {"action": "debug:log", "if": "${{ range(1000000000) }}"}`, ana, ""), 400, "spec.steps[4]: if: "},
		"bad output":     {strings.Replace(fmt.Sprintf(rehearsal, w.forge.host(), "", ana, ""), `"output": {"name": "${{ parameters.name }}"`, `"output": {"name": "${{ range(1000000000) }}"`, 1), 400, "spec.output: "},
		"bad step":       {fmt.Sprintf(rehearsal, w.forge.host(), `, {"id": "say"}`, ana, ""), 400, "template: spec.steps[4].action"},
		"escape":         {strings.Replace(fmt.Sprintf(rehearsal, w.forge.host(), "", ana, ""), "skeleton/run", "../run", 1), 400, "directoryContents: path"},
		"no template":    {`{}`, 400, "template: is missing"},
		"too large":      {`{"x": "` + strings.Repeat("x", maxDryRun) + `"}`, 413, "PayloadTooLargeError"},
	} {
		if status, body := post(s, "/api/scaffolder/v2/dry-run", c.body); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

func TestAutocompletionAndExtensions(t *testing.T) {
	w := newWorld(t, fstest.MapFS{})
	w.forge.add(t.Context(), "b")
	w.forge.add(t.Context(), "a")
	commit(t, w, "a", nil)
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	const base = "/api/scaffolder/v2/autocomplete/"
	for path, c := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"github/repositoriesWithOwner": {`{"token":"t","context":{}}`, 200, `{"results":[{"id":"apps/a"},{"id":"apps/b"}]}`},
		"github/repositories":          {`{"context":{"owner":"apps"}}`, 200, `{"results":[{"id":"a"},{"id":"b"}]}`},
		"github/owners":                {`{}`, 200, `{"results":[{"id":"apps"}]}`},
		"github/branches":              {`{"context":{"owner":"apps","repository":"a"}}`, 200, `{"results":[{"id":"main"}]}`},
		"github/teams":                 {`{}`, 404, "there are branches, owners"},
		"gitlab/repositories":          {`{}`, 404, "there is github"},
	} {
		if status, body := post(s, base+path, c.body); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	recorder := httptest.NewRecorder()
	s.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/api/scaffolder/v2/templating-extensions", nil))
	if body := recorder.Body.String(); recorder.Code != http.StatusOK || !strings.Contains(body, `"projectSlug"`) || !strings.Contains(body, `"globals":{"functions":{},"values":{}}`) {
		t.Errorf("extensions: %d %s", recorder.Code, body)
	}
}
