package e2e

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

func TestFiveAppsCreatedAtOnceAllGoLive(t *testing.T) {
	eg, ctx := errgroup.WithContext(within(t, 4*time.Minute))
	for n := range 5 {
		name := fmt.Sprintf("five%d", n)
		eg.Go(func() error {
			app, err := p.Create(ctx, name, "replicas=1")
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			t.Logf("%s live in %.1f s", name, app.Delivery.Seconds)
			a, err := get(ctx, app.URL)
			if err == nil && a.Name != name {
				err = fmt.Errorf("%s: %s answers", name, a.body)
			}
			return err
		})
	}
	if err := eg.Wait(); err != nil {
		t.Fatal(err)
	}
	// They have done their part; what comes next has the machine for itself.
	eg, ctx = errgroup.WithContext(within(t, 2*time.Minute))
	for n := range 5 {
		eg.Go(func() error { return p.Delete(ctx, fmt.Sprintf("five%d", n)) })
	}
	if err := eg.Wait(); err != nil {
		t.Error(err)
	}
}
