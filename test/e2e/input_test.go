package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/test/platform"
)

// formError is the answer to a form with a fault: one error for each field.
type formError struct {
	Errors []struct {
		Path     []string `json:"path"`
		Property string   `json:"property"`
		Message  string   `json:"message"`
	} `json:"errors"`
}

// envelope is the answer to every other fault.
type envelope struct {
	Error    struct{ Name, Message string }
	Request  struct{ Method, URL string }
	Response struct{ StatusCode int }
}

// badForms are values that no application can be made of, with the field at fault.
var badForms = map[string]struct {
	field  string
	values map[string]any
}{
	"a name that is taken":               {"name", map[string]any{"name": firstName}},
	"a name that is too long":            {"name", map[string]any{"name": strings.Repeat("a", 41)}},
	"a name in upper case":               {"name", map[string]any{"name": "MyApp"}},
	"a name that is a path":              {"name", map[string]any{"name": ".."}},
	"an empty name":                      {"name", map[string]any{"name": ""}},
	"the portal's name":                  {"name", map[string]any{"name": "portal"}},
	"the forge's name":                   {"name", map[string]any{"name": "git"}},
	"the registry's name":                {"name", map[string]any{"name": "registry"}},
	"the identity provider's name":       {"name", map[string]any{"name": "login"}},
	"Argo CD's name":                     {"name", map[string]any{"name": "argocd"}},
	"no replicas":                        {"replicas", map[string]any{"name": "bad1", "replicas": 0}},
	"fewer than no replicas":             {"replicas", map[string]any{"name": "bad1", "replicas": -1}},
	"a thousand replicas":                {"replicas", map[string]any{"name": "bad1", "replicas": 1000}},
	"replicas as a word":                 {"replicas", map[string]any{"name": "bad1", "replicas": "two"}},
	"an architecture that no node is of": {"architecture", map[string]any{"name": "bad1", "architecture": "s390x"}},
}

func TestAFormWithAFaultIsRefusedNamingTheField(t *testing.T) {
	first(t)
	before := appNames(t)
	for _, title := range slices.Sorted(maps.Keys(badForms)) {
		form := badForms[title]
		t.Run(title+" through the API", func(t *testing.T) { refusedByAPI(t, form.field, form.values) })
		t.Run(title+" through the command", func(t *testing.T) { refusedByCommand(t, form.field, form.values) })
	}
	if after := appNames(t); !slices.Equal(before, after) {
		t.Errorf("applications were %v and are %v", before, after)
	}
	waitAnswer(within(t, 10*time.Second), t, firstName)
}

func refusedByAPI(t *testing.T, field string, values map[string]any) {
	t.Helper()
	body := must[[]byte](t)(json.Marshal(map[string]any{"templateRef": "template:default/nodejs", "values": values}))
	a := submit(t, body, p.Env["PRONTO_TOKEN"])
	var problem formError
	if err := json.Unmarshal(a.body, &problem); err != nil || a.StatusCode != http.StatusBadRequest || len(problem.Errors) == 0 {
		t.Fatalf("%s, %v: %s", a.Status, err, a.body)
	}
	for _, e := range problem.Errors {
		if !slices.Equal(e.Path, []string{field}) || e.Property != "instance."+field || len(e.Message) < 10 {
			t.Errorf("%+v; want the field %s and a sentence", e, field)
		}
	}
}

func refusedByCommand(t *testing.T, field string, values map[string]any) {
	t.Helper()
	name, _ := values["name"].(string)
	args := []string{"create", name, "--template", "nodejs"}
	for key, value := range values {
		if key != "name" {
			text := strings.Trim(string(must[[]byte](t)(json.Marshal(value))), `"`)
			args = append(args, "--set", key+"="+text)
		}
	}
	_, err := p.Run(within(t, 20*time.Second), args...)
	if platform.ExitCode(err) != 1 || !strings.Contains(err.Error(), field) {
		t.Errorf("%v; want exit status 1 and a sentence about %s", err, field)
	}
}

