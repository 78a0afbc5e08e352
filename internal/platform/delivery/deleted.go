package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Deleted is a deleted application that can be brought back.
type Deleted struct {
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Owner       string    `json:"owner,omitempty"`
	Template    string    `json:"template,omitempty"`
	CreatedBy   string    `json:"createdBy,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
	DeletedAt   time.Time `json:"deletedAt"`
	DeletedBy   string    `json:"deletedBy,omitempty"`
	Until       time.Time `json:"until"` // when what is kept of it is removed
}

func (d deletedApp) view() Deleted {
	v := Deleted{Name: d.Name, Description: d.Description, Owner: ownerRef(d.Owner), Template: d.Template,
		CreatedBy: d.CreatedBy, CreatedAt: d.CreatedAt, DeletedAt: d.at}
	if d.Deletion != nil {
		v.DeletedBy = d.Deletion.RequestedBy
	}
	if d.kept != nil {
		v.Until = d.kept.Until
	}
	return v
}

// Deleted lists the applications that can be brought back, the last deleted first.
func (s *Service) Deleted(ctx context.Context) ([]Deleted, error) {
	apps, err := s.journal.restorable(ctx, s.cfg.Clock())
	list := make([]Deleted, 0, len(apps))
	for _, app := range apps {
		list = append(list, app.view())
	}
	return list, err
}

// DeletedApp is the application of a name that was deleted last, or that is
// being brought back; ErrNotFound if none was.
func (s *Service) DeletedApp(ctx context.Context, name string) (Deleted, error) {
	if view, ok := s.Get(name); ok && beingRestored(view) {
		return Deleted{Name: name, Owner: view.Owner, CreatedBy: view.CreatedBy}, nil
	}
	if checkName(name) != "" {
		return Deleted{}, ErrNotFound
	}
	app, err := s.journal.deleted(ctx, name)
	if err != nil || app == nil {
		return Deleted{}, firstError(err, ErrNotFound)
	}
	return app.view(), nil
}

func beingRestored(v View) bool {
	return v.Deletion == nil && v.Delivery != nil && v.Delivery.StartedBy.Kind == ByRestore && v.Delivery.Phase(Create).Status == Running
}

// Undelete brings a deleted application back, as it was but for its images:
// they are built anew by a commit in the person's name. It returns when that is
// journalled; asking again meanwhile is fine.
func (s *Service) Undelete(ctx context.Context, name string, by Person) (View, error) {
	s.undeletes.Lock()
	defer s.undeletes.Unlock()
	if view, ok := s.Get(name); ok && beingRestored(view) {
		return view, nil
	}
	app, err := s.mayReturn(ctx, name)
	if err != nil {
		return View{}, err
	}
	now := s.cfg.Clock()
	backup := app.kept.ID
	app.Deletion, app.Address = nil, Address{}
	app.Restoration = &Restoration{StartedAt: now, By: s.author(by), Backup: backup, Step: restoreSteps[0]}
	err = s.revive(ctx, app.App, now)
	if errors.Is(err, errTaken) {
		return View{}, cannotReturn(err, name, "an application %q exists already", name)
	}
	view, _ := s.Get(name)
	return view, err
}

// mayReturn is the deleted application, or why it cannot be brought back.
func (s *Service) mayReturn(ctx context.Context, name string) (*deletedApp, error) {
	if view, ok := s.Get(name); ok && view.Deletion != nil {
		return nil, fault.Conflictf("%s is being deleted", name)
	}
	if checkName(name) != "" {
		return nil, fault.NotFoundf("there is no deleted application %q", name)
	}
	app, err := s.journal.deleted(ctx, name)
	switch {
	case err != nil:
		return nil, err
	case app == nil:
		return nil, fault.NotFoundf("there is no deleted application %q", name)
	case app.kept == nil || !app.kept.Until.After(s.cfg.Clock()) || !s.backups.Has(app.kept.ID):
		return nil, cannotReturn(nil, name, "nothing of it is kept any more")
	}
	return app, s.roomFor(ctx, name, app.Owner)
}

// roomFor refuses a name that is taken again, and an owner who has all that
// they may have.
func (s *Service) roomFor(ctx context.Context, name, owner string) error {
	verdict, err := s.checkFree(ctx, name)
	if err != nil {
		return err
	}
	if _, exists := s.Get(name); exists { // one that was never made counts too: it holds the name here
		return cannotReturn(nil, name, "an application %q exists already", name)
	}
	for _, check := range verdict.Checks {
		if !check.Free {
			return cannotReturn(nil, name, "%s", check.Reason)
		}
	}
	if verdict.Reason != "" {
		return cannotReturn(nil, name, "the name is reserved for the platform now")
	}
	quota, problem := s.checkQuota(ownerRef(owner))
	switch {
	case problem == nil:
		return nil
	case quota.Owner != "":
		return cannotReturn(nil, name, "%s has %d of the %d applications it may have", quota.Owner, quota.Used, quota.Limit)
	}
	return cannotReturn(nil, name, "the platform has %d of the %d applications it may have", quota.Used, quota.Limit)
}

func cannotReturn(cause error, name, format string, args ...any) error {
	return fault.Because(cause, fault.Conflict, "%s cannot come back: %s", name, fmt.Sprintf(format, args...))
}

// revive makes the application known, journals it, and follows it. Its name is
// held from the first on, so that nothing else takes it meanwhile.
func (s *Service) revive(ctx context.Context, app App, now time.Time) error {
	t := newTracker(s, app, nil)
	d := newRestore(app.Name, now)
	t.expect(ctx, &d)
	t.facts.Restoring = app.Restoration.doing()
	d = Evaluate(t.facts, d, now)
	t.d = &d
	view := viewOf(app, &d, t.checked, s.names)
	if err := s.hold(t); err != nil {
		return err
	}
	event := Event{At: now, App: app.Name, Kind: "app", Data: view}
	id, err := s.journal.revive(context.WithoutCancel(ctx), &app, d, event)
	if err != nil {
		s.letGo(t)
		return err
	}
	event.ID, t.saved = id, t.fingerprint(&d)
	s.show(view, event)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.follow != nil { // else the next start goes on with it
		s.follow(t)
	}
	return nil
}

// hold makes a tracker known that is not followed yet.
func (s *Service) hold(t *tracker) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.follow == nil {
		return ErrNotRunning
	}
	if s.trackers[t.app.Name] != nil {
		return errTaken
	}
	s.know(t)
	return nil
}

// letGo forgets a tracker that was held.
func (s *Service) letGo(t *tracker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.trackers, t.app.Name)
	delete(s.views, t.app.Name)
	close(t.gone)
}
