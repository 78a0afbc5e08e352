package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pronto-platform/pronto/internal/base/part/parttest"
	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/scm"
	"github.com/pronto-platform/pronto/internal/platform/scm/scmtest"
)

var t0 = time.Date(2026, 3, 4, 9, 26, 53, 0, time.UTC)

// clock goes as fast as the tests want.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// journal keeps what is owed to one sink and to the forge, as the deliveries' own does.
type journal struct {
	mu       sync.Mutex
	notices  []delivery.Notice
	due      map[int64]time.Time
	statuses []delivery.CommitStatus
	lost     int // settlements that are lost, as by a kill
}

func (j *journal) BeginNotices(context.Context, []string) error { return nil }

func (j *journal) DueNotices(_ context.Context, _ string, now, settled time.Time, _ int) ([]delivery.Notice, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(j.notices), func(n delivery.Notice) bool { return j.due[n.ID].After(now) || n.At.After(settled) }), nil
}

func (j *journal) DelayNotice(_ context.Context, _ string, n delivery.Notice, until time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.notices {
		if j.notices[i].ID == n.ID {
			j.notices[i].Attempts, j.due[n.ID] = n.Attempts+1, until
		}
	}
	return nil
}

func (j *journal) SettleNotice(_ context.Context, _ string, n delivery.Notice) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lost > 0 {
		j.lost--
		return errors.New("killed")
	}
	j.notices = slices.DeleteFunc(j.notices, func(o delivery.Notice) bool { return o.ID == n.ID })
	return nil
}

func (j *journal) DueStatuses(context.Context, time.Time, int) ([]delivery.CommitStatus, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.statuses), nil
}

func (j *journal) DelayStatus(context.Context, delivery.CommitStatus, time.Time) error { return nil }

func (j *journal) SettleStatus(_ context.Context, c delivery.CommitStatus) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.statuses = slices.DeleteFunc(j.statuses, func(o delivery.CommitStatus) bool { return o.Delivery == c.Delivery })
	return nil
}

func (j *journal) owed() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.notices) + len(j.statuses)
}

// receiver is an HTTP server that answers as it is told, then well.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	answers []func(http.ResponseWriter)
	asked   []*http.Request
	bodies  [][]byte
	came    chan struct{}
}

func answer(status int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(status) }
}

func newReceiver(t *testing.T, answers ...func(http.ResponseWriter)) *receiver {
	r := &receiver{answers: answers, came: make(chan struct{}, 100)}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		r.came <- struct{}{}
		r.asked, r.bodies = append(r.asked, request), append(r.bodies, body)
		if len(r.answers) > 0 {
			r.answers[0](w)
			r.answers = r.answers[1:]
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.bodies)
}

type world struct {
	*clock
	*journal
	log *strings.Builder
	n   *Notifier
}

func notices(events ...string) *journal {
	j := &journal{due: map[int64]time.Time{}}
	for i, event := range events {
		j.notices = append(j.notices, delivery.Notice{ID: int64(i + 1), Event: event, At: t0, URL: "https://hello.example.com",
			App: "hello", Owner: "group:default/team-a", Delivery: "4bf92f3577b34da6a3ce929d0e0e4736", StartedBy: "push",
			Revision: "1f2e3d4c5b6a", Message: "Say <hello>", Author: "Ana", Seconds: 2.4,
			Phase: "build", Code: "test_fails", Sentence: `The test "x" fails.`, Remedy: "Mend it & push.", Lines: []string{"not ok 1 - x"}})
	}
	return j
}

