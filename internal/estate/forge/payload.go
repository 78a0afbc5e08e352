package forge

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
	"github.com/pronto-platform/pronto/internal/estate/forge/webhook"
)

// maxEventCommits is how many commits one push event lists at most.
const maxEventCommits = 2048

func (f *Forge) sender(ctx context.Context, a actor) (account, error) {
	login := a.Login
	if login == "" { // nobody is known to have pushed: the organisation itself
		login = f.cfg.Organization
	}
	return findAccount(ctx, f.db, login)
}

func (f *Forge) pushEvents(ctx context.Context, repo repository, changes []refChange, announced map[string]string, a actor) ([]webhook.Event, error) {
	sender, err := f.sender(ctx, a)
	if err != nil {
		return nil, err
	}
	events := make([]webhook.Event, 0, len(changes))
	for _, change := range changes {
		body, err := f.pushPayload(ctx, repo, change, announced, sender)
		if err != nil {
			return nil, fmt.Errorf("push event of %s %s: %w", repo.FullName(), change.name, err)
		}
		payload, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		events = append(events, webhook.Event{Name: "push", RepositoryID: repo.ID, Payload: payload})
	}
	return events, nil
}

func (f *Forge) pushPayload(ctx context.Context, repo repository, c refChange, announced map[string]string, sender account) (obj, error) {
	created, deleted := c.before == gitstore.ZeroSHA, c.after == gitstore.ZeroSHA
	commits, err := f.pushedCommits(ctx, repo, c, announced)
	if err != nil {
		return nil, err
	}
	head, err := f.headCommit(ctx, repo, c, commits)
	if err != nil {
		return nil, err
	}
	forced := false
	if !created && !deleted && strings.HasPrefix(c.name, "refs/heads/") {
		forward, err := f.git(repo).IsAncestor(ctx, c.before, c.after)
		if err != nil {
			f.log.Warn("cannot tell whether a push was forced", "repository", repo.FullName(), "ref", c.name, "err", err)
		}
		forced = !forward
	}
	email := sender.Email
	if email == "" {
		email = f.noReply(sender)
	}
	body := obj{
		"ref": c.name, "before": c.before, "after": c.after, "created": created, "deleted": deleted, "forced": forced,
		"base_ref": nil, "compare": f.compareURL(repo, c), "commits": commits, "head_commit": head,
		"repository": f.eventRepoJSON(repo), "pusher": obj{"name": sender.Login, "email": email}, "sender": f.accountJSON(sender),
	}
	f.addOrganization(body, repo)
	return body, nil
}

func (f *Forge) addOrganization(body obj, repo repository) {
	if repo.Owner == f.cfg.Organization {
		body["organization"] = f.orgJSON(account{ID: orgID, Login: repo.Owner})
	}
}

func (f *Forge) compareURL(repo repository, c refChange) string {
	html := f.base() + "/" + repo.FullName()
	switch {
	case c.before == gitstore.ZeroSHA:
		return html + "/commit/" + c.after[:12]
	case c.after == gitstore.ZeroSHA:
		return html + "/compare/" + c.before[:12] + "...000000000000"
	}
	return html + "/compare/" + c.before[:12] + "..." + c.after[:12]
}

// pushedCommits lists the commits a push brought, oldest first: for a moved
// ref those since its old value, for a new one those no other ref had.
func (f *Forge) pushedCommits(ctx context.Context, repo repository, c refChange, announced map[string]string) ([]obj, error) {
	list := []obj{}
	if c.after == gitstore.ZeroSHA || strings.HasPrefix(c.name, "refs/tags/") {
		return list, nil
	}
	args := []string{fmt.Sprintf("--max-count=%d", maxEventCommits), c.after}
	if c.before != gitstore.ZeroSHA {
		args = append(args, "^"+c.before)
	} else {
		for _, sha := range announced {
			args = append(args, "^"+sha)
		}
	}
	changes, err := f.git(repo).Log(ctx, args...)
	if err != nil && c.before != gitstore.ZeroSHA {
		f.log.Warn("old value of a ref is gone, its event lists the head only", "repository", repo.FullName(), "ref", c.name, "err", err)
		changes, err = f.git(repo).Log(ctx, "--max-count=1", c.after)
	}
	if err != nil {
		return nil, err
	}
	slices.Reverse(changes)
	for _, change := range changes {
		list = append(list, f.eventCommit(repo, change))
	}
	return list, nil
}

func (f *Forge) headCommit(ctx context.Context, repo repository, c refChange, commits []obj) (any, error) {
	if c.after == gitstore.ZeroSHA {
		return nil, nil
	}
	if len(commits) > 0 && commits[len(commits)-1]["id"] == c.after {
		return commits[len(commits)-1], nil
	}
	head, err := f.git(repo).Log(ctx, "--max-count=1", c.after)
	var gitErr interface{ ExitCode() int }
	if errors.As(err, &gitErr) || err == nil && len(head) == 0 {
		return nil, nil // a tag of something that is no commit
	}
	if err != nil {
		return nil, err
	}
	return f.eventCommit(repo, head[0]), nil
}

func (f *Forge) eventCommit(repo repository, c gitstore.Change) obj {
	return obj{
		"id": c.SHA, "tree_id": c.Tree, "distinct": true, "message": c.Message, "timestamp": c.Committer.When,
		"url":    f.base() + "/" + repo.FullName() + "/commit/" + c.SHA,
		"author": eventPerson(c.Author), "committer": eventPerson(c.Committer),
		"added": c.Added, "removed": c.Removed, "modified": c.Modified,
	}
}

func eventPerson(p gitstore.Person) obj {
	return obj{"name": p.Name, "email": p.Email, "username": p.Name}
}

// queueRepositoryEvent stores a repository event (created, deleted).
func (f *Forge) queueRepositoryEvent(ctx context.Context, tx *sql.Tx, repo repository, action string, a actor) error {
	sender, err := findAccount(ctx, tx, a.Login)
	if err != nil {
		return err
	}
	body := obj{"action": action, "repository": f.repoJSON(repo, levelNone), "sender": f.accountJSON(sender)}
	f.addOrganization(body, repo)
	payload, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return f.queueEvent(ctx, tx, webhook.Event{Name: "repository", Action: action, RepositoryID: repo.ID, Payload: payload})
}
