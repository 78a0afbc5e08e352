package e2e

import (
	"testing"
	"time"

	"github.com/pronto-platform/pronto/test/chaos"
)

// The short form of `make chaos`: two applications go once through their
// lives, and at each of four operations something is killed.
func TestKillsAtRandomInstantsShowNowhere(t *testing.T) {
	app := first(t)
	ctx := within(t, 4*time.Minute)
	k := &chaos.Killer{P: p, Log: t.Logf}
	k.Steady = must[*chaos.Steady](t)(chaos.NewSteady(ctx, p, app.URL))
	chaos.Judge(t, k, chaos.Random(ctx, k, t.TempDir(), 1, 2, 1))
}
