package forge

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

const regularFile = filemode.Regular

// request is an HTTP request with what was found out about it.
type request struct {
	*http.Request
	caller caller
	repo   repository // of a repository's route
	level  level      // the caller's, on repo
}

type handler func(w http.ResponseWriter, r *request) error

func (f *Forge) routes() http.Handler {
	api, git := http.NewServeMux(), f.gitRoutes()
	f.accountRoutes(api)
	f.repoRoutes(api)
	f.gitDataRoutes(api)
	f.hookRoutes(api)
	f.workflowValueRoutes(api)
	api.HandleFunc("/", f.open(func(http.ResponseWriter, *request) error { return errNotFound }))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/_services/"):
			git.ServeHTTP(w, r)
		case strings.Contains(r.URL.Path, "//") || strings.Contains(r.URL.Path, "/../") || strings.HasSuffix(r.URL.Path, "/.."):
			f.open(func(http.ResponseWriter, *request) error { return errNotFound })(w, r)
		default:
			api.ServeHTTP(w, r)
		}
	})
}

func (f *Forge) accountRoutes(mux *http.ServeMux) {
	known := func(pattern string, h handler) { mux.HandleFunc(pattern, f.known(h)) }
	mux.HandleFunc("GET /api/v3/{$}", f.open(f.getRoot))
	mux.HandleFunc("GET /api/v3", f.open(f.getRoot))
	mux.HandleFunc("GET /api/v3/rate_limit", f.open(f.getRateLimit))
	mux.HandleFunc("GET /api/v3/meta", f.open(f.getMeta))
	known("GET /api/v3/user", f.getSelf)
	known("GET /api/v3/user/orgs", f.listOwnOrgs)
	known("GET /api/v3/user/repos", f.listOwnRepos)
	known("POST /api/v3/user/repos", f.createUserRepo)
	known("GET /api/v3/users/{login}", f.getUser)
	known("GET /api/v3/users/{login}/repos", f.listUserRepos)
	known("GET /api/v3/orgs/{org}", f.getOrg)
	known("GET /api/v3/orgs/{org}/repos", f.listOrgRepos)
	known("POST /api/v3/orgs/{org}/repos", f.createOrgRepo)
	known("GET /api/v3/repositories/{id}", f.getRepoByID)
	known("GET /api/v3/installation/repositories", f.listInstallationRepositories)
	known("DELETE /api/v3/installation/token", f.revokeInstallationToken)
	mux.HandleFunc("GET /api/v3/app", f.asApp(f.getApp))
	mux.HandleFunc("GET /api/v3/app/installations", f.asApp(f.listInstallations))
	mux.HandleFunc("GET /api/v3/app/installations/1", f.asApp(f.getInstallation))
	mux.HandleFunc("GET /api/v3/orgs/{org}/installation", f.asApp(f.getInstallation))
	mux.HandleFunc("GET /api/v3/repos/{owner}/{repo}/installation", f.asApp(f.getInstallation))
	mux.HandleFunc("POST /api/v3/app/installations/{id}/access_tokens", f.asApp(f.createInstallationToken))
}

func (f *Forge) repoRoutes(mux *http.ServeMux) {
	on := f.repoRoute(mux)
	on("GET", "", levelPull, f.getRepo)
	on("PATCH", "", levelAdmin, f.patchRepo)
	on("DELETE", "", levelAdmin, f.deleteRepo)
	on("GET", "/branches", levelPull, f.listBranches)
	on("GET", "/branches/{branch...}", levelPull, f.getBranch)
	on("GET", "/branches/{branch}/protection", levelAdmin, f.getProtection)
	on("PUT", "/branches/{branch}/protection", levelAdmin, f.putProtection)
	on("DELETE", "/branches/{branch}/protection", levelAdmin, f.deleteProtection)
	on("GET", "/topics", levelPull, f.getTopics)
	on("PUT", "/topics", levelAdmin, f.putTopics)
	on("PUT", "/collaborators/{login}", levelAdmin, f.putCollaborator)
	on("GET", "/collaborators/{login}/permission", levelPull, f.getCollaboratorPermission)
	on("GET", "/contents", levelPull, f.getContents)
	on("GET", "/contents/{path...}", levelPull, f.getContents)
	on("PUT", "/contents/{path...}", levelPush, f.putContents)
	on("DELETE", "/contents/{path...}", levelPush, f.deleteContents)
	on("GET", "/commits", levelPull, f.listCommits)
	on("GET", "/commits/{ref...}", levelPull, f.getCommitOrStatus)
	on("POST", "/statuses/{sha}", levelPull, f.createStatus)
	on("GET", "/compare/{basehead...}", levelPull, f.compare)
	on("GET", "/tarball", levelPull, f.archive("tar.gz"))
	on("GET", "/tarball/{ref...}", levelPull, f.archive("tar.gz"))
	on("GET", "/zipball/{ref...}", levelPull, f.archive("zip"))
}

