package forge

import (
	"strings"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
)

func (f *Forge) moverOf(r *request) mover {
	m := mover{login: r.caller.account.Login, admin: r.level >= levelAdmin}
	if r.caller.kind == installationCaller {
		m.app = f.cfg.App.Slug
	}
	return m
}

// describeMove finds out about a change of a branch what its rule asks for.
// The objects of what comes are in the repository.
func (f *Forge) describeMove(r *request, rule protection, before, after string) (m branchMove, err error) {
	m = branchMove{by: f.moverOf(r), creates: before == gitstore.ZeroSHA, deletes: after == gitstore.ZeroSHA}
	if m.creates || m.deletes {
		return m, nil
	}
	forward, err := f.git(r.repo).IsAncestor(r.Context(), before, after)
	if err != nil {
		return m, err
	}
	m.forced = !forward
	if rule.LinearHistory {
		if m.merges, err = f.git(r.repo).HasMerges(r.Context(), before, after); err != nil {
			return m, err
		}
	}
	if len(rule.Checks.contexts()) > 0 {
		m.states, err = f.statesOf(r, after)
	}
	return m, err
}

// statesOf a commit by context. A job's status is called "WORKFLOW / JOB" and
// counts as JOB too, which is what GitHub calls the job's check.
func (f *Forge) statesOf(r *request, sha string) (map[string]string, error) {
	all, err := f.statuses(r, sha)
	states := map[string]string{}
	latest := latestPerContext(all)
	for _, s := range latest {
		if _, job, ok := strings.Cut(s.Context, " / "); ok && (states[job] == "" || states[job] == "success") {
			states[job] = s.State
		}
	}
	for _, s := range latest {
		states[s.Context] = s.State
	}
	return states, err
}
