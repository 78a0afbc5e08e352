package registry

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Handler serves /v2/ and /token.
func (r *Registry) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/token", r.serveToken)
	mux.HandleFunc("/v2/", r.serveV2)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, http.StatusNotFound, "UNSUPPORTED", "there is nothing here; the registry begins at /v2/")
	})
	return mux
}

// writeError answers in the specification's form.
func writeError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	w.WriteHeader(status)
	// The caller may be gone; there is nobody else to tell.
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}

func (r *Registry) serveV2(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Docker-Distribution-Api-Version", "registry/2.0")
	t, ok := parseTarget(req.URL.Path)
	want, from := need(req.Method, t, req.URL.Query())
	caller, err := r.caller(req)
	if err != nil {
		r.challenge(w, want, "UNAUTHORIZED", "log in first", "")
		return
	}
	switch {
	case !ok:
		writeError(w, http.StatusNotFound, "UNSUPPORTED", "no such endpoint")
	case t.Repository != "" && !validName(t.Repository):
		writeError(w, http.StatusBadRequest, "NAME_INVALID", "the repository's name is not valid")
	case !caller.allows(want):
		r.log.Info("access refused", "user", caller.user, "need", want.scope())
		r.challenge(w, want, "DENIED", "the credentials do not allow "+want.scope(), `,error="insufficient_scope"`)
	case t.Kind == "_catalog":
		r.serveCatalog(w, req)
	default:
		if from != nil && !caller.allows(*from) {
			req = withoutMount(req)
		}
		r.serveRepository(w, req, t, caller)
	}
}

func (r *Registry) challenge(w http.ResponseWriter, want access, code, message, extra string) {
	scope := ""
	if want.Type != "" {
		scope = fmt.Sprintf(`,scope=%q`, want.scope())
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm=%q,service=%q%s%s`,
		r.cfg.URL.JoinPath("token").String(), r.cfg.URL.Host, scope, extra))
	writeError(w, http.StatusUnauthorized, code, message)
}

// caller is who a request comes from.
type caller struct {
	user     string
	platform bool // the administrator: people have names of their own choice
	allows   func(access) bool
}

// caller reads a token of our own, or the Basic credentials of the node and
// the administrator, whose containerd is configured with a fixed header.
func (r *Registry) caller(req *http.Request) (caller, error) {
	if user, password, ok := req.BasicAuth(); ok {
		switch {
		case r.cfg.Node.matches(user, password):
			return caller{user: user, allows: within(func(access) []string { return []string{pull} })}, nil
		case r.cfg.Admin.matches(user, password):
			return caller{user: user, platform: true, allows: within(adminActions)}, nil
		}
		return caller{}, errCredentials
	}
	kind, raw, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "bearer") {
		return caller{}, errCredentials
	}
	c, err := r.tokens.read(strings.TrimSpace(raw))
	return caller{user: c.Subject, platform: c.Platform, allows: c.allows}, err
}

func within(actions func(access) []string) func(access) bool {
	return func(need access) bool {
		return need.Type == "" || access{need.Type, need.Name, actions(need)}.covers(need)
	}
}

// withoutMount turns a mount into the upload it stands for, which is what the
// specification has a registry do when it will not mount.
func withoutMount(req *http.Request) *http.Request {
	req = req.Clone(req.Context())
	query := req.URL.Query()
	query.Del("mount")
	query.Del("from")
	req.URL.RawQuery = query.Encode()
	return req
}

func (r *Registry) serveRepository(w http.ResponseWriter, req *http.Request, t target, c caller) {
	if reads(req.Method) && !r.readable(w, req, t, c) {
		return
	}
	if err := r.room(req, t.Repository); err != nil {
		r.log.Error("a push is refused", "repository", t.Repository, "error", err)
		writeError(w, http.StatusInsufficientStorage, "DENIED", err.Error())
		return
	}
	limit := r.cfg.MaxBlob
	if t.Kind == "manifests" {
		limit = manifestLimit
	}
	if req.ContentLength > limit || rangeEnd(req.Header.Get("Content-Range")) >= limit {
		writeError(w, http.StatusRequestEntityTooLarge, "SIZE_INVALID", fmt.Sprintf("the limit is %d bytes", limit))
		return
	}
	body := &limitedBody{ReadCloser: http.MaxBytesReader(w, req.Body, limit)}
	req.Body = body
	answer := &limitedAnswer{ResponseWriter: w, body: body}
	if req.Method == http.MethodDelete && t.Kind == "manifests" {
		r.remove(answer, req, t.Repository)
		return
	}
	r.store.ServeHTTP(answer, req)
}

// readable reports whether there is something to read, and answers if not.
func (r *Registry) readable(w http.ResponseWriter, req *http.Request, t target, c caller) bool {
	if err := r.provided(req.Context(), c, t); err != nil {
		r.log.Error("base image not made", "image", t.Repository+":"+t.Reference, "error", err)
		writeError(w, http.StatusServiceUnavailable, "UNAVAILABLE", "the base image cannot be made: "+err.Error())
		return false
	}
	if !r.there(t) {
		writeError(w, http.StatusNotFound, "NAME_UNKNOWN", "there is no such repository")
		return false
	}
	return true
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// rangeEnd is the last byte a chunk claims to bring; -1 without one.
func rangeEnd(header string) int64 {
	_, last, ok := strings.Cut(header, "-")
	if !ok {
		return -1
	}
	n, err := strconv.ParseInt(last, 10, 64)
	if err != nil {
		return -1 // the store refuses the header itself
	}
	return n
}
