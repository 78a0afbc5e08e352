package delivery

import (
	"fmt"
	"time"
)

// StatusContext names the commit status that says how a revision's delivery stands.
const StatusContext = "pronto/delivery"

// maxDescription is what a commit status may say, in characters.
const maxDescription = 140

// CommitStatus is what the forge is to be told of a revision.
type CommitStatus struct {
	App, Delivery, Revision string
	Owner, Repository       string
	State, Description      string // as GitHub's API has them
	Changed                 time.Time
	Attempts                int // to tell it, so far
}

// statusOf is the state and the description of a delivery's commit status.
func statusOf(d Delivery) (state, description string) {
	phase := decidingPhase(&d)
	switch {
	case d.Status == OutcomeLive && d.StartedBy.Kind == ByHeal:
		return "success", fmt.Sprintf("Live, %.1f s after a self-heal began.", d.Seconds)
	case d.Status == OutcomeLive:
		return "success", fmt.Sprintf("Live, %.1f s after it began.", d.Seconds)
	case d.Status == Superseded:
		return "error", fitting("Not delivered: " + d.Reason + ".")
	case d.Status == OutcomeFail && phase != nil && phase.Cause != nil:
		return "failure", fitting(phase.Cause.Sentence)
	case d.Status == OutcomeFail:
		return "failure", fitting(firstOf(d.Reason, "The delivery failed."))
	case phase != nil && phase.Cause != nil:
		return "pending", fitting(phase.Cause.Sentence)
	case d.StartedBy.Kind == ByHeal:
		return "pending", "A change made in the cluster is being taken back."
	}
	return "pending", "The delivery goes on."
}

// fitting shortens text to what a commit status may say.
func fitting(text string) string {
	characters := []rune(text)
	if len(characters) <= maxDescription {
		return text
	}
	return string(characters[:maxDescription-1]) + "…"
}
