package delivery

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Version is a revision that was live.
type Version struct {
	Revision   string    `json:"revision"`
	Message    string    `json:"message,omitempty"`
	Author     string    `json:"author,omitempty"`
	Image      string    `json:"image,omitempty"`
	DeliveryID string    `json:"deliveryId"`
	LiveAt     time.Time `json:"liveAt"`
	Seconds    float64   `json:"seconds"`
	Live       bool      `json:"live"`
	Rollback   Verdict   `json:"rollback"`
}

// Verdict is whether something may be done, and if not, why.
type Verdict struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty"`
}

// past is what a rollback is decided on.
type past struct {
	latest *Delivery
	lived  []Delivery // those that went live, newest first
}

// pastOf sees through a self-heal to what it brings back.
func pastOf(latest *Delivery, lived []Delivery) past {
	if latest != nil && latest.StartedBy.Kind == ByHeal && len(lived) > 0 {
		latest = &lived[0]
	}
	return past{latest, lived}
}

// wentLive reports whether a delivery was ever live.
func wentLive(d Delivery) bool { return d.Phase(Live).Evidence["answeredAt"] != nil }

// content is the revision whose files and image a delivery brought.
func content(d Delivery) string {
	if d.StartedBy.Kind == ByRollback {
		return d.StartedBy.To
	}
	return d.Revision
}

// answers is the revision that the application answered when the delivery
// went live, empty where it does not say.
func answers(d Delivery) string {
	revision, _ := d.Phase(Live).Evidence["revision"].(string)
	return revision
}

// imageOf is the image that a delivery brought: that of its build, or for a
// commit that was not built, what the workload ran.
func imageOf(d Delivery, names Names) string {
	digest, _ := d.Phase(Sync).Evidence["digest"].(string)
	if d.Image != "" || digest == "" {
		return d.Image
	}
	return names.Image(d.App) + "@" + digest
}

var revisionPattern = regexp.MustCompile(`^[0-9a-f]{7,40}$`)

// target decides which delivery's files a rollback brings back. again is set
// when a rollback to it is under way: that is its commit. An empty to means
// the revision that was live before the one that is deployed.
func (p past) target(to string) (target Delivery, again string, err error) {
	if p.latest == nil || p.latest.Revision == "" {
		return target, "", fault.Conflictf("the application was never live")
	}
	back := p.latest.StartedBy.Kind == ByRollback
	if to == "" && back && p.latest.Status == InProgress {
		to = p.latest.StartedBy.To
	}
	found := p.before()
	if to != "" {
		if found, err = p.named(to); err != nil {
			return target, "", err
		}
	}
	if found == nil {
		return target, "", fault.Conflictf("no earlier revision was live")
	}
	target = p.original(*found)
	switch same := content(target) == content(*p.latest); {
	case same && wentLive(*p.latest):
		return target, "", fault.Conflictf("%s is what is deployed now", short(target.Revision))
	case same && back && p.latest.Status == InProgress:
		return target, p.latest.Revision, nil
	case same && back:
		return target, "", fault.Conflictf("%s was brought back already, which failed: %s", short(target.Revision), p.latest.Reason)
	}
	return target, "", nil
}

// before is the delivery that was live before the latest one: for a rollback,
// before the one that it brought back, so that going back again never brings
// what was just taken away.
func (p past) before() *Delivery {
	if !wentLive(*p.latest) {
		for i := range p.lived {
			if content(p.lived[i]) != content(*p.latest) {
				return &p.lived[i]
			}
		}
		return nil
	}
	passed := false
	for i := range p.lived {
		if passed && content(p.lived[i]) != content(*p.latest) {
			return &p.lived[i]
		}
		passed = passed || p.lived[i].Revision == content(*p.latest)
	}
	return nil
}

// named is the newest delivery of the revision, which may be abbreviated.
func (p past) named(to string) (*Delivery, error) {
	if !revisionPattern.MatchString(to) {
		return nil, fault.Inputf("to: %q is no revision; give 7 to 40 of its digits (0-9, a-f)", to)
	}
	var found *Delivery
	for i := range p.lived {
		switch d := &p.lived[i]; {
		case !strings.HasPrefix(d.Revision, to):
		case found == nil:
			found = d
		case found.Revision != d.Revision:
			return nil, fault.Inputf("to: %q begins more than one revision; give more digits", to)
		}
	}
	if found == nil {
		return nil, fault.Conflictf("to: no revision %s is among the last %d that were live", to, shownVersions)
	}
	return found, nil
}

// original is the delivery whose content a rollback brought back, else d.
func (p past) original(d Delivery) Delivery {
	for _, other := range p.lived {
		if other.Revision == content(d) {
			return other
		}
	}
	return d
}

// shownVersions is how many versions are listed at most.
const shownVersions = 50

// Versions lists the revisions that were live, newest first.
func (s *Service) Versions(ctx context.Context, name string) ([]Version, error) {
	view, ok := s.Get(name)
	if !ok {
		return nil, ErrNotFound
	}
	p, err := s.past(ctx, name)
	if err != nil {
		return nil, err
	}
	p.lived = newestOfEach(p.lived)
	live, standing := p.answering(view.LiveRevision), s.standing(name)
	list := make([]Version, len(p.lived))
	var checks errgroup.Group
	checks.SetLimit(8) // the registry is asked for each image
	for i, d := range p.lived {
		list[i] = versionOf(d, s.names)
		list[i].Live = i == live
		checks.Go(func() error {
			err := standing
			if err == nil {
				_, err = s.rollbackTarget(ctx, p, d.Revision)
			}
			list[i].Rollback = verdict(err)
			return nil
		})
	}
	return list, checks.Wait()
}

// newestOfEach leaves of the deliveries of one revision the newest: it is the
// one that a rollback brings back.
func newestOfEach(list []Delivery) []Delivery {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(d Delivery) bool {
		before := seen[d.Revision]
		seen[d.Revision] = true
		return before
	})
}

func verdict(err error) Verdict {
	if err != nil {
		return Verdict{Reason: err.Error()}
	}
	return Verdict{Allowed: true}
}

func versionOf(d Delivery, names Names) Version {
	live := d.Phase(Live)
	return Version{Revision: d.Revision, Message: d.Message, Author: d.Author, Image: imageOf(d, names), DeliveryID: d.ID,
		LiveAt: valueOr(live.FinishedAt, d.StartedAt), Seconds: d.Seconds}
}

// answering is the index of the version that answers now, -1 for none.
func (p past) answering(revision string) int {
	for _, of := range []func(Delivery) string{func(d Delivery) string { return d.Revision }, answers} {
		for i, d := range p.lived {
			if revision != "" && sameRevision(of(d), revision) {
				return i
			}
		}
	}
	return -1
}
