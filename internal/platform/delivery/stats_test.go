package delivery

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/store"
)

// wrote journals an application with deliveries that ended after so many
// minutes, negative ones failed.
func (j journal) wrote(t *testing.T, app App, minutes ...int) {
	t.Helper()
	var list []Delivery
	for _, m := range minutes {
		d := newDelivery(app.Name+time.Duration(m).String(), app.Name, "", t0)
		ended := t0.Add(time.Duration(max(m, -m)) * time.Minute)
		d.Status, d.FinishedAt, d.Seconds = OutcomeLive, &ended, 10
		d.Phase(Build).finish(ended)
		d.Phase(Build).Seconds = 4
		if m < 0 {
			d.Status = OutcomeFail
		}
		list = append(list, d)
	}
	list = append(list, newDelivery(app.Name+" goes on", app.Name, "", t0))
	if _, err := j.save(t.Context(), &app, list, Event{At: t0, App: app.Name, Kind: "app"}); err != nil {
		t.Fatal(err)
	}
}

func TestFiguresAreOfTheTimeTheApplicationAndTheOwner(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &Service{journal: journal{db}, cfg: Config{Clock: func() time.Time { return t0.Add(time.Hour) }}}
	s.journal.wrote(t, App{Name: "hello", Owner: "group:default/a"}, 1, -5, 9)
	s.journal.wrote(t, App{Name: "world"}, 2, 90, -60*24*2)
	var plan string
	if err := db.QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN `+endedQuery, 0, 1, "", "", "", "").Scan(new(int), new(int), new(int), &plan); err != nil || !strings.Contains(plan, "deliveries_ended") {
		t.Errorf("the query goes by %q, %v; want the index", plan, err)
	}
	for _, c := range []struct {
		query           FiguresQuery
		live, failed    int
		restore, builds int
	}{
		{FiguresQuery{Days: 1}, 3, 1, 1, 3},
		{FiguresQuery{Days: 30, App: "hello"}, 2, 1, 1, 2},
		{FiguresQuery{Days: 30, Owner: "a"}, 2, 1, 1, 2},
		{FiguresQuery{Days: 30, Owner: "group:default/platform"}, 1, 0, 0, 1},
		{FiguresQuery{Days: 30, App: "hello", Owner: "b"}, 0, 0, 0, 0},
	} {
		f, err := s.Figures(t.Context(), c.query)
		if err != nil {
			t.Fatal(err)
		}
		restores := 0
		if f.TimeToRestore != nil {
			restores = f.TimeToRestore.Count
			if f.TimeToRestore.Median != 240 {
				t.Errorf("%+v: restored in %v s, want 4 min", c.query, f.TimeToRestore.Median)
			}
		}
		if f.Deployments != c.live || f.Failures != c.failed || restores != c.restore || f.Phases[Build].Count != c.builds || len(f.Days) != c.query.Days {
			t.Errorf("%+v: %d live, %d failed, %d restored, %d builds, %d days", c.query, f.Deployments, f.Failures, restores, f.Phases[Build].Count, len(f.Days))
		}
	}
}
