package registry

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Actions on a repository.
const (
	pull   = "pull"
	push   = "push"
	remove = "delete"
)

const (
	maxName     = 255
	basePrefix  = "base/"
	catalogName = "catalog"
)

var repositoryName = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

func validName(name string) bool { return len(name) <= maxName && repositoryName.MatchString(name) }

// access is one entry of a token: what may be done to one resource.
type access struct {
	Type    string   `json:"type"` // "repository" or "registry"
	Name    string   `json:"name"`
	Actions []string `json:"actions"`
}

func (a access) covers(need access) bool {
	if a.Type != need.Type || a.Name != need.Name {
		return false
	}
	return !slices.ContainsFunc(need.Actions, func(x string) bool { return !slices.Contains(a.Actions, x) })
}

// scope writes the access as the distribution token specification does.
func (a access) scope() string { return a.Type + ":" + a.Name + ":" + strings.Join(a.Actions, ",") }

// parseScopes reads scope parameters, each of which may hold several scopes
// separated by spaces. What is not understood is left out: the token then
// grants nothing for it.
func parseScopes(values []string) []access {
	var out []access
	for _, scope := range strings.Fields(strings.Join(values, " ")) {
		kind, rest, _ := strings.Cut(scope, ":")
		at := strings.LastIndex(rest, ":")
		if at < 0 {
			continue
		}
		a := access{Type: kind, Name: rest[:at], Actions: strings.Split(rest[at+1:], ",")}
		if slices.Contains(a.Actions, "*") {
			a.Actions = []string{pull, push, remove}
		}
		if known(a) {
			out = append(out, a)
		}
	}
	return out
}

func known(a access) bool {
	switch a.Type {
	case "repository":
		return validName(a.Name)
	case "registry":
		return a.Name == catalogName
	}
	return false
}

// permissions are the forge's words for what a token may do to a repository.
type permissions struct {
	Pull, Push, Admin bool
}

func (p permissions) actions() []string {
	var out []string
	if p.Pull || p.Push || p.Admin {
		out = append(out, pull)
	}
	if p.Push || p.Admin {
		out = append(out, push)
	}
	if p.Admin {
		out = append(out, remove)
	}
	return out
}

// adminActions are the platform's own rights.
func adminActions(a access) []string {
	switch {
	case a.Type == "registry":
		return []string{pull, push, remove}
	case strings.HasPrefix(a.Name, basePrefix):
		return []string{pull, push, remove}
	}
	return []string{pull, remove}
}

// narrow leaves of the wanted access what is allowed; nil when nothing is.
func narrow(want access, allowed []string) *access {
	var actions []string
	for _, action := range want.Actions {
		if slices.Contains(allowed, action) {
			actions = append(actions, action)
		}
	}
	if len(actions) == 0 {
		return nil
	}
	return &access{Type: want.Type, Name: want.Name, Actions: actions}
}

// owner is the forge repository that decides about an image repository: the
// first element of its name.
func owner(name string) string {
	first, _, _ := strings.Cut(name, "/")
	return first
}

// target is what a request below /v2/ is about.
type target struct {
	Repository string // empty for the root and the catalog
	Kind       string // "", "_catalog", "manifests", "blobs", "tags", "referrers"
	Reference  string
}

// parseTarget splits a path below /v2/. The resource word is the last one of
// its kind in the path, since a repository's name may contain it too.
func parseTarget(path string) (target, bool) {
	rest := strings.Trim(strings.TrimPrefix(path, "/v2"), "/")
	if rest == "" || rest == "_catalog" {
		return target{Kind: rest}, true
	}
	parts := strings.Split(rest, "/")
	for _, shape := range []struct {
		kind  string
		depth int // elements from the kind to the end
	}{{"manifests", 2}, {"tags", 2}, {"referrers", 2}, {"blobs", 2}, {"blobs", 3}} {
		at := len(parts) - shape.depth
		if at < 1 || parts[at] != shape.kind || (shape.depth == 3 && parts[at+1] != "uploads") {
			continue
		}
		return target{
			Repository: strings.Join(parts[:at], "/"), Kind: shape.kind, Reference: strings.Join(parts[at+1:], "/"),
		}, true
	}
	return target{}, false
}

// need is the access a request asks for; the second is that to the repository
// a blob is mounted from, which may be missing without harm.
func need(method string, t target, query url.Values) (access, *access) {
	switch {
	case t.Kind == "_catalog":
		return access{Type: "registry", Name: catalogName, Actions: []string{pull}}, nil
	case t.Repository == "":
		return access{}, nil
	}
	main := access{Type: "repository", Name: t.Repository}
	switch {
	case method == http.MethodGet || method == http.MethodHead:
		main.Actions = []string{pull}
	case method == http.MethodDelete && !strings.HasPrefix(t.Reference, "uploads/"):
		main.Actions = []string{remove}
	default:
		main.Actions = []string{pull, push}
	}
	if query.Get("mount") == "" || query.Get("from") == "" {
		return main, nil
	}
	return main, &access{Type: "repository", Name: query.Get("from"), Actions: []string{pull}}
}
