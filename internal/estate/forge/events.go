package forge

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
	"github.com/pronto-platform/pronto/internal/estate/forge/webhook"
)

// actor is who caused an event.
type actor struct {
	Login string
	Email string
}

func actorOf(c caller) actor { return actor{c.account.Login, c.account.Email} }

func (f *Forge) personOf(c caller) gitstore.Person {
	name, email := c.account.Name, c.account.Email
	if name == "" {
		name = c.account.Login
	}
	if email == "" {
		email = f.noReply(c.account)
	}
	return gitstore.Person{Name: name, Email: email, When: time.Now().Truncate(time.Second)}
}

func (f *Forge) noReply(a account) string {
	return fmt.Sprintf("%d+%s@users.noreply.%s", a.ID, a.Login, f.cfg.URL.Hostname())
}

// remember notes who is about to move refs, so that events recovered after a
// crash name the right sender.
func (f *Forge) remember(ctx context.Context, repo repository, a actor) error {
	encoded, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if _, err := f.db.ExecContext(ctx, `UPDATE repositories SET pusher = ? WHERE id = ?`, string(encoded), repo.ID); err != nil {
		return fmt.Errorf("note pusher: %w", err)
	}
	return nil
}

// reconcile emits what is owed for every repository. The refs are the truth:
// whatever differs from the announced values becomes push events.
func (f *Forge) reconcile(ctx context.Context) {
	repos, err := f.listRepos(ctx, "")
	if err != nil {
		f.log.Error("repositories cannot be reconciled", "err", err)
		return
	}
	for _, repo := range repos {
		if err := f.reconcileRepo(ctx, repo); err != nil && ctx.Err() == nil {
			f.log.Error("repository cannot be reconciled", "repository", repo.FullName(), "err", err)
		}
	}
}

func (f *Forge) reconcileRepo(ctx context.Context, repo repository) error {
	defer f.locks.lock(repo.Owner, repo.Name)()
	fresh, err := f.findRepoByID(ctx, repo.ID)
	if errors.Is(err, errNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var a actor
	if fresh.Pusher != "" {
		if err := json.Unmarshal([]byte(fresh.Pusher), &a); err != nil {
			return err
		}
	}
	return f.emit(ctx, fresh, a)
}

// refChange is one ref that moved since its last event.
type refChange struct{ name, before, after string }

// diffRefs lists what changed, branches and tags by name.
func diffRefs(announced, actual map[string]string) []refChange {
	var changes []refChange
	for name, after := range actual {
		before, ok := announced[name]
		if !ok {
			before = gitstore.ZeroSHA
		}
		if before != after {
			changes = append(changes, refChange{name, before, after})
		}
	}
	for name, before := range announced {
		if _, ok := actual[name]; !ok {
			changes = append(changes, refChange{name, before, gitstore.ZeroSHA})
		}
	}
	sort.Slice(changes, func(i, j int) bool { return changes[i].name < changes[j].name })
	return changes
}

// emit turns every unannounced ref change into a push event: the new announced
// values and the deliveries are one transaction. The caller holds the lock.
func (f *Forge) emit(ctx context.Context, repo repository, a actor) error {
	ctx = context.WithoutCancel(ctx)
	actual, err := f.git(repo).Refs()
	if err != nil {
		return err
	}
	announced, err := f.announced(ctx, repo.ID)
	if err != nil {
		return err
	}
	changes := diffRefs(announced, actual)
	if len(changes) == 0 {
		return nil
	}
	if err := f.settleDefaultBranch(ctx, &repo, actual); err != nil {
		return err
	}
	repo.Pushed = time.Now().UTC().Truncate(time.Second)
	repo.Updated = repo.Pushed
	events, err := f.pushEvents(ctx, repo, changes, announced, a)
	if err != nil {
		return err
	}
	err = f.inTx(ctx, func(tx *sql.Tx) error { return f.announce(ctx, tx, repo, changes, events) })
	if err != nil {
		return err
	}
	f.dispatcher.Wake()
	return nil
}

func (f *Forge) announce(ctx context.Context, tx *sql.Tx, repo repository, changes []refChange, events []webhook.Event) error {
	for _, change := range changes {
		query, args := `INSERT OR REPLACE INTO announced_refs (repository_id, name, sha) VALUES (?, ?, ?)`, []any{repo.ID, change.name, change.after}
		if change.after == gitstore.ZeroSHA {
			query, args = `DELETE FROM announced_refs WHERE repository_id = ? AND name = ?`, []any{repo.ID, change.name}
		}
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("announce %s: %w", change.name, err)
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE repositories SET pushed_at = ?, updated_at = ? WHERE id = ?`, repo.Pushed.Unix(), repo.Updated.Unix(), repo.ID)
	if err != nil {
		return err
	}
	for _, event := range events {
		if err := f.queueEvent(ctx, tx, event); err != nil {
			return err
		}
	}
	return nil
}

// queueEvent stores a delivery for each hook of the repository and of the
// organisation that wants the event.
func (f *Forge) queueEvent(ctx context.Context, tx *sql.Tx, event webhook.Event) error {
	for _, target := range []webhook.Target{{Type: "repository", ID: event.RepositoryID}, {Type: "organization", ID: orgID}} {
		hooks, err := webhook.List(ctx, tx, target)
		if err != nil {
			return err
		}
		for _, hook := range hooks {
			if !hook.Wants(event.Name) {
				continue
			}
			if err := webhook.Enqueue(ctx, tx, hook, event, time.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Forge) announced(ctx context.Context, repo int64) (refs map[string]string, err error) {
	rows, err := f.db.QueryContext(ctx, `SELECT name, sha FROM announced_refs WHERE repository_id = ?`, repo)
	if err != nil {
		return nil, fmt.Errorf("read announced refs: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	refs = map[string]string{}
	for rows.Next() {
		var name, sha string
		if err := rows.Scan(&name, &sha); err != nil {
			return nil, fmt.Errorf("read announced refs: %w", err)
		}
		refs[name] = sha
	}
	return refs, rows.Err()
}

// settleDefaultBranch makes the first branch that is pushed the default one,
// when the configured default does not exist.
func (f *Forge) settleDefaultBranch(ctx context.Context, repo *repository, refs map[string]string) error {
	if _, ok := refs["refs/heads/"+repo.DefaultBranch]; ok {
		return nil
	}
	var branches []string
	for name := range refs {
		if branch, ok := strings.CutPrefix(name, "refs/heads/"); ok {
			branches = append(branches, branch)
		}
	}
	if len(branches) == 0 {
		return nil
	}
	sort.Strings(branches)
	chosen := branches[0]
	for _, usual := range []string{"master", "main"} {
		if _, ok := refs["refs/heads/"+usual]; ok {
			chosen = usual
		}
	}
	if err := f.git(*repo).SetHead(ctx, chosen); err != nil {
		return err
	}
	repo.DefaultBranch = chosen
	return f.updateRepo(ctx, *repo)
}
