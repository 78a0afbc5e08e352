package edge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/reverseproxy"
)

// Caddy makes its modules from JSON, so an Edge's modules find it by an id.
var running sync.Map // id -> *Edge

func init() {
	caddy.RegisterModule(&routeModule{})
	caddy.RegisterModule(&upstreamModule{})
	caddy.RegisterModule(&permissionModule{})
	caddy.RegisterModule(&errorModule{})
	caddy.RegisterModule(&logModule{})
}

// byID is the Edge that a module's configuration names.
type byID struct {
	ID   string `json:"edge"`
	edge *Edge
}

// Provision implements caddy.Provisioner.
func (b *byID) Provision(caddy.Context) error {
	found, ok := running.Load(b.ID)
	if !ok {
		return fmt.Errorf("edge %q is not running", b.ID)
	}
	b.edge = found.(*Edge)
	return nil
}

// routeModule answers what no backend can answer; the proxy after it does the rest.
type routeModule struct{ byID }

// CaddyModule implements caddy.Module.
func (*routeModule) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.pronto_route", New: func() caddy.Module { return new(routeModule) }}
}

// ServeHTTP implements caddyhttp.MiddlewareHandler.
func (m *routeModule) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	w.Header().Del("Server")
	w = unsigned{&caddyhttp.ResponseWriterWrapper{ResponseWriter: w}}
	if _, ok := m.edge.systemSocket(r.Host); ok {
		return next.ServeHTTP(w, r)
	}
	route, ok := m.edge.table.Load().Match(r.Host, r.URL.Path)
	switch {
	case !ok:
		return answer(w, http.StatusNotFound, "No application has this address.")
	case route.Backend.Missing:
		return answer(w, http.StatusServiceUnavailable, "Backend service does not exist")
	case len(route.Backend.Targets) == 0:
		return answer(w, http.StatusServiceUnavailable, "The application has no ready instance.")
	}
	return next.ServeHTTP(w, r)
}

// unsigned leaves out the Via that Caddy's proxy puts before the backend's own:
// the edge says nothing of how it is made.
type unsigned struct {
	*caddyhttp.ResponseWriterWrapper
}

// WriteHeader implements http.ResponseWriter.
func (w unsigned) WriteHeader(status int) {
	header := w.Header()
	header["Via"] = slices.DeleteFunc(header["Via"], func(hop string) bool { return strings.HasSuffix(hop, " Caddy") })
	if len(header["Via"]) == 0 {
		header.Del("Via")
	}
	w.ResponseWriterWrapper.WriteHeader(status)
}

// answer writes a response of the edge itself, which is told apart from an
// application's by its Server header.
func answer(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Server", "pronto-edge")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, err := io.WriteString(w, text+"\n")
	return err
}

// upstreamModule gives the proxy one target for each attempt.
type upstreamModule struct{ byID }

// CaddyModule implements caddy.Module.
func (*upstreamModule) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.reverse_proxy.upstreams.pronto", New: func() caddy.Module { return new(upstreamModule) }}
}

// attemptsVar is the request variable that carries what was tried so far.
const attemptsVar = "pronto.attempts"

type attempts struct {
	tried map[string]int
	last  string
}

// GetUpstreams implements reverseproxy.UpstreamSource. The proxy calls it once
// for each attempt, so a second call for a request means that its last target
// failed. The table is read anew each time: a target that replaces a dead one
// is found by a request under way.
func (m *upstreamModule) GetUpstreams(r *http.Request) ([]*reverseproxy.Upstream, error) {
	if socket, ok := m.edge.systemSocket(r.Host); ok {
		return []*reverseproxy.Upstream{{Dial: "unix/" + socket}}, nil
	}
	now := time.Now()
	state, _ := caddyhttp.GetVar(r.Context(), attemptsVar).(*attempts)
	if state == nil {
		state = &attempts{tried: map[string]int{}}
		caddyhttp.SetVar(r.Context(), attemptsVar, state)
	} else if state.last != "" {
		m.edge.picker.fail(state.last, now)
	}
	route, _ := m.edge.table.Load().Match(r.Host, r.URL.Path)
	state.last = m.edge.picker.pick(route.Backend.Targets, state.tried, now)
	if state.last == "" {
		return nil, nil
	}
	state.tried[state.last]++
	return []*reverseproxy.Upstream{{Dial: state.last}}, nil
}

// permissionModule lets certificates be issued for the system's hosts and for
// those of the table, and for nothing else.
type permissionModule struct{ byID }

// CaddyModule implements caddy.Module.
func (*permissionModule) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "tls.permission.pronto", New: func() caddy.Module { return new(permissionModule) }}
}

// CertificateAllowed implements caddytls.OnDemandPermission.
func (m *permissionModule) CertificateAllowed(_ context.Context, name string) error {
	if _, ok := m.edge.systemSocket(name); ok || m.edge.table.Load().Holds(name) {
		return nil
	}
	return fmt.Errorf("no application has the address %s", name)
}

// errorModule answers when the proxy could not get a response.
type errorModule struct{}

// CaddyModule implements caddy.Module.
func (*errorModule) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.pronto_error", New: func() caddy.Module { return new(errorModule) }}
}

// ServeHTTP implements caddyhttp.MiddlewareHandler.
func (*errorModule) ServeHTTP(w http.ResponseWriter, r *http.Request, _ caddyhttp.Handler) error {
	status := http.StatusInternalServerError
	cause, _ := r.Context().Value(caddyhttp.ErrorCtxKey).(error)
	var failed caddyhttp.HandlerError
	if errors.As(cause, &failed) && failed.StatusCode != 0 {
		status = failed.StatusCode
	}
	return answer(w, status, errorText(status))
}

func errorText(status int) string {
	switch status {
	case http.StatusBadGateway:
		return "The application did not answer: it refused or closed the connection."
	case http.StatusServiceUnavailable:
		return "The application has no ready instance."
	case http.StatusGatewayTimeout:
		return "The application did not answer in time."
	default:
		return http.StatusText(status)
	}
}
