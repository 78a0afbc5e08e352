package action

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/nacl/box"
	"sigs.k8s.io/yaml"
	"testing/fstest"
)

const repoURL = "git.example.com?owner=apps&repo=a"

func TestEveryActionSaysWhatItDoes(t *testing.T) {
	actions := Builtin(&Host{})
	if len(actions) < 25 {
		t.Errorf("there are %d actions", len(actions))
	}
	guide, err := os.ReadFile("../../../../docs/guide/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	for id, a := range actions {
		if !strings.Contains(string(guide), "`"+id+"`") {
			t.Errorf("docs/guide/templates.md does not name %s", id)
		}
		properties, _ := a.Schema.Input["properties"].(map[string]any)
		if a.Description == "" || a.Schema.Output["type"] != "object" || a.Schema.Input["additionalProperties"] != false || len(a.Examples) == 0 {
			t.Errorf("%s lacks a description, a schema or an example", id)
		}
		for name, p := range properties {
			if described := p.(map[string]any)["description"]; described == "" || described == nil && p.(map[string]any)["properties"] == nil {
				t.Errorf("%s: input %s has no description", id, name)
			}
		}
		for _, example := range a.Examples {
			var steps []struct {
				Action string         `json:"action"`
				Input  map[string]any `json:"input"`
			}
			if err := yaml.UnmarshalStrict([]byte(strings.ReplaceAll(example.Example, "- id:", "- name: x\n  id:")), &steps); err != nil && !strings.Contains(err.Error(), "unknown field") {
				t.Errorf("%s: example %q: %v", id, example.Example, err)
			}
			if err := yaml.Unmarshal([]byte(example.Example), &steps); err != nil || len(steps) != 1 || steps[0].Action != id {
				t.Errorf("%s: example %q: %v", id, example.Example, err)
				continue
			}
			for name := range steps[0].Input {
				if properties[name] == nil {
					t.Errorf("%s: the example gives %s, which is no input", id, name)
				}
			}
		}
		if example, ok := Placeholder(a.Schema.Output).(map[string]any); !ok || len(example) != len(a.Schema.Output["properties"].(map[string]any)) {
			t.Errorf("%s: placeholder %v", id, example)
		}
	}
}

func TestPublishMakesTheCallsThatBackstageMakes(t *testing.T) {
	public, private, err := box.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := newRoom(t, fstest.MapFS{})
	f := r.withForge(t, map[string]string{
		"GET users/apps": `{"type":"Organization"}`, "POST orgs/apps/repos": `201 {"id":7,"name":"a","full_name":"apps/a","clone_url":"http://127.0.0.1:1/apps/a.git"}`,
		"PUT orgs/apps/teams/core/repos/apps/a": `{}`, "PUT repos/apps/a/collaborators/bo": `{}`, "PUT repos/apps/a/topics": `{"names":[]}`,
		"POST repos/apps/a/actions/variables": `201 {}`, "GET repos/apps/a/actions/secrets/public-key": `{"key_id":"k","key":"` + base64.StdEncoding.EncodeToString(public[:]) + `"}`,
		"PUT repos/apps/a/actions/secrets/TOKEN": `201 {}`, "PUT repos/apps/a/actions/oidc/customization/sub": `201 {}`, "PUT repos/apps/a/subscription": `{}`,
	})
	err = r.do(t, "publish:github", map[string]any{
		"repoUrl": repoURL, "access": "apps/core", "collaborators": []any{map[string]any{"user": "user:default/bo", "access": "push"}, map[string]any{"team": "gone", "access": "pull"}},
		"topics": []any{"GO"}, "repoVariables": map[string]any{"REGION": "eu"}, "secrets": map[string]any{"TOKEN": "s3cret"}, "hasWiki": false, "allowSquashMerge": false,
		"oidcCustomization": map[string]any{"useDefault": false, "includeClaimKeys": []any{"repo"}}, "subscribe": true,
	})
	if err == nil || !strings.Contains(err.Error(), "git push") {
		t.Errorf("the push to nowhere: %v", err)
	}
	var order []string
	var sealed string
	for _, call := range f.calls {
		parts := strings.SplitN(call, " ", 3)
		if parts[0] != "GET" || strings.Contains(call, "public-key") {
			order = append(order, parts[0]+" "+parts[1])
		}
		if strings.Contains(call, "s3cret") {
			t.Errorf("a secret went out in the clear: %s", call)
		}
		if strings.Contains(call, "encrypted_value") {
			_, rest, _ := strings.Cut(call, `"encrypted_value":"`)
			sealed, _, _ = strings.Cut(rest, `"`)
		}
		if strings.HasPrefix(call, "POST orgs") {
			for _, want := range []string{`"private":true`, `"allow_squash_merge":false`, `"allow_merge_commit":true`, `"has_wiki":false`, `"squash_merge_commit_title":"COMMIT_OR_PR_TITLE"`} {
				if !strings.Contains(call, want) || strings.Contains(call, "has_issues") {
					t.Errorf("%s lacks %s", call, want)
				}
			}
		}
	}
	want := []string{"POST orgs/apps/repos", "PUT orgs/apps/teams/core/repos/apps/a", "PUT repos/apps/a/collaborators/bo", "PUT orgs/apps/teams/gone/repos/apps/a", "PUT repos/apps/a/topics",
		"POST repos/apps/a/actions/variables", "GET repos/apps/a/actions/secrets/public-key", "PUT repos/apps/a/actions/secrets/TOKEN",
		"PUT repos/apps/a/actions/oidc/customization/sub", "PUT repos/apps/a/subscription"}
	if !slices.Equal(order, want) {
		t.Errorf("calls\n%q\nwant\n%q", order, want)
	}
	decoded, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	if opened, ok := box.OpenAnonymous(nil, decoded, public, private); !ok || string(opened) != "s3cret" {
		t.Errorf("the forge opens %q, %v", opened, ok)
	}
	if !strings.Contains(strings.Join(r.log, "\n"), "Skipping pull access for gone") {
		t.Errorf("log = %q", r.log)
	}
}

