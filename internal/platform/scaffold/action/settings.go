package action

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/nacl/box"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// settingProperties are the inputs by which a repository is set up.
func settingProperties() map[string]any {
	collaborator := map[string]any{"type": "object", "required": []string{"access"}, "properties": map[string]any{
		"user": property("string", "Login."), "team": property("string", "Slug."), "username": property("string", "Deprecated."),
		"access": property("string", "pull, triage, push, maintain or admin."),
	}}
	texts := func(description string) map[string]any {
		return map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}, "description": description}
	}
	return map[string]any{
		"description":              property("string", "Of the repository."),
		"homepage":                 property("string", "Of the repository."),
		"access":                   property("string", "Who becomes admin: ORGANIZATION/TEAM, or a login."),
		"repoVisibility":           choice("Default private.", "private", "public", "internal"),
		"deleteBranchOnMerge":      property("boolean", "Default false."),
		"allowMergeCommit":         property("boolean", "Default true."),
		"allowSquashMerge":         property("boolean", "Default true."),
		"squashMergeCommitTitle":   choice("Default COMMIT_OR_PR_TITLE.", "PR_TITLE", "COMMIT_OR_PR_TITLE"),
		"squashMergeCommitMessage": choice("Default COMMIT_MESSAGES.", "PR_BODY", "COMMIT_MESSAGES", "BLANK"),
		"allowRebaseMerge":         property("boolean", "Default true."),
		"allowAutoMerge":           property("boolean", "Default false."),
		"allowUpdateBranch":        property("boolean", "Default false."),
		"hasProjects":              property("boolean", "Default: the forge's."),
		"hasWiki":                  property("boolean", "Default: the forge's."),
		"hasIssues":                property("boolean", "Default: the forge's."),
		"collaborators":            listOf(collaborator, "Who may do what."),
		"topics":                   listOf(property("string", ""), "Of the repository."),
		"repoVariables":            texts("Variables of the repository's workflows."),
		"secrets":                  texts("Secrets of the repository's workflows."),
		"oidcCustomization": object(nil, map[string]any{"useDefault": property("boolean", "Keep the default."),
			"includeClaimKeys": listOf(property("string", ""), "Claims of the subject.")}),
		"customProperties": property("object", "Of the organization's repositories."),
		"subscribe":        property("boolean", "Watch the repository; default false."),
	}
}

// creation is the body that makes a repository. What is not given is left to
// the defaults of publish:github.
func creation(r repository, input map[string]any) map[string]any {
	visibility := text(input, "repoVisibility", "private")
	body := map[string]any{
		"name": r.name, "private": visibility != "public", "visibility": visibility,
		"description": text(input, "description", ""), "homepage": text(input, "homepage", ""),
		"delete_branch_on_merge": flag(input, "deleteBranchOnMerge"), "allow_merge_commit": flagOr(input, "allowMergeCommit", true),
		"allow_squash_merge": flagOr(input, "allowSquashMerge", true), "allow_rebase_merge": flagOr(input, "allowRebaseMerge", true),
		"allow_auto_merge": flag(input, "allowAutoMerge"), "allow_update_branch": flag(input, "allowUpdateBranch"),
		"squash_merge_commit_title":   text(input, "squashMergeCommitTitle", "COMMIT_OR_PR_TITLE"),
		"squash_merge_commit_message": text(input, "squashMergeCommitMessage", "COMMIT_MESSAGES"),
	}
	for given, sent := range map[string]string{"hasProjects": "has_projects", "hasWiki": "has_wiki", "hasIssues": "has_issues",
		"customProperties": "custom_properties"} {
		if value, ok := input[given]; ok {
			body[sent] = value
		}
	}
	return body
}

// settle applies the settings that follow the making of a repository, in
// Backstage's order. Each may be applied again.
func (h *Host) settle(ctx context.Context, c *Call, r repository, input map[string]any) error {
	for _, apply := range []func(context.Context, *Call, repository, map[string]any) error{
		h.giveAccess, h.addCollaborators, h.setTopics, h.setVariables, h.setSecrets, h.customizeOIDC, h.subscribe,
	} {
		if err := apply(ctx, c, r, input); err != nil {
			return err
		}
	}
	return nil
}

