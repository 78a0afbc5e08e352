package forge

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pronto-platform/pronto/internal/estate/forge/vault"
)

// maxValue bounds a variable or secret, in bytes; the limit is GitHub's.
const maxValue = 48 << 10

// holder is what a route's values belong to.
type holder struct {
	scope vault.Scope
	base  string // URL below which the routes of variables and secrets are
}

// holderHandler serves a route of a repository, of one of its environments, or
// of the organisation.
type holderHandler func(w http.ResponseWriter, r *request, h holder) error

func (f *Forge) workflowValueRoutes(mux *http.ServeMux) {
	f.everyHolder(mux, "variables", map[string]holderHandler{
		"GET ": f.listVariables, "POST ": f.createVariable, "GET /{name}": f.getVariable,
		"PATCH /{name}": f.patchVariable, "DELETE /{name}": f.deleteValue(vault.Variable),
	})
	f.everyHolder(mux, "secrets", map[string]holderHandler{
		"GET ": f.listSecrets, "GET /public-key": f.getPublicKey, "GET /{name}": f.getSecret,
		"PUT /{name}": f.putSecret, "DELETE /{name}": f.deleteValue(vault.Secret),
	})
	f.reachRoutes(mux)
	on := f.repoRoute(mux)
	on("GET", "/environments", levelPull, f.listEnvironments)
	on("GET", "/environments/{environment}", levelPull, f.getEnvironment)
	on("PUT", "/environments/{environment}", levelAdmin, f.putEnvironment)
	on("DELETE", "/environments/{environment}", levelAdmin, f.deleteEnvironment)
	mux.HandleFunc("GET "+valuesService, f.asApp(f.giveValues))
}

func (f *Forge) everyHolder(mux *http.ServeMux, kind string, handlers map[string]holderHandler) {
	on := f.repoRoute(mux)
	for route, h := range handlers {
		method, path, _ := strings.Cut(route, " ")
		on(method, "/actions/"+kind+path, levelPull, f.ofRepository(kind, h))
		inEnvironment := "/environments/{environment}/" + kind + path
		on(method, inEnvironment, levelPull, f.ofEnvironment(h))
		mux.HandleFunc(method+" /api/v3/repositories/{repository_id}"+inEnvironment, f.open(f.onRepo(levelPull, inEnvironment, f.ofEnvironment(h))))
		mux.HandleFunc(method+" /api/v3/orgs/{org}/actions/"+kind+path, f.known(f.ofOrganization(h)))
	}
}

// permissions of an installation token by kind of value. A job's own token
// never has them: no workflow may name them.
var permissionOf = map[string]string{"variables": "actions_variables", "secrets": "secrets"}

// mayUse decides whether the caller may read and set values of a repository:
// who pushes to it may, for what a workflow reads its author can have anyway.
// To change those of an environment takes an administrator.
func mayUse(r *request, permission string, need level) error {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch granted := r.caller.permissions[permission]; {
	case r.caller.kind == installationCaller && (granted == "write" || granted == "read" && reads):
		return nil
	case r.caller.kind == installationCaller:
		return failure(http.StatusForbidden, integrationRefusal)
	case r.level < levelPush || !reads && r.level < need:
		return failure(http.StatusForbidden, "Must have %s rights to Repository.", map[level]string{levelPush: "push", levelAdmin: "admin"}[need])
	}
	return nil
}

func (f *Forge) ofRepository(kind string, h holderHandler) handler {
	return func(w http.ResponseWriter, r *request) error {
		if err := mayUse(r, permissionOf[kind], levelPush); err != nil {
			return err
		}
		return h(w, r, holder{vault.Scope{Repository: r.repo.ID}, f.repoURL(r) + "/actions"})
	}
}

func (f *Forge) ofEnvironment(h holderHandler) handler {
	return func(w http.ResponseWriter, r *request) error {
		if err := mayUse(r, "environments", levelAdmin); err != nil {
			return err
		}
		e, err := f.findEnvironment(r)
		if err != nil {
			return err
		}
		return h(w, r, holder{vault.Scope{Repository: r.repo.ID, Environment: e.Name}, f.repoURL(r) + "/environments/" + url.PathEscape(e.Name)})
	}
}

func (f *Forge) ofOrganization(h holderHandler) handler {
	return func(w http.ResponseWriter, r *request) error {
		org, err := f.org(r)
		if err != nil {
			return err
		}
		if r.caller.kind != userCaller || !r.caller.account.Admin {
			return errNotFound
		}
		return h(w, r, holder{vault.Scope{}, f.api() + "/orgs/" + org.Login + "/actions"})
	}
}

var valueName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)