func newWorld(t *testing.T, j *journal, channel Channel, filter Filter) *world {
	t.Helper()
	w := &world{clock: &clock{now: t0.Add(3 * time.Second)}, journal: j, log: &strings.Builder{}}
	portal, err := url.Parse("https://portal.example.com")
	if err != nil {
		t.Fatal(err)
	}
	w.n, err = New(Config{Source: j, Forge: nobody{}, Sinks: []Sink{{"hooks", channel, filter}}, Portal: portal,
		Logger: slog.New(slog.NewTextHandler(w.log, nil)), Clock: w.Now, Every: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// nobody takes no commit status.
type nobody struct{}

func (nobody) CreateStatus(context.Context, string, string, string, scm.Status) error { return nil }

// round is one look at what is owed.
func (w *world) round(t *testing.T) error { return w.n.tellSink(t.Context(), w.n.cfg.Sinks[0]) }

func webhook(t *testing.T, r *receiver) *Webhook {
	t.Helper()
	channel, err := NewWebhook(secret.New(r.URL+"/hooks?token=hidden"), secret.New("shared"), r.Client(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	return channel
}

func TestAWebhookIsSignedAndSaysWhatHappened(t *testing.T) {
	r := newReceiver(t)
	w := newWorld(t, notices(delivery.NoticeFailed), webhook(t, r), Filter{})
	if err := w.round(t); err != nil || r.count() != 1 || w.owed() != 0 {
		t.Fatalf("%d received, %d owed, %v", r.count(), w.owed(), err)
	}
	mac := hmac.New(sha256.New, []byte("shared"))
	mac.Write(r.bodies[0])
	h := r.asked[0].Header
	if h.Get("X-Hub-Signature-256") != "sha256="+hex.EncodeToString(mac.Sum(nil)) || h.Get("X-Pronto-Event") != "delivery.failed" ||
		h.Get("Content-Type") != "application/json" || h.Get("User-Agent") != "pronto/v1" {
		t.Errorf("headers = %v", h)
	}
	var got map[string]any
	if err := json.Unmarshal(r.bodies[0], &got); err != nil {
		t.Fatal(err)
	}
	want := `{"app":{"name":"hello","owner":"group:default/team-a","url":"https://hello.example.com"},"at":"2026-03-04T09:26:53Z",` +
		`"delivery":{"author":"Ana","id":"4bf92f3577b34da6a3ce929d0e0e4736","message":"Say \u003chello\u003e",` +
		`"page":"https://portal.example.com/apps/hello/deliveries/4bf92f3577b34da6a3ce929d0e0e4736","revision":"1f2e3d4c5b6a","seconds":2.4,"startedBy":"push"},` +
		`"event":"delivery.failed","id":"` + h.Get("X-Pronto-Delivery") + `","why":{"code":"test_fails","lines":["not ok 1 - x"],"phase":"build",` +
		`"remedy":"Mend it \u0026 push.","sentence":"The test \"x\" fails."}}`
	if text, err := json.Marshal(got); err != nil || string(text) != want {
		t.Errorf("body = %s\nwant   %s", text, want)
	}
}

func TestAReceiverThatIsAwayIsAskedAgainMoreAndMoreRarely(t *testing.T) {
	r := newReceiver(t, answer(503), answer(500), answer(404))
	w := newWorld(t, notices(delivery.NoticeFailed), webhook(t, r), Filter{})
	for i, wait := range []time.Duration{firstPause, 2 * firstPause, 4 * firstPause} {
		if err := w.round(t); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("attempt %d: %v", i, err)
		}
		w.advance(wait - time.Millisecond)
		if err := w.round(t); err != nil || r.count() != i+1 {
			t.Errorf("%v after attempt %d it was asked %d times, %v", wait, i, r.count(), err)
		}
		w.advance(time.Millisecond)
	}
	if err := w.round(t); err != nil || r.count() != 4 || w.owed() != 0 {
		t.Errorf("%d received, %d owed, %v", r.count(), w.owed(), err)
	}
	if pause(100) != longPause {
		t.Errorf("the pause grows to %v", pause(100))
	}
}

func TestAReceiverSaysWhenToComeAgain(t *testing.T) {
	r := newReceiver(t, func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	w := newWorld(t, notices(delivery.NoticeFailed), webhook(t, r), Filter{})
	if err := w.round(t); err == nil {
		t.Fatal("the answer 429 is none")
	}
	for i, wait := range []time.Duration{59 * time.Second, time.Second} {
		w.advance(wait)
		if err := w.round(t); err != nil || r.count() != i+1 {
			t.Errorf("after %v more it was asked %d times, %v", wait, r.count(), err)
		}
	}
}

// A kill between the sending and its note sends the same once more, and not at
// every start.
func TestAKillSendsTheSameAgainAfterThePause(t *testing.T) {
	r, j := newReceiver(t), notices(delivery.NoticeFailed)
	j.lost = 1
	if err := newWorld(t, j, webhook(t, r), Filter{}).round(t); err == nil {
		t.Fatal("the note was not lost")
	}
	for range 3 { // starts
		if err := newWorld(t, j, webhook(t, r), Filter{}).round(t); err != nil || r.count() != 1 {
			t.Errorf("a start sends it again at once: %d times, %v", r.count(), err)
		}
	}
	w := newWorld(t, j, webhook(t, r), Filter{})
	w.advance(firstPause)
	if err := w.round(t); err != nil || r.count() != 2 || w.owed() != 0 {
		t.Fatalf("%d received, %d owed, %v", r.count(), w.owed(), err)
	}
	if string(r.bodies[0]) != string(r.bodies[1]) || r.asked[0].Header.Get("X-Pronto-Delivery") != r.asked[1].Header.Get("X-Pronto-Delivery") {
		t.Error("the second is not the same")
	}
}

func TestWhatIsRefusedOrTooOldHoldsUpNothing(t *testing.T) {
	r := newReceiver(t, answer(400))
	w := newWorld(t, notices(delivery.NoticeFailed, delivery.NoticeLive), webhook(t, r), Filter{})
	if err := w.round(t); err != nil || r.count() != 2 || w.owed() != 0 || !strings.Contains(w.log.String(), "refuses") {
		t.Errorf("%d received, %d owed, %v, log %s", r.count(), w.owed(), err, w.log)
	}
	w = newWorld(t, notices(delivery.NoticeFailed), webhook(t, r), Filter{})
	w.advance(giveUpAfter)
	if err := w.round(t); err != nil || r.count() != 2 || w.owed() != 0 || !strings.Contains(w.log.String(), "given up") {
		t.Errorf("%d received, %d owed, %v, log %s", r.count(), w.owed(), err, w.log)
	}
}

func TestASinkHearsWhatItWants(t *testing.T) {
	failed := notices(delivery.NoticeFailed).notices[0]
	back := notices(delivery.NoticeBack).notices[0]
	for want, filters := range map[bool][]Filter{
		true:  {{}, {On: []string{OnFailed}}, {Apps: []string{"web", "hel*"}}, {Owners: []string{"group:default/team-a"}}},
		false: {{On: []string{OnLive}}, {Apps: []string{"web"}}, {Owners: []string{"group:default/team-b"}}},
	} {
		for _, f := range filters {
			if f.wants(failed) != want {
				t.Errorf("%+v wants it: %v", f, !want)
			}
		}
	}
	if !(Filter{On: []string{OnLive}}).wants(back) {
		t.Error("who wants good news is not told that it answers again")
	}
}

func TestSlackGetsTextAndBlocksThatCallNobody(t *testing.T) {
	r := newReceiver(t)
	channel, err := NewSlack(secret.New(r.URL+"/services/T/B/x"), r.Client(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, notices(delivery.NoticeFailed), channel, Filter{})
	if err := w.round(t); err != nil {
		t.Fatal(err)
	}
	var got slackBody
	if err := json.Unmarshal(r.bodies[0], &got); err != nil {
		t.Fatal(err)
	}
	if got.Text != `hello failed at build: The test "x" fails.` || len(got.Blocks) != 3 ||
		got.Blocks[0].Text.Text != ":red_circle: *<https://portal.example.com/apps/hello/deliveries/4bf92f3577b34da6a3ce929d0e0e4736|hello failed at build>*\n"+
			"The test \"x\" fails.\n_Mend it &amp; push._" ||
		got.Blocks[1].Text.Text != "```not ok 1 - x```" || got.Blocks[2].Elements[0].Text != "1f2e3d4 Say &lt;hello&gt; (Ana)" {
		t.Errorf("body = %s", r.bodies[0])
	}
}

func TestTheForgeIsGivenTheStatusOfTheRevision(t *testing.T) {
	forge := scmtest.New(t)
	sha := forge.Commit("idp-hello", "Ana", "Say hello", map[string]string{"a": "b"})
	server := httptest.NewServer(forge)
	t.Cleanup(server.Close)
	client, err := scm.New(scm.Config{APIURL: server.URL, Token: secret.New("ghp_x"), HTTPClient: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	owed := func(name, revision string) delivery.CommitStatus {
		return delivery.CommitStatus{App: "hello", Delivery: name + revision, Revision: revision, Owner: "apps", Repository: "idp-" + name,
			State: "failure", Description: "A test fails.", Changed: t0}
	}
	j := &journal{statuses: []delivery.CommitStatus{owed("gone", sha), owed("hello", strings.Repeat("0", 40)), owed("hello", sha)}}
	w := newWorld(t, j, webhook(t, newReceiver(t)), Filter{})
	w.n.cfg.Forge = client
	if err := w.n.tellForge(t.Context()); err != nil || j.owed() != 0 {
		t.Errorf("%d owed, %v", j.owed(), err)
	}
	want := []scmtest.Status{{State: "failure", Context: "pronto/delivery", Description: "A test fails.",
		TargetURL: "https://portal.example.com/apps/hello/deliveries/hello" + sha}}
	if got := forge.Statuses(sha); !slices.Equal(got, want) {
		t.Errorf("statuses = %+v", got)
	}
	server.Close()
	j.statuses = []delivery.CommitStatus{owed("hello", sha)}
	if err := w.n.tellForge(t.Context()); err == nil || j.owed() != 1 {
		t.Errorf("a forge that is away: %v, %d owed", err, j.owed())
	}
}

func TestRunTellsUntilItIsStopped(t *testing.T) {
	r, j := newReceiver(t), notices(delivery.NoticeLive)
	w := newWorld(t, j, webhook(t, r), Filter{})
	stop := parttest.Start(t, w.n.Run)
	select {
	case <-r.came:
	case <-time.After(20 * time.Second):
	}
	stop()
	if r.count() != 1 {
		t.Errorf("%d received", r.count())
	}
}
