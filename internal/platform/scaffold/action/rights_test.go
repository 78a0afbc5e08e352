package action

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// team may read and write apps/idp-own and read apps/open; root is an
// administrator.
type team struct{}

func (team) MayUse(_ context.Context, creator, owner, repository string, write bool) error {
	if name := owner + "/" + repository; creator == "user:default/root" || name == "apps/idp-own" || name == "apps/open" && !write {
		return nil
	}
	return fault.NotAllowedf("%s may not use %s/%s", creator, owner, repository)
}

func (team) Admin(_ context.Context, creator string) (bool, error) {
	return creator == "user:default/root", nil
}

// made is a ledger by which the task made one repository.
type made struct{ noLedger }

func (made) Find(_ context.Context, kind, name string) (Thing, bool, error) {
	if kind == KindRepository && name == "apps/idp-new" {
		return Thing{Kind: kind, Name: name, ID: "7"}, true, nil
	}
	return Thing{}, false, nil
}

func restricted(t *testing.T, user string) *room {
	t.Helper()
	r := newRoom(t, fstest.MapFS{})
	r.host.Rights, r.call.User, r.call.Ledger = team{}, user, made{}
	r.host.Git.Origin = "https://git.example.com"
	r.call.Template.Repository = "apps/golden"
	r.host.Tree = func(context.Context, string) (fs.FS, error) { return fstest.MapFS{"a.txt": file("a")}, nil }
	return r
}

func refusedBy(err error) bool { return fault.Name(err) == "NotAllowedError" }

func TestAFetchReadsOnlyWhatItsCreatorMay(t *testing.T) {
	for repository, may := range map[string]bool{
		"apps/idp-own": true, "apps/open": true, "apps/golden": true, "apps/idp-new": true, "apps/idp-other": false, "apps%2Fidp-other/x": false,
	} {
		for action, form := range map[string]string{"fetch:plain": "tree", "fetch:template": "tree", "fetch:plain:file": "blob", "fetch:template:file": "blob"} {
			r := restricted(t, "user:default/ana")
			input := map[string]any{"url": "https://git.example.com/" + repository + "/" + form + "/main/a.txt", "targetPath": "b.txt"}
			if form == "tree" {
				input["url"] = "https://git.example.com/" + repository + "/tree/main/docs"
			}
			if err := r.do(t, action, input); (err == nil) != may {
				t.Errorf("%s of %s: %v", action, repository, err)
			}
		}
	}
	r := restricted(t, "user:default/root")
	if err := r.do(t, "fetch:plain", map[string]any{"url": "https://git.example.com/apps/idp-other/tree/main/docs"}); err != nil {
		t.Errorf("an administrator's task: %v", err)
	}
}

func TestNoActionChangesARepositoryThatItsCreatorMayNot(t *testing.T) {
	inputs := map[string]map[string]any{
		"github:repo:push":                {},
		"publish:github:pull-request":     {"branchName": "x", "title": "x", "description": "x"},
		"github:webhook":                  {"webhookUrl": "https://192.0.2.1/"},
		"github:actions:dispatch":         {"workflowId": "x.yaml", "branchOrTagName": "main"},
		"github:issues:label":             {"number": 1, "labels": []string{"x"}},
		"github:issues:create":            {"title": "x"},
		"github:deployKey:create":         {"publicKey": "x", "privateKey": "x", "deployKeyName": "x"},
		"github:environment:create":       {"name": "x"},
		"github:branch-protection:create": {},
		"github:autolinks:create":         {"keyPrefix": "X-", "urlTemplate": "https://x/<num>"},
		"github:pages:enable":             {},
	}
	for id := range Builtin(newRoom(t, fstest.MapFS{}).host) {
		if input, known := inputs[id]; known {
			for repository, may := range map[string]bool{"idp-own": true, "idp-new": true, "idp-other": false, "open": false} {
				r := restricted(t, "user:default/ana")
				forge := r.withForge(t, map[string]string{})
				input["repoUrl"] = "git.example.com?owner=apps&repo=" + repository
				if err := r.do(t, id, input); refusedBy(err) == may || !may && len(forge.calls) > 0 {
					t.Errorf("%s of %s: %v, after %q", id, repository, err, forge.calls)
				}
			}
		} else if strings.HasPrefix(id, "github:") && id != "github:repo:create" {
			t.Errorf("%s is not tried", id)
		}
	}
}

func TestAWebhookLeadsNotIntoTheMachine(t *testing.T) {
	for address, may := range map[string]bool{
		"https://192.0.2.1/hook": true, "http://127.0.0.1:8080/": false, "http://[::1]/": false, "http://[::ffff:10.0.0.1]/": false, "http://169.254.169.254/latest": false,
		"http://10.41.0.1/": false, "https://192.168.1.1/": false, "http://localhost/": false, "http://a.localhost/": false, "http://0.0.0.0/": false, "ftp://192.0.2.1/": false, "http://100.64.0.1/": false,
	} {
		r := restricted(t, "user:default/ana")
		if err := r.host.mayCall(t.Context(), r.call, address); (err == nil) != may {
			t.Errorf("%s: %v", address, err)
		}
	}
	r := restricted(t, "user:default/root")
	if err := r.host.mayCall(t.Context(), r.call, "http://10.41.0.1/"); err != nil {
		t.Errorf("an administrator's: %v", err)
	}
}