func (h *Host) giveAccess(ctx context.Context, _ *Call, r repository, input map[string]any) error {
	access := text(input, "access", "")
	switch team, ofTeam := strings.CutPrefix(access, r.owner+"/"); {
	case access == "" || access == r.owner:
		return nil
	case ofTeam:
		return h.grant(ctx, r, "team", team, "admin")
	}
	return h.grant(ctx, r, "user", access, "admin")
}

func (h *Host) grant(ctx context.Context, r repository, kind, name, permission string) error {
	body := map[string]string{"permission": permission}
	if kind == "team" {
		path := fmt.Sprintf("orgs/%s/teams/%s/%s", r.owner, entityName(name), r.path())
		return h.ask(ctx, fmt.Sprintf("give team %s access to %s", name, r), http.MethodPut, path, body, nil)
	}
	return h.ask(ctx, fmt.Sprintf("give %s access to %s", name, r), http.MethodPut, r.path("collaborators", entityName(name)), body, nil)
}

// addCollaborators goes on where one is refused, as Backstage does.
func (h *Host) addCollaborators(ctx context.Context, c *Call, r repository, input map[string]any) error {
	for _, one := range objects(input, "collaborators") {
		kind, name := "user", text(one, "user", text(one, "username", ""))
		if team := text(one, "team", ""); team != "" {
			kind, name = "team", team
		}
		if name == "" {
			return fault.Inputf("collaborators: each names a user or a team")
		}
		if err := h.grant(ctx, r, kind, name, text(one, "access", "pull")); err != nil {
			if ctx.Err() != nil {
				return err
			}
			if err := c.logf(ctx, "Skipping %s access for %s, %v", text(one, "access", "pull"), name, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Host) setTopics(ctx context.Context, c *Call, r repository, input map[string]any) error {
	topics := texts(input, "topics")
	if len(topics) == 0 {
		return nil
	}
	for i := range topics {
		topics[i] = strings.ToLower(topics[i])
	}
	err := h.ask(ctx, "set topics of "+r.String(), http.MethodPut, r.path("topics"), map[string]any{"names": topics}, nil)
	if err != nil && ctx.Err() == nil {
		return c.logf(ctx, "Skipping topics %s, %v", strings.Join(topics, " "), err)
	}
	return err
}

func (h *Host) setVariables(ctx context.Context, _ *Call, r repository, input map[string]any) error {
	return h.variables(ctx, r.path("actions", "variables"), r.String(), input["repoVariables"])
}

// variables makes or changes the variables of a repository or environment.
func (h *Host) variables(ctx context.Context, path, of string, given any) error {
	variables, _ := given.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		what := fmt.Sprintf("set variable %s of %s", name, of)
		body := map[string]any{"name": name, "value": variables[name]}
		err := h.ask(ctx, what, http.MethodPost, path, body, nil)
		if status(err) == http.StatusConflict {
			err = h.ask(ctx, what, http.MethodPatch, path+"/"+name, body, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (h *Host) setSecrets(ctx context.Context, _ *Call, r repository, input map[string]any) error {
	return h.secrets(ctx, r.path("actions", "secrets"), r.String(), input["secrets"])
}

// secrets seals secrets for the forge's key and stores them.
func (h *Host) secrets(ctx context.Context, path, of string, given any) error {
	secrets, _ := given.(map[string]any)
	if len(secrets) == 0 {
		return nil
	}
	var key struct {
		ID  string `json:"key_id"`
		Key string `json:"key"`
	}
	if err := h.ask(ctx, "read the key for secrets of "+of, http.MethodGet, path+"/public-key", nil, &key); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		sealed, err := seal(key.Key, fmt.Sprint(secrets[name]))
		if err != nil {
			return fmt.Errorf("seal secret %s of %s: %w", name, of, err)
		}
		err = h.ask(ctx, fmt.Sprintf("set secret %s of %s", name, of), http.MethodPut, path+"/"+name,
			map[string]string{"encrypted_value": sealed, "key_id": key.ID}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// seal encrypts for a public key as libsodium's crypto_box_seal does.
func seal(key, value string) (string, error) {
	decoded, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return "", fmt.Errorf("public key: %w", err)
	}
	if len(decoded) != 32 {
		return "", fmt.Errorf("public key: it has %d bytes, not 32", len(decoded))
	}
	sealed, err := box.SealAnonymous(nil, []byte(value), (*[32]byte)(decoded), rand.Reader)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(sealed), nil
}

func (h *Host) customizeOIDC(ctx context.Context, _ *Call, r repository, input map[string]any) error {
	custom, ok := input["oidcCustomization"].(map[string]any)
	if !ok {
		return nil
	}
	return h.ask(ctx, "set the OIDC subject of "+r.String(), http.MethodPut, r.path("actions", "oidc", "customization", "sub"),
		map[string]any{"use_default": flag(custom, "useDefault"), "include_claim_keys": texts(custom, "includeClaimKeys")}, nil)
}

func (h *Host) subscribe(ctx context.Context, _ *Call, r repository, input map[string]any) error {
	if !flag(input, "subscribe") {
		return nil
	}
	return h.ask(ctx, "watch "+r.String(), http.MethodPut, r.path("subscription"), map[string]bool{"subscribed": true, "ignored": false}, nil)
}

// protectionProperties are the inputs by which a branch is protected.
func protectionProperties() map[string]any {
	who := object(nil, map[string]any{"users": listOf(property("string", ""), ""), "teams": listOf(property("string", ""), ""), "apps": listOf(property("string", ""), "")})
	return map[string]any{
		"bypassPullRequestAllowances":    who,
		"requiredApprovingReviewCount":   property("number", "Default 1."),
		"restrictions":                   who,
		"requireCodeOwnerReviews":        property("boolean", "Default false."),
		"dismissStaleReviews":            property("boolean", "Default false."),
		"requiredStatusCheckContexts":    listOf(property("string", ""), "Checks that must pass."),
		"requireBranchesToBeUpToDate":    property("boolean", "Default true."),
		"requiredConversationResolution": property("boolean", "Default false."),
		"requireLastPushApproval":        property("boolean", "Default false."),
		"requiredCommitSigning":          property("boolean", "Default false."),
		"requiredLinearHistory":          property("boolean", "Default false."),
	}
}

// protect protects a branch. A forge may see a branch only some time after it
// was pushed.
func (h *Host) protect(ctx context.Context, r repository, branch string, enforceAdmins bool, input map[string]any) error {
	reviews := map[string]any{
		"required_approving_review_count": requiredReviews(input), "require_code_owner_reviews": flag(input, "requireCodeOwnerReviews"),
		"dismiss_stale_reviews": flag(input, "dismissStaleReviews"), "require_last_push_approval": flag(input, "requireLastPushApproval"),
	}
	if bypass, ok := input["bypassPullRequestAllowances"]; ok {
		reviews["bypass_pull_request_allowances"] = bypass
	}
	checks := texts(input, "requiredStatusCheckContexts")
	body := map[string]any{
		"required_status_checks":        map[string]any{"strict": flagOr(input, "requireBranchesToBeUpToDate", true), "contexts": append([]string{}, checks...)},
		"restrictions":                  input["restrictions"],
		"enforce_admins":                enforceAdmins,
		"required_pull_request_reviews": reviews, "required_conversation_resolution": flag(input, "requiredConversationResolution"),
		"required_linear_history": flag(input, "requiredLinearHistory"),
	}
	what, path := fmt.Sprintf("protect branch %s of %s", branch, r), r.path("branches", branch, "protection")
	err := h.ask(ctx, what, http.MethodPut, path, body, nil)
	if err != nil && strings.Contains(causeText(err), "Branch not found") {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(600 * time.Millisecond):
		}
		err = h.ask(ctx, what, http.MethodPut, path, body, nil)
	}
	if err == nil && flag(input, "requiredCommitSigning") {
		err = h.ask(ctx, "require signatures on "+branch+" of "+r.String(), http.MethodPost, path+"/required_signatures", nil, nil)
	}
	return err
}

func requiredReviews(input map[string]any) int {
	if _, ok := input["requiredApprovingReviewCount"]; ok {
		return int(number(input, "requiredApprovingReviewCount"))
	}
	return 1
}