// submit sends a raw body as the form does.
func submit(t *testing.T, body []byte, token string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(within(t, 20*time.Second), http.MethodPost, p.Env["PRONTO_URL"]+"/api/scaffolder/v2/tasks", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return must[answer](t)(do(req))
}

func TestARequestWithAFaultGetsTheEnvelope(t *testing.T) {
	first(t)
	const good = `{"templateRef":"template:default/nodejs","values":{"name":"bad2"}}`
	token := p.Env["PRONTO_TOKEN"]
	before := appNames(t)
	for title, c := range map[string]struct {
		body, token string
		status      int
		name, says  string
	}{
		"a template that does not exist": {strings.Replace(good, "nodejs", "cobol", 1), token, 404, "NotFoundError", "cobol"},
		"a body that is not JSON":        {"name=bad2", token, 400, "InputError", ""},
		"a body that ends too early":     {good[:30], token, 400, "InputError", ""},
		"a wrong token":                  {good, "pronto_wrong", 401, "AuthenticationError", "token"},
		"no token":                       {good, "", 401, "AuthenticationError", ""},
	} {
		t.Run(title, func(t *testing.T) {
			a := submit(t, []byte(c.body), c.token)
			var e envelope
			if err := json.Unmarshal(a.body, &e); err != nil || a.StatusCode != c.status || e.Response.StatusCode != c.status {
				t.Fatalf("%s, %v: %s; want %d", a.Status, err, a.body, c.status)
			}
			if e.Error.Name != c.name || len(e.Error.Message) < 5 || !strings.Contains(e.Error.Message, c.says) {
				t.Errorf("%+v; want %s that says %q", e.Error, c.name, c.says)
			}
		})
	}
	if after := appNames(t); !slices.Equal(before, after) {
		t.Errorf("applications were %v and are %v", before, after)
	}
}

func TestTheCommandsExitCodesMeanSomething(t *testing.T) {
	first(t)
	for title, c := range map[string]struct {
		code int
		args []string
	}{
		"done":                            {0, []string{"app", firstName}},
		"an application that is not":      {3, []string{"app", "nosuch"}},
		"a template that is not":          {3, []string{"create", "bad3", "--template", "cobol"}},
		"no name":                         {2, []string{"create"}},
		"a field without a value":         {2, []string{"create", "bad3", "--set", "replicas"}},
		"a field that is not":             {2, []string{"create", "bad3", "--set", "replica=2"}},
		"a flag that is not":              {2, []string{"apps", "--colour"}},
		"an output format that is not":    {2, []string{"apps", "-o", "yaml"}},
		"the deletion of what is not":     {3, []string{"delete", "nosuch"}},
		"the logs of what is not":         {3, []string{"logs", "nosuch"}},
		"the watching of what is not":     {3, []string{"watch", "nosuch"}},
		"help, which is no failure":       {0, []string{"create", "--help"}},
		"a command that does not exist":   {2, []string{"deploy"}},
		"the status of what is running":   {0, []string{"status"}},
		"a look at what may be the cause": {0, []string{"doctor"}},
	} {
		t.Run(title, func(t *testing.T) {
			if out, err := p.Run(within(t, 20*time.Second), c.args...); platform.ExitCode(err) != c.code {
				t.Errorf("pronto %v: %v; want exit status %d\n%s", c.args, err, c.code, out)
			}
		})
	}
}

// appNames are the applications that `pronto apps` shows.
func appNames(t *testing.T) []string {
	t.Helper()
	return must[[]string](t)(listApps(within(t, 10*time.Second)))
}

func listApps(ctx context.Context) ([]string, error) {
	raw, err := p.Run(ctx, "apps", "-o", "json")
	if err != nil {
		return nil, err
	}
	var apps []struct{ Name string }
	err = json.Unmarshal([]byte(raw), &apps)
	var names []string
	for _, app := range apps {
		names = append(names, app.Name)
	}
	return names, err
}
