package scaffold

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v74/github"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Choice is one answer of an autocompletion.
type Choice struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
}

// maxChoices bounds an autocompletion.
const maxChoices = 500

// choices are the resources of the forge that forms may ask for, by name. They
// are read as the platform, so a caller's own token is not needed.
func (s *Service) choices() map[string]func(context.Context, map[string]string) ([]Choice, error) {
	return map[string]func(context.Context, map[string]string) ([]Choice, error){
		"branches": s.branchChoices,
		"owners": func(context.Context, map[string]string) ([]Choice, error) {
			return []Choice{{ID: s.cfg.Organization}}, nil
		},
		"repositories": func(ctx context.Context, given map[string]string) ([]Choice, error) {
			return s.repositoryChoices(ctx, given, (*github.Repository).GetName)
		},
		"repositoriesWithOwner": func(ctx context.Context, given map[string]string) ([]Choice, error) {
			return s.repositoryChoices(ctx, given, (*github.Repository).GetFullName)
		},
	}
}

func (s *Service) repositoryChoices(ctx context.Context, given map[string]string, id func(*github.Repository) string) ([]Choice, error) {
	owner := given["owner"]
	if owner == "" {
		owner = s.cfg.Organization
	}
	options := &github.RepositoryListByOrgOptions{ListOptions: github.ListOptions{PerPage: 100}}
	found := []Choice{}
	for len(found) < maxChoices {
		page, response, err := s.cfg.SCM.Repositories.ListByOrg(ctx, owner, options)
		if err != nil {
			return nil, fault.NotFoundf("The repositories of %s cannot be listed: %v", owner, err)
		}
		for _, repository := range page {
			visible, err := s.visible(ctx, repository)
			if err != nil {
				return nil, err
			}
			if visible {
				found = append(found, Choice{ID: id(repository)})
			}
		}
		if response.NextPage == 0 {
			break
		}
		options.Page = response.NextPage
	}
	slices.SortFunc(found, func(a, b Choice) int { return strings.Compare(a.ID, b.ID) })
	return found, nil
}

// visible reports whether a caller may read a repository that the platform's
// own access lists.
func (s *Service) visible(ctx context.Context, repository *github.Repository) (bool, error) {
	if s.cfg.Rights == nil || !repository.GetPrivate() {
		return true, nil
	}
	user, _ := access.UserFrom(ctx)
	err := s.cfg.Rights.MayUse(ctx, user.Ref, repository.GetOwner().GetLogin(), repository.GetName(), true)
	if fault.Name(err) == "NotAllowedError" {
		return false, nil
	}
	return err == nil, err
}

func (s *Service) branchChoices(ctx context.Context, given map[string]string) ([]Choice, error) {
	owner, repository := given["owner"], given["repository"]
	if owner == "" || repository == "" {
		return nil, fault.Inputf("context: owner and repository are needed to list branches")
	}
	if s.cfg.Rights != nil {
		user, _ := access.UserFrom(ctx)
		if err := s.cfg.Rights.MayUse(ctx, user.Ref, owner, repository, false); err != nil {
			return nil, err
		}
	}
	page, _, err := s.cfg.SCM.Repositories.ListBranches(ctx, owner, repository, &github.BranchListOptions{ListOptions: github.ListOptions{PerPage: 100}})
	if err != nil {
		return nil, fault.NotFoundf("The branches of %s/%s cannot be listed: %v", owner, repository, err)
	}
	found := []Choice{}
	for _, branch := range page {
		found = append(found, Choice{ID: branch.GetName()})
	}
	return found, nil
}

func (s *Service) postAutocomplete(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Context map[string]string `json:"context"`
	}
	if err := bodies.Read(r, &body); err != nil {
		return err
	}
	provider, resource := r.PathValue("provider"), r.PathValue("resource")
	if provider != "github" {
		return fault.NotFoundf("There is no autocompletion by %q; there is github", provider)
	}
	ask, known := s.choices()[resource]
	if !known {
		return fault.NotFoundf("There is no autocompletion of %q; there are %s", resource, joined(s.choices()))
	}
	found, err := ask(r.Context(), body.Context)
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, map[string]any{"results": found})
}

// extension is a filter as template authors read of it.
type extension struct {
	Description string   `json:"description"`
	Examples    []sample `json:"examples,omitempty"`
}

type sample struct {
	Description string `json:"description"`
	Example     string `json:"example"`
}

// filters are those that expressions have beside nunjucks' own.
var filters = map[string]extension{
	"parseRepoUrl": {"Takes the value of a RepoUrlPicker apart into host, owner and repo.",
		[]sample{{"The owner", "${{ parameters.repoUrl | parseRepoUrl | pick('owner') }}"}}},
	"projectSlug": {"Makes owner/repo of the value of a RepoUrlPicker.",
		[]sample{{"The slug", "${{ parameters.repoUrl | projectSlug }}"}}},
	"parseEntityRef": {"Takes an entity reference apart into kind, namespace and name.",
		[]sample{{"The name of a group", "${{ parameters.owner | parseEntityRef({defaultKind: 'group'}) | pick('name') }}"}}},
	"pick": {"Takes a member out of an object, by its path.",
		[]sample{{"A member of a member", "${{ parameters.address | pick('city.name') }}"}}},
}

func (s *Service) getExtensions(w http.ResponseWriter, _ *http.Request) error {
	return s.answer(w, http.StatusOK, map[string]any{
		"filters": filters,
		"globals": map[string]any{"functions": map[string]any{}, "values": map[string]any{}},
	})
}

func (s *Service) postDryRun(w http.ResponseWriter, r *http.Request) error {
	var request DryRunRequest
	if err := (fault.Body{Limit: maxDryRun, Optional: true}).Read(r, &request); err != nil {
		return err
	}
	result, err := s.DryRun(r.Context(), request)
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, result)
}
