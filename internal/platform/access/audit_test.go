package access

import (
	"strings"
	"testing"
	"time"
)

func record(t *testing.T, a *Access, entries ...Entry) {
	t.Helper()
	for _, e := range entries {
		if err := a.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheAuditTrailIsSearched(t *testing.T) {
	a, _ := setUp(t)
	now := time.Now()
	record(t, a,
		Entry{Actor: "user:default/ana", Action: "apps.delete", Target: "shop_1", Outcome: OutcomeDone, At: now.Add(-2 * time.Hour)},
		Entry{Actor: "user:default/bia", Action: "apps.delete", Target: "shopX1", Outcome: OutcomeRefused, At: now.Add(-time.Hour)},
		Entry{Action: "auth.login", Outcome: OutcomeRefused, At: now})
	for _, c := range []struct {
		search Search
		want   string
	}{
		{Search{}, "3 2 1"},
		{Search{Text: "shop_1"}, "1"},
		{Search{Text: "DELETE"}, "2 1"},
		{Search{Text: "%"}, ""},
		{Search{Text: "' OR 1=1 --"}, ""},
		{Search{Actor: "user:default/bia"}, "2"},
		{Search{Actor: Anonymous}, "3"},
		{Search{Action: "apps.delete", Before: 2}, "1"},
		{Search{Since: now.Add(-90 * time.Minute), Until: now.Add(-time.Minute)}, "2"},
	} {
		var ids []string
		if err := a.Audit(t.Context(), c.search, 0, func(e Entry) error {
			ids = append(ids, string(rune('0'+e.ID)))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%+v finds %q, want %q", c.search, got, c.want)
		}
	}
}

func TestTheAuditTrailIsAppendOnly(t *testing.T) {
	a, _ := setUp(t)
	record(t, a, Entry{Action: "x", Outcome: OutcomeDone, At: time.Now().Add(-29 * day)}, Entry{Action: "y", Outcome: OutcomeDone, At: time.Now().Add(-401 * day)})
	for _, statement := range []string{`UPDATE access_audit SET actor = 'eve'`, `DELETE FROM access_audit`} {
		if _, err := a.cfg.DB.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s was let through", statement)
		}
	}
	if err := a.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := trail(t, a); len(left) != 1 || left[0].Action != "x" {
		t.Errorf("after 400 days there is %+v", left)
	}
}

func TestAnEntryIsOneLine(t *testing.T) {
	a, _ := setUp(t)
	record(t, a, Entry{Action: "x", Target: "a\nb\x00c" + strings.Repeat("é", maxTarget), Outcome: OutcomeDone})
	if target := trail(t, a)[0].Target; strings.ContainsAny(target, "\n\x00") || len(target) > maxTarget {
		t.Errorf("target = %q", target)
	}
}

func TestStrangersCannotFillTheTrail(t *testing.T) {
	a, _ := setUp(t)
	for range 100 {
		if err := a.RecordStranger(t.Context(), Entry{Action: "x", Outcome: OutcomeRefused, Address: "192.0.2.1"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(trail(t, a)); n > 31 {
		t.Errorf("one address wrote %d entries", n)
	}
}
