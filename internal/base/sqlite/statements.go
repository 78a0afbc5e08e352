package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// keptStatements is how many prepared statements a connection keeps.
const keptStatements = 64

// statements are a connection's prepared ones, each there while nobody uses
// it: SQLite takes as long to prepare a statement as to do a small one.
type statements struct {
	of   connection
	idle *simplelru.LRU[string, statement]
}

// statement is what the driver's statements can do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func newStatements(of connection) (*statements, error) {
	idle, err := simplelru.NewLRU[string, statement](keptStatements, nil)
	return &statements{of: of, idle: idle}, err
}

func (s *statements) take(ctx context.Context, query string) (statement, error) {
	if kept, ok := s.idle.Peek(query); ok {
		s.idle.Remove(query)
		return kept, nil
	}
	prepared, err := s.of.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := prepared.(statement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("sqlite: a %T cannot be kept", prepared), prepared.Close())
	}
	return full, nil
}

// put keeps a statement whose results have been read.
func (s *statements) put(query string, used statement) error {
	if s.idle.Contains(query) { // it was used twice at a time
		return used.Close()
	}
	var err error
	if s.idle.Len() == keptStatements {
		_, oldest, _ := s.idle.RemoveOldest()
		err = oldest.Close()
	}
	s.idle.Add(query, used)
	return err
}

func (s *statements) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	used, err := s.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := used.ExecContext(ctx, args)
	return result, errors.Join(err, s.put(query, used))
}

func (s *statements) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	used, err := s.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := used.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.put(query, used))
	}
	full, ok := rows.(typedRows)
	if !ok {
		return nil, errors.Join(fmt.Errorf("sqlite: a %T cannot be passed on", rows), rows.Close(), used.Close())
	}
	return &keptRows{typedRows: full, end: func() error { return s.put(query, used) }}, nil
}

func (s *statements) close() error {
	var errs []error
	for _, kept := range s.idle.Values() {
		errs = append(errs, kept.Close())
	}
	s.idle.Purge()
	return errors.Join(errs...)
}

// typedRows is what the driver's rows can do.
type typedRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// keptRows give their statement back when they are closed.
type keptRows struct {
	typedRows
	end func() error
}

func (r *keptRows) Close() error { return errors.Join(r.typedRows.Close(), r.end()) }
