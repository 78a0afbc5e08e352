package forge

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// account is a user, the organisation or the App's bot.
type account struct {
	ID                       int64
	Login, Type, Name, Email string
	Admin                    bool
	Created                  time.Time
}

// botID is github-actions[bot]'s id on github.com, kept so that its
// no-reply address is recognised.
const (
	orgID       = 1
	firstUserID = 1001
	botID       = 41898282
)

func (f *Forge) botLogin() string { return f.cfg.App.Slug + "[bot]" }

// seedAccounts makes the configured accounts and tokens the only ones.
func (f *Forge) seedAccounts(ctx context.Context) error {
	return f.inTx(ctx, func(tx *sql.Tx) error {
		fixed := []account{
			{ID: orgID, Login: f.cfg.Organization, Type: "Organization", Name: f.cfg.Organization},
			{ID: botID, Login: f.botLogin(), Type: "Bot", Name: f.botLogin()},
		}
		for _, a := range fixed {
			if err := upsertAccount(ctx, tx, a); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM tokens WHERE installation = 0`); err != nil {
			return fmt.Errorf("seed tokens: %w", err)
		}
		for i, u := range f.cfg.Users {
			if err := seedUser(ctx, tx, u, firstUserID+int64(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func seedUser(ctx context.Context, tx *sql.Tx, u User, id int64) error {
	if known, err := findAccount(ctx, tx, u.Login); err == nil {
		id = known.ID
	} else if err := tx.QueryRowContext(ctx, `SELECT max(?, coalesce(max(id) + 1, 0)) FROM accounts WHERE type = 'User'`, id).Scan(&id); err != nil {
		return fmt.Errorf("seed %s: %w", u.Login, err)
	}
	if err := upsertAccount(ctx, tx, account{ID: id, Login: u.Login, Type: "User", Name: u.Name, Email: u.Email, Admin: u.Admin}); err != nil {
		return err
	}
	if u.Token.IsZero() {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO tokens (hash, login) VALUES (?, ?)`, hashToken(u.Token.Reveal()), u.Login)
	if err != nil {
		return fmt.Errorf("seed token of %s: %w", u.Login, err)
	}
	return nil
}

func upsertAccount(ctx context.Context, tx *sql.Tx, a account) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO accounts (id, login, type, name, email, admin, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (login) DO UPDATE SET name = excluded.name, email = excluded.email, admin = excluded.admin`,
		a.ID, a.Login, a.Type, a.Name, a.Email, a.Admin, time.Now().Unix())
	if err != nil {
		return fmt.Errorf("seed account %s: %w", a.Login, err)
	}
	return nil
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func findAccount(ctx context.Context, db queryer, login string) (account, error) {
	var a account
	var created int64
	err := db.QueryRowContext(ctx, `SELECT id, login, type, name, email, admin, created_at FROM accounts WHERE login = ?`, login).
		Scan(&a.ID, &a.Login, &a.Type, &a.Name, &a.Email, &a.Admin, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return a, errNotFound
	}
	if err != nil {
		return a, fmt.Errorf("read account %s: %w", login, err)
	}
	a.Created = time.Unix(created, 0).UTC()
	return a, nil
}

func nodeID(kind string, id int64) string {
	return base64.StdEncoding.EncodeToString([]byte("0:" + kind + strconv.FormatInt(id, 10)))
}

func (f *Forge) accountJSON(a account) obj {
	url := f.api() + "/users/" + a.Login
	return obj{
		"login": a.Login, "id": a.ID, "node_id": nodeID(a.Type, a.ID), "avatar_url": "", "gravatar_id": "",
		"url": url, "html_url": f.base() + "/" + a.Login, "followers_url": url + "/followers",
		"organizations_url": url + "/orgs", "repos_url": url + "/repos", "events_url": url + "/events{/privacy}",
		"received_events_url": url + "/received_events", "type": a.Type, "user_view_type": "public", "site_admin": a.Admin,
	}
}

func (f *Forge) accountDetails(a account) obj {
	o := f.accountJSON(a)
	o["name"], o["email"] = orNil(a.Name), orNil(a.Email)
	o["created_at"], o["updated_at"] = a.Created, a.Created
	return o
}

func (f *Forge) orgJSON(a account) obj {
	url := f.api() + "/orgs/" + a.Login
	return obj{
		"login": a.Login, "id": a.ID, "node_id": nodeID("Organization", a.ID), "url": url, "repos_url": url + "/repos",
		"events_url": url + "/events", "hooks_url": url + "/hooks", "issues_url": url + "/issues",
		"members_url": url + "/members{/member}", "public_members_url": url + "/public_members{/member}",
		"avatar_url": "", "description": "",
	}
}

func (f *Forge) orgDetails(a account) obj {
	o := f.orgJSON(a)
	o["name"], o["html_url"], o["type"] = a.Name, f.base()+"/"+a.Login, "Organization"
	o["created_at"], o["updated_at"] = a.Created, a.Created
	o["default_repository_permission"], o["members_can_create_repositories"] = "read", true
	return o
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (f *Forge) getSelf(w http.ResponseWriter, r *request) error {
	if r.caller.kind != userCaller {
		return failure(http.StatusForbidden, "Resource not accessible by integration")
	}
	writeJSON(w, r.Request, http.StatusOK, f.accountDetails(r.caller.account))
	return nil
}

func (f *Forge) getUser(w http.ResponseWriter, r *request) error {
	a, err := findAccount(r.Context(), f.db, r.PathValue("login"))
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, f.accountDetails(a))
	return nil
}

func (f *Forge) org(r *request) (account, error) {
	a, err := findAccount(r.Context(), f.db, r.PathValue("org"))
	if err == nil && a.Type != "Organization" {
		err = errNotFound
	}
	return a, err
}

func (f *Forge) getOrg(w http.ResponseWriter, r *request) error {
	a, err := f.org(r)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, f.orgDetails(a))
	return nil
}

func (f *Forge) listOwnOrgs(w http.ResponseWriter, r *request) error {
	a, err := findAccount(r.Context(), f.db, f.cfg.Organization)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, http.StatusOK, []obj{f.orgJSON(a)})
	return nil
}
