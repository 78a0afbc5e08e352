package action

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

var repoURLProperty = property("string", "HOST?owner=OWNER&repo=NAME, as a RepoUrlPicker gives it.")

// repository is what a repoUrl names.
type repository struct{ owner, name string }

func (r repository) String() string { return r.owner + "/" + r.name }

// path of the repository in GitHub's API.
func (r repository) path(rest ...string) string {
	parts := []string{"repos", r.owner, r.name}
	for _, part := range rest {
		parts = append(parts, url.PathEscape(part))
	}
	return strings.Join(parts, "/")
}

func (h *Host) parseRepoURL(input map[string]any) (repository, error) {
	given := text(input, "repoUrl", "")
	host, rawQuery, _ := strings.Cut(given, "?")
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return repository{}, fault.Inputf("repoUrl %q: %v", given, err)
	}
	r := repository{strings.Trim(values.Get("owner"), "/"), strings.Trim(values.Get("repo"), "/")}
	if r.owner == "" || r.name == "" {
		return r, fault.Inputf("Invalid repo URL passed to publisher: %s, missing owner or repo", given)
	}
	if strings.ContainsAny(r.owner+r.name, "/?#%\\") || r.name == "." || r.name == ".." || r.owner == ".." || r.owner == "." {
		return r, fault.Inputf("repoUrl %q: owner and repo are single names", given)
	}
	if !slices.Contains(h.Hosts, strings.TrimSuffix(host, "/")) {
		return r, fault.Inputf("No matching integration configuration for host %s, please check your integrations config", host)
	}
	return r, nil
}

// ask makes a call of GitHub's REST API.
func (h *Host) ask(ctx context.Context, what, method, path string, body, out any) error {
	request, err := h.SCM.NewRequest(method, path, body)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	_, err = h.SCM.Do(ctx, request, out)
	return answered(what, err)
}

// answered words a refusal of the forge. One that does not know the address
// lacks the feature: the forge within Pronto serves a part of GitHub's API.
func answered(what string, err error) error {
	switch status(err) {
	case 0:
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return &fault.Error{Name: "NotFoundError", Cause: err,
			Message: what + ": this forge has no such feature, or does not know what is named"}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// status is the HTTP status of a refusal; 0 if it is none.
func status(err error) int {
	var answer *github.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Response.StatusCode
	}
	return 0
}

// causeText is what the forge said.
func causeText(err error) string {
	var answer *github.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Message
	}
	return err.Error()
}

// entityName is the last part of an entity reference, as logins and teams are
// called.
func entityName(ref string) string {
	return ref[strings.LastIndexAny(ref, ":/")+1:]
}

// Makes reports whether an action makes the repository: such a one refuses a
// repository that is there and not of its task's making.
func Makes(id string) bool { return id == "publish:github" || id == "github:repo:create" }

// repositoryAction is an action on one repository.
func (h *Host) repositoryAction(a Action, do func(ctx context.Context, c *Call, r repository, input map[string]any) error) Action {
	properties, _ := a.Schema.Input["properties"].(map[string]any)
	properties["repoUrl"], properties["token"] = repoURLProperty, property("string", "Not supported: the forge is reached with the platform's own access.")
	required, _ := a.Schema.Input["required"].([]string)
	a.Schema.Input["required"] = append([]string{"repoUrl"}, required...)
	a.Run = func(ctx context.Context, c *Call, input map[string]any) error {
		if err := noToken(input); err != nil {
			return err
		}
		r, err := h.parseRepoURL(input)
		if err != nil {
			return err
		}
		if !Makes(a.ID) {
			if err := h.mayWrite(ctx, c, r); err != nil {
				return err
			}
		}
		return do(ctx, c, r, input)
	}
	return a
}