func (f *Forge) gitDataRoutes(mux *http.ServeMux) {
	on := f.repoRoute(mux)
	on("GET", "/git/ref/{ref...}", levelPull, f.getRef)
	on("GET", "/git/matching-refs/{ref...}", levelPull, f.matchingRefs)
	on("GET", "/git/refs", levelPull, f.matchingRefs)
	on("POST", "/git/refs", levelPush, f.createRef)
	on("PATCH", "/git/refs/{ref...}", levelPush, f.patchRef)
	on("DELETE", "/git/refs/{ref...}", levelPush, f.deleteRef)
	on("GET", "/git/blobs/{sha}", levelPull, f.getBlob)
	on("POST", "/git/blobs", levelPush, f.createBlob)
	on("GET", "/git/trees/{sha...}", levelPull, f.getTree)
	on("POST", "/git/trees", levelPush, f.createTree)
	on("GET", "/git/commits/{sha}", levelPull, f.getGitCommit)
	on("POST", "/git/commits", levelPush, f.createCommit)
}

func (f *Forge) repoRoute(mux *http.ServeMux) func(method, path string, need level, h handler) {
	return func(method, path string, need level, h handler) {
		mux.HandleFunc(method+" /api/v3/repos/{owner}/{repo}"+path, f.open(f.onRepo(need, path, h)))
	}
}

// open serves whoever calls, known or not; a wrong token is refused.
func (f *Forge) open(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, raw *http.Request) {
		c, err := f.identify(raw)
		commonHeaders(w, c)
		if err == nil {
			err = h(w, &request{Request: raw, caller: c})
		}
		if err != nil {
			f.writeError(w, raw, err)
		}
	}
}

func (f *Forge) known(h handler) http.HandlerFunc {
	return f.open(func(w http.ResponseWriter, r *request) error {
		if r.caller.kind == anonymous {
			return errAnonymous
		}
		return h(w, r)
	})
}

func (f *Forge) asApp(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, raw *http.Request) {
		commonHeaders(w, caller{})
		err := f.verifyApp(raw)
		if err == nil {
			err = h(w, &request{Request: raw})
		}
		if err != nil {
			f.writeError(w, raw, err)
		}
	}
}

// onRepo finds the repository and checks the caller's level on it. Who may not
// even read sees 404, as on GitHub.
func (f *Forge) onRepo(need level, path string, h handler) handler {
	return func(w http.ResponseWriter, r *request) (err error) {
		if r.repo, err = f.namedRepo(r); err != nil {
			return err
		}
		if r.level, err = f.levelOn(r.Context(), r.caller, r.repo); err != nil {
			return err
		}
		writes := r.Method != http.MethodGet && r.Method != http.MethodHead
		switch {
		case r.level < levelPull:
			return errNotFound
		case path != "" && !strings.HasPrefix(path, "/statuses") && !r.caller.canReadCode():
			return failure(http.StatusForbidden, integrationRefusal)
		case r.caller.kind == anonymous && writes:
			return errAnonymous
		case r.level >= need:
		case r.caller.kind == installationCaller:
			return failure(http.StatusForbidden, integrationRefusal)
		case need == levelAdmin:
			return failure(http.StatusForbidden, "Must have admin rights to Repository.")
		default:
			return failure(http.StatusForbidden, "Must have push access to repository")
		}
		if writes && r.repo.Archived && path != "" {
			return failure(http.StatusForbidden, "Repository was archived so is read-only.")
		}
		return h(w, r)
	}
}

// namedRepo is the one that the path names, or numbers.
func (f *Forge) namedRepo(r *request) (repository, error) {
	number := r.PathValue("repository_id")
	if number == "" {
		return f.findRepo(r.Context(), r.PathValue("owner"), r.PathValue("repo"))
	}
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return repository{}, errNotFound
	}
	return f.findRepoByID(r.Context(), id)
}

func (f *Forge) view(r *request) (*gitstore.View, error) { return f.git(r.repo).Open() }

// filledView refuses an empty repository as GitHub does.
func (f *Forge) filledView(r *request) (*gitstore.View, error) {
	v, err := f.view(r)
	if err != nil {
		return nil, err
	}
	if empty, err := v.Empty(); err != nil || empty {
		return nil, errors.Join(err, errEmptyRepo)
	}
	return v, nil
}

func (f *Forge) repoURL(r *request) string { return f.api() + "/repos/" + r.repo.FullName() }

func remarshal(from, to any) error {
	encoded, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(encoded, to)
}

func (f *Forge) getRoot(w http.ResponseWriter, r *request) error {
	writeJSON(w, r.Request, http.StatusOK, obj{
		"current_user_url": f.api() + "/user", "organization_url": f.api() + "/orgs/{org}", "rate_limit_url": f.api() + "/rate_limit",
		"repository_url": f.api() + "/repos/{owner}/{repo}", "user_url": f.api() + "/users/{user}",
	})
	return nil
}

func (f *Forge) getMeta(w http.ResponseWriter, r *request) error {
	writeJSON(w, r.Request, http.StatusOK, obj{"verifiable_password_authentication": false, "installed_version": "3.16.0"})
	return nil
}

func (f *Forge) getRateLimit(w http.ResponseWriter, r *request) error {
	core := obj{"limit": rateLimit, "remaining": rateLimit, "used": 0, "reset": 0, "resource": "core"}
	writeJSON(w, r.Request, http.StatusOK, obj{"resources": obj{"core": core}, "rate": core})
	return nil
}
