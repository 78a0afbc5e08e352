package access

import (
	"context"
	"fmt"
	"time"
)

// Name is the part's name.
func (*Access) Name() string { return "access" }

// housekeeping is how often what is over is taken away.
const housekeeping = time.Hour

// Run forgets audit entries, devices and tokens that are over, until ctx ends.
func (a *Access) Run(ctx context.Context, ready func()) error {
	ready()
	ticker := time.NewTicker(housekeeping)
	defer ticker.Stop()
	for {
		if err := a.Prune(ctx); err != nil && ctx.Err() == nil {
			a.cfg.Logger.Warn("cannot forget what is over", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Prune forgets what is over.
func (a *Access) Prune(ctx context.Context) error {
	now := a.cfg.Clock()
	for _, statement := range []struct {
		text  string
		until int64
	}{
		{`DELETE FROM access_audit WHERE at < ?`, now.Add(-a.cfg.KeepAudit).UnixMilli()},
		{`DELETE FROM access_devices WHERE expires_at < ?`, now.Unix()},
		{`DELETE FROM access_tokens WHERE expires_at < ?`, now.Unix()},
		{`DELETE FROM access_sessions WHERE expires_at < ?`, now.Unix()},
	} {
		if _, err := a.cfg.DB.ExecContext(ctx, statement.text, statement.until); err != nil {
			return fmt.Errorf("access: %s: %w", statement.text, err)
		}
	}
	return nil
}
