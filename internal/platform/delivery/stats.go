package delivery

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/figures"
)

// FiguresQuery chooses what figures are computed of.
type FiguresQuery struct {
	Days  int    // up to today
	App   string // its name; empty: all
	Owner string // entity reference; empty: all
}

// Figures computes how applications were delivered, those too that are deleted.
func (s *Service) Figures(ctx context.Context, query FiguresQuery) (figures.Figures, error) {
	until := s.cfg.Clock()
	owner := ""
	if query.Owner != "" {
		owner = ownerRef(query.Owner)
	}
	records, err := s.journal.ended(ctx, figures.Since(until, query.Days), until, query.App, owner)
	if err != nil {
		return figures.Figures{}, err
	}
	return figures.Of(records, until, query.Days), nil
}

const endedQuery = `
	SELECT d.app_id, d.status = 'live', d.ended_at, json_extract(d.body, '$.seconds'), json_extract(d.body, '$.phases'),
		coalesce(json_extract(d.body, '$.committedAt'), json_extract(d.body, '$.startedAt'))
	FROM deliveries d JOIN delivery_apps a ON a.id = d.app_id
	WHERE d.ended_at >= ? AND d.ended_at <= ? AND d.status IN ('live', 'failed') AND ` + changes + ` AND (? = '' OR a.name = ?) AND (? = '' OR d.owner = ?)
	ORDER BY d.ended_at`

// ended reads the deliveries that ended in a time, in that order.
func (j journal) ended(ctx context.Context, since, until time.Time, app, owner string) ([]figures.Record, error) {
	rows, err := j.db.QueryContext(ctx, endedQuery, since.UnixMilli(), until.UnixMilli(), app, app, owner, owner)
	if err != nil {
		return nil, fmt.Errorf("delivery: read what ended: %w", err)
	}
	defer rows.Close()
	var list []figures.Record
	for rows.Next() {
		record, err := scanRecord(rows)
		if err != nil {
			return nil, fmt.Errorf("delivery: read what ended: %w", err)
		}
		list = append(list, record)
	}
	return list, rows.Err()
}

func scanRecord(rows *sql.Rows) (r figures.Record, err error) {
	var ended int64
	var phases []byte
	var committed string
	if err := rows.Scan(&r.App, &r.Live, &ended, &r.Seconds, &phases, &committed); err != nil {
		return r, err
	}
	if r.Committed, err = time.Parse(time.RFC3339Nano, committed); err != nil {
		return r, err
	}
	var list []Phase
	if err := json.Unmarshal(phases, &list); err != nil {
		return r, err
	}
	r.Ended, r.Phases = time.UnixMilli(ended), map[string]float64{}
	for _, p := range list {
		if p.Status == Done {
			r.Phases[p.Name] = p.Seconds
		}
	}
	return r, nil
}
