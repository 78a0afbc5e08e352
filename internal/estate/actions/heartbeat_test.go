package actions

import (
	"slices"
	"testing"
	"time"
)

func TestOnlyRunnersThatWereLongSilentAreLost(t *testing.T) {
	began := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	after := func(d time.Duration) time.Time { return began.Add(d) }
	h := heartbeats{heard: map[string]time.Time{}}
	// The server has just started: it heard nobody, and nobody is lost.
	h.beat("talks", began)
	for _, look := range []struct {
		at   time.Duration
		busy []string
		want []string
	}{
		{at: 0, busy: []string{"talks", "mute"}},
		{at: silenceMost - 1, busy: []string{"talks", "mute"}},
		{at: silenceMost, busy: []string{"talks", "mute"}, want: []string{"mute"}},
		{at: silenceMost, busy: []string{"late"}},
		{at: 2*silenceMost - 1, busy: []string{"late"}},
		{at: 2 * silenceMost, busy: []string{"late"}, want: []string{"late"}},
	} {
		if slices.Contains(look.busy, "talks") && look.at > 0 {
			h.beat("talks", after(look.at-time.Second))
		}
		if got := h.silent(look.busy, after(look.at)); !slices.Equal(got, look.want) {
			t.Errorf("after %s: %v are lost, want %v", look.at, got, look.want)
		}
	}
	if len(h.heard) != 1 {
		t.Errorf("%v are remembered, want only who is busy", h.heard)
	}
}
