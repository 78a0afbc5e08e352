package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Task is a scaffolder task as far as deliveries need it.
type Task struct {
	ID          string
	TemplateRef string
	Status      string // open, processing, completed, failed, cancelled
	CreatedBy   string
	CreatedAt   time.Time
	Values      map[string]any
	EntityRef   string // of the catalog entry it made, once it did
	Error       string
	StartedAt   time.Time // zero before
	FinishedAt  time.Time // zero before
	Steps       []TaskStep
}

// TaskStep is a step of a task.
type TaskStep struct {
	ID         string
	Name       string
	Action     string
	Status     string // processing, completed, failed, cancelled, skipped; open before
	StartedAt  *time.Time
	FinishedAt *time.Time
}

// ObserveTask takes the state of a task that creates an application. It may
// be told the same more than once. It returns nil when what it says has been
// journalled; until Run has begun it waits, so that no task is lost at the start.
func (s *Service) ObserveTask(ctx context.Context, task Task) error {
	name, _ := task.Values["name"].(string)
	if checkName(name) != "" {
		return nil // a template that makes no application
	}
	select {
	case <-s.begun:
	case <-ctx.Done():
		return ctx.Err()
	}
	known, err := s.journal.hasTask(ctx, task.ID)
	if err != nil {
		return err
	}
	if known && s.known(name) == nil {
		return nil // its application was deleted meanwhile
	}
	t := s.tracker(name, appOf(name, task))
	if t == nil {
		return ErrNotRunning
	}
	err = t.learn(ctx, func(ctx context.Context, t *tracker) { t.seeTask(ctx, task, known) })
	if err != nil && !errors.Is(err, ErrNotFound) { // deleted while it was told
		return fmt.Errorf("task %s of %s: %w", task.ID, name, err)
	}
	return nil
}

func appOf(name string, task Task) App {
	text := func(key string) string {
		value, _ := task.Values[key].(string)
		return value
	}
	public, given := task.Values["public"].(bool)
	return App{Name: name, Description: text("description"), Owner: ownerRef(text("owner")), Template: task.TemplateRef,
		CreatedBy: task.CreatedBy, CreatedAt: task.CreatedAt, Public: public || !given, Entity: task.EntityRef}
}

// seeTask takes a task's state; known says that a delivery of it was journalled.
func (t *tracker) seeTask(ctx context.Context, task Task, known bool) {
	if t.app.Deletion != nil {
		return
	}
	fact := &TaskFact{ID: task.ID, Status: task.Status, CreatedAt: task.CreatedAt, Error: task.Error,
		StartedAt: task.StartedAt, FinishedAt: task.FinishedAt, Steps: task.Steps}
	switch {
	case t.d != nil && t.d.TaskID == task.ID:
	case !known && (t.d == nil || t.d.Phase(Create).Status == Failed):
		t.describe(task)
		t.facts.Task = fact
		t.begin(ctx, task.ID, nil)
	default:
		return // an earlier task of the application
	}
	t.facts.Task = fact
	if task.EntityRef != "" {
		t.app.Entity = task.EntityRef
	}
	if task.Status == "completed" {
		t.kick(lookSource)
		t.kick(lookEntity)
	}
}

// DropTask is told that what a task had made was cleaned away, or that it
// ended without the step that makes a repository. An application
// that the task was to create and never did is forgotten; where it had made
// the repository, what may have come of that is removed and proved gone first.
// Any other application stays. It may be told more than once.
func (s *Service) DropTask(ctx context.Context, task Task, madeRepository bool) error {
	name, _ := task.Values["name"].(string)
	select {
	case <-s.begun:
	case <-ctx.Done():
		return ctx.Err()
	}
	t := s.known(name)
	if t == nil {
		return nil
	}
	_, err := ask(ctx, t, func(t *tracker) bool { return t.drop(ctx, task, madeRepository) })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// drop begins the deletion of an application that a task never created.
func (t *tracker) drop(ctx context.Context, task Task, madeRepository bool) bool {
	if t.d == nil || t.d.TaskID != task.ID {
		return false
	}
	create := t.d.Phase(Create).Status
	if create != Failed && (create == Done || task.Status != "completed") {
		return false
	}
	if madeRepository {
		return t.beginDeletion(ctx, t.app.CreatedBy)
	}
	now := t.s.cfg.Clock()
	t.app.Deletion = newDeletion(t.app.CreatedBy, now)
	for i := range t.app.Deletion.Steps {
		step := &t.app.Deletion.Steps[i]
		step.Status, step.Reason, step.FinishedAt = Done, "it was never made", &now
	}
	return true // run archives it
}

// describe takes what the form said of the application.
func (t *tracker) describe(task Task) {
	app := appOf(t.app.Name, task)
	app.ID, app.Address = t.app.ID, t.app.Address
	t.app, t.facts.Public = app, app.Public
}
