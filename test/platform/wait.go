package platform

import (
	"context"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/client"
)

// pollInterval is between two looks at what no event tells.
const pollInterval = 100 * time.Millisecond

// Eventually calls try until it succeeds or ctx is done; its last error is
// told, with what was waited for.
func Eventually(ctx context.Context, what string, try func(context.Context) error) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	var last error
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err // the one that ctx's end makes says nothing
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w (last: %w)", what, ctx.Err(), last)
		}
	}
}

// WaitApp follows an application's events until one satisfies done.
func (p *Platform) WaitApp(ctx context.Context, name string, done func(client.App) bool) (client.App, error) {
	var last client.App
	err := p.API.Watch(ctx, name, func(change client.Change) error {
		if change.Deleted {
			return nil // not there yet
		}
		last = change.App
		if done(last) {
			return client.ErrStop
		}
		return nil
	})
	if err != nil {
		return last, fmt.Errorf("wait for %s: %w; it was %s", name, err, describe(last))
	}
	return last, nil
}

// WaitRevision follows an application until the delivery of a commit has ended.
func (p *Platform) WaitRevision(ctx context.Context, name, revision string) (client.App, error) {
	return p.WaitApp(ctx, name, func(app client.App) bool {
		return app.Settled() && app.Delivery.Revision == revision
	})
}

// WaitLive follows an application until it is live.
func (p *Platform) WaitLive(ctx context.Context, name string) (client.App, error) {
	return p.WaitApp(ctx, name, func(app client.App) bool { return app.Status == "live" })
}

func describe(app client.App) string {
	if app.Delivery == nil {
		return fmt.Sprintf("%q, without a delivery", app.Status)
	}
	text := fmt.Sprintf("%q (%s) at %s:", app.Status, app.Reason, app.Delivery.Revision)
	for _, phase := range app.Delivery.Phases {
		text += fmt.Sprintf(" %s %s %.1f s %s;", phase.Name, phase.Status, phase.Seconds, phase.Reason)
	}
	return text
}
