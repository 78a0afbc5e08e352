package forge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// protection is what a branch demands of whoever moves it; see "Update branch
// protection" of GitHub's REST. What concerns pull requests alone (approvals,
// conversations) is kept and shown: the forge has none, so a branch that takes
// changes only through them takes none but of those who may bypass that.
type protection struct {
	Checks           *requiredChecks  `json:"required_status_checks"`
	EnforceAdmins    toggle           `json:"enforce_admins"`
	Reviews          *requiredReviews `json:"required_pull_request_reviews"`
	Restrictions     *people          `json:"restrictions"`
	LinearHistory    toggle           `json:"required_linear_history"`
	AllowForcePushes toggle           `json:"allow_force_pushes"`
	AllowDeletions   toggle           `json:"allow_deletions"`
	BlockCreations   toggle           `json:"block_creations"`
	Conversations    toggle           `json:"required_conversation_resolution"`
	LockBranch       toggle           `json:"lock_branch"`
	AllowForkSyncing toggle           `json:"allow_fork_syncing"`
}

type requiredChecks struct {
	Strict   bool     `json:"strict"`
	Contexts []string `json:"contexts"`
	Checks   []struct {
		Context string `json:"context"`
	} `json:"checks"`
}

// contexts that must have succeeded, each once.
func (c *requiredChecks) contexts() []string {
	if c == nil {
		return nil
	}
	all := slices.Clone(c.Contexts)
	for _, check := range c.Checks {
		if !slices.Contains(all, check.Context) {
			all = append(all, check.Context)
		}
	}
	return all
}

type requiredReviews struct {
	DismissStale     bool   `json:"dismiss_stale_reviews"`
	CodeOwners       bool   `json:"require_code_owner_reviews"`
	Count            *int   `json:"required_approving_review_count"`
	LastPushApproval bool   `json:"require_last_push_approval"`
	Bypass           people `json:"bypass_pull_request_allowances"`
}

// people are who a rule names: logins, slugs of teams and slugs of Apps.
type people struct {
	Users []string `json:"users"`
	Teams []string `json:"teams"`
	Apps  []string `json:"apps"`
}

// toggle reads a switch as requests and answers write it: true, {"enabled":
// true}, or nothing.
type toggle bool

// UnmarshalJSON implements json.Unmarshaler.
func (t *toggle) UnmarshalJSON(raw []byte) error {
	if !bytes.HasPrefix(raw, []byte("{")) {
		return json.Unmarshal(raw, (*bool)(t))
	}
	var shown struct{ Enabled bool }
	err := json.Unmarshal(raw, &shown)
	*t = toggle(shown.Enabled)
	return err
}

// MarshalJSON implements json.Marshaler.
func (t toggle) MarshalJSON() ([]byte, error) { return json.Marshal(obj{"enabled": bool(t)}) }

// mover is who moves a branch.
type mover struct {
	login string
	app   string // slug of the App behind it, if one is
	admin bool   // of the repository
}

func (p *people) include(m mover) bool {
	named := func(list []string, name string) bool {
		return name != "" && slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, name) })
	}
	if m.app != "" {
		return named(p.Apps, m.app)
	}
	return named(p.Users, m.login)
}

// branchMove is one change of a protected branch.
type branchMove struct {
	by               mover
	creates, deletes bool
	forced           bool              // what was there is not in the history of what comes
	merges           bool              // a commit that comes has several parents
	states           map[string]string // of the commit that comes, by context
}

// refusals are GitHub's words for every rule that the move breaks; none: it
// may go on. Whether force pushes and deletions are allowed holds for everyone,
// the rest for administrators only where the branch says so.
func (p protection) refusals(m branchMove) []string {
	var broken []string
	if m.deletes && !bool(p.AllowDeletions) {
		broken = append(broken, "Cannot delete this branch")
	}
	if m.forced && !bool(p.AllowForcePushes) {
		broken = append(broken, "Cannot force-push to this branch")
	}
	if m.by.admin && !bool(p.EnforceAdmins) {
		return broken
	}
	if p.LockBranch {
		broken = append(broken, "Cannot change this locked branch")
	}
	if p.Restrictions != nil && !m.by.admin && !p.Restrictions.include(m.by) && (!m.creates || bool(p.BlockCreations)) {
		broken = append(broken, "You're not authorized to push to this branch. "+
			"Visit https://docs.github.com/articles/about-protected-branches/ for more information.")
	}
	if m.creates || m.deletes {
		return broken
	}
	return append(broken, p.contentRefusals(m)...)
}

// contentRefusals are about what comes to the branch.
func (p protection) contentRefusals(m branchMove) []string {
	var broken []string
	if p.Reviews != nil && !p.Reviews.Bypass.include(m.by) {
		broken = append(broken, "Changes must be made through a pull request.")
	}
	if bool(p.LinearHistory) && m.merges {
		broken = append(broken, "This branch must not contain merge commits.")
	}
	for _, context := range p.Checks.contexts() {
		switch m.states[context] {
		case "success":
		case "":
			broken = append(broken, fmt.Sprintf("Required status check %q is expected.", context))
		case "pending":
			broken = append(broken, fmt.Sprintf("Required status check %q is in progress.", context))
		default:
			broken = append(broken, fmt.Sprintf("Required status check %q is failing.", context))
		}
	}
	return broken
}
