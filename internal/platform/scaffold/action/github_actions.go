package action

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
)

func githubWebhook(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:webhook",
		Description: "Makes a webhook of a repository, or changes the one with the same address.",
		Schema: Schema{
			Input: object([]string{"webhookUrl"}, map[string]any{
				"webhookUrl":    property("string", "Where events are sent."),
				"webhookSecret": property("string", "Key of the signatures."),
				"events":        map[string]any{"description": "Names of events; default push.", "anyOf": []any{listOf(property("string", ""), ""), property("string", "")}},
				"active":        property("boolean", "Default true."),
				"contentType":   choice("Default form.", "form", "json"),
				"insecureSsl":   property("boolean", "Do not verify the receiver's certificate; default false."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Tell a service of every push", `
- id: webhook
  action: github:webhook
  input:
    repoUrl: ${{ parameters.repoUrl }}
    webhookUrl: https://hooks.example.com/push
    contentType: json
    events: [push]
`}},
	}, h.webhook)
}

func (h *Host) webhook(ctx context.Context, c *Call, r repository, input map[string]any) error {
	events := texts(input, "events")
	if one := text(input, "events", ""); one != "" {
		events = []string{one}
	}
	if len(events) == 0 {
		events = []string{"push"}
	}
	insecure := "0"
	if flag(input, "insecureSsl") {
		insecure = "1"
	}
	config := map[string]any{"url": text(input, "webhookUrl", ""), "content_type": text(input, "contentType", "form"), "insecure_ssl": insecure}
	if secret := text(input, "webhookSecret", ""); secret != "" {
		config["secret"] = secret
	}
	var there []struct {
		ID     int64 `json:"id"`
		Config struct {
			URL string `json:"url"`
		} `json:"config"`
	}
	if err := h.ask(ctx, "list webhooks of "+r.String(), http.MethodGet, r.path("hooks")+"?per_page=100", nil, &there); err != nil {
		return err
	}
	body := map[string]any{"config": config, "events": events, "active": flagOr(input, "active", true)}
	for _, hook := range there {
		if hook.Config.URL == config["url"] {
			return h.ask(ctx, "change webhook of "+r.String(), http.MethodPatch, r.path("hooks", fmt.Sprint(hook.ID)), body, nil)
		}
	}
	body["name"] = "web"
	if err := h.ask(ctx, "create webhook of "+r.String(), http.MethodPost, r.path("hooks"), body, nil); err != nil {
		return err
	}
	return c.logf(ctx, "Webhook %s created successfully", config["url"])
}

func actionsDispatch(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:actions:dispatch",
		Description: "Starts a workflow that has workflow_dispatch. Cut off between the call and its answer, a task may start it twice.",
		Schema: Schema{
			Input: object([]string{"workflowId", "branchOrTagName"}, map[string]any{
				"workflowId":      property("string", "File name or id of the workflow."),
				"branchOrTagName": property("string", "Where it runs."),
				"workflowInputs":  property("object", "Its inputs."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Start a workflow on main", `
- id: dispatch
  action: github:actions:dispatch
  input:
    repoUrl: ${{ parameters.repoUrl }}
    workflowId: release.yaml
    branchOrTagName: main
`}},
	}, func(ctx context.Context, c *Call, r repository, input map[string]any) error {
		workflow := text(input, "workflowId", "")
		body := map[string]any{"ref": text(input, "branchOrTagName", "")}
		if inputs, ok := input["workflowInputs"]; ok {
			body["inputs"] = inputs
		}
		through, done := seeThrough(ctx)
		defer done()
		err := h.ask(through, fmt.Sprintf("dispatch workflow %s of %s", workflow, r), http.MethodPost, r.path("actions", "workflows", workflow, "dispatches"), body, nil)
		if err != nil {
			return err
		}
		return c.logf(ctx, "Workflow %s dispatched successfully", workflow)
	})
}

func issuesLabel(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:issues:label",
		Description: "Adds labels to an issue or pull request.",
		Schema: Schema{
			Input: object([]string{"number", "labels"}, map[string]any{
				"number": property("number", "Of the issue."), "labels": listOf(property("string", ""), "To add."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Label a pull request", `
- id: label
  action: github:issues:label
  input:
    repoUrl: ${{ parameters.repoUrl }}
    number: ${{ steps.pr.output.pullRequestNumber }}
    labels: [scaffolded]
`}},
	}, func(ctx context.Context, _ *Call, r repository, input map[string]any) error {
		issue := fmt.Sprint(int64(number(input, "number")))
		return h.ask(ctx, fmt.Sprintf("label #%s of %s", issue, r), http.MethodPost, r.path("issues", issue, "labels"), map[string]any{"labels": texts(input, "labels")}, nil)
	})
}

func issuesCreate(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:issues:create",
		Description: "Opens an issue.",
		Schema: Schema{
			Input: object([]string{"title"}, map[string]any{
				"title": property("string", "Of the issue."), "body": property("string", "Of the issue."),
				"assignees": listOf(property("string", ""), "Logins."), "labels": listOf(property("string", ""), "Of the issue."),
				"milestone": map[string]any{"type": []any{"string", "number"}, "description": "Number of a milestone."},
			}),
			Output: object(nil, map[string]any{"issueUrl": property("string", "Address of the issue."), "issueNumber": property("number", "Of the issue.")}),
		},
		Examples: []Sample{{"Ask for a review of the new service", `
- id: issue
  action: github:issues:create
  input:
    repoUrl: ${{ parameters.repoUrl }}
    title: Review ${{ parameters.name }}
`}},
	}, h.createIssue)
}

// createIssue opens an issue, unless a run of this task that was cut off has.
func (h *Host) createIssue(ctx context.Context, c *Call, r repository, input map[string]any) error {
	type issue struct {
		Number    int       `json:"number"`
		Title     string    `json:"title"`
		Body      string    `json:"body"`
		URL       string    `json:"html_url"`
		CreatedAt time.Time `json:"created_at"`
	}
	var there []issue
	since := c.CreatedAt.UTC().Format(time.RFC3339)
	if err := h.ask(ctx, "list issues of "+r.String(), http.MethodGet, r.path("issues")+"?state=all&per_page=100&since="+since, nil, &there); err != nil {
		return err
	}
	title, body := text(input, "title", ""), text(input, "body", "")
	for _, one := range there {
		if one.Title == title && one.Body == body && !one.CreatedAt.Before(c.CreatedAt.Truncate(time.Second)) {
			c.Output["issueUrl"], c.Output["issueNumber"] = one.URL, one.Number
			return nil
		}
	}
	request := map[string]any{"title": title, "body": body}
	for _, name := range []string{"assignees", "labels", "milestone"} {
		if value, ok := input[name]; ok {
			request[name] = value
		}
	}
	var made issue
	if err := h.ask(ctx, "create an issue of "+r.String(), http.MethodPost, r.path("issues"), request, &made); err != nil {
		return err
	}
	c.Output["issueUrl"], c.Output["issueNumber"] = made.URL, made.Number
	return c.logf(ctx, "Created issue #%d: %s", made.Number, title)
}

func deployKeyCreate(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:deployKey:create",
		Description: "Stores a deploy key of a repository and, as a secret of its workflows, the private key.",
		Schema: Schema{
			Input: object([]string{"publicKey", "privateKey", "deployKeyName"}, map[string]any{
				"publicKey": property("string", "In OpenSSH's format."), "privateKey": property("string", "Pass it as a secret of the template."),
				"deployKeyName":        property("string", "Of the key."),
				"privateKeySecretName": property("string", "Of the secret; default: from the key's name."),
			}),
			Output: object(nil, map[string]any{"privateKeySecretName": property("string", "Of the secret.")}),
		},
		Examples: []Sample{{"Store a deploy key", `
- id: key
  action: github:deployKey:create
  input:
    repoUrl: ${{ parameters.repoUrl }}
    publicKey: ${{ parameters.publicKey }}
    privateKey: ${{ secrets.privateKey }}
    deployKeyName: deploy
`}},
	}, h.createDeployKey)
}

func (h *Host) createDeployKey(ctx context.Context, c *Call, r repository, input map[string]any) error {
	name, public := text(input, "deployKeyName", ""), strings.TrimSpace(text(input, "publicKey", ""))
	var there []struct {
		Title, Key string
	}
	if err := h.ask(ctx, "list deploy keys of "+r.String(), http.MethodGet, r.path("keys")+"?per_page=100", nil, &there); err != nil {
		return err
	}
	known := false
	for _, key := range there {
		known = known || strings.HasPrefix(public, strings.TrimSpace(key.Key))
	}
	if !known {
		if err := h.ask(ctx, "create a deploy key of "+r.String(), http.MethodPost, r.path("keys"), map[string]any{"title": name, "key": public}, nil); err != nil {
			return err
		}
	}
	secret := text(input, "privateKeySecretName", strings.ToUpper(strings.Join(strings.Fields(name), "_"))+"_PRIVATE_KEY")
	if err := h.secrets(ctx, r.path("actions", "secrets"), r.String(), map[string]any{secret: input["privateKey"]}); err != nil {
		return err
	}
	c.Output["privateKeySecretName"] = secret
	return nil
}

func branchProtectionCreate(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:branch-protection:create",
		Description: "Protects a branch.",
		Schema: Schema{
			Input: object(nil, with(protectionProperties(), map[string]any{
				"branch":        property("string", "Default: the repository's default branch."),
				"enforceAdmins": property("boolean", "For administrators too; default true."),
			})),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Protect the default branch", `
- id: protect
  action: github:branch-protection:create
  input:
    repoUrl: ${{ parameters.repoUrl }}
    requiredApprovingReviewCount: 2
`}},
	}, func(ctx context.Context, _ *Call, r repository, input map[string]any) error {
		branch := text(input, "branch", "")
		if branch == "" {
			found, err := h.SCM.Repository(ctx, r.owner, r.name)
			if err != nil {
				return err
			}
			branch = found.GetDefaultBranch()
		}
		return h.protect(ctx, r, branch, flagOr(input, "enforceAdmins", true), input)
	})
}

func autolinksCreate(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:autolinks:create",
		Description: "Turns references of another system into links.",
		Schema: Schema{
			Input: object([]string{"keyPrefix", "urlTemplate"}, map[string]any{
				"keyPrefix": property("string", "Of a reference, e.g. TICKET-."), "urlTemplate": property("string", "With <num> for the number."),
				"isAlphanumeric": property("boolean", "Default true."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Link tickets", `
- id: autolink
  action: github:autolinks:create
  input:
    repoUrl: ${{ parameters.repoUrl }}
    keyPrefix: TICKET-
    urlTemplate: https://tickets.example.com/<num>
`}},
	}, func(ctx context.Context, _ *Call, r repository, input map[string]any) error {
		var there []struct {
			Prefix string `json:"key_prefix"`
		}
		if err := h.ask(ctx, "list autolinks of "+r.String(), http.MethodGet, r.path("autolinks"), nil, &there); err != nil {
			return err
		}
		for _, link := range there {
			if link.Prefix == text(input, "keyPrefix", "") {
				return nil
			}
		}
		return h.ask(ctx, "create an autolink of "+r.String(), http.MethodPost, r.path("autolinks"), map[string]any{
			"key_prefix": input["keyPrefix"], "url_template": input["urlTemplate"], "is_alphanumeric": flagOr(input, "isAlphanumeric", true)}, nil)
	})
}

func pagesEnable(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:pages:enable",
		Description: "Turns the pages of a repository on.",
		Schema: Schema{
			Input: object(nil, map[string]any{
				"buildType":    choice("Default workflow.", "legacy", "workflow"),
				"sourceBranch": property("string", "Default main."), "sourcePath": choice("Default /.", "/", "/docs"),
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Turn pages on", `
- id: pages
  action: github:pages:enable
  input:
    repoUrl: ${{ parameters.repoUrl }}
`}},
	}, func(ctx context.Context, _ *Call, r repository, input map[string]any) error {
		err := h.ask(ctx, "enable pages of "+r.String(), http.MethodPost, r.path("pages"), map[string]any{
			"build_type": text(input, "buildType", "workflow"),
			"source":     map[string]string{"branch": text(input, "sourceBranch", "main"), "path": text(input, "sourcePath", "/")}}, nil)
		if status(err) == http.StatusConflict {
			return nil // they are on
		}
		return err
	})
}

func environmentCreate(h *Host) Action {
	return h.repositoryAction(Action{
		ID:          "github:environment:create",
		Description: "Makes or changes an environment of a repository, with its variables and secrets.",
		Schema: Schema{
			Input: object([]string{"name"}, map[string]any{
				"name":                   property("string", "Of the environment."),
				"deploymentBranchPolicy": object(nil, map[string]any{"protected_branches": property("boolean", ""), "custom_branch_policies": property("boolean", "")}),
				"environmentVariables":   property("object", "Of the environment's workflows."),
				"secrets":                property("object", "Of the environment's workflows."),
				"waitTimer":              property("number", "Minutes, before a deployment."),
				"preventSelfReview":      property("boolean", "Default false."),
			}),
			Output: object(nil, map[string]any{}),
		},
		Examples: []Sample{{"Make an environment with a variable", `
- id: environment
  action: github:environment:create
  input:
    repoUrl: ${{ parameters.repoUrl }}
    name: production
    environmentVariables:
      REGION: eu-west-1
`}},
	}, h.createEnvironment)
}

func (h *Host) createEnvironment(ctx context.Context, _ *Call, r repository, input map[string]any) error {
	name := text(input, "name", "")
	body := map[string]any{"deployment_branch_policy": input["deploymentBranchPolicy"]}
	if _, ok := input["waitTimer"]; ok {
		body["wait_timer"] = int(number(input, "waitTimer"))
	}
	if flag(input, "preventSelfReview") {
		body["prevent_self_review"] = true
	}
	if name == "" {
		return fault.Inputf("name: is empty")
	}
	if err := h.ask(ctx, fmt.Sprintf("create environment %s of %s", name, r), http.MethodPut, r.path("environments", name), body, nil); err != nil {
		return err
	}
	of := r.String() + " for " + name
	if err := h.variables(ctx, r.path("environments", name, "variables"), of, input["environmentVariables"]); err != nil {
		return err
	}
	return h.secrets(ctx, r.path("environments", name, "secrets"), of, input["secrets"])
}
