package scaffold

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/templates"
)

func TestAFormBecomesARepositoryAndACatalogEntry(t *testing.T) {
	w := newWorld(t, templates.FS)
	s, _ := w.start(t)
	ctx := access.WithUser(t.Context(), access.User{Ref: "user:default/ana"})
	begin := time.Now()
	task, err := s.Create(ctx, CreateRequest{TemplateRef: "nodejs", Values: map[string]any{"name": "hello"}})
	if err != nil {
		t.Fatal(err)
	}
	task = w.ended(t, task.ID)
	t.Logf("took %s", time.Since(begin))
	if task.Status != StatusCompleted || task.CreatedBy != "user:default/ana" {
		t.Fatalf("task %s by %s: %s", task.Status, task.CreatedBy, task.Error)
	}
	if task.Output["entityRef"] != "component:default/hello" && task.Output["entityRef"] != "component:default/idp-hello" {
		t.Errorf("output = %v", task.Output)
	}
	if task.Values["replicas"] != float64(2) || task.Values["architecture"] != "amd64" {
		t.Errorf("values = %v, want the form's defaults", task.Values)
	}
	files := w.files(t, "idp-hello")
	for _, want := range []string{"src/server.js", "deploy/ingress.yaml", "catalog-info.yaml", ".github/workflows/ci.yaml"} {
		if !slices.Contains(files, want) {
			t.Errorf("the repository has no %s: %v", want, files)
		}
	}
	if there, err := w.catalog.Has(t.Context(), task.Output["entityRef"].(string)); err != nil || !there {
		t.Errorf("in the catalog: %v, %v", there, err)
	}
	log := messages(t, s, task.ID)
	for _, want := range []string{"Starting up task with 4 steps", "Beginning step Fetch the skeleton", "Finished step Register it in the catalog", "Run completed with status: completed"} {
		if !slices.Contains(log, want) {
			t.Errorf("the log lacks %q: %q", want, log)
		}
	}
}

func TestAFileWhoseNameRendersToNothingIsLeftOut(t *testing.T) {
	w := newWorld(t, templates.FS)
	s, _ := w.start(t)
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "nodejs", Values: map[string]any{"name": "inner", "public": false}})
	if err != nil {
		t.Fatal(err)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCompleted {
		t.Fatal(task.Error)
	}
	if files := w.files(t, "idp-inner"); slices.Contains(files, "deploy/ingress.yaml") || !slices.Contains(files, "deploy/service.yaml") {
		t.Errorf("files of an application that is not public: %v", files)
	}
}

func TestATaskThatIsCutOffGoesOnWhereItWas(t *testing.T) {
	for _, cut := range []string{"processing", "create", "push", "contents"} {
		t.Run("after "+cut, func(t *testing.T) {
			w := newWorld(t, templates.FS)
			cutOff := make(chan struct{})
			var once sync.Once
			var first *Service
			var end func()
			// The process ends when the change has been made and before it learns of it.
			w.forge.after = func(what string) {
				if what == cut {
					once.Do(func() { end(); close(cutOff) })
				}
			}
			tell := w.cfg.OnChange
			w.cfg.OnChange = func(ctx context.Context, task Task) error {
				if task.Status == cut {
					once.Do(func() { close(cutOff); <-ctx.Done() })
				}
				return tell(ctx, task)
			}
			first, end = w.start(t)
			task, err := first.Create(t.Context(), CreateRequest{TemplateRef: "nodejs", Values: map[string]any{"name": "cut"}})
			if err != nil {
				t.Fatal(err)
			}
			<-cutOff
			end()
			if task, err = first.Get(t.Context(), task.ID); err != nil || task.Status != StatusProcessing {
				t.Fatalf("cut off, the task is %s, %v; want it to be in work", task.Status, err)
			}
			second, _ := w.start(t)
			task = w.ended(t, task.ID)
			if task.Status != StatusCompleted {
				t.Fatalf("after the restart the task is %s: %s", task.Status, task.Error)
			}
			if w.forge.created != 1 || w.forge.pushes != 1 {
				t.Errorf("%d repositories made and %d pushes, want one of each", w.forge.created, w.forge.pushes)
			}
			log := messages(t, second, task.ID)
			for _, line := range []string{"Starting up task with 4 steps", "Beginning step Publish the repository", "Finished step Publish the repository", "Run completed with status: completed"} {
				if n := count(log, line); n != 1 {
					t.Errorf("the log has %q %d times: %q", line, n, log)
				}
			}
		})
	}
}

