package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/cli"
	"github.com/pronto-platform/pronto/internal/client"
	"github.com/pronto-platform/pronto/test/platform"
)

// Operation is one thing that a developer does.
type Operation string

// The operations, in the order in which each application goes through them.
const (
	Create   Operation = "create"
	Push     Operation = "push"
	Rollback Operation = "rollback"
	Delete   Operation = "delete"
	Restore  Operation = "restore"
)

// Operations are what each application goes through, in order.
var Operations = []Operation{Create, Push, Rollback, Delete, Restore, Delete}

// Lane takes applications through the operations, one after the other, and
// knows what must be there of the present one.
type Lane struct {
	Killer *Killer
	Dir    string // for work trees and credentials
	Name   string // of the application

	p        *platform.Platform
	moments  chan string
	taken    chan string // the task, for who follows it
	task     string
	original string // revision that was created
	answers  string // revision that the application must answer from
	want     expected
	last     client.App
}

// expected is how often each thing must have happened.
type expected struct{ commits, runs, deliveries int }

// NewLane is a lane whose first application has the name.
func NewLane(k *Killer, dir, name string) *Lane {
	return &Lane{Killer: k, Dir: dir, Name: name, p: k.P, moments: make(chan string, 1024), taken: make(chan string, 1)}
}

// Moments are the boundaries that the operation reaches, as they are seen.
func (l *Lane) Moments() <-chan string { return l.moments }

func (l *Lane) moment(format string, args ...any) {
	select {
	case l.moments <- fmt.Sprintf(format, args...):
	default: // nobody reads them
	}
}

// Do does an operation to its end, whatever dies meanwhile, and then checks
// from outside that it was done once.
func (l *Lane) Do(ctx context.Context, op Operation) error {
	acts := map[Operation]func(context.Context) error{Create: l.create, Push: l.push, Rollback: l.rollback, Delete: l.remove, Restore: l.restore}
	if err := l.followed(ctx, op, acts[op]); err != nil {
		return fmt.Errorf("%s %s: %w", op, l.Name, err)
	}
	check := l.checkLive
	if op == Delete {
		check = l.checkGone
	}
	if err := check(ctx); err != nil {
		return fmt.Errorf("after %s of %s: %w", op, l.Name, err)
	}
	return nil
}

// followed does act while followers look at whatever can be followed.
func (l *Lane) followed(ctx context.Context, op Operation, act func(context.Context) error) error {
	following, stop := context.WithCancel(ctx)
	watcher := l.watch(following)
	err := act(ctx)
	stop()
	return errors.Join(err, watcher(op))
}

// submit repeats a request that an outage broke off, unless it was taken.
func (l *Lane) submit(ctx context.Context, taken func(context.Context) (bool, error), act func(context.Context) error) error {
	tried := false
	var refused error
	err := platform.Eventually(ctx, "request", func(ctx context.Context) error {
		if tried {
			if there, err := taken(ctx); there || err != nil {
				return err
			}
		}
		tried = true
		err := act(ctx)
		if answer := (*client.Error)(nil); errors.As(err, &answer) && answer.Status < http.StatusInternalServerError {
			refused = err
			return nil
		}
		return err
	})
	return errors.Join(err, refused)
}

func (l *Lane) create(ctx context.Context) error {
	values := map[string]any{"name": l.Name, "replicas": 1}
	err := l.submit(ctx, func(ctx context.Context) (bool, error) {
		tasks, err := l.tasks(ctx)
		if err == nil && len(tasks) > 0 {
			l.task = tasks[0]
		}
		return len(tasks) > 0, err
	}, func(ctx context.Context) (err error) {
		l.task, err = l.p.API.Create(ctx, "template:default/nodejs", values)
		return err
	})
	if err != nil {
		return err
	}
	l.moment("task taken")
	l.taken <- l.task
	app, err := cli.Follow(ctx, l.p.API, l.Name, l.task, io.Discard, false)
	if err != nil {
		return err
	}
	l.want = expected{commits: 2, runs: 1, deliveries: 1}
	l.original, l.answers, l.last = app.Delivery.Revision, app.Delivery.Revision, app
	return live(app)
}

func live(app client.App) error {
	if app.Status != "live" {
		return fmt.Errorf("it is %s: %s", app.Status, app.Reason)
	}
	return nil
}

func (l *Lane) work() string { return filepath.Join(l.Dir, l.Name) }

// git runs one command in the work tree until it succeeds: what it does must
// bear repetition.
func (l *Lane) git(ctx context.Context, args ...string) (out string, err error) {
	err = platform.Eventually(ctx, "git "+args[0], func(ctx context.Context) error {
		out, err = l.p.Tool(ctx, l.work(), "git", args...)
		return err
	})
	return out, err
}

