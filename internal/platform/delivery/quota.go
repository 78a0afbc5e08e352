package delivery

import (
	"fmt"

	"github.com/pronto-platform/pronto/internal/platform/catalog"
)

// Limits are how many applications there may be; 0 is no limit.
type Limits struct {
	Applications         int
	ApplicationsPerOwner int
}

// Quota is how much of a limit is used.
type Quota struct {
	Owner string `json:"owner,omitempty"` // entity reference; empty for the platform as a whole
	Used  int    `json:"used"`
	Limit int    `json:"limit"`
}

// exceeded reports whether one more is too many.
func (q *Quota) exceeded() bool { return q != nil && q.Used >= q.Limit }

// nobody is the owner of an application that names none: one that came to be
// without a form.
const nobody = "group:default/platform"

// ownerRef completes the name of an owner to an entity reference.
func ownerRef(text string) string {
	ref, err := catalog.ParseRef(text, catalog.Ref{Kind: "group", Namespace: "default"})
	if text == "" || err != nil {
		return nobody
	}
	return ref.String()
}

// check says which limit an owner's next application would meet: the owner's,
// or where that has room or is not set, the platform's. With an empty owner
// only the platform's is looked at. problem names the fix where it is used up.
func (l Limits) check(apps []View, owner string) (quota *Quota, problem string) {
	whole, own := l.count(apps, owner)
	switch {
	case own.exceeded():
		return own, fmt.Sprintf("owner: %s has %d of the %d applications it may have; delete one of them, choose another owner or ask an administrator",
			own.Owner, own.Used, own.Limit)
	case whole.exceeded():
		return whole, fmt.Sprintf("name: the platform has %d of the %d applications it may have; delete one or ask an administrator", whole.Used, whole.Limit)
	case own != nil:
		return own, ""
	}
	return whole, ""
}

// count returns the quotas that are set. An application that is being deleted
// or was never made counts no more.
func (l Limits) count(apps []View, owner string) (whole, own *Quota) {
	total, owned := 0, 0
	for _, app := range apps {
		if app.Deletion != nil || neverMade(app) {
			continue
		}
		total++
		if app.Owner == owner {
			owned++
		}
	}
	if l.Applications > 0 {
		whole = &Quota{Used: total, Limit: l.Applications}
	}
	if l.ApplicationsPerOwner > 0 && owner != "" {
		own = &Quota{Owner: owner, Used: owned, Limit: l.ApplicationsPerOwner}
	}
	return whole, own
}

// checkQuota is what the quota has against an application of the owner.
func (s *Service) checkQuota(owner string) (quota *Quota, problem *FieldError) {
	quota, text := s.cfg.Limits.check(s.List(), owner)
	if text == "" {
		return quota, nil
	}
	if quota.Owner != "" {
		return quota, &FieldError{"owner", text}
	}
	return quota, &FieldError{"name", text}
}