func TestWhatTheForgeLacksIsSaid(t *testing.T) {
	for id, input := range map[string]map[string]any{
		"github:webhook":          {"webhookUrl": "https://x"},
		"github:actions:dispatch": {"workflowId": "a.yaml", "branchOrTagName": "main"},
		"github:issues:label":     {"number": 1, "labels": []any{"a"}}, "github:issues:create": {"title": "a"},
		"github:deployKey:create":         {"publicKey": "ssh-ed25519 A", "privateKey": "B", "deployKeyName": "c"},
		"github:environment:create":       {"name": "prod"},
		"github:branch-protection:create": {"branch": "main"}, "github:autolinks:create": {"keyPrefix": "T-", "urlTemplate": "https://x/<num>"},
		"github:pages:enable":         {},
		"publish:github:pull-request": {"branchName": "b", "title": "t", "description": "d"},
	} {
		r := newRoom(t, fstest.MapFS{})
		f := r.withForge(t, nil)
		input["repoUrl"] = repoURL
		if err := r.do(t, id, input); err == nil || !strings.Contains(err.Error(), "this forge has no such feature") {
			t.Errorf("%s: %v", id, err)
		}
		asked := len(f.calls)
		if most := map[bool]int{true: 2, false: 1}[id == "github:environment:create"]; asked > most { // which looks for it first
			t.Errorf("%s made %q", id, f.calls)
		}
		input["token"] = "x"
		if err := r.do(t, id, input); err == nil || !strings.Contains(err.Error(), "token is not supported") {
			t.Errorf("%s with a token: %v", id, err)
		}
		delete(input, "token")
		for _, url := range []string{"evil.com?owner=a&repo=b", "git.example.com?owner=a", "git.example.com?owner=..&repo=x", "git.example.com?owner=a&repo=b%2Fc", "git.example.com?%zz"} {
			input["repoUrl"] = url
			if err := r.do(t, id, input); err == nil || len(f.calls) != asked {
				t.Errorf("%s at %s: %v, %q", id, url, err, f.calls)
			}
		}
	}
}

func TestAnActionThatIsRunAgainMakesNothingTwice(t *testing.T) {
	for id, c := range map[string]struct {
		input   map[string]any
		answers map[string]string
		never   string
	}{
		"github:webhook": {map[string]any{"webhookUrl": "https://x"}, map[string]string{
			"GET repos/apps/a/hooks": `[{"id":5,"config":{"url":"https://x"}}]`, "PATCH repos/apps/a/hooks/5": `{}`}, "POST"},
		"github:autolinks:create": {map[string]any{"keyPrefix": "T-", "urlTemplate": "https://x/<num>"}, map[string]string{
			"GET repos/apps/a/autolinks": `[{"key_prefix":"T-"}]`}, "POST"},
		"github:pages:enable": {map[string]any{}, map[string]string{"POST repos/apps/a/pages": `409 {"message":"on"}`}, "PUT"},
		"github:deployKey:create": {map[string]any{"publicKey": "ssh-ed25519 AAAA me", "privateKey": "x", "deployKeyName": "d"}, map[string]string{
			"GET repos/apps/a/keys": `[{"key":"ssh-ed25519 AAAA"}]`, "GET repos/apps/a/actions/secrets/public-key": `{"key_id":"k","key":"` + base64.StdEncoding.EncodeToString(make([]byte, 32)) + `"}`,
			"PUT repos/apps/a/actions/secrets/D_PRIVATE_KEY": `{}`}, "POST"},
		"github:environment:create": {map[string]any{"name": "prod", "environmentVariables": map[string]any{"A": "1"}}, map[string]string{
			"PUT repos/apps/a/environments/prod": `{}`, "POST repos/apps/a/environments/prod/variables": `409 {"message":"there"}`,
			"PATCH repos/apps/a/environments/prod/variables/A": `{}`}, "DELETE"},
		"publish:github:pull-request": {map[string]any{"branchName": "b", "title": "t", "description": "d", "targetBranchName": "main"}, map[string]string{
			"GET repos/apps/a/pulls": `[{"number":9,"html_url":"p"}]`, "GET repos/apps/a/branches/main": `{"commit":{"sha":"1"}}`, "GET repos/apps/a/branches/b": `{"commit":{"sha":"2"}}`,
			"POST repos/apps/a/git/trees": `201 {"sha":"3"}`, "POST repos/apps/a/git/commits": `201 {"sha":"2"}`}, "POST repos/apps/a/pulls"},
	} {
		r := newRoom(t, fstest.MapFS{})
		f := r.withForge(t, c.answers)
		c.input["repoUrl"] = repoURL
		if err := r.do(t, id, c.input); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		for _, call := range f.calls {
			if strings.HasPrefix(call, c.never) && !strings.Contains(call, "variables") {
				t.Errorf("%s made %q", id, call)
			}
		}
	}
}

