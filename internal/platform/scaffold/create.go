package scaffold

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// CreateRequest is a submitted form.
type CreateRequest struct {
	TemplateRef string
	Values      map[string]any
	Secrets     map[string]string
	CreatedBy   string // entity reference; default: the caller in the context
}

// Create checks a form and starts its task. The error is a *form.Error
// for values that are not acceptable, else an *fault.Error. Forms are taken one
// after the other: where many come at once, it is they that wait, not those who read.
func (s *Service) Create(ctx context.Context, r CreateRequest) (Task, error) {
	select {
	case s.intake <- struct{}{}:
		defer func() { <-s.intake }()
	case <-ctx.Done():
		return Task{}, ctx.Err()
	}
	template, err := s.templates.get(r.TemplateRef)
	if err != nil {
		return Task{}, err
	}
	values, err := s.accept(ctx, template, r.Values)
	if err != nil {
		return Task{}, err
	}
	if user, ok := access.UserFrom(ctx); ok && r.CreatedBy == "" {
		r.CreatedBy = user.Ref
	}
	name, _ := values["name"].(string)
	access.Describe(ctx, name, auditDetail("submit", template.Ref, values))
	return s.submit(ctx, Task{
		ID: uuid.NewString(), TemplateRef: template.Ref, Status: StatusOpen, CreatedBy: r.CreatedBy, Values: values, secrets: r.Secrets,
		spec: template.spec(),
	})
}

// auditDetail is what the audit trail says of a task: what was done, the template,
// and the application that the form names.
func auditDetail(verb, template string, values map[string]any) string {
	if name, _ := values["name"].(string); name != "" {
		return verb + " " + template + " for application " + name
	}
	return verb + " " + template
}

// submit makes a task and queues it: tasks are taken in the order in which
// they were made.
func (s *Service) submit(ctx context.Context, task Task) (Task, error) {
	s.arrivals.Lock()
	defer s.arrivals.Unlock()
	task.CreatedAt = s.cfg.Clock().UTC().Truncate(time.Millisecond)
	if err := s.journal.create(ctx, task); err != nil {
		return Task{}, err
	}
	// From here on the task stands: even if the caller leaves, it runs.
	ctx = context.WithoutCancel(ctx)
	s.tell(ctx, task)
	return task, s.enqueue(ctx, task)
}

// accept returns the values with defaults, or a *form.Error.
func (s *Service) accept(ctx context.Context, t *Template, given map[string]any) (map[string]any, error) {
	values, err := s.fill(t, given)
	if err != nil || s.cfg.Validate == nil {
		return values, err
	}
	pages, err := form.Fill(t.Pages, s.vars())
	if err != nil {
		return nil, err
	}
	var violations []form.Violation
	for _, field := range s.cfg.Validate(ctx, t.Ref, values) {
		violations = append(violations, field.Violation(pages, values))
	}
	if len(violations) > 0 {
		return nil, &form.Error{Violations: violations}
	}
	return values, nil
}

// fill returns the values with defaults if a template's form takes them, or a
// *form.Error.
func (s *Service) fill(t *Template, given map[string]any) (map[string]any, error) {
	pages, err := form.Fill(t.Pages, s.vars())
	if err != nil {
		return nil, err
	}
	values := form.WithDefaults(pages, given)
	violations, err := form.Check(pages, values)
	if err != nil {
		return nil, err
	}
	if len(violations) > 0 {
		return nil, &form.Error{Violations: violations}
	}
	return values, nil
}
