package portal

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/access"
)

// guard finds out who calls, refuses who may not, and writes errors.
func (p *Portal) guard(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := p.admit(route, r)
		if err == nil {
			err = route.serve(w, r)
		}
		if err != nil {
			writeProblem(w, r, p.log, err)
		}
	})
}

// admit returns the request with its caller, or the refusal.
func (p *Portal) admit(route route, r *http.Request) (*http.Request, error) {
	if route.action == "" {
		return r, nil
	}
	user, err := p.cfg.Access.Authenticate(r)
	if err != nil {
		return r, err
	}
	r = r.WithContext(access.WithUser(r.Context(), user))
	target := access.Target{}
	if access.Relative(route.action) {
		if target, err = p.target(route, r); err != nil {
			return r, err
		}
	}
	return r, access.AuthorizeOn(r.Context(), route.action, target)
}

// target is what a request is about, as the route's path names it. That there
// is no such thing may be told to everyone who is signed in: everyone may list
// applications and tasks.
func (p *Portal) target(route route, r *http.Request) (access.Target, error) {
	switch {
	case strings.Contains(route.path, "/apps/{name}"):
		view, err := p.app(r)
		return access.Target{Owner: view.Owner, CreatedBy: view.CreatedBy}, err
	case strings.Contains(route.path, "/tasks/{id}"):
		return p.cfg.TaskTarget(r.Context(), r.PathValue("id"))
	}
	return access.Target{}, fmt.Errorf("route %s %s: its action needs a target and its path names none", route.method, route.path)
}

// room serves what the scaffolder serves beyond the routes of the API, by whether it
// reads or writes.
func (p *Portal) room(read, write access.Action, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		action := write
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			action = read
		}
		p.guard(route{r.Method, r.URL.Path, action, pass(h)}).ServeHTTP(w, r)
	})
}