// An end that nobody took, because the process or its listener was going away,
// is told again at every start until somebody does.
func TestAnEndThatWasNotTakenIsToldAgain(t *testing.T) {
	w := newWorld(t, small("\n    - {id: hello, name: Greet, action: 'debug:log', input: {message: hello}}"))
	hear := w.cfg.OnChange
	w.cfg.OnChange = func(ctx context.Context, task Task) error {
		return errors.Join(hear(ctx, task), errors.New("it is being stopped"))
	}
	s, stop := w.start(t)
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "once"}})
	if err != nil {
		t.Fatal(err)
	}
	w.ended(t, task.ID)
	stop()
	_, stop = w.start(t)
	w.ended(t, task.ID)
	stop()
	w.cfg.OnChange = hear
	_, stop = w.start(t)
	w.ended(t, task.ID)
	stop()
	_, stop = w.start(t)
	stop()
	select {
	case told := <-w.changes:
		t.Errorf("what was taken is told again: %s", told.Status)
	default:
	}
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func TestValuesThatTheFormDoesNotNameAreKeptAsBackstageDoes(t *testing.T) {
	w := newWorld(t, small(`
    - {id: say, action: 'debug:log', input: {message: 'in ${{ parameters.region }}'}}`))
	s, _ := w.start(t)
	status, body := post(s, "/api/scaffolder/v2/tasks", `{"templateRef": "small", "values": {"name": "a", "region": "eu", "tags": ["x"]}}`)
	if status != http.StatusCreated {
		t.Fatalf("submit: %d %s", status, body)
	}
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(body), &made); err != nil {
		t.Fatal(err)
	}
	task := w.ended(t, made.ID)
	if text, err := json.Marshal(task); err != nil || !strings.Contains(string(text), `"parameters":{"name":"a","region":"eu","tags":["x"]}`) {
		t.Errorf("the task is %s, %v", text, err)
	}
	if log := messages(t, s, task.ID); !slices.Contains(log, "in eu") {
		t.Errorf("its steps do not see them: %q", log)
	}
}

func TestATemplateWithoutStepsIsATaskThatEnds(t *testing.T) {
	w := newWorld(t, small(" []\n  output: {text: [{title: '${{ parameters.name }}'}]}"))
	s, _ := w.start(t)
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "a"}})
	if err != nil {
		t.Fatal(err)
	}
	task = w.ended(t, task.ID)
	text, err := json.Marshal(task)
	if err != nil || task.Status != StatusCompleted || !strings.Contains(string(text), `"steps":[]`) || strings.Contains(string(text), `"steps":null`) {
		t.Errorf("the task is %s: %s, %v", task.Status, text, err)
	}
	missing := string(small("").(fstest.MapFS)["small/template.yaml"].Data)
	if _, err := parseTemplate([]byte(missing), "."); err == nil || !strings.Contains(err.Error(), "spec.steps: is missing") {
		t.Errorf("without the word steps: %v", err)
	}
}

func TestARepositoryOfSomebodyElseIsLeftAlone(t *testing.T) {
	w := newWorld(t, templates.FS)
	s, _ := w.start(t)
	for i, want := range []string{StatusCompleted, StatusFailed} {
		task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "nodejs", Values: map[string]any{"name": "taken"}})
		if err != nil {
			t.Fatal(err)
		}
		task = w.ended(t, task.ID)
		if task.Status != want {
			t.Fatalf("task %d is %s: %s", i+1, task.Status, task.Error)
		}
		if want == StatusFailed && !strings.Contains(task.Error, "apps/idp-taken exists already") {
			t.Errorf("error = %s", task.Error)
		}
	}
}

func TestFiveTasksAtOnceAllComplete(t *testing.T) {
	w := newWorld(t, templates.FS)
	s, _ := w.start(t)
	open := map[string]bool{}
	for _, name := range []string{"a1", "a2", "a3", "a4", "a5"} {
		task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "nodejs", Values: map[string]any{"name": name}})
		if err != nil {
			t.Fatal(err)
		}
		open[task.ID] = true
	}
	for len(open) > 0 {
		task := <-w.changes
		if !task.Ended() {
			continue
		}
		if delete(open, task.ID); task.Status != StatusCompleted {
			t.Errorf("task %v: %s", task.Values["name"], task.Error)
		}
	}
}

