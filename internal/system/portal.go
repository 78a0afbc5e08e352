package system

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/pronto-platform/pronto/internal/base/part"
	"github.com/pronto-platform/pronto/internal/config"
	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/catalog"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/portal"
	"github.com/pronto-platform/pronto/internal/platform/scaffold"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/store"
	"github.com/pronto-platform/pronto/internal/system/builtin"
	"github.com/pronto-platform/pronto/internal/system/control"
	"github.com/pronto-platform/pronto/templates"
	"github.com/pronto-platform/pronto/web"
)

// rooms are the platform's services: clients of the estate, or of what has
// taken its place.
type rooms struct {
	access   *access.Access
	catalog  *catalog.Catalog
	delivery *delivery.Service
	scaffold *scaffold.Service
	portal   *portal.Portal
}

// platform makes the platform's half and says what each part of it waits for.
func (w *wiring) platform(ctx context.Context) ([]need, error) {
	db, err := store.Open(ctx, w.cfg.Path("platform", "platform.db"))
	if err != nil {
		return nil, err
	}
	forge, err := w.scm()
	if err != nil {
		return nil, err
	}
	r, err := w.rooms(ctx, db, forge)
	if err != nil {
		return nil, err
	}
	parts, err := w.telemetry(r.delivery)
	if err != nil {
		return nil, err
	}
	notifier, err := w.notify(r.delivery, forge)
	if err != nil {
		return nil, err
	}
	return append(parts, []need{
		{part: r.access},
		{part: serve("portal", w.cfg.Socket("portal"), r.portal.Handler())},
		{part: r.catalog},
		{part: r.delivery, after: []string{partLink, partCluster, "gitops"}},
		{part: notifier, after: []string{partLink}},
		{part: r.scaffold, after: []string{partLink, partHooks, "delivery"}},
		{part: w.door(), after: []string{"delivery", "scaffold"}},
	}...), nil
}

func (w *wiring) rooms(ctx context.Context, db *sql.DB, forge *scm.Client) (r rooms, err error) {
	for _, open := range []func() error{
		func() error { r.access, err = w.access(db); return err },
		func() error { r.catalog, err = w.catalog(db, forge); return err },
		func() error { r.delivery, err = w.delivery(ctx, db, forge, r.catalog); return err },
		func() error { r.scaffold, err = w.scaffold(db, forge, r); return err },
		func() error { r.portal, err = w.portal(r); return err },
	} {
		if err := open(); err != nil {
			return rooms{}, err
		}
	}
	return r, nil
}

func (w *wiring) catalog(db *sql.DB, forge *scm.Client) (*catalog.Catalog, error) {
	entities, err := builtin.Entities(adminGroup, developerGroup)
	if err != nil {
		return nil, err
	}
	var locations []catalog.Location
	for _, l := range w.cfg.Catalog.Locations {
		locations = append(locations, catalog.Location{Type: l.Type, Target: l.Target})
	}
	return catalog.New(catalog.Config{
		DB: db, SCM: forge, ForgeURL: w.cfg.URL("git").String(), Builtin: entities, Locations: locations,
		Orphans: catalog.OrphanStrategy(w.cfg.Catalog.OrphanStrategy), Check: scaffold.CheckEntity, Logger: w.logger("catalog"),
	})
}

func (w *wiring) delivery(ctx context.Context, db *sql.DB, forge *scm.Client, entities *catalog.Catalog) (*delivery.Service, error) {
	service, err := delivery.New(delivery.Config{
		DB: db, SCM: forge, Kubernetes: w.kube, Catalog: entities,
		Names: delivery.Names{
			Organization: w.cfg.Organization, RepositoryPrefix: repositoryPrefix, Domain: w.cfg.Domain,
			HTTPSPort: w.cfg.Edge.HTTPSPort, ForgeURL: w.cfg.URL("git").String(), Registry: w.cfg.Authority("registry"),
		},
		RegistryAuth: &authn.Basic{Username: registryAdminUser, Password: w.creds.RegistryAdmin.Reveal()},
		DNSServer:    w.cfg.DNSServer(), ExpectedAddress: w.cfg.Edge.Address.String(), HTTPClient: w.http,
		WebhookSecret: w.creds.PortalWebhook, Reserved: config.SystemHosts, Logger: w.logger("delivery"),
		Limits:  delivery.Limits{Applications: w.cfg.Limits.Applications, ApplicationsPerOwner: w.cfg.Limits.ApplicationsPerOwner},
		Backups: delivery.Backups{Dir: w.cfg.Path("platform", "deleted"), Git: w.git(), Grace: w.cfg.Deletion.Grace()},
	})
	if err != nil {
		return nil, err
	}
	return service, service.Restore(ctx) // the portal may be asked before the rest stands
}

func (w *wiring) scaffold(db *sql.DB, forge *scm.Client, r rooms) (*scaffold.Service, error) {
	return scaffold.New(scaffold.Config{
		DB: db, Templates: templates.FS, SCM: forge, Catalog: r.catalog, Git: w.git(), Dir: w.cfg.Path("platform", "tasks"),
		Organization: w.cfg.Organization, Domain: w.cfg.Domain, SealKey: w.creds.AccessSeal,
		Vars:     func() map[string]any { return siteValues(w.cfg, r.delivery.Architectures()) },
		Rights:   rights{r.access.Known, r.delivery.Get, forge.Repository, w.cfg.Organization},
		Validate: validator(r.delivery), OnChange: observer(r.delivery),
		OnClean: cleaner(r.delivery), Logger: w.logger("scaffold"),
	})
}

