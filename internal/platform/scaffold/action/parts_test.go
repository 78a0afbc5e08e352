package action

import (
	"context"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// account is a ledger that keeps what it is told.
type account struct {
	things map[string]Thing
	told   []string
	deaf   bool // it is not told any more of what was made: the process is gone
}

func (a *account) Find(_ context.Context, kind, name string) (Thing, bool, error) {
	thing, known := a.things[kind+" "+name]
	return thing, known, nil
}

func (a *account) Intend(_ context.Context, thing Thing) error {
	a.things[thing.Kind+" "+thing.Name] = thing
	a.told = append(a.told, "intend "+thing.Label)
	return nil
}

func (a *account) Made(_ context.Context, thing Thing) error {
	if !a.deaf {
		a.things[thing.Kind+" "+thing.Name] = thing
		a.told = append(a.told, "made "+thing.Label+" "+thing.ID)
	}
	return nil
}

func (a *account) Forget(_ context.Context, thing Thing) error {
	delete(a.things, thing.Kind+" "+thing.Name)
	a.told = append(a.told, "forget "+thing.Label)
	return nil
}

// makings are the actions that make something within a repository: what the
// forge answers while it is not there, and what changes once it is.
var makings = map[string]struct {
	input         map[string]any
	before, after map[string]string
	make          string // the call that makes it
	label, id     string
}{
	"github:webhook": {map[string]any{"webhookUrl": "https://x/y"},
		map[string]string{"GET repos/apps/a/hooks": `[]`, "POST repos/apps/a/hooks": `201 {"id":5}`},
		map[string]string{"GET repos/apps/a/hooks": `[{"id":5,"config":{"url":"https://x/y"}}]`, "PATCH repos/apps/a/hooks/5": `{}`},
		"POST repos/apps/a/hooks", "apps/a https://x/y", "5"},
	"github:issues:create": {map[string]any{"title": "t", "body": "b"},
		map[string]string{"POST repos/apps/a/issues": `201 {"number":3,"html_url":"u"}`},
		map[string]string{"GET repos/apps/a/issues": `[{"number":2,"title":"t","body":"b","pull_request":{}},{"number":3,"title":"t","body":"b","html_url":"u","created_at":"2023-11-14T22:13:20Z"}]`},
		"POST repos/apps/a/issues", "apps/a t", "3"},
	"github:deployKey:create": {map[string]any{"publicKey": "ssh-ed25519 AAAA me", "privateKey": "x", "deployKeyName": "d"},
		map[string]string{"GET repos/apps/a/keys": `[]`, "POST repos/apps/a/keys": `201 {"id":8}`,
			"GET repos/apps/a/actions/secrets/public-key": `{"key_id":"k","key":"` + base64.StdEncoding.EncodeToString(make([]byte, 32)) + `"}`, "PUT repos/apps/a/actions/secrets/D_PRIVATE_KEY": `{}`},
		map[string]string{"GET repos/apps/a/keys": `[{"id":8,"key":"ssh-ed25519 AAAA"}]`}, "POST repos/apps/a/keys", "apps/a d", "8"},
	"github:environment:create": {map[string]any{"name": "prod"},
		map[string]string{"PUT repos/apps/a/environments/prod": `{"id":4}`}, map[string]string{"GET repos/apps/a/environments/prod": `{"id":4}`}, "", "apps/a prod", "4"},
	"publish:github:pull-request": {map[string]any{"branchName": "b/c", "title": "t", "description": "d", "targetBranchName": "main"},
		map[string]string{"GET repos/apps/a/pulls": `[]`, "GET repos/apps/a/branches/main": `{"commit":{"sha":"1"}}`, "POST repos/apps/a/git/trees": `201 {"sha":"3"}`,
			"POST repos/apps/a/git/commits": `201 {"sha":"2"}`, "POST repos/apps/a/git/refs": `201 {}`, "POST repos/apps/a/pulls": `201 {"number":9,"html_url":"p"}`},
		map[string]string{"GET repos/apps/a/pulls": `[{"number":9,"html_url":"p"}]`, "GET repos/apps/a/branches/b/c": `{"commit":{"sha":"2"}}`},
		"POST repos/apps/a/pulls", "apps/a b/c", "9"},
}

func TestWhatIsMadeWithinARepositoryIsAccountedForOnceThroughACrash(t *testing.T) {
	for id, c := range makings {
		r := newRoom(t, fstest.MapFS{})
		f := r.withForge(t, maps.Clone(c.before))
		ledger := &account{things: map[string]Thing{}, deaf: true}
		r.call.Ledger = ledger
		c.input["repoUrl"] = repoURL
		if err := r.do(t, id, c.input); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if !slices.Contains(ledger.told, "intend "+c.label) {
			t.Errorf("%s did not say what it was about to make: %q", id, ledger.told)
		}
		maps.Copy(f.answers, c.after)
		ledger.deaf, f.calls = false, nil
		for range 2 {
			if err := r.do(t, id, c.input); err != nil {
				t.Errorf("%s again: %v", id, err)
			}
		}
		if made := "made " + c.label + " " + c.id; !slices.Contains(ledger.told, made) {
			t.Errorf("%s lacks %q: %q", id, made, ledger.told)
		}
		if again := slices.ContainsFunc(f.calls, func(call string) bool { return c.make != "" && strings.HasPrefix(call, c.make+" ") }); again {
			t.Errorf("%s made a second one: %q", id, f.calls)
		}
	}
}

func TestWhatWasThereBeforeIsNotOfTheTasksMaking(t *testing.T) {
	for id, c := range makings {
		if id == "github:issues:create" { // a second one may be opened
			continue
		}
		r := newRoom(t, fstest.MapFS{})
		answers := maps.Clone(c.before)
		maps.Copy(answers, c.after)
		f := r.withForge(t, answers)
		ledger := &account{things: map[string]Thing{}}
		r.call.Ledger = ledger
		c.input["repoUrl"] = repoURL
		if err := r.do(t, id, c.input); err != nil || len(ledger.told) != 0 {
			t.Errorf("%s: %v; it claims %q after %q", id, err, ledger.told, f.calls)
		}
	}
}

func TestAnIntentionThatTheForgeRefusesIsForgotten(t *testing.T) {
	for answer, forgotten := range map[string]bool{`422 {"message":"no"}`: true, `500 {"message":"perhaps"}`: false} {
		r := newRoom(t, fstest.MapFS{})
		r.withForge(t, map[string]string{"GET repos/apps/a/hooks": `[]`, "POST repos/apps/a/hooks": answer})
		ledger := &account{things: map[string]Thing{}}
		r.call.Ledger = ledger
		if err := r.do(t, "github:webhook", map[string]any{"repoUrl": repoURL, "webhookUrl": "https://x"}); err == nil || len(ledger.things) == 0 != forgotten {
			t.Errorf("%s: %v, kept %v", answer, err, ledger.things)
		}
	}
}

func TestOnlyWhatATaskMadeWithinARepositoryMayBeTakenAway(t *testing.T) {
	apps := repository{"apps", "a"}
	hook := part(KindWebhook, apps, "https://x", "https://x")
	branch := part(KindBranch, apps, "b", "b")
	branch.Commit = "2"
	with := func(thing Thing, id string) Thing { thing.ID = id; return thing }
	for what, c := range map[string]struct {
		thing   Thing
		answers map[string]string
		there   bool
		reason  string
	}{
		"a webhook":                          {with(hook, "5"), map[string]string{"GET repos/apps/a/hooks/5": `{"id":5,"config":{"url":"https://x"}}`}, true, ""},
		"a webhook that is gone":             {with(hook, "5"), nil, false, ""},
		"a webhook that calls elsewhere":     {with(hook, "5"), map[string]string{"GET repos/apps/a/hooks/5": `{"id":5,"config":{"url":"https://y"}}`}, true, "somebody has changed"},
		"a webhook that may be the task's":   {hook, map[string]string{"GET repos/apps/a/hooks": `[{"id":5,"config":{"url":"https://x"}}]`}, true, "cannot be told"},
		"a webhook that was not made":        {hook, map[string]string{"GET repos/apps/a/hooks": `[]`}, false, ""},
		"a webhook in what is not there":     {hook, nil, false, ""},
		"a pull request":                     {with(part(KindPullRequest, apps, "b", "b"), "9"), map[string]string{"GET repos/apps/a/pulls/9": `{"state":"open"}`}, true, ""},
		"a merged pull request":              {with(part(KindPullRequest, apps, "b", "b"), "9"), map[string]string{"GET repos/apps/a/pulls/9": `{"state":"closed"}`}, false, ""},
		"an issue that was deleted":          {with(issuePart(apps, "t", ""), "3"), map[string]string{"GET repos/apps/a/issues/3": `410 {"message":"gone"}`}, false, ""},
		"an environment":                     {with(part(KindEnvironment, apps, "prod", "prod"), "4"), map[string]string{"GET repos/apps/a/environments/prod": `{"id":4}`}, true, ""},
		"another environment of that name":   {with(part(KindEnvironment, apps, "prod", "prod"), "4"), map[string]string{"GET repos/apps/a/environments/prod": `{"id":6}`}, false, ""},
		"an environment in doubt":            {part(KindEnvironment, apps, "prod", "prod"), map[string]string{"GET repos/apps/a/environments/prod": `{"id":6}`}, true, "cannot be told"},
		"a branch":                           {with(branch, "b"), map[string]string{"GET repos/apps/a/branches/b": `{"commit":{"sha":"2"}}`, "GET repos/apps/a": `{"default_branch":"main"}`}, true, ""},
		"a branch with more commits":         {with(branch, "b"), map[string]string{"GET repos/apps/a/branches/b": `{"commit":{"sha":"7"}}`}, true, "has commits that this task did not make"},
		"the default branch":                 {with(branch, "b"), map[string]string{"GET repos/apps/a/branches/b": `{"commit":{"sha":"2"}}`, "GET repos/apps/a": `{"default_branch":"b"}`}, true, "default branch"},
		"a branch of somebody else":          {branch, map[string]string{"GET repos/apps/a/branches/b": `{"commit":{"sha":"7"}}`}, false, ""},
		"a branch pushed before the crash":   {branch, map[string]string{"GET repos/apps/a/branches/b": `{"commit":{"sha":"2"}}`, "GET repos/apps/a": `{"default_branch":"main"}`}, true, ""},
		"what a later version may have made": {Thing{Kind: "secret", Name: "apps/a B"}, nil, true, "not known how"},
	} {
		r := newRoom(t, fstest.MapFS{})
		f := r.withForge(t, c.answers)
		there, reason, err := r.host.Inspect(t.Context(), c.thing)
		if err != nil || there != c.there || c.reason == "" && reason != "" || !strings.Contains(reason, c.reason) {
			t.Errorf("%s: there %t, %q, %v after %q", what, there, reason, err, f.calls)
		}
	}
}

func TestWhatTheForgeDoesNotTakeAwayIsNotGone(t *testing.T) {
	r := newRoom(t, fstest.MapFS{})
	f := r.withForge(t, map[string]string{"GET repos/apps/a/hooks/5": `{"id":5,"config":{"url":"https://x"}}`, "DELETE repos/apps/a/hooks/5": `{}`})
	hook := part(KindWebhook, repository{"apps", "a"}, "https://x", "https://x")
	hook.ID = "5"
	if err := r.host.TakeAway(t.Context(), hook); err == nil || !strings.Contains(err.Error(), "the forge still has webhook apps/a https://x") {
		t.Errorf("it is there, and TakeAway says %v", err)
	}
	delete(f.answers, "GET repos/apps/a/hooks/5")
	delete(f.answers, "DELETE repos/apps/a/hooks/5") // somebody was faster
	if err := r.host.TakeAway(t.Context(), hook); err != nil {
		t.Error(err)
	}
}
