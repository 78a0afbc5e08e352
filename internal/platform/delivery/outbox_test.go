package delivery

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// toldWorld is a journal in which one application's state is kept, second by second.
type toldWorld struct {
	t   *testing.T
	s   *Service
	app App
}

func newTold(t *testing.T, sinks ...string) *toldWorld {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &toldWorld{t, &Service{journal: journal{db}, names: Names{Organization: "apps", RepositoryPrefix: "idp-", Domain: "x"}},
		App{Name: "hello", Owner: "team-a", Public: true}}
	w.begin(sinks...)
	return w
}

func (w *toldWorld) begin(sinks ...string) {
	w.t.Helper()
	if err := w.s.BeginNotices(w.t.Context(), sinks); err != nil {
		w.t.Fatal(err)
	}
}

// keep journals deliveries as the tracker does.
func (w *toldWorld) keep(second float64, list ...Delivery) {
	w.t.Helper()
	if _, err := w.s.journal.save(w.t.Context(), &w.app, list, Event{At: at(second), App: "hello", Kind: "app"}); err != nil {
		w.t.Fatal(err)
	}
}

// due takes what a sink is owed and settles it, until there is no more.
func (w *toldWorld) due(sink string) (events []string, last Notice) {
	w.t.Helper()
	for {
		list, err := w.s.DueNotices(w.t.Context(), sink, at(1e5), at(1e5), 10)
		if err != nil || len(list) == 0 {
			if err != nil {
				w.t.Fatal(err)
			}
			return events, last
		}
		for _, n := range list {
			events, last = append(events, n.Event), n
			if err := w.s.SettleNotice(w.t.Context(), sink, n); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func red(step string) func(*Facts) {
	return func(f *Facts) {
		f.Run = &RunFact{Status: "completed", Conclusion: "failure", Failure: &RunFailure{Job: "ci", Step: step, Lines: []string{"not ok 1 - x"}}}
	}
}

func answering(misses int) func(*Facts) {
	return func(f *Facts) { f.Answer = &AnswerFact{URL: "https://hello.x", Reason: "no answer", Misses: misses} }
}

// see evaluates facts as the tracker does, and keeps what comes of it.
func (w *toldWorld) see(d Delivery, second float64, f Facts) Delivery {
	w.t.Helper()
	d = Evaluate(f, d, at(second))
	w.app.Address = w.app.Address.after(f.Answer, d)
	w.keep(second, d)
	return d
}

func TestWhatHappensToADeliveryIsOwedOnce(t *testing.T) {
	w := newTold(t, "hooks")
	d := w.see(newDelivery(newID(), "hello", "task-1", t0), 1, facts(created, pushed))
	d = w.see(d, 9, facts(created, pushed, red("Test")))
	d = w.see(d, 10, facts(created, pushed, red("Test")))
	if events, n := w.due("hooks"); !slices.Equal(events, []string{NoticeFailed}) || n.Code != cause.TestFails || n.Phase != Build ||
		n.Sentence == "" || n.Remedy == "" || len(n.Lines) == 0 || n.Owner != "group:default/team-a" || n.URL != "https://hello.x" || !n.At.Equal(at(9)) {
		t.Errorf("a failed build owes %v: %+v", events, n)
	}
	d = w.see(d, 20, facts(created, pushed, built, synced, exposed, answered))
	if events, n := w.due("hooks"); !slices.Equal(events, []string{NoticeLive}) || !strings.Contains(n.Sentence, "is live, ") {
		t.Errorf("a failed one that becomes live owes %v: %+v", events, n)
	}
	d = w.see(d, 30, facts(created, pushed, built, synced, exposed, answering(liveMisses)))
	if events, n := w.due("hooks"); !slices.Equal(events, []string{NoticeLost}) || n.Phase != Live || n.Sentence == "" {
		t.Errorf("a withdrawn link owes %v: %+v", events, n)
	}
	w.see(d, 40, facts(created, pushed, built, synced, exposed, answered))
	if events, _ := w.due("hooks"); !slices.Equal(events, []string{NoticeBack}) {
		t.Errorf("an application that answers again owes %v", events)
	}
}

func TestAnOldVersionThatIsLostIsToldBesideTheFailureOfTheNewOne(t *testing.T) {
	w := newTold(t, "hooks")
	w.see(newDelivery(newID(), "hello", "task-1", t0), 9, facts(created, pushed, built, synced, exposed, answered))
	next := w.see(newDelivery(newID(), "hello", "", at(20)), 21, facts(pushed))
	next = w.see(next, 25, facts(pushed, red("Test")))
	w.see(next, 26, facts(pushed, red("Test"), answering(liveMisses)))
	events, n := w.due("hooks")
	if !slices.Equal(events, []string{NoticeLive, NoticeFailed, NoticeLost}) || !strings.Contains(n.Sentence, "was live does not answer any more: no answer") {
		t.Errorf("owed are %v: %+v", events, n)
	}
	w.app.Deletion = newDeletion("ana", at(30))
	w.app.Address.Live = false
	w.keep(30, next)
	if events, _ := w.due("hooks"); len(events) != 0 {
		t.Errorf("a deletion owes %v", events)
	}
}

// Pods that crash and start again fail a delivery over and over by themselves.
func TestAFailureThatComesAndGoesIsToldOnce(t *testing.T) {
	w := newTold(t, "hooks")
	d := newDelivery(newID(), "hello", "", t0)
	d.Phase(Sync).Cause = &cause.Cause{Code: cause.Crash, Phase: Sync, Sentence: "It crashes."}
	flip := func(second float64, phase string) {
		for i, status := range []Status{Failed, Running} {
			d.Phase(phase).Status, d.Status = status, []Outcome{OutcomeFail, InProgress}[i]
			w.keep(second+float64(i), d)
		}
	}
	for i := range 5 {
		flip(float64(10*i), Sync)
	}
	if events, _ := w.due("hooks"); len(events) != 1 {
		t.Errorf("owed are %v", events)
	}
	d.Phase(Sync).Status, d.Phase(Build).Cause = Waiting, &cause.Cause{Code: cause.TestFails, Phase: Build}
	flip(60, Build)
	flip(70, Build)
	if events, _ := w.due("hooks"); len(events) != 2 {
		t.Errorf("two runs that failed owe %v", events)
	}
}

func TestASinkIsOwedWhatHappensFromItsBeginning(t *testing.T) {
	w := newTold(t, "old", "gone")
	d := w.see(newDelivery(newID(), "hello", "", t0), 9, facts(pushed, red("Test")))
	w.begin("old", "new")
	w.begin("old", "new", "gone")
	w.see(d, 20, facts(pushed, built, synced, exposed, answered))
	for sink, want := range map[string][]string{"old": {NoticeFailed, NoticeLive}, "new": {NoticeLive}, "gone": {NoticeLive}} {
		if events, _ := w.due(sink); !slices.Equal(events, want) {
			t.Errorf("%s is owed %v, want %v", sink, events, want)
		}
	}
}

func TestALaterNoticeWaitsForTheEarlierOfItsApplication(t *testing.T) {
	w := newTold(t, "hooks")
	d := w.see(newDelivery(newID(), "hello", "", t0), 9, facts(pushed, red("Test")))
	list, err := w.s.DueNotices(t.Context(), "hooks", at(9), at(9), 10)
	if err := errors.Join(err, w.s.DelayNotice(t.Context(), "hooks", list[0], at(100))); err != nil {
		t.Fatal(err)
	}
	w.see(d, 20, facts(pushed, built, synced, exposed, answered))
	for i, second := range []float64{50, 100} {
		if list, err = w.s.DueNotices(t.Context(), "hooks", at(second), at(second), 10); err != nil || len(list) != i {
			t.Fatalf("at %v %d are due, %v; want %d", second, len(list), err, i)
		}
	}
	if list[0].Event != NoticeFailed || list[0].Attempts != 1 {
		t.Errorf("due is %+v", list[0])
	}
}

func TestTheCommitStatusFollowsTheDelivery(t *testing.T) {
	w := newTold(t)
	owed := func(want string) {
		t.Helper()
		list, err := w.s.DueStatuses(t.Context(), at(1e5), 10)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range list {
			got += c.Repository + " " + c.State + ": " + c.Description
			if err := errors.Join(w.s.DelayStatus(t.Context(), c, at(2e5)), w.s.SettleStatus(t.Context(), c)); err != nil {
				t.Fatal(err)
			}
		}
		if got != want {
			t.Errorf("owed is %q, want %q", got, want)
		}
	}
	d := w.see(newDelivery(newID(), "hello", "task-1", t0), 0.5, Facts{Task: &TaskFact{ID: "task-1", CreatedAt: t0}})
	owed("")
	d = w.see(d, 1, facts(created, pushed))
	owed("idp-hello pending: The delivery goes on.")
	d = w.see(d, 9, facts(created, pushed, red("Lint")))
	owed("idp-hello failure: " + d.Phase(Build).Cause.Sentence)
	w.see(d, 10, facts(created, pushed, red("Lint")))
	owed("")
	d = w.see(d, 20, facts(created, pushed, built, synced, exposed, answered))
	owed("idp-hello success: Live, 20.0 s after it began.")
	old := newDelivery(newID(), "hello", "", t0)
	f := facts(pushed)
	f.NewerPush = "1234567890"
	w.see(old, 21, f)
	owed("idp-hello error: Not delivered: superseded by 1234567.")
}

func TestAStatusIsNoLongerThanTheForgeTakes(t *testing.T) {
	d := Delivery{Status: OutcomeFail, Reason: strings.Repeat("ü", 200)}
	if _, text := statusOf(d); len([]rune(text)) != maxDescription || !strings.HasSuffix(text, "ü…") {
		t.Errorf("%d characters: %s", len([]rune(text)), text)
	}
}

// Nothing that a person waits for may wait for these queries.
func TestNoticesAreFoundByTheirIndexes(t *testing.T) {
	w := newTold(t)
	rows, err := w.s.journal.db.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+dueNotices, "x", 0, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var plan string
		if err := rows.Scan(new(int), new(int), new(int), &plan); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(plan, "SCAN") {
			t.Errorf("the query reads a whole table: %s", plan)
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}