func TestBadInputIsAnsweredInBackstagesShape(t *testing.T) {
	w := newWorld(t, templates.FS)
	w.cfg.Validate = func(_ context.Context, _ string, values map[string]any) []FieldError {
		if values["name"] == "portal" {
			return []FieldError{{Path: "name", Message: "is reserved"}}
		}
		return nil
	}
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	form := func(values string) string { return `{"templateRef":"template:default/nodejs","values":` + values + `}` }
	cases := []struct {
		name, method, path, body string
		status                   int
		says                     []string
	}{
		{"no JSON", "POST", "tasks", "{", 400, []string{`"name":"InputError"`, `"statusCode":400`, "The body cannot be read: it ends too early"}},
		{"unknown template", "POST", "tasks", `{"templateRef":"nope","values":{}}`, 404, []string{"NotFoundError", "template:default/nope"}},
		{"no template", "POST", "tasks", `{}`, 400, []string{"templateRef"}},
		{"upper case", "POST", "tasks", form(`{"name":"Hello"}`), 400, []string{`"path":["name"]`, `"property":"instance.name"`, "does not match pattern"}},
		{"dots", "POST", "tasks", form(`{"name":".."}`), 400, []string{`"path":["name"]`}},
		{"no name", "POST", "tasks", form(`{}`), 400, []string{`requires property \"name\"`, `"path":[]`}},
		{"too many replicas", "POST", "tasks", form(`{"name":"a","replicas":1000}`), 400, []string{"must be less than or equal to 10"}},
		{"negative replicas", "POST", "tasks", form(`{"name":"a","replicas":-1}`), 400, []string{"must be greater than or equal to 1"}},
		{"replicas in words", "POST", "tasks", form(`{"name":"a","replicas":"two"}`), 400, []string{"is not of a type(s) integer"}},
		{"an architecture that is not there", "POST", "tasks", form(`{"name":"a","architecture":"s390x"}`), 400, []string{"is not one of enum values: amd64,arm64"}},
		{"a reserved name", "POST", "tasks", form(`{"name":"portal"}`), 400, []string{`"path":["name"]`, "is reserved"}},
		{"a large body", "POST", "tasks", form(`{"name":"` + strings.Repeat("x", maxBody) + `"}`), 413, []string{"PayloadTooLargeError", "larger than 1048576 bytes"}},
		{"wrong method", "PUT", "tasks", "", 405, []string{"MethodNotAllowedError", "GET"}},
		{"unknown path", "GET", "nothing", "", 404, []string{"NotFoundError"}},
		{"unknown task", "GET", "tasks/1", "", 404, []string{"NotFoundError"}},
		{"unknown task's stream", "GET", "tasks/1/eventstream", "", 404, []string{"NotFoundError"}},
		{"unknown form", "GET", "templates/default/template/nope/parameter-schema", "", 404, []string{"NotFoundError"}},
		{"a limit in words", "GET", "tasks?limit=all", "", 400, []string{"limit"}},
	}
	for _, c := range cases {
		recorder := httptest.NewRecorder()
		s.Handler().ServeHTTP(recorder, httptest.NewRequest(c.method, "/api/scaffolder/v2/"+c.path, strings.NewReader(c.body)))
		if recorder.Code != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, recorder.Code, c.status, recorder.Body)
		}
		for _, want := range c.says {
			if !strings.Contains(recorder.Body.String(), want) {
				t.Errorf("%s: %s lacks %s", c.name, recorder.Body, want)
			}
		}
	}
	if tasks, err := s.List(t.Context()); err != nil || len(tasks) != 0 {
		t.Errorf("bad input left %d tasks, %v", len(tasks), err)
	}
}

func TestTheFormOffersTheSitesChoicesInTheTemplatesOrder(t *testing.T) {
	s, err := New(newWorld(t, templates.FS).cfg)
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	s.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/api/scaffolder/v2/templates/default/template/nodejs/parameter-schema", nil))
	var form struct {
		Title string
		Steps []struct {
			Title  string
			Schema struct {
				Order      []string `json:"ui:order"`
				Properties map[string]struct {
					Enum    []string
					Default any
				}
			}
		}
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &form); err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, step := range form.Steps {
		order = append(order, step.Schema.Order...)
		if p, ok := step.Schema.Properties["architecture"]; ok && (!slices.Equal(p.Enum, []string{"amd64", "arm64"}) || p.Default != "amd64") {
			t.Errorf("architecture = %+v", p)
		}
	}
	if len(order) == 0 || order[0] != "name" {
		t.Errorf("order of the fields = %v", order)
	}
}

