package forge

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const (
	throughAPullRequest = "Changes must be made through a pull request."
	notAuthorized       = "You're not authorized to push to this branch."
	forcePush           = "Cannot force-push to this branch"
)

func TestWhatAProtectedBranchRefuses(t *testing.T) {
	bo, ana, ci := mover{login: "bo"}, mover{login: "ana", admin: true}, mover{login: "github-actions[bot]", app: "github-actions"}
	for name, c := range map[string]struct {
		rule string
		move branchMove
		want []string // how each refusal begins
	}{
		"reviews":                        {`{"required_pull_request_reviews": {}}`, branchMove{by: bo}, []string{throughAPullRequest}},
		"reviews, an administrator":      {`{"required_pull_request_reviews": {}}`, branchMove{by: ana}, nil},
		"reviews, enforced for all":      {`{"required_pull_request_reviews": {}, "enforce_admins": true}`, branchMove{by: ana}, []string{throughAPullRequest}},
		"reviews, as an answer says it":  {`{"required_pull_request_reviews": {}, "enforce_admins": {"enabled": true}}`, branchMove{by: ana}, []string{throughAPullRequest}},
		"reviews, the CI's own":          {`{"required_pull_request_reviews": {}}`, branchMove{by: ci}, []string{throughAPullRequest}},
		"reviews, an App that bypasses":  {`{"required_pull_request_reviews": {"bypass_pull_request_allowances": {"apps": ["github-actions"]}}}`, branchMove{by: ci}, nil},
		"reviews, a user who bypasses":   {`{"required_pull_request_reviews": {"bypass_pull_request_allowances": {"users": ["Bo"]}}}`, branchMove{by: bo}, nil},
		"a user called like the App":     {`{"required_pull_request_reviews": {"bypass_pull_request_allowances": {"users": ["github-actions[bot]"]}}}`, branchMove{by: ci}, []string{throughAPullRequest}},
		"restrictions":                   {`{"restrictions": {"users": ["cy"], "teams": [], "apps": []}}`, branchMove{by: bo}, []string{notAuthorized}},
		"restrictions, named":            {`{"restrictions": {"users": ["bo"]}}`, branchMove{by: bo}, nil},
		"restrictions, an administrator": {`{"restrictions": {"users": []}, "enforce_admins": true}`, branchMove{by: ana}, nil},
		"restrictions do not bypass":     {`{"restrictions": {"apps": ["github-actions"]}, "required_pull_request_reviews": {}}`, branchMove{by: ci}, []string{throughAPullRequest}},
		"several at once":                {`{"restrictions": {"users": []}, "required_pull_request_reviews": {}}`, branchMove{by: bo}, []string{notAuthorized, throughAPullRequest}},
		"a force push":                   {`{"allow_force_pushes": null}`, branchMove{by: bo, forced: true}, []string{forcePush}},
		"an administrator's force push":  {`{}`, branchMove{by: ana, forced: true}, []string{forcePush}},
		"an allowed force push":          {`{"allow_force_pushes": true}`, branchMove{by: bo, forced: true}, nil},
		"a deletion":                     {`{"required_pull_request_reviews": {}}`, branchMove{by: ana, deletes: true}, []string{"Cannot delete this branch"}},
		"an allowed deletion":            {`{"allow_deletions": true, "required_pull_request_reviews": {}}`, branchMove{by: bo, deletes: true}, nil},
		"a creation":                     {`{"restrictions": {"users": []}, "required_pull_request_reviews": {}}`, branchMove{by: bo, creates: true}, nil},
		"a blocked creation":             {`{"restrictions": {"users": []}, "block_creations": true}`, branchMove{by: bo, creates: true}, []string{notAuthorized}},
		"a locked branch":                {`{"lock_branch": true}`, branchMove{by: bo}, []string{"Cannot change this locked branch"}},
		"linear history":                 {`{"required_linear_history": true}`, branchMove{by: bo, merges: true}, []string{"This branch must not contain merge commits."}},
		"checks": {`{"required_status_checks": {"strict": true, "contexts": ["a", "b"], "checks": [{"context": "b"}, {"context": "c"}, {"context": "d"}]}}`,
			branchMove{by: bo, states: map[string]string{"a": "success", "b": "failure", "c": "pending"}},
			[]string{`Required status check "b" is failing.`, `Required status check "c" is in progress.`, `Required status check "d" is expected.`}},
		"no checks": {`{"required_status_checks": {"strict": true, "contexts": []}}`, branchMove{by: bo}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var rule protection
			if err := json.Unmarshal([]byte(c.rule), &rule); err != nil {
				t.Fatal(err)
			}
			got := rule.refusals(c.move)
			if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
				t.Errorf("refused with %q, want %q", got, c.want)
			}
		})
	}
}
