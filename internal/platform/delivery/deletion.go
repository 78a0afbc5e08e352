package delivery

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Deletion is how far an application's removal is. It is journalled after
// every step, so that it goes on where it was after any stop.
type Deletion struct {
	StartedAt   time.Time      `json:"startedAt"`
	RequestedBy string         `json:"requestedBy,omitempty"`
	Backup      string         `json:"backup,omitempty"` // of what is kept of it; empty: nothing is
	Steps       []DeletionStep `json:"steps"`
}

// DeletionStep is one kind of thing that is removed and proved gone.
type DeletionStep struct {
	Name       string     `json:"name"`
	Status     Status     `json:"status"`
	Reason     string     `json:"reason,omitempty"` // what it waits for, or the proof
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
}

// DeletionView is a Deletion as the API shows it.
type DeletionView = Deletion

// stepBackup takes nothing away: it keeps what the steps after it remove.
const stepBackup = "backup"

// deletionSteps undo create, last thing first: nothing may come back from
// what still stands.
var deletionSteps = []string{"stop", stepBackup, "repository", "application", "namespace", "images", "address", "catalog"}

func newDeletion(by string, at time.Time) *Deletion {
	d := &Deletion{StartedAt: at, RequestedBy: by}
	for _, name := range deletionSteps {
		d.Steps = append(d.Steps, DeletionStep{Name: name, Status: Waiting})
	}
	return d
}

// next is the first step that is not done; nil when all are.
func (d *Deletion) next() *DeletionStep {
	for i := range d.Steps {
		if d.Steps[i].Status != Done {
			return &d.Steps[i]
		}
	}
	return nil
}

func (d *Deletion) reason() string {
	if step := d.next(); step != nil {
		return "removing: " + step.Name + joinIf(step.Reason)
	}
	return "everything is gone"
}

func joinIf(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// view leaves out what only the platform needs.
func (d *Deletion) view() *DeletionView {
	v := d.clone()
	v.Backup = ""
	return v
}

// copies reports whether the next step is the one that copies the repository.
func (d *Deletion) copies() bool {
	step := d.next()
	return step != nil && step.Name == stepBackup
}

func (d *Deletion) clone() *Deletion {
	c := *d
	c.Steps = append([]DeletionStep{}, d.Steps...)
	return &c
}

// record returns the deletion with what came of its next step.
func (d *Deletion) record(result removal, now time.Time) *Deletion {
	c := d.clone()
	step := c.next()
	if step == nil {
		return c
	}
	step.Status, step.Reason = Running, result.reason
	if result.gone {
		step.Status, step.FinishedAt = Done, &now
	}
	return c
}

// removal is what one attempt at one step came to.
type removal struct {
	gone   bool
	reason string // the proof, or what it waits for
}

// remover removes the things of one application. Each step may be repeated.
type remover struct {
	keeper  keeper
	forge   forge
	images  images
	prober  prober
	cluster *cluster
	catalog Catalog
	names   Names
}

func (s *Service) remover() remover {
	keeper := keeper{s.backups, s.cfg.Backups.Grace, s.journal, s.forge, s.cfg.Catalog, s.names, s.cfg.Clock}
	return remover{keeper, s.forge, s.images, s.prober, s.cluster, s.cfg.Catalog, s.names}
}

// remove makes one attempt at a step.
func (r remover) remove(ctx context.Context, step string, app App) (removal, error) {
	switch step {
	case "stop":
		return removal{true, "no delivery of it goes on"}, nil
	case stepBackup:
		return r.keeper.keep(ctx, app)
	case "repository":
		done, err := r.forge.remove(ctx, app.Name)
		return removal{done, "the forge answers 404 for " + r.names.RepositoryPath(app.Name)}, err
	case "application":
		return r.application(ctx, app.Name)
	case "namespace":
		return r.namespace(ctx, app.Name)
	case "images":
		done, err := r.images.remove(ctx, app.Name)
		return removal{done, "the registry lists no tag of " + r.names.Image(app.Name)}, err
	case "address":
		if !app.Public {
			return removal{true, "it had no public address"}, nil
		}
		done, proof, err := r.prober.vanished(ctx, app.Name)
		return removal{done, proof}, err
	case "catalog":
		return r.entry(ctx, app)
	}
	return removal{}, fmt.Errorf("delete %s: unknown step %q", app.Name, step)
}

func (r remover) application(ctx context.Context, app string) (removal, error) {
	name := r.names.Repository(app)
	client := r.cluster.dynamic.Resource(applications).Namespace(r.cluster.namespace)
	err := client.Delete(ctx, name, metav1.DeleteOptions{})
	switch {
	case errors.IsNotFound(err):
		return removal{true, "there is no Application " + name}, nil
	case err != nil:
		return removal{}, fmt.Errorf("delete Application %s: %w", name, err)
	}
	return removal{false, "Application " + name + " is being removed with what it made"}, nil
}

func (r remover) namespace(ctx context.Context, app string) (removal, error) {
	if refused := checkName(app); refused != "" {
		return removal{}, fmt.Errorf("delete namespace %s: %s", app, refused)
	}
	if back, err := r.application(ctx, app); err != nil || !back.gone {
		return removal{false, "the Application came back"}, err
	}
	err := r.cluster.client.CoreV1().Namespaces().Delete(ctx, app, metav1.DeleteOptions{})
	switch {
	case errors.IsNotFound(err):
		return removal{true, "there is no namespace " + app}, nil
	case err != nil && !errors.IsConflict(err):
		return removal{}, fmt.Errorf("delete namespace %s: %w", app, err)
	}
	return removal{false, "namespace " + app + " is ending"}, nil
}

func (r remover) entry(ctx context.Context, app App) (removal, error) {
	if app.Entity == "" || r.catalog == nil {
		return removal{true, "it had no catalog entry"}, nil
	}
	if err := r.catalog.Remove(ctx, app.Entity); err != nil {
		return removal{}, fmt.Errorf("remove %s from the catalog: %w", app.Entity, err)
	}
	there, err := r.catalog.Has(ctx, app.Entity)
	return removal{err == nil && !there, "the catalog has no " + app.Entity}, err
}
