package delivery

import "github.com/pronto-platform/pronto/internal/platform/delivery/cause"

// Codes of a Why that has no cause to name.
const (
	whyNothing  = "nothing"  // there was no delivery yet
	whyLive     = "live"     // all is well
	whyWaiting  = "waiting"  // it takes its time
	whyDeleting = "deleting" // the application is being removed
)

// Why is one sentence about what an application's latest delivery waits for,
// or why it failed, and what to do.
type Why struct {
	App      string `json:"app"`
	Status   string `json:"status"`
	Delivery string `json:"delivery,omitempty"`
	Revision string `json:"revision,omitempty"`
	cause.Cause
}

// Why explains where an application's latest delivery stands.
func (s *Service) Why(name string) (Why, error) {
	view, ok := s.Get(name)
	if !ok {
		return Why{}, ErrNotFound
	}
	return whyOf(view), nil
}

func whyOf(v View) Why {
	why := Why{App: v.Name, Status: v.Status}
	if v.Delivery != nil {
		why.Delivery, why.Revision = v.Delivery.ID, v.Delivery.Revision
	}
	phase := decidingPhase(v.Delivery)
	switch {
	case v.Deletion != nil:
		why.Cause = cause.Cause{Code: whyDeleting, Sentence: "The application is being deleted: " + firstOf(v.Reason, "it goes on") + ".",
			Remedy: "Nothing is to be done; it goes on by itself."}
	case v.Delivery == nil:
		why.Cause = cause.Cause{Code: whyNothing, Sentence: "Nothing was pushed yet.", Remedy: "Push a commit to the default branch of " + v.Repository + "."}
	case phase == nil && v.Delivery.StartedBy.Kind == ByHeal:
		why.Cause = cause.Cause{Code: whyLive, Phase: Live, Sentence: "Nothing is wrong: a change made in the cluster was taken back, and what was live before is live.",
			Remedy: "To change the application for good, push a commit."}
	case phase == nil:
		why.Cause = cause.Cause{Code: whyLive, Phase: Live, Sentence: "Nothing is wrong: the latest delivery is live.", Remedy: "Nothing is to be done."}
	case phase.Cause != nil:
		why.Cause = *phase.Cause
	case v.Delivery.StartedBy.Kind == ByHeal:
		why.Cause = cause.Cause{Code: whyWaiting, Phase: phase.Name, Sentence: "A change made in the cluster is being taken back: " + firstOf(phase.Reason, "it runs") + ".",
			Remedy: "Nothing is to be done; it goes on by itself. To change the application for good, push a commit."}
	default:
		why.Cause = cause.Cause{Code: whyWaiting, Phase: phase.Name, Sentence: "The " + phase.Name + " goes on: " + firstOf(phase.Reason, "it runs") + ".",
			Remedy: "Nothing is to be done; it goes on by itself."}
	}
	return why
}

// decidingPhase says where a delivery stands: the first phase that failed, else
// one that does not go on, else the first that runs or waits. It is nil for a
// delivery that is live, and for one whose place a newer took.
func decidingPhase(d *Delivery) *Phase {
	if d == nil || d.Status == OutcomeLive || d.Status == Superseded {
		return nil
	}
	for _, decides := range []func(*Phase) bool{
		func(p *Phase) bool { return p.Status == Failed },
		func(p *Phase) bool { return p.Cause != nil },
		func(p *Phase) bool { return p.Status == Running },
		func(p *Phase) bool { return p.Status == Waiting },
	} {
		for i := range d.Phases {
			if p := &d.Phases[i]; decides(p) {
				return p
			}
		}
	}
	return nil
}