func TestTheEventStreamTellsTheWholeTaskAndEnds(t *testing.T) {
	w := newWorld(t, small(`
    - {id: say, name: Say it, action: 'debug:log', input: {message: 'hello ${{ parameters.name }}'}}
    - {id: never, name: Never, action: 'debug:log', if: '${{ parameters.name == "x" }}'}
    - {id: each, action: 'debug:log', each: '${{ ["a", "b"] }}', input: {message: 'each ${{ each.value }}'}}
  output: {name: '${{ parameters.name }}'}`))
	s, _ := w.start(t)
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	response, err := http.Post(server.URL+"/api/scaffolder/v2/tasks", "application/json",
		strings.NewReader(`{"templateRef":"small","values":{"name":"ana"},"secrets":{"key":"s3cret"}}`))
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("create: %v, %v", response, err)
	}
	var made struct{ ID string }
	if err := json.NewDecoder(response.Body).Decode(&made); err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	stream, err := http.Get(server.URL + "/api/scaffolder/v2/tasks/" + made.ID + "/eventstream")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	text, err := io.ReadAll(stream.Body) // ends because the server closes after completion
	if err != nil || stream.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("stream: %v, %v", stream.Header, err)
	}
	for _, want := range []string{"event: log\ndata: {\"id\":1,", "hello ana", "Skipping step never because its if condition was false",
		"each a", "each b", "event: completion\n", `"output":{"name":"ana"}`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the stream lacks %q:\n%s", want, text)
		}
	}
	task, err := s.Get(t.Context(), made.ID)
	if err != nil || task.sealed != "" {
		t.Errorf("after its end the task keeps secrets %v, %v", task.sealed, err)
	}
}

// small is a template of these steps with one field.
func small(steps string) fs.FS {
	return fstest.MapFS{"small/template.yaml": {Data: []byte(`
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: small}
spec:
  type: service
  parameters: {properties: {name: {type: string}}}
  steps:` + steps)}}
}

func TestAStepThatCannotRunFailsTheTaskWithAReason(t *testing.T) {
	for name, c := range map[string]struct{ steps, says string }{
		"unknown action": {"\n    - {id: a, action: 'no:such'}", "'no:such' is not registered. Known actions: catalog:fetch"},
		"bad input":      {"\n    - {id: a, action: 'fs:delete', input: {}}", `Invalid input passed to action fs:delete, instance requires property "files"`},
		"path escape":    {"\n    - {id: a, action: 'fs:delete', input: {files: ['../x']}}", "outside of the workspace"},
		"fetch escape":   {"\n    - {id: a, action: 'fetch:template', input: {url: '../..'}}", "leads out of where"},
		"target escape":  {"\n    - {id: a, action: 'fetch:template', input: {url: '.', targetPath: '../../x'}}", "outside of the workspace"},
		"endless each":   {"\n    - {id: a, action: 'debug:log', each: '${{ parameters.missing }}'}", "debug:log.each"},
	} {
		w := newWorld(t, small(c.steps))
		s, _ := w.start(t)
		task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "small", Values: map[string]any{"name": "a"}})
		if err != nil {
			t.Fatal(err)
		}
		if task = w.ended(t, task.ID); task.Status != StatusFailed || !strings.Contains(task.Error, c.says) {
			t.Errorf("%s: task %s: %s", name, task.Status, task.Error)
		}
	}
}

func TestACancelledTaskStopsAndSaysSo(t *testing.T) {
	w := newWorld(t, templates.FS)
	reached := make(chan struct{})
	w.forge.after = func(what string) {
		if what == "push" {
			close(reached)
			<-t.Context().Done()
		}
	}
	s, _ := w.start(t)
	task, err := s.Create(t.Context(), CreateRequest{TemplateRef: "nodejs", Values: map[string]any{"name": "stop"}})
	if err != nil {
		t.Fatal(err)
	}
	<-reached
	recorder := httptest.NewRecorder()
	s.Handler().ServeHTTP(recorder, httptest.NewRequest("POST", "/api/scaffolder/v2/tasks/"+task.ID+"/cancel", nil))
	if recorder.Code != http.StatusOK || !strings.Contains(recorder.Body.String(), `"status":"cancelled"`) {
		t.Errorf("cancel: %d %s", recorder.Code, recorder.Body)
	}
	if task = w.ended(t, task.ID); task.Status != StatusCancelled {
		t.Errorf("the task is %s", task.Status)
	}
	if log := messages(t, s, task.ID); count(log, "Run completed with status: cancelled") != 1 {
		t.Errorf("log = %q", log)
	}
}
