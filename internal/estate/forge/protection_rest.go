package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// protections of a repository, by branch.
func (f *Forge) protections(ctx context.Context, repo int64) (rules map[string]protection, err error) {
	rows, err := f.db.QueryContext(ctx, `SELECT branch, settings FROM protections WHERE repository_id = ?`, repo)
	if err != nil {
		return nil, fmt.Errorf("read protections: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	rules = map[string]protection{}
	for rows.Next() {
		var branch, settings string
		if err := rows.Scan(&branch, &settings); err != nil {
			return nil, fmt.Errorf("read protections: %w", err)
		}
		var rule protection
		if err := json.Unmarshal([]byte(settings), &rule); err != nil {
			return nil, fmt.Errorf("read protection of %s: %w", branch, err)
		}
		rules[branch] = rule
	}
	return rules, rows.Err()
}

// protectionOf is that of an existing branch.
func (f *Forge) protectionOf(r *request) (protection, error) {
	branch := r.PathValue("branch")
	if err := f.branchExists(r, branch); err != nil {
		return protection{}, err
	}
	rules, err := f.protections(r.Context(), r.repo.ID)
	if err != nil {
		return protection{}, err
	}
	rule, ok := rules[branch]
	if !ok {
		return rule, failure(http.StatusNotFound, "Branch not protected")
	}
	return rule, nil
}

func (f *Forge) branchExists(r *request, branch string) error {
	v, err := f.view(r)
	if err != nil {
		return err
	}
	if _, err := v.Ref("refs/heads/" + branch); err != nil {
		return failure(http.StatusNotFound, "Branch not found")
	}
	return nil
}

func (f *Forge) getProtection(w http.ResponseWriter, r *request) error {
	rule, err := f.protectionOf(r)
	if err != nil {
		return err
	}
	return f.answerProtection(w, r, rule)
}

func (f *Forge) deleteProtection(w http.ResponseWriter, r *request) error {
	if _, err := f.protectionOf(r); err != nil {
		return err
	}
	_, err := f.db.ExecContext(r.Context(), `DELETE FROM protections WHERE repository_id = ? AND branch = ?`, r.repo.ID, r.PathValue("branch"))
	if err != nil {
		return fmt.Errorf("delete protection: %w", err)
	}
	return noContent(w)
}

// putProtection waits for a push that is under way: the branch is protected
// from whatever begins after the answer.
func (f *Forge) putProtection(w http.ResponseWriter, r *request) error {
	rule, err := readProtection(w, r.Request)
	if err != nil {
		return err
	}
	if err := f.branchExists(r, r.PathValue("branch")); err != nil {
		return err
	}
	for name, named := range map[string]*people{"restrictions": rule.Restrictions, "bypass_pull_request_allowances": rule.bypass()} {
		if err := f.checkPeople(r.Context(), name, named); err != nil {
			return err
		}
	}
	encoded, err := json.Marshal(rule)
	if err != nil {
		return err
	}
	defer f.locks.lock(r.repo.Owner, r.repo.Name)()
	if _, err := f.db.ExecContext(r.Context(), `INSERT OR REPLACE INTO protections (repository_id, branch, settings) VALUES (?, ?, ?)`,
		r.repo.ID, r.PathValue("branch"), string(encoded)); err != nil {
		return fmt.Errorf("store protection: %w", err)
	}
	return f.answerProtection(w, r, rule)
}

func readProtection(w http.ResponseWriter, r *http.Request) (rule protection, err error) {
	var body map[string]any
	if err := decode(w, r, &body); err != nil {
		return rule, err
	}
	for _, key := range []string{"required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"} {
		if _, ok := body[key]; !ok {
			return rule, failure(http.StatusUnprocessableEntity, "Invalid request.\n\n%q wasn't supplied.", key)
		}
	}
	if err := remarshal(body, &rule); err != nil {
		return rule, failure(http.StatusUnprocessableEntity, "Invalid request.\n\n%s", err)
	}
	return rule, nil
}

func (p protection) bypass() *people {
	if p.Reviews == nil {
		return nil
	}
	return &p.Reviews.Bypass
}

// checkPeople refuses names that nobody has: a rule for them would not do what
// it says.
func (f *Forge) checkPeople(ctx context.Context, field string, named *people) error {
	if named == nil {
		return nil
	}
	for _, login := range named.Users {
		_, err := findAccount(ctx, f.db, login)
		if errors.Is(err, errNotFound) {
			return invalid("ProtectedBranch", field, "invalid", fmt.Sprintf("%s: there is no user %q", field, login))
		}
		if err != nil {
			return err
		}
	}
	for _, slug := range named.Apps {
		if !strings.EqualFold(slug, f.cfg.App.Slug) {
			return invalid("ProtectedBranch", field, "invalid", fmt.Sprintf("%s: there is no App %q", field, slug))
		}
	}
	if len(named.Teams) > 0 {
		return invalid("ProtectedBranch", field, "invalid", field+": this forge has no teams; name users or Apps")
	}
	return nil
}

func (f *Forge) answerProtection(w http.ResponseWriter, r *request, p protection) error {
	self := f.repoURL(r) + "/branches/" + url.PathEscape(r.PathValue("branch")) + "/protection"
	shown := obj{"url": self, "enforce_admins": obj{"url": self + "/enforce_admins", "enabled": bool(p.EnforceAdmins)}}
	for key, value := range map[string]toggle{
		"required_linear_history": p.LinearHistory, "allow_force_pushes": p.AllowForcePushes, "allow_deletions": p.AllowDeletions,
		"block_creations": p.BlockCreations, "required_conversation_resolution": p.Conversations, "lock_branch": p.LockBranch,
		"allow_fork_syncing": p.AllowForkSyncing,
	} {
		shown[key] = value
	}
	if p.Checks != nil {
		checks, contexts := []obj{}, append([]string{}, p.Checks.contexts()...)
		for _, name := range contexts {
			checks = append(checks, obj{"context": name, "app_id": nil})
		}
		shown["required_status_checks"] = obj{"url": self + "/required_status_checks", "strict": p.Checks.Strict, "contexts": contexts, "checks": checks}
	}
	var err error
	if p.Reviews != nil {
		if shown["required_pull_request_reviews"], err = f.reviewsJSON(r.Context(), self, *p.Reviews); err != nil {
			return err
		}
	}
	if p.Restrictions != nil {
		if shown["restrictions"], err = f.peopleJSON(r.Context(), *p.Restrictions); err != nil {
			return err
		}
	}
	writeJSON(w, r.Request, http.StatusOK, shown)
	return nil
}

func (f *Forge) reviewsJSON(ctx context.Context, self string, reviews requiredReviews) (obj, error) {
	count := 1
	if reviews.Count != nil {
		count = *reviews.Count
	}
	shown := obj{"url": self + "/required_pull_request_reviews", "dismiss_stale_reviews": reviews.DismissStale,
		"require_code_owner_reviews": reviews.CodeOwners, "required_approving_review_count": count, "require_last_push_approval": reviews.LastPushApproval}
	var err error
	if len(reviews.Bypass.Users)+len(reviews.Bypass.Apps) > 0 {
		shown["bypass_pull_request_allowances"], err = f.peopleJSON(ctx, reviews.Bypass)
	}
	return shown, err
}

func (f *Forge) peopleJSON(ctx context.Context, named people) (obj, error) {
	users, apps := []obj{}, []obj{}
	for _, login := range named.Users {
		a, err := findAccount(ctx, f.db, login)
		if errors.Is(err, errNotFound) {
			continue // gone since
		}
		if err != nil {
			return nil, err
		}
		users = append(users, f.accountJSON(a))
	}
	if len(named.Apps) > 0 {
		owner, err := findAccount(ctx, f.db, f.cfg.Organization)
		if err != nil {
			return nil, err
		}
		apps = append(apps, f.appJSON(owner))
	}
	return obj{"users": users, "teams": []obj{}, "apps": apps}, nil
}

// protectedError is a move that the branch's protection refuses, in GitHub's words.
type protectedError struct{ reasons []string }

func (e *protectedError) Error() string { return strings.Join(e.reasons, " ") }

// checkProtection refuses what a branch's protection does not allow, with a
// *protectedError. The caller holds the repository's lock.
func (f *Forge) checkProtection(r *request, ref, before, after string) error {
	branch, isBranch := strings.CutPrefix(ref, "refs/heads/")
	if !isBranch {
		return nil
	}
	rules, err := f.protections(r.Context(), r.repo.ID)
	if err != nil {
		return err
	}
	rule, ok := rules[branch]
	if !ok {
		return nil
	}
	move, err := f.describeMove(r, rule, before, after)
	if err != nil {
		return err
	}
	if reasons := rule.refusals(move); len(reasons) > 0 {
		return &protectedError{reasons}
	}
	return nil
}