// checkName refuses what GitHub refuses; kind is Variable or Secret.
func checkName(kind, name string) error {
	switch {
	case !valueName.MatchString(name):
		return failure(http.StatusUnprocessableEntity, "%s names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). "+
			"Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).", kind)
	case strings.HasPrefix(strings.ToUpper(name), "GITHUB_"):
		return failure(http.StatusUnprocessableEntity, "%s names must not start with GITHUB_.", kind)
	}
	return nil
}

// vaultError words what the vault refuses; kind is Variable or Secret.
func vaultError(kind string, err error) error {
	switch {
	case errors.Is(err, vault.ErrNotFound):
		return errNotFound
	case errors.Is(err, vault.ErrExists):
		return failure(http.StatusConflict, "Already exists - %s already exists", kind)
	case errors.Is(err, vault.ErrFull):
		return failure(http.StatusUnprocessableEntity, "%s limit reached: delete one that is not used", kind)
	case errors.Is(err, vault.ErrWrongKey):
		return failure(http.StatusUnprocessableEntity, "key_id does not belong to the public key: read it again and encrypt the value anew")
	case errors.Is(err, vault.ErrBadBox):
		return failure(http.StatusUnprocessableEntity, "Improperly encrypted secret")
	}
	return err
}

func (f *Forge) deleteValue(kind vault.Kind) holderHandler {
	return func(w http.ResponseWriter, r *request, h holder) error {
		if err := f.vault.Delete(r.Context(), kind, h.scope, r.PathValue("name")); err != nil {
			return vaultError(string(kind), err)
		}
		return noContent(w)
	}
}

// reachInput is what a request says about who sees a value of the organisation.
type reachInput struct {
	Visibility string  `json:"visibility"`
	Selected   []int64 `json:"selected_repository_ids"`
}

// reach returns nothing for a value that is not the organisation's.
func (f *Forge) reach(r *request, h holder, in reachInput) (vault.Reach, error) {
	switch {
	case h.scope.Repository != 0:
		return vault.Reach{}, nil
	case !slices.Contains([]string{"all", "private", "selected"}, in.Visibility):
		return vault.Reach{}, failure(http.StatusUnprocessableEntity, "Invalid request.\n\nvisibility must be all, private or selected")
	case in.Visibility != "selected":
		return vault.Reach{Visibility: in.Visibility}, nil
	}
	for _, id := range in.Selected {
		_, err := f.findRepoByID(r.Context(), id)
		if errors.Is(err, errNotFound) {
			err = failure(http.StatusUnprocessableEntity, "selected_repository_ids: there is no repository %d", id)
		}
		if err != nil {
			return vault.Reach{}, err
		}
	}
	return vault.Reach{Visibility: in.Visibility, Selected: in.Selected}, nil
}

// valueJSON is what variables and secrets have in common.
func valueJSON(h holder, kind string, v vault.Value) obj {
	o := obj{"name": v.Name, "created_at": v.Created, "updated_at": v.Updated}
	if v.Visibility != "" {
		o["visibility"] = v.Visibility
	}
	if v.Visibility == "selected" {
		o["selected_repositories_url"] = h.base + "/" + kind + "/" + v.Name + "/repositories"
	}
	return o
}

// valuesService is a route that GitHub does not have: it gives the values that
// a job reads, secrets in the clear, to whoever runs the jobs. It takes the
// App's JWT, which only that part of the estate can sign; no person's and no
// job's token opens it.
const valuesService = "/_services/forge/workflow-values/{owner}/{repo}"

// giveValues answers {"variables": {...}, "secrets": {...}}. With variables_only
// there are no secrets; environment names the job's; repository_id refuses
// another repository that has taken the name.
func (f *Forge) giveValues(w http.ResponseWriter, r *request) error {
	repo, err := f.findRepo(r.Context(), r.PathValue("owner"), r.PathValue("repo"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if id := q.Get("repository_id"); id != "" && id != strconv.FormatInt(repo.ID, 10) {
		return errNotFound
	}
	asker := f.asker(repo)
	asker.Environment = q.Get("environment")
	answer := obj{}
	if answer["variables"], err = f.vault.Effective(r.Context(), vault.Variable, asker); err != nil {
		return err
	}
	if q.Get("variables_only") != "true" {
		if answer["secrets"], err = f.vault.Effective(r.Context(), vault.Secret, asker); err != nil {
			return err
		}
	}
	return writeSecretJSON(w, answer)
}

func (f *Forge) asker(repo repository) vault.Asker {
	return vault.Asker{Repository: repo.ID, Private: repo.Private, OfOrganization: strings.EqualFold(repo.Owner, f.cfg.Organization)}
}
