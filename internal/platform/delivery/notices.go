package delivery

import (
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
)

// What others are told of.
const (
	NoticeLive   = "delivery.live"    // it went live
	NoticeFailed = "delivery.failed"  // it failed, or failed anew
	NoticeLost   = "application.lost" // the address answered and does not any more
	NoticeBack   = "application.back" // it answers again
)

// Notice is one thing that happened to an application, as it was then.
type Notice struct {
	ID       int64     `json:"-"`
	Event    string    `json:"-"`
	At       time.Time `json:"-"`
	Attempts int       `json:"-"` // to tell it, so far
	URL      string    `json:"-"` // of the application; empty: it has none

	App       string   `json:"app"`
	Owner     string   `json:"owner"` // entity reference
	Public    bool     `json:"public,omitempty"`
	Delivery  string   `json:"delivery"`
	StartedBy string   `json:"startedBy"`
	Revision  string   `json:"revision,omitempty"`
	Message   string   `json:"message,omitempty"`
	Author    string   `json:"author,omitempty"`
	Image     string   `json:"image,omitempty"`
	Seconds   float64  `json:"seconds"`
	Phase     string   `json:"phase"` // that decides
	Code      string   `json:"code"`  // of the cause, as `pronto why` gives it
	Sentence  string   `json:"sentence"`
	Remedy    string   `json:"remedy,omitempty"`
	Lines     []string `json:"lines,omitempty"`
}

// before is what the journal has of an application and one of its deliveries
// ahead of a change.
type before struct {
	address Address
	status  Outcome // empty: the delivery is new
	lived   bool    // it went live
}

// eventsOf says what a change is to be told as. Where an application that was
// live is lost, or comes back, the delivery's own state follows from that and
// is not told beside it.
func eventsOf(was before, app App, d Delivery) []string {
	if app.Deletion != nil {
		return nil
	}
	var events []string
	switch now := app.Address; {
	case was.address.Live && !now.Live && now.Reason != "":
		events = append(events, NoticeLost)
	case d.Status == OutcomeLive && was.status != OutcomeLive && !was.lived:
		events = append(events, NoticeLive)
	case !was.address.Live && was.address.Reason != "" && now.Live:
		events = append(events, NoticeBack)
	}
	if d.Status == OutcomeFail && was.status != OutcomeFail && !wentLive(d) {
		events = append(events, NoticeFailed)
	}
	return events
}

// noticeOf is what is told of an event.
func noticeOf(event string, app App, d Delivery, at time.Time) Notice {
	n := Notice{Event: event, At: at, App: app.Name, Owner: ownerRef(app.Owner), Public: app.Public, Delivery: d.ID, StartedBy: d.StartedBy.Kind,
		Revision: d.Revision, Message: d.Message, Author: d.Author, Image: d.Image, Seconds: d.Seconds}
	c := told(event, app, d)
	n.Phase, n.Code, n.Sentence, n.Remedy, n.Lines = c.Phase, c.Code, c.Sentence, c.Remedy, c.Lines
	if len(n.Lines) == 0 {
		n.Lines = c.Facts
	}
	return n
}

// told is an event in one sentence; that of trouble is the sentence of why.
func told(event string, app App, d Delivery) cause.Cause {
	phase := decidingPhase(&d)
	switch {
	case event == NoticeLive && d.StartedBy.Kind == ByHeal:
		return cause.Cause{Code: whyLive, Phase: Live, Sentence: fmt.Sprintf(
			"Self-heal: a change made in the cluster was taken back. Revision %s is live, %.1f s after it began.", short(d.Revision), d.Seconds)}
	case event == NoticeLive:
		return cause.Cause{Code: whyLive, Phase: Live, Sentence: fmt.Sprintf("Revision %s is live, %.1f s after it began.", short(d.Revision), d.Seconds)}
	case event == NoticeBack:
		return cause.Cause{Code: whyLive, Phase: Live, Sentence: fmt.Sprintf("The application answers again, with revision %s.", short(app.Address.Revision))}
	case event == NoticeLost && !wentLive(d):
		return cause.Cause{Code: cause.NoAnswer, Phase: Live, Sentence: "The version that was live does not answer any more: " + app.Address.Reason + ".",
			Remedy: "See what the pods write; a push or a rollback brings a version that answers."}
	case phase != nil && phase.Cause != nil:
		return *phase.Cause
	}
	return cause.Cause{Code: cause.Unknown, Sentence: firstOf(d.Reason, "The delivery failed.")}
}

// repeats reports whether a failure may come and go by itself while nobody
// changes anything, as pods that crash and start do. A task or a run fails anew
// only when somebody runs it again.
func (n Notice) repeats() bool {
	return n.Event == NoticeFailed && n.Phase != Create && n.Phase != Build
}
