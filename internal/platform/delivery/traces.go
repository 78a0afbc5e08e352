package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
)

// Trace is a delivery that ended and is to be told as a trace.
type Trace struct {
	Timeline timeline.Timeline
	endedAt  int64 // Unix milliseconds: a delivery that ends anew is told anew
}

// BeginTraces notes, the first time it is called, that what ended before is
// not to be told.
func (s *Service) BeginTraces(ctx context.Context) error {
	tx, err := s.journal.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("delivery: begin traces: %w", err)
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO delivery_tracing (id, begun_at) VALUES (1, ?) ON CONFLICT DO NOTHING`, stamp(s.cfg.Clock()))
	first := int64(0)
	if err == nil {
		first, err = result.RowsAffected()
	}
	if err == nil && first == 1 {
		_, err = tx.ExecContext(ctx, `UPDATE deliveries SET traced_at = ended_at WHERE ended_at IS NOT NULL`)
	}
	if err != nil {
		return fmt.Errorf("delivery: begin traces: %w", errors.Join(err, tx.Rollback()))
	}
	return tx.Commit()
}

// unsentQuery goes by the index of those that were not told.
const unsentQuery = `SELECT body FROM deliveries WHERE ended_at IS NOT NULL AND traced_at IS NOT ended_at AND ended_at <= ? ORDER BY ended_at LIMIT ?`

// UnsentTraces are deliveries that ended before a time and were not told since,
// the oldest first.
func (s *Service) UnsentTraces(ctx context.Context, before time.Time, limit int) ([]Trace, error) {
	list, err := s.journal.read(ctx, unsentQuery, before.UnixMilli(), limit)
	if err != nil {
		return nil, err
	}
	traces := make([]Trace, 0, len(list))
	for _, d := range list {
		line, err := s.timelineOf(ctx, d)
		if err != nil {
			return nil, err
		}
		traces = append(traces, Trace{Timeline: line, endedAt: endedAt(d).Int64})
	}
	return traces, nil
}

// TraceSent notes that a trace was told. If the delivery ended anew meanwhile,
// it is told anew.
func (s *Service) TraceSent(ctx context.Context, sent Trace) error {
	if _, err := s.journal.db.ExecContext(ctx, `UPDATE deliveries SET traced_at = ? WHERE id = ?`, sent.endedAt, sent.Timeline.ID); err != nil {
		return fmt.Errorf("delivery: note the trace of %s: %w", sent.Timeline.ID, err)
	}
	return nil
}
