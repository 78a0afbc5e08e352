package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

// redrawInterval moves the seconds of running stations on a terminal.
const redrawInterval = 100 * time.Millisecond

// Follow shows an application's latest delivery (that of task, when one is
// named) until it has ended, and returns the application as it is then.
func Follow(ctx context.Context, c *client.Client, name, task string, out io.Writer, terminal bool) (client.App, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changes, ended := make(chan client.Change), make(chan error, 1)
	go func() {
		ended <- c.Watch(ctx, name, func(ch client.Change) error {
			select {
			case changes <- ch:
				return nil
			case <-ctx.Done():
				return client.ErrStop
			}
		})
	}()
	app, err := show(changes, ended, name, task, &Progress{Out: out, Terminal: terminal})
	cancel()
	return app, err
}

func show(changes <-chan client.Change, ended <-chan error, name, task string, progress *Progress) (client.App, error) {
	tick := time.NewTicker(redrawInterval)
	defer tick.Stop()
	var app client.App
	for {
		select {
		case err := <-ended:
			return app, err
		case ch := <-changes:
			if ch.Deleted && (task == "" || app.Name != "") {
				return app, &client.Error{Status: 404, Name: "NotFoundError", Message: fmt.Sprintf("no application named %q", name)}
			}
			app = ch.App
		case <-tick.C:
			if !progress.Terminal {
				continue
			}
		}
		d := app.Delivery
		if d == nil || task != "" && d.TaskID != "" && d.TaskID != task {
			continue // not there yet
		}
		progress.Show(*d, time.Now())
		if app.Settled() {
			return app, nil
		}
	}
}

// FollowDelete shows an application's removal until it is gone.
func FollowDelete(ctx context.Context, c *client.Client, name string, out io.Writer) error {
	told := map[string]bool{}
	return c.Watch(ctx, name, func(ch client.Change) error {
		if ch.Deleted {
			fmt.Fprintf(out, "%s is gone\n", name)
			return client.ErrStop
		}
		if ch.App.Deletion == nil {
			return nil
		}
		for _, step := range ch.App.Deletion.Steps {
			if step.Status == "done" && !told[step.Name] {
				told[step.Name] = true
				what := "gone"
				if step.Name == "stop" || step.Name == "backup" {
					what = "done" // they take nothing away
				}
				fmt.Fprintf(out, "%-12s %s  %s\n", step.Name, what, step.Reason)
			}
		}
		return nil
	})
}
