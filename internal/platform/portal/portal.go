// Package portal is the platform's HTTP face: the API described in
// api/openapi, the scaffolder's and the catalog's routes, signing in, the
// forge's webhooks, and the web app.
package portal

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/api/openapi"
	"github.com/pronto-platform/pronto/internal/base/unrouted"
	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Part is a piece of the platform as GET /platform shows it.
type Part struct {
	Name   string `json:"name"`
	Status string `json:"status"` // starting, ready, failed
	Reason string `json:"reason,omitempty"`
	Since  string `json:"since,omitempty"`
}

// URLs are the platform's own addresses.
type URLs struct {
	Portal   string `json:"portal"`
	Forge    string `json:"forge"`
	Registry string `json:"registry"`
	Login    string `json:"login"`
}

// Platform is what GET /platform answers.
type Platform struct {
	Domain        string   `json:"domain"`
	Organization  string   `json:"organization"`
	Version       string   `json:"version"`
	URLs          URLs     `json:"urls"`
	Architectures []string `json:"architectures"`
	Templates     []string `json:"templates"`
	Parts         []Part   `json:"parts"`
}

// Config says what the portal serves.
type Config struct {
	Access     *access.Access
	Delivery   *delivery.Service
	Scaffolder http.Handler // serves /api/scaffolder/ and what tasks have made
	Catalog    http.Handler // serves /api/catalog/
	// Pushed is told of every push; nil: nobody is.
	Pushed    func(ctx context.Context, repository, branch string) error
	Web       fs.FS    // the built web app, with index.html
	Platform  Platform // what of it stands; Parts, Templates and Architectures are asked for
	Parts     func(context.Context) []Part
	Templates func(context.Context) ([]string, error)
	// TaskTarget says who owns and who submitted a scaffolder task; an
	// *fault.Error when there is no such task.
	TaskTarget func(ctx context.Context, id string) (access.Target, error)
	Ready      func(context.Context) error // nil: always
	Logger     *slog.Logger
}

// Portal serves HTTP; see Handler.
type Portal struct {
	cfg  Config
	log  *slog.Logger
	find func(app string) (delivery.View, bool)
	// findDeleted is find for applications that were deleted.
	findDeleted func(ctx context.Context, app string) (delivery.Deleted, error)
	// again is how often a caller who is still being answered is asked who they are.
	again time.Duration
}

// webhookPath is where the forge tells of its events.
const webhookPath = "/api/webhooks/github"

const (
	maxBody     = 1 << 20
	maxFileBody = 4 << 20  // a file's text, escaped as JSON
	maxDryRun   = 10 << 20 // Backstage's limit
	dryRunPath  = "/api/scaffolder/v2/dry-run"
	maxWebhook  = 25 << 20 // GitHub's own limit
)

// New checks the configuration.
func New(cfg Config) (*Portal, error) {
	for what, missing := range map[string]bool{
		"Access": cfg.Access == nil, "Delivery": cfg.Delivery == nil, "Scaffolder": cfg.Scaffolder == nil,
		"Catalog": cfg.Catalog == nil, "TaskTarget": cfg.TaskTarget == nil, "Web": cfg.Web == nil, "Logger": cfg.Logger == nil,
	} {
		if missing {
			return nil, errors.New("portal: " + what + " is needed")
		}
	}
	return &Portal{cfg: cfg, log: cfg.Logger, find: cfg.Delivery.Get, findDeleted: cfg.Delivery.DeletedApp, again: heartbeat}, nil
}

// handler serves a request or returns an error for the envelope.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is one line of the API. An empty action is open to everyone. An action
// that maintainers may do needs "/apps/{name}", "/deleted/{name}" or "/tasks/{id}"
// in the path: the guard finds the target's owner by it.
type route struct {
	method, path string
	action       access.Action
	serve        handler
}

