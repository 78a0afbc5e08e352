package forge

import (
	"errors"
	"net/http"

	"github.com/pronto-platform/pronto/internal/estate/forge/vault"
)

// reachRoutes serve which repositories see a value of the organisation.
func (f *Forge) reachRoutes(mux *http.ServeMux) {
	on := f.repoRoute(mux)
	on("GET", "/actions/organization-variables", levelPull, f.ofRepository("variables", f.listVariablesFromAbove))
	on("GET", "/actions/organization-secrets", levelPull, f.ofRepository("secrets", f.listSecretsFromAbove))
	for kind, of := range map[string]vault.Kind{"variables": vault.Variable, "secrets": vault.Secret} {
		path := " /api/v3/orgs/{org}/actions/" + kind + "/{name}/repositories"
		mux.HandleFunc("GET"+path, f.known(f.ofOrganization(f.listReached(of))))
		mux.HandleFunc("PUT"+path, f.known(f.ofOrganization(f.putReached(of))))
	}
}

func (f *Forge) listVariablesFromAbove(w http.ResponseWriter, r *request, h holder) error {
	values, err := f.vault.OfOrganization(r.Context(), vault.Variable, f.asker(r.repo))
	if err != nil {
		return err
	}
	return f.answerVariables(w, r, h, values)
}

func (f *Forge) listSecretsFromAbove(w http.ResponseWriter, r *request, h holder) error {
	values, err := f.vault.OfOrganization(r.Context(), vault.Secret, f.asker(r.repo))
	if err != nil {
		return err
	}
	return f.answerSecrets(w, r, h, values)
}

// selectable finds a value whose repositories are chosen one by one.
func (f *Forge) selectable(r *request, kind vault.Kind, h holder) (vault.Value, error) {
	v, err := f.vault.Get(r.Context(), kind, h.scope, r.PathValue("name"))
	if err != nil {
		return v, vaultError(string(kind), err)
	}
	if v.Visibility != "selected" {
		return v, failure(http.StatusConflict, "The visibility of this %s is %q: repositories are chosen for \"selected\" only", kind, v.Visibility)
	}
	return v, nil
}

func (f *Forge) listReached(kind vault.Kind) holderHandler {
	return func(w http.ResponseWriter, r *request, h holder) error {
		v, err := f.selectable(r, kind, h)
		if err != nil {
			return err
		}
		list := []obj{}
		for _, id := range v.Selected {
			repo, err := f.findRepoByID(r.Context(), id)
			if errors.Is(err, errNotFound) {
				continue // deleted since
			}
			if err != nil {
				return err
			}
			list = append(list, f.repoJSON(repo, levelAdmin))
		}
		writeJSON(w, r.Request, http.StatusOK, obj{"total_count": len(list), "repositories": page(f, w, r.Request, list)})
		return nil
	}
}

func (f *Forge) putReached(kind vault.Kind) holderHandler {
	return func(w http.ResponseWriter, r *request, h holder) error {
		v, err := f.selectable(r, kind, h)
		if err != nil {
			return err
		}
		body := reachInput{Visibility: v.Visibility}
		if err := decode(w, r.Request, &body); err != nil {
			return err
		}
		if v.Reach, err = f.reach(r, h, body); err != nil {
			return err
		}
		if err := f.vault.SetReach(r.Context(), kind, h.scope, v.Name, v.Reach); err != nil {
			return vaultError(string(kind), err)
		}
		return noContent(w)
	}
}
