package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// person is whom the provider described, as last known.
type person struct {
	ref, issuer, subject, name, email string
	groups                            []string
	claimedAt                         time.Time
	refresh                           []byte // sealed; nil: the provider gave none
	refused                           bool   // the provider no longer vouches for them
}

// user is the person with the role that their groups give today.
func (a *Access) user(p person) User {
	groups := p.groups
	if groups == nil {
		groups = []string{}
	}
	user := User{Ref: p.ref, Name: p.name, Email: p.email, Groups: groups, Role: roleOf(groups, a.cfg.Roles)}
	if user.Role == RoleNone {
		user.Role = a.cfg.DefaultRole
	}
	return user
}

func (a *Access) personOf(c claims) person {
	return person{
		ref: "user:default/" + c.local(), issuer: a.cfg.Issuer, subject: c.Subject,
		name: firstOf(c.Name, c.Preferred, c.Cognito, c.Email, c.Subject), email: c.Email, groups: c.groups, claimedAt: a.cfg.Clock(),
	}
}

// remember keeps what the provider said of a person and returns them with their
// entity reference. A person keeps the reference of their first sign-in. One
// that another person has already, or that is the machine's own administrator's,
// gets a suffix: to be called like somebody must not give their applications.
func (a *Access) remember(ctx context.Context, p person, refresh secret.String) (person, error) {
	tx, err := a.cfg.DB.BeginTx(ctx, nil)
	if err != nil {
		return person{}, fmt.Errorf("access: remember %s: %w", p.ref, err)
	}
	defer func() { _ = tx.Rollback() }() // of no effect after the commit
	var known string
	err = tx.QueryRowContext(ctx, `SELECT ref FROM access_people WHERE issuer = ? AND subject = ?`, p.issuer, p.subject).Scan(&known)
	if errors.Is(err, sql.ErrNoRows) {
		known, err = a.freeRef(ctx, tx, p)
	}
	if err != nil {
		return person{}, fmt.Errorf("access: remember %s: %w", p.ref, err)
	}
	p.ref, p.refresh, p.refused = known, a.seal.Seal(refresh, known), false
	groups, err := json.Marshal(p.groups)
	if err != nil {
		return person{}, fmt.Errorf("access: remember %s: %w", p.ref, err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO access_people (ref, issuer, subject, name, email, groups, claimed_at, refresh, refused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
		ON CONFLICT (ref) DO UPDATE SET name = excluded.name, email = excluded.email, groups = excluded.groups,
			claimed_at = excluded.claimed_at, refresh = excluded.refresh, refused = 0`,
		p.ref, p.issuer, p.subject, p.name, p.email, groups, p.claimedAt.Unix(), p.refresh)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return person{}, fmt.Errorf("access: remember %s: %w", p.ref, err)
	}
	return p, nil
}

func (a *Access) freeRef(ctx context.Context, tx *sql.Tx, p person) (string, error) {
	var taken int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM access_people WHERE ref = ?`, p.ref).Scan(&taken); err != nil {
		return "", err
	}
	if taken == 0 && (p.ref != machine.Ref || a.cfg.Embedded) {
		return p.ref, nil
	}
	sum := sha256.Sum256([]byte(p.issuer + "\n" + p.subject))
	return p.ref + "-" + hex.EncodeToString(sum[:4]), nil
}

// person reads one; sql.ErrNoRows if nobody signed in under that reference.
func (s records) person(ctx context.Context, ref string) (person, error) {
	p := person{ref: ref}
	var groups []byte
	var claimed int64
	err := s.db.QueryRowContext(ctx, `
		SELECT issuer, subject, name, email, groups, claimed_at, refresh, refused FROM access_people WHERE ref = ?`, ref).
		Scan(&p.issuer, &p.subject, &p.name, &p.email, &groups, &claimed, &p.refresh, &p.refused)
	if err != nil {
		return person{}, err
	}
	p.claimedAt = time.Unix(claimed, 0)
	if err := json.Unmarshal(groups, &p.groups); err != nil {
		return person{}, fmt.Errorf("access: read the groups of %s: %w", ref, err)
	}
	return p, nil
}

// refuse ends what a person may do until they sign in again.
func (s records) refuse(ctx context.Context, ref string) error {
	_, err := s.db.ExecContext(ctx, `UPDATE access_people SET refused = 1, refresh = NULL WHERE ref = ?`, ref)
	if err == nil {
		_, err = s.db.ExecContext(ctx, `DELETE FROM access_sessions WHERE person = ?`, ref)
	}
	if err != nil {
		return fmt.Errorf("access: end the sessions of %s: %w", ref, err)
	}
	return nil
}

// forgetRefresh takes away the refresh token of a person whom nothing is left to
// be renewed for: no session and no token.
func (s records) forgetRefresh(ctx context.Context, ref string) error {
	_, err := s.db.ExecContext(ctx, `UPDATE access_people SET refresh = NULL WHERE ref = ?1
		AND NOT EXISTS (SELECT 1 FROM access_sessions WHERE person = ?1)
		AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE owner = ?1 AND kind = 'personal')`, ref)
	if err != nil {
		return fmt.Errorf("access: forget the refresh token of %s: %w", ref, err)
	}
	return nil
}

// errUnrenewable says that the provider cannot be asked about a person.
var errUnrenewable = errors.New("access: the provider gave nothing to renew with")

// current is a person as the provider described them at most ClaimsAge ago, so
// that lost membership takes effect within that time, for sessions and for
// personal tokens alike:
//
//   - The provider renews: its new claims replace the old.
//   - It refuses (see refuses): it no longer vouches for the person, whose
//     sessions end and whose tokens rest until they sign in again.
//   - It does not answer, or has a fault: the last claims stand, and it is
//     asked again in a minute. An outage of the provider throws nobody out.
//   - It gave no refresh token: errUnrenewable. The session has ended, and the
//     tokens rest until the person signs in again.
//   - It forgets its refresh tokens when it restarts (Config.Embedded): a token from before this process began is not even tried,
//     since the refusal would say nothing of the person. The last claims stand
//     until the session's own age ends; its people are those of the
//     configuration, which change only by such a restart.
func (a *Access) current(ctx context.Context, ref string) (person, error) {
	p, err := a.store.person(ctx, ref)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return person{}, errUnknownPerson
	case err != nil:
		return person{}, err
	case p.refused || p.issuer != a.cfg.Issuer:
		return person{}, errUnknownPerson
	case a.cfg.Clock().Sub(p.claimedAt) < a.cfg.ClaimsAge:
		return p, nil
	case a.cfg.Embedded && p.claimedAt.Before(a.began):
		return p, nil
	case len(p.refresh) == 0:
		return p, errUnrenewable
	}
	return a.renewed(ctx, p)
}

// renewed asks the provider once, however many requests wait for the answer.
func (a *Access) renewed(ctx context.Context, p person) (person, error) {
	if until, ok := a.resting.Load(p.ref); ok && a.cfg.Clock().Before(until.(time.Time)) {
		return p, nil
	}
	result, err, _ := a.renewals.Do(p.ref, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discoverTime)
		defer cancel()
		latest, err := a.store.person(ctx, p.ref) // a renewal may just have ended
		if err != nil || a.cfg.Clock().Sub(latest.claimedAt) < a.cfg.ClaimsAge {
			return latest, err
		}
		return a.renew(ctx, latest)
	})
	if err != nil {
		return person{}, err
	}
	return result.(person), nil
}