// routes is the whole API; a test holds it against the OpenAPI document.
func (p *Portal) routes() []route {
	const api = "/api/pronto/v1"
	list := []route{
		{"GET", api + "/apps", access.ReadApps, p.listApps},
		{"GET", api + "/apps/{name}", access.ReadApps, p.getApp},
		{"DELETE", api + "/apps/{name}", access.DeleteApp, p.deleteApp},
		{"GET", api + "/apps/{name}/deliveries", access.ReadApps, p.listDeliveries},
		{"GET", api + "/apps/{name}/deliveries/{id}", access.ReadApps, p.getDelivery},
		{"GET", api + "/apps/{name}/deliveries/{id}/timeline", access.ReadApps, p.getTimeline},
		{"GET", api + "/apps/{name}/deliveries/{id}/timeline.svg", access.ReadApps, p.drawTimeline},
		{"GET", api + "/apps/{name}/logs", access.ReadLogs, p.getLogs},
		{"GET", api + "/apps/{name}/runs/{id}", access.ReadLogs, p.getRun},
		{"GET", api + "/apps/{name}/runs/{id}/log", access.ReadLogs, p.getRunLog},
		{"GET", api + "/apps/{name}/why", access.ReadLogs, p.getWhy},
		{"GET", api + "/apps/{name}/versions", access.ReadApps, p.listVersions},
		{"POST", api + "/apps/{name}/rollback", access.DeployApp, p.rollback},
		{"GET", api + "/apps/{name}/runs", access.ReadLogs, p.listRuns},
		{"POST", api + "/apps/{name}/runs/{id}/rerun", access.DeployApp, p.rerunRun},
		{"POST", api + "/apps/{name}/runs/{id}/cancel", access.DeployApp, p.cancelRun},
		{"GET", api + "/apps/{name}/resources", access.ReadApps, p.listResources},
		{"GET", api + "/apps/{name}/metrics", access.ReadApps, p.getMetrics},
		{"GET", api + "/apps/{name}/files", access.ReadApps, p.listFiles},
		{"GET", api + "/apps/{name}/file", access.ReadApps, p.getFile},
		{"PUT", api + "/apps/{name}/file", access.DeployApp, p.putFile},
		{"GET", api + "/deleted", access.ReadApps, p.listDeleted},
		{"POST", api + "/deleted/{name}/restore", access.RestoreApp, p.restoreDeleted},
		{"GET", api + "/events", access.ReadApps, p.streamEvents},
		{"GET", api + "/names/{name}", access.ReadApps, p.checkName},
		{"GET", api + "/platform", access.ReadPlatform, p.getPlatform},
		{"GET", api + "/figures", access.ReadPlatform, p.getFigures},
		{"GET", api + "/capacity", access.ReadPlatform, p.getCapacity},
		{"GET", api + "/me", access.ReadApps, p.getMe},
		{"GET", api + "/tokens", access.ManageTokens, p.listTokens},
		{"POST", api + "/tokens", access.ManageTokens, p.createToken},
		{"DELETE", api + "/tokens/{id}", access.ManageTokens, p.deleteToken},
		{"GET", api + "/audit", access.ReadAudit, p.listAudit},
		{"GET", api + "/audit/export", access.ReadAudit, p.exportAudit},
		{"GET", api + "/device/{code}", access.ApproveDevice, p.getDevice},
		{"POST", api + "/device/{code}", access.ApproveDevice, p.decideDevice},
		{"POST", "/auth/device/code", "", p.cfg.Access.DeviceCode},
		{"POST", "/auth/device/token", "", p.cfg.Access.DeviceToken},
		{"GET", "/auth/login", "", p.cfg.Access.Login},
		{"GET", "/auth/callback", "", p.cfg.Access.Callback},
		{"POST", "/auth/logout", "", p.cfg.Access.Logout},
		{"POST", webhookPath, "", p.webhook},
		{"GET", "/healthz", "", p.health},
		{"GET", "/openapi.yaml", "", p.openapi},
	}
	return slices.Concat(list, p.roomRoutes(), p.catalogRoutes())
}

