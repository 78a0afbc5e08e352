package action

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
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
	if err := h.mayCall(ctx, c, text(input, "webhookUrl", "")); err != nil {
		return err
	}
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
	address := text(input, "webhookUrl", "")
	config := map[string]any{"url": address, "content_type": text(input, "contentType", "form"), "insecure_ssl": insecure}
	if secret := text(input, "webhookSecret", ""); secret != "" {
		config["secret"] = secret
	}
	body := map[string]any{"name": "web", "config": config, "events": events, "active": flagOr(input, "active", true)}
	hook := part(KindWebhook, r, address, address)
	known, there, err := h.find(ctx, hook)
	if err != nil {
		return err
	}
	if there {
		hook.ID = fmt.Sprint(known.ID)
		if err := c.claim(ctx, hook); err != nil {
			return err
		}
		return h.ask(ctx, "change webhook of "+r.String(), http.MethodPatch, r.path("hooks", hook.ID), body, nil)
	}
	_, err = c.make(ctx, hook, func(ctx context.Context) (id, address string, err error) {
		var made found
		err = h.ask(ctx, "create webhook of "+r.String(), http.MethodPost, r.path("hooks"), body, &made)
		return fmt.Sprint(made.ID), "", err
	})
	if err != nil {
		return err
	}
	return c.logf(ctx, "Webhook %s created successfully", address)
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
	title, body := text(input, "title", ""), text(input, "body", "")
	issue, err := h.openIssue(ctx, c, issuePart(r, title, body))
	if err != nil {
		return err
	}
	if issue.ID == "" {
		issue, err = c.make(ctx, issue, func(ctx context.Context) (id, address string, err error) {
			var made found
			err = h.ask(ctx, "create an issue of "+r.String(), http.MethodPost, r.path("issues"), issueRequest(title, body, input), &made)
			return fmt.Sprint(made.Number), made.URL, err
		})
		if err != nil {
			return err
		}
		if err := c.logf(ctx, "Created issue #%s: %s", issue.ID, title); err != nil {
			return err
		}
	}
	number, err := strconv.ParseInt(issue.ID, 10, 64)
	c.Output["issueUrl"], c.Output["issueNumber"] = issue.URL, number
	return err
}

// openIssue is an issue that this task has opened before, or was about to open
// when it was cut off; without an ID, if it has not.
func (h *Host) openIssue(ctx context.Context, c *Call, issue Thing) (Thing, error) {
	noted, intended, err := c.Ledger.Find(ctx, issue.Kind, issue.Name)
	if err != nil || !intended || noted.ID != "" {
		issue.ID, issue.URL = noted.ID, noted.URL
		return issue, err
	}
	one, there, err := h.find(ctx, issue)
	if err != nil || !there || one.CreatedAt.Before(c.CreatedAt.Truncate(time.Second)) {
		return issue, err
	}
	issue.ID, issue.URL = fmt.Sprint(one.Number), one.URL
	return issue, c.Ledger.Made(ctx, issue)
}

func issueRequest(title, body string, input map[string]any) map[string]any {
	request := map[string]any{"title": title, "body": body}
	for _, name := range []string{"assignees", "labels", "milestone"} {
		if value, ok := input[name]; ok {
			request[name] = value
		}
	}
	return request
}