// siteValues are what templates may read as environment.parameters.
func siteValues(cfg config.Config, architectures []string) map[string]any {
	edge := cfg.Edge.Address
	if cfg.Embedded() {
		edge = cfg.Node.Gateway.Addr()
	}
	return map[string]any{
		"organization":  cfg.Organization,
		"domain":        cfg.Domain,
		"authority":     cfg.DomainAuthority(),
		"forge":         cfg.URL("git").String(),
		"forgeHost":     cfg.Authority("git"),
		"registry":      cfg.Authority("registry"),
		"ingressClass":  "pronto",
		"edge":          edge.String(),
		"architectures": architectures,
	}
}

// validator tells the scaffolder what delivery knows of names and architectures.
func validator(deliveries *delivery.Service) func(context.Context, string, map[string]any) []scaffold.FieldError {
	return func(ctx context.Context, template string, values map[string]any) []scaffold.FieldError {
		found, err := deliveries.ValidateCreate(ctx, template, values)
		if err != nil {
			return []scaffold.FieldError{{Message: fmt.Sprintf("the values could not be checked: %v; try again", err)}}
		}
		faults := make([]scaffold.FieldError, 0, len(found))
		for _, f := range found {
			faults = append(faults, scaffold.FieldError{Path: f.Path, Message: f.Message})
		}
		return faults
	}
}

// cleaner tells delivery of tasks that were cleaned.
func cleaner(deliveries *delivery.Service) func(context.Context, scaffold.Task, []scaffold.Made) error {
	return func(ctx context.Context, t scaffold.Task, made []scaffold.Made) error {
		return deliveries.DropTask(ctx, deliveryTask(t), slices.ContainsFunc(made, func(m scaffold.Made) bool { return m.Kind == action.KindRepository }))
	}
}

func deliveryTask(t scaffold.Task) delivery.Task {
	entity, _ := t.Output["entityRef"].(string)
	return delivery.Task{
		ID: t.ID, TemplateRef: t.TemplateRef, Status: t.Status, CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt,
		Values: t.Values, EntityRef: entity, Error: t.Error, StartedAt: t.StartedAt, FinishedAt: t.FinishedAt, Steps: deliverySteps(t.Steps),
	}
}

func deliverySteps(states []scaffold.StepState) []delivery.TaskStep {
	steps := make([]delivery.TaskStep, 0, len(states))
	for _, s := range states {
		steps = append(steps, delivery.TaskStep{ID: s.ID, Name: s.Name, Action: s.Action, Status: s.Status, StartedAt: s.StartedAt, FinishedAt: s.FinishedAt})
	}
	return steps
}

// observer tells delivery of every change of a task that makes a repository:
// others make no application, even where their form has a name.
func observer(deliveries *delivery.Service) func(context.Context, scaffold.Task) error {
	return func(ctx context.Context, t scaffold.Task) error {
		switch {
		case t.Publishes():
			return deliveries.ObserveTask(ctx, deliveryTask(t))
		case t.Ended(): // its condition left the step out
			return deliveries.DropTask(ctx, deliveryTask(t), false)
		}
		return nil
	}
}

func (w *wiring) portal(r rooms) (*portal.Portal, error) {
	return portal.New(portal.Config{
		Access: r.access, Delivery: r.delivery, Scaffolder: r.scaffold.Handler(), Catalog: r.catalog.Handler(), Web: web.Dist(),
		Pushed: r.catalog.Pushed,
		Platform: portal.Platform{
			Domain: w.cfg.Domain, Organization: w.cfg.Organization, Version: Version,
			URLs: portal.URLs{
				Portal: w.cfg.URL("portal").String(), Forge: w.cfg.URL("git").String(),
				Registry: w.cfg.URL("registry").String(), Login: w.issuer(),
			},
		},
		Parts: w.health, Templates: r.scaffold.TemplateRefs, TaskTarget: taskTarget(r.scaffold), Logger: w.logger("portal"),
	})
}

// taskTarget tells the portal who may manage a task: the owner that its form
// named and whoever submitted it.
func taskTarget(tasks *scaffold.Service) func(context.Context, string) (access.Target, error) {
	return func(ctx context.Context, id string) (access.Target, error) {
		task, err := tasks.Get(ctx, id)
		owner, _ := task.Values["owner"].(string)
		return access.Target{Owner: owner, CreatedBy: task.CreatedBy}, err
	}
}

// door is ready when the portal answers at its public address.
func (w *wiring) door() part.Part {
	return part.Func("portal", func(ctx context.Context, ready func()) error {
		if err := until(ctx, func(ctx context.Context) error {
			return w.answers(ctx, w.cfg.URL("portal").JoinPath("healthz").String())
		}); err != nil {
			return err
		}
		ready()
		<-ctx.Done()
		return nil
	})
}

// health is what the portal shows of the parts, its own process' and the edge's.
func (w *wiring) health(ctx context.Context) []portal.Part {
	var parts []portal.Part
	for _, p := range append(w.board.Parts(), control.Now(ctx, w.cfg.Socket(procEdge))...) {
		parts = append(parts, portal.Part{Name: p.Name, Status: "ready", Since: p.Since.Format(time.RFC3339)})
	}
	for _, name := range w.board.Starting() {
		parts = append(parts, portal.Part{Name: name, Status: "starting"})
	}
	return parts
}
