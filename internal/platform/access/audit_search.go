package access

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Search picks entries. A zero member picks all.
type Search struct {
	Text          string // in target, action or actor
	Actor, Action string
	Since, Until  time.Time
	Before        int64 // only smaller ids
}

// Audit calls each with the entries that match, newest first, at most limit of
// them (0: all), until it fails.
func (a *Access) Audit(ctx context.Context, s Search, limit int, each func(Entry) error) error {
	where, arguments := s.where()
	statement := `SELECT id, at, actor, action, target, outcome, status, address, detail FROM access_audit` + where + ` ORDER BY id DESC`
	if limit > 0 {
		statement += fmt.Sprintf(" LIMIT %d", limit)
	}
	rows, err := a.cfg.DB.QueryContext(ctx, statement, arguments...)
	if err != nil {
		return fmt.Errorf("access: search the audit trail: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var at int64
		if err := rows.Scan(&e.ID, &at, &e.Actor, &e.Action, &e.Target, &e.Outcome, &e.Status, &e.Address, &e.Detail); err != nil {
			return fmt.Errorf("access: search the audit trail: %w", err)
		}
		e.At = time.UnixMilli(at).UTC()
		if err := each(e); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s Search) where() (string, []any) {
	var parts []string
	var arguments []any
	add := func(wanted bool, part string, values ...any) {
		if wanted {
			parts, arguments = append(parts, part), append(arguments, values...)
		}
	}
	text := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s.Text) + "%"
	add(s.Text != "", `(target LIKE ? ESCAPE '\' OR action LIKE ? ESCAPE '\' OR actor LIKE ? ESCAPE '\')`, text, text, text)
	add(s.Actor != "", "actor = ?", s.Actor)
	add(s.Action != "", "action = ?", s.Action)
	add(!s.Since.IsZero(), "at >= ?", s.Since.UnixMilli())
	add(!s.Until.IsZero(), "at <= ?", s.Until.UnixMilli())
	add(s.Before > 0, "id < ?", s.Before)
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), arguments
}
