package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Known is the person or the service with an entity reference, with the role
// and the groups that they have now: for what goes on in their name after
// their request has ended. Whoever is not known, or not vouched for any more,
// has no role.
func (a *Access) Known(ctx context.Context, ref string) (User, error) {
	if ref == machine.Ref {
		return machine, nil
	}
	if strings.HasPrefix(ref, "service:") {
		return a.knownService(ctx, ref)
	}
	p, err := a.current(ctx, ref)
	switch {
	case errors.Is(err, errUnknownPerson):
		return User{Ref: ref}, nil
	case err != nil && !errors.Is(err, errUnrenewable):
		return User{}, err
	}
	return a.user(p), nil
}

// knownService is a service by its newest token.
func (a *Access) knownService(ctx context.Context, ref string) (User, error) {
	token, err := scanToken(a.store.db.QueryRowContext(ctx, `SELECT `+tokenColumns+` FROM access_tokens
		WHERE kind = 'service' AND owner = ? AND expires_at > ? ORDER BY created_at DESC, id LIMIT 1`, ref, a.cfg.Clock().Unix()))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return User{Ref: ref}, nil
	case err != nil:
		return User{}, fmt.Errorf("access: find service %s: %w", ref, err)
	}
	return a.actor(ctx, token)
}