// restAfterFault is how long a provider that failed to renew is left alone.
const restAfterFault = time.Minute

func (a *Access) renew(ctx context.Context, p person) (person, error) {
	c, refresh, err := a.refresh(ctx, p)
	switch {
	case err == nil:
		a.resting.Delete(p.ref)
		return a.remember(ctx, a.personOf(c), refresh)
	case refuses(err), errors.Is(err, errOtherPerson):
		a.cfg.Logger.Info("the identity provider no longer vouches for a person", "user", p.ref)
		if err := a.store.refuse(ctx, p.ref); err != nil {
			return person{}, err
		}
		return person{}, errUnknownPerson
	}
	a.cfg.Logger.Warn("a person's claims could not be renewed", "user", p.ref, "error", err)
	a.resting.Store(p.ref, a.cfg.Clock().Add(restAfterFault))
	return p, nil
}

// refuses reports whether a provider's answer to a renewal says that it no
// longer vouches for the person: RFC 6749's invalid_grant, Dex's invalid_request
// for a token or a person it does not know, and OpenID Connect's demands that
// they sign in. Anything else, such as invalid_client, is a fault of ours or of
// the provider.
func refuses(err error) bool {
	var answer *oauth2.RetrieveError
	return errors.As(err, &answer) && slices.Contains([]string{
		"invalid_grant", "invalid_request", "access_denied", "login_required", "interaction_required", "consent_required",
	}, answer.ErrorCode)
}

var errOtherPerson = errors.New("the renewed ID token is another person's")

// refresh redeems the refresh token. A provider that rotates it gives a new one.
func (a *Access) refresh(ctx context.Context, p person) (claims, secret.String, error) {
	old, err := a.seal.Open(p.refresh, p.ref)
	if err != nil {
		return claims{}, secret.String{}, err
	}
	described, err := a.discover(ctx)
	if err != nil {
		return claims{}, secret.String{}, err
	}
	ctx = oidc.ClientContext(ctx, a.cfg.HTTPClient)
	token, err := a.oauth(described).TokenSource(ctx, &oauth2.Token{RefreshToken: old.Reveal()}).Token()
	if err != nil {
		return claims{}, secret.String{}, err
	}
	c, err := a.verify(ctx, described, token)
	if err == nil && c.Subject != p.subject {
		err = errOtherPerson
	}
	return c, secret.New(firstOf(token.RefreshToken, old.Reveal())), err
}
