package delivery

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/store"
)

func TestATraceIsOwedUntilItIsNotedAndWhenADeliveryEndsAnew(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &Service{journal: journal{db}, cfg: Config{Clock: func() time.Time { return at(60) }}}
	app := App{Name: "hello"}
	end := func(d *Delivery, second float64) {
		ended := at(second)
		d.Status, d.FinishedAt = OutcomeFail, &ended
		if _, err := s.journal.save(t.Context(), &app, []Delivery{*d}, Event{At: ended, App: "hello", Kind: "app"}); err != nil {
			t.Fatal(err)
		}
	}
	unsent := func(second float64) []Trace {
		list, err := s.UnsentTraces(t.Context(), at(second), 10)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	before, d := newDelivery(newID(), "hello", "", t0), newDelivery(newID(), "hello", "", t0)
	end(&before, 1)
	for range 2 { // the second time it leaves out nothing more
		if err := s.BeginTraces(t.Context()); err != nil {
			t.Fatal(err)
		}
		end(&d, 5)
	}
	if n := len(unsent(4)); n != 0 {
		t.Errorf("%d are owed before they have settled", n)
	}
	list := unsent(60)
	if len(list) != 1 || list[0].Timeline.TraceID != d.ID {
		t.Fatalf("owed are %+v", list)
	}
	if err := s.TraceSent(t.Context(), list[0]); err != nil || len(unsent(60)) != 0 {
		t.Errorf("after the note %d are owed, %v", len(unsent(60)), err)
	}
	end(&d, 30)
	if len(unsent(60)) != 1 {
		t.Error("a delivery that ends anew is not told anew")
	}
	var plan string
	if err := db.QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN `+unsentQuery, 0, 1).Scan(new(int), new(int), new(int), &plan); err != nil || !strings.Contains(plan, "deliveries_untraced") {
		t.Errorf("the query goes by %q, %v; want the index", plan, err)
	}
}
