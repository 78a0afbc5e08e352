package action

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

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
	if err := h.ensureDeployKey(ctx, c, r, public, name); err != nil {
		return err
	}
	secret := text(input, "privateKeySecretName", strings.ToUpper(strings.Join(strings.Fields(name), "_"))+"_PRIVATE_KEY")
	if err := h.secrets(ctx, r.path("actions", "secrets"), r.String(), map[string]any{secret: input["privateKey"]}); err != nil {
		return err
	}
	c.Output["privateKeySecretName"] = secret
	return nil
}

func (h *Host) ensureDeployKey(ctx context.Context, c *Call, r repository, public, name string) error {
	key := keyPart(r, public, name)
	known, there, err := h.find(ctx, key)
	if err != nil {
		return err
	}
	if there {
		key.ID = fmt.Sprint(known.ID)
		return c.claim(ctx, key)
	}
	_, err = c.make(ctx, key, func(ctx context.Context) (id, address string, err error) {
		var made found
		err = h.ask(ctx, "create a deploy key of "+r.String(), http.MethodPost, r.path("keys"), map[string]any{"title": name, "key": public}, &made)
		return fmt.Sprint(made.ID), "", err
	})
	return err
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

func (h *Host) createEnvironment(ctx context.Context, c *Call, r repository, input map[string]any) error {
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
	if err := h.putEnvironment(ctx, c, r, name, body); err != nil {
		return err
	}
	of := r.String() + " for " + name
	if err := h.variables(ctx, r.path("environments", name, "variables"), of, input["environmentVariables"]); err != nil {
		return err
	}
	return h.secrets(ctx, r.path("environments", name, "secrets"), of, input["secrets"])
}

// putEnvironment makes an environment, or changes the one that is there.
func (h *Host) putEnvironment(ctx context.Context, c *Call, r repository, name string, body map[string]any) error {
	environment := part(KindEnvironment, r, name, name)
	put := func(ctx context.Context) (id, address string, err error) {
		var made found
		err = h.ask(ctx, fmt.Sprintf("create environment %s of %s", name, r), http.MethodPut, r.path("environments", name), body, &made)
		return fmt.Sprint(made.ID), made.URL, err
	}
	known, there, err := h.environment(ctx, r, name)
	switch {
	case err != nil:
		return err
	case !there:
		_, err = c.make(ctx, environment, put)
		return err
	}
	environment.ID, environment.URL = fmt.Sprint(known.ID), known.URL
	if err := c.claim(ctx, environment); err != nil {
		return err
	}
	_, _, err = put(ctx)
	return err
}