func TestABranchIsProtectedAsAsked(t *testing.T) {
	r := newRoom(t, fstest.MapFS{})
	f := r.withForge(t, map[string]string{"PUT repos/apps/a/branches/main/protection": `404 {"message":"Branch not found"}`})
	input := map[string]any{"repoUrl": repoURL, "branch": "main", "requiredApprovingReviewCount": 2, "requiredStatusCheckContexts": []any{"ci"}, "dismissStaleReviews": true, "enforceAdmins": false}
	if err := r.do(t, "github:branch-protection:create", input); err == nil || len(f.calls) != 2 {
		t.Errorf("a branch that is not seen yet is asked for again once: %v, %q", err, f.calls)
	}
	for _, want := range []string{`"required_approving_review_count":2`, `"contexts":["ci"]`, `"strict":true`, `"dismiss_stale_reviews":true`, `"enforce_admins":false`, `"restrictions":null`} {
		if !strings.Contains(fmt.Sprint(f.calls), want) {
			t.Errorf("%q lacks %s", f.calls, want)
		}
	}
}

func TestAFetchMayReadARepositoryOfTheForge(t *testing.T) {
	r := newRoom(t, fstest.MapFS{})
	var asked []string
	r.host.Tree = func(_ context.Context, address string) (fs.FS, error) {
		asked = append(asked, address)
		return fstest.MapFS{"a.txt": file("a ${{ values.x }}\n")}, nil
	}
	for id, input := range map[string]map[string]any{
		"fetch:plain":         {"url": "https://git.example.com/apps/shared/tree/main/docs", "targetPath": "plain"},
		"fetch:template":      {"url": "https://git.example.com/apps/shared/tree/main/docs", "targetPath": "rendered", "values": map[string]any{"x": 1}},
		"fetch:plain:file":    {"url": "https://git.example.com/apps/shared/blob/main/docs/a.txt", "targetPath": "b.txt"},
		"fetch:template:file": {"url": "https://git.example.com/apps/shared/blob/main/docs/a.txt", "targetPath": "c.txt", "values": map[string]any{"x": 2}},
	} {
		if err := r.do(t, id, input); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	for name, want := range map[string]string{"plain/a.txt": "a ${{ values.x }}\n", "rendered/a.txt": "a 1\n", "b.txt": "a ${{ values.x }}\n", "c.txt": "a 2\n"} {
		if got, err := os.ReadFile(filepath.Join(r.call.Workspace, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	for _, address := range asked {
		if address != "https://git.example.com/apps/shared/tree/main/docs" {
			t.Errorf("asked for %s", address)
		}
	}
	const takes = "relative to the template, or https://git.example.com/OWNER/REPO/tree/BRANCH/PATH"
	for _, address := range []string{"https://evil.example.com/a/b/tree/main/x", "http://127.0.0.1/x", "file:///etc/x", "file:///x", "ssh://git@git.example.com/a/b"} {
		for _, id := range []string{"fetch:plain", "fetch:plain:file", "fetch:template", "fetch:template:file"} {
			input := map[string]any{"url": address, "targetPath": "d"}
			if strings.HasPrefix(id, "fetch:template") {
				input["values"] = map[string]any{}
			}
			if err := r.do(t, id, input); err == nil || !strings.Contains(err.Error(), takes) {
				t.Errorf("%s of %s: %v; it does not say what is taken", id, address, err)
			}
		}
	}
}

func TestWaitingEndsWithItsTask(t *testing.T) {
	r := newRoom(t, fstest.MapFS{})
	if err := r.do(t, "debug:wait", map[string]any{"milliseconds": 5}); err != nil {
		t.Error(err)
	}
	for _, input := range []map[string]any{{"minutes": 11}, {"seconds": -1}, {"minutes": 1e300}} {
		if err := r.do(t, "debug:wait", input); err == nil || !strings.Contains(err.Error(), "maximum threshold") {
			t.Errorf("%v: %v", input, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Builtin(r.host)["debug:wait"].Run(ctx, r.call, map[string]any{"minutes": float64(9)}); err == nil {
		t.Error("a task that was stopped waits on")
	}
}
