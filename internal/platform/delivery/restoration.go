package delivery

import (
	"slices"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/source"
)

// Restoration is how far a deleted application is brought back. It is
// journalled after every step, so that it goes on where it was after any stop.
type Restoration struct {
	StartedAt time.Time     `json:"startedAt"`
	By        source.Person `json:"by"` // who makes the commit
	Backup    string        `json:"backup"`
	Revision  string        `json:"revision,omitempty"` // the commit that brings it back, once it is made
	Step      string        `json:"step"`
	Reason    string        `json:"reason,omitempty"` // why the step does not go on
}

// restoreSteps are create's, from what was kept.
var restoreSteps = []string{"commit", "repository", "push", "settings", "catalog"}

// restoring says what each step does while it goes on.
var restoring = map[string]string{
	"commit":     "the commit that brings it back is being made",
	"repository": "the repository is being made again",
	"push":       "all branches and tags are being pushed",
	"settings":   "the repository's settings are being made as they were",
	"catalog":    "the catalog entry is being registered again",
}

// doing is what goes on; empty when nothing does.
func (r *Restoration) doing() string {
	if r == nil {
		return ""
	}
	return restoring[r.Step] + joinIf(r.Reason)
}

// awaits reports whether a push is not the one that brings it back.
func (r *Restoration) awaits(revision string) bool { return r != nil && r.Revision != revision }

// after is the restoration when its step has ended, or has not: nil when that
// was the last one.
func (r Restoration) after(err error) *Restoration {
	if r.Reason = ""; err != nil {
		r.Reason = err.Error()
		return &r
	}
	next := slices.Index(restoreSteps, r.Step) + 1
	if next == len(restoreSteps) {
		return nil
	}
	r.Step = restoreSteps[next]
	return &r
}