func (l *Lane) push(ctx context.Context) error {
	err := platform.Eventually(ctx, "clone", func(ctx context.Context) error {
		if err := os.RemoveAll(l.work()); err != nil {
			return err
		}
		_, err := l.p.Clone(ctx, l.Dir, l.Name)
		return err
	})
	if err != nil {
		return err
	}
	revision, err := l.change(ctx)
	if err != nil {
		return err
	}
	err = l.submit(ctx, func(ctx context.Context) (bool, error) {
		_, err := l.git(ctx, "fetch", "--quiet", "origin")
		if err != nil {
			return false, err
		}
		log, err := l.git(ctx, "log", "--format=%H", "origin/main")
		return strings.Contains(log, revision), err
	}, func(ctx context.Context) error { return l.p.Push(ctx, l.work()) })
	if err != nil {
		return err
	}
	l.moment("pushed")
	l.want.commits, l.want.runs, l.want.deliveries = l.want.commits+2, l.want.runs+1, l.want.deliveries+1
	l.answers = revision
	return l.await(ctx, func(d client.Delivery) bool { return d.Revision == revision })
}

// change commits a line that makes another image.
func (l *Lane) change(ctx context.Context) (revision string, err error) {
	file, err := os.OpenFile(filepath.Join(l.work(), "src", "server.js"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(file, "// %d\n", time.Now().UnixNano())
	if err := errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	if _, err := l.p.Tool(ctx, l.work(), "git", "-c", "user.name=Ana", "-c", "user.email=ana@example.com",
		"commit", "--quiet", "--all", "--message", "Change a line"); err != nil {
		return "", err
	}
	return l.p.Tool(ctx, l.work(), "git", "rev-parse", "HEAD")
}

// await follows the application until the delivery that is meant has ended.
func (l *Lane) await(ctx context.Context, meant func(client.Delivery) bool) error {
	err := l.p.API.Watch(ctx, l.Name, func(change client.Change) error {
		if change.Deleted {
			return errors.New("a watcher was told that it is gone")
		}
		l.last = change.App
		if change.App.Settled() && meant(*change.App.Delivery) {
			return client.ErrStop
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("wait for the delivery: %w", err)
	}
	return live(l.last)
}

func (l *Lane) rollback(ctx context.Context) error {
	before, err := l.commits(ctx)
	if err != nil {
		return err
	}
	revision := ""
	err = l.submit(ctx, func(ctx context.Context) (bool, error) {
		now, err := l.commits(ctx)
		if len(now) > len(before) {
			revision = now[0]
		}
		return len(now) > len(before), err
	}, func(ctx context.Context) error {
		back, err := l.p.API.Rollback(ctx, l.Name, l.original)
		revision = back.Revision
		return err
	})
	if err != nil {
		return err
	}
	l.moment("rollback taken")
	l.want.commits, l.want.deliveries = l.want.commits+1, l.want.deliveries+1
	l.answers = l.original // the image that was built then
	return l.await(ctx, func(d client.Delivery) bool { return d.Revision == revision })
}

func (l *Lane) remove(ctx context.Context) error {
	never := func(context.Context) (bool, error) { return false, nil } // asking again is fine
	err := l.submit(ctx, never, func(ctx context.Context) error { return l.p.API.Delete(ctx, l.Name) })
	if err != nil {
		return err
	}
	l.moment("deletion taken")
	return cli.FollowDelete(ctx, l.p.API, l.Name, io.Discard)
}

// restore brings back what was deleted: its history and its deliveries, and
// none of its runs and images.
func (l *Lane) restore(ctx context.Context) error {
	before := l.last.Delivery.ID
	err := l.submit(ctx, func(ctx context.Context) (bool, error) {
		err := l.portal(ctx, "/api/pronto/v1/apps/"+l.Name, nil)
		if errors.Is(err, errMissing) {
			return false, nil
		}
		return err == nil, err
	}, func(ctx context.Context) error {
		_, err := l.p.API.Restore(ctx, l.Name)
		return err
	})
	if err != nil {
		return err
	}
	l.moment("restore taken")
	l.want.commits, l.want.runs, l.want.deliveries = l.want.commits+2, 1, l.want.deliveries+1
	err = l.await(ctx, func(d client.Delivery) bool { return d.ID != before })
	if err == nil {
		l.answers = l.last.Delivery.Revision
	}
	return err
}

// commits are those on the default branch, newest first.
func (l *Lane) commits(ctx context.Context) ([]string, error) {
	var list []struct{ SHA string }
	if err := l.forge(ctx, "repos/apps/idp-"+l.Name+"/commits?per_page=100", &list); err != nil {
		return nil, err
	}
	var shas []string
	for _, commit := range list {
		shas = append(shas, commit.SHA)
	}
	return shas, nil
}

// tasks are the ids of the application's.
func (l *Lane) tasks(ctx context.Context) ([]string, error) {
	var list struct {
		Tasks []struct {
			ID   string
			Spec struct{ Parameters struct{ Name string } }
		}
	}
	if err := l.portal(ctx, "/api/scaffolder/v2/tasks?limit=500&order=desc:created_at", &list); err != nil {
		return nil, err
	}
	var ids []string
	for _, task := range list.Tasks {
		if task.Spec.Parameters.Name == l.Name {
			ids = append(ids, task.ID)
		}
	}
	return ids, nil
}

var errMissing = errors.New("404")

func status(code int) error {
	switch code {
	case http.StatusOK:
		return nil
	case http.StatusNotFound:
		return errMissing
	}
	return fmt.Errorf("status %d", code)
}
