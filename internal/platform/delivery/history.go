package delivery

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// changes leaves out deliveries, d, that brought nothing new: a self-heal
// delivers again what was live, and is no deployment, good or bad.
const changes = `json_extract(d.body, '$.startedBy.kind') IS NOT '` + ByHeal + `'`

// lived returns an application's deliveries that brought a change live, newest first.
func (j journal) lived(ctx context.Context, appID int64, limit int) ([]Delivery, error) {
	return j.read(ctx, `SELECT body FROM deliveries d WHERE app_id = ? AND live_at IS NOT NULL AND `+changes+` ORDER BY sequence DESC LIMIT ?`, appID, limit)
}

// livedRevision is the newest delivery that brought a revision live; nil if there is none.
func (j journal) livedRevision(ctx context.Context, appID int64, revision string) (*Delivery, error) {
	list, err := j.read(ctx, `SELECT body FROM deliveries d WHERE app_id = ? AND revision = ? AND live_at IS NOT NULL AND `+changes+`
		ORDER BY sequence DESC LIMIT 1`, appID, revision)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func (j journal) read(ctx context.Context, query string, args ...any) ([]Delivery, error) {
	return readDeliveries(ctx, j.db, query, args...)
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readDeliveries(ctx context.Context, db queryer, query string, args ...any) ([]Delivery, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("delivery: read deliveries: %w", err)
	}
	defer rows.Close()
	list := []Delivery{}
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("delivery: read deliveries: %w", err)
		}
		var d Delivery
		if err := json.Unmarshal(body, &d); err != nil {
			return nil, fmt.Errorf("delivery: read a delivery: %w", err)
		}
		if d.StartedBy.Kind == "" { // journalled before it was kept
			d.StartedBy = begunBy(d.TaskID)
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// liveAt is when a delivery went live, in Unix milliseconds; NULL if it did not.
func liveAt(d Delivery) sql.NullInt64 {
	if p := d.Phase(Live); wentLive(d) && p.FinishedAt != nil {
		return sql.NullInt64{Int64: p.FinishedAt.UnixMilli(), Valid: true}
	}
	return sql.NullInt64{}
}

// endedAt is when a delivery ended, in Unix milliseconds; NULL until it did.
func endedAt(d Delivery) sql.NullInt64 {
	if d.FinishedAt == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: d.FinishedAt.UnixMilli(), Valid: true}
}
