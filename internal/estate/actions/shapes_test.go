package actions

import (
	"encoding/json"
	"testing"

	"github.com/google/go-github/v74/github"
)

// A push event's repository has other shapes than that of workflow events.
func TestWorkflowEventsReadAsGitHubs(t *testing.T) {
	push := `{"repository":{"full_name":"apps/idp-a","organization":"apps","created_at":1795397393,"pushed_at":1795397400,
		"updated_at":"2026-11-23T01:29:53Z"},"organization":{"login":"apps"},"sender":{"login":"ana"}}`
	body, err := json.Marshal(eventParts(&run{Payload: []byte(push)}))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := github.ParseWebHook("workflow_run", body)
	if err != nil {
		t.Fatal(err)
	}
	event := parsed.(*github.WorkflowRunEvent)
	if event.GetRepo().GetFullName() != "apps/idp-a" || event.GetRepo().GetCreatedAt().Unix() != 1795397393 || event.GetOrg().GetLogin() != "apps" {
		t.Errorf("event = %+v", event)
	}
}

func TestARunNamesTheCommitsAuthor(t *testing.T) {
	for payload, want := range map[string]string{
		`{"head_commit":{"author":{"name":"Ana"}}}`: "Ana", `{"head_commit":null}`: "", `{}`: "",
	} {
		if got := headCommit(&run{Payload: []byte(payload)}).GetAuthor().GetName(); got != want {
			t.Errorf("%s: author = %q, want %q", payload, got, want)
		}
	}
}