// roomRoutes are those that the scaffolder serves itself, as far as the API
// describes them.
func (p *Portal) roomRoutes() []route {
	scaffolder := pass(p.cfg.Scaffolder)
	const tasks = "/api/scaffolder/v2/tasks"
	return []route{
		{"GET", "/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema", access.ReadCatalog, scaffolder},
		{"GET", tasks, access.ReadTasks, scaffolder},
		{"POST", tasks, access.CreateApp, scaffolder},
		{"GET", tasks + "/{id}", access.ReadTasks, scaffolder},
		{"POST", tasks + "/{id}/cancel", access.ManageTask, scaffolder},
		{"POST", tasks + "/{id}/retry", access.ManageTask, scaffolder},
		{"GET", tasks + "/{id}/events", access.ReadTasks, scaffolder},
		{"POST", dryRunPath, access.DryRun, scaffolder},
		{"POST", "/api/scaffolder/v2/autocomplete/{provider}/{resource}", access.ReadCatalog, scaffolder},
		{"GET", "/api/scaffolder/v2/templating-extensions", access.ReadCatalog, scaffolder},
		{"GET", "/api/scaffolder/v2/actions", access.ReadCatalog, scaffolder},
		{"GET", "/api/pronto/v1/leftovers", access.ReadTasks, scaffolder},
		{"GET", "/api/pronto/v1/tasks/{id}/made", access.ReadTasks, scaffolder},
		{"POST", "/api/pronto/v1/tasks/{id}/clean", access.ManageTask, scaffolder},
		{"GET", tasks + "/{id}/eventstream", access.ReadTasks, scaffolder},
	}
}

func pass(h http.Handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}

// Handler serves everything.
func (p *Portal) Handler() http.Handler {
	routes := http.NewServeMux()
	for _, route := range p.routes() {
		routes.Handle(route.method+" "+route.path, p.guard(route))
	}
	// What else the scaffolder serves, by whether it reads or writes.
	routes.Handle("/api/scaffolder/", p.room(access.ReadTasks, access.CreateApp, p.cfg.Scaffolder))
	api := unrouted.Handler(routes, p.unknown)
	mux := http.NewServeMux()
	for _, path := range []string{"/api/", "/auth/", "/healthz", "/openapi.yaml"} {
		mux.Handle(path, api)
	}
	mux.Handle("/", newWeb(p.cfg.Web, p.log))
	return secured(p.bounded(mux))
}

func (p *Portal) unknown(w http.ResponseWriter, r *http.Request, allow string) {
	err := fault.NotFoundf("there is no such address in the API; see /openapi.yaml")
	if allow != "" {
		err = fault.MethodNotAllowedf("%s is not allowed here; use %s", r.Method, allow)
	}
	writeProblem(w, r, p.log, err)
}

// bounded limits what a request may send.
func (p *Portal) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := int64(maxBody)
		switch {
		case r.URL.Path == webhookPath:
			limit = maxWebhook
		case r.URL.Path == dryRunPath:
			limit = maxDryRun
		case strings.HasSuffix(r.URL.Path, "/file"):
			limit = maxFileBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// secured sets the headers that every answer carries. Styles may stand in the
// page: Mantine writes its variables into style elements as it runs, and a page
// that is served as a file has no nonce to give them. Scripts may not.
func secured(next http.Handler) http.Handler {
	const policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
		"frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Strict-Transport-Security", "max-age=31536000")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		next.ServeHTTP(w, r)
	})
}

func (p *Portal) openapi(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	_, err := w.Write(openapi.Pronto)
	return err
}

func (p *Portal) health(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if p.cfg.Ready != nil {
		if err := p.cfg.Ready(r.Context()); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, err = io.WriteString(w, err.Error()+"\n")
			return err
		}
	}
	_, err := io.WriteString(w, "ok\n")
	return err
}

func (p *Portal) webhook(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	h := r.Header
	err = p.cfg.Delivery.Receive(r.Context(), h.Get("X-GitHub-Delivery"), h.Get("X-GitHub-Event"), h.Get("X-Hub-Signature-256"), body)
	if err != nil {
		return err
	}
	if err := p.tellPushed(r, body); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// tellPushed says of a push, whose signature was checked, which branch of which
// repository has changed.
func (p *Portal) tellPushed(r *http.Request, body []byte) error {
	if p.cfg.Pushed == nil || r.Header.Get("X-GitHub-Event") != "push" {
		return nil
	}
	var push struct {
		Ref        string `json:"ref"`
		Repository struct {
			FullName string `json:"full_name"`
		} `json:"repository"`
	}
	if err := json.Unmarshal(body, &push); err != nil {
		return fault.Because(err, fault.Input, "the push cannot be read: %v", err)
	}
	branch, found := strings.CutPrefix(push.Ref, "refs/heads/")
	if !found {
		return nil
	}
	return p.cfg.Pushed(r.Context(), push.Repository.FullName, branch)
}
