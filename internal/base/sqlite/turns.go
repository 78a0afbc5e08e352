package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// patience is how long a writer waits: for its turn, and for another process.
const patience = 10 * time.Second

// turns lets the writers of one process write one after the other, in the
// order in which they came. SQLite's own wait polls, for up to 100 ms at a
// time and in no order; it stays for the writers of other processes.
type turns struct {
	driver.Connector
	turn chan struct{} // holds one token while somebody writes
}

func newTurns(base driver.Connector) *turns {
	return &turns{Connector: base, turn: make(chan struct{}, 1)}
}

// Connect implements [driver.Connector].
func (t *turns) Connect(ctx context.Context) (driver.Conn, error) {
	base, err := t.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := base.(connection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("sqlite: a %T cannot take turns", base), base.Close())
	}
	kept, err := newStatements(full)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: %w", err), base.Close())
	}
	return &turnConn{connection: full, turns: t, kept: kept}, nil
}

func (t *turns) take(ctx context.Context) error {
	select { // most find nobody before them
	case t.turn <- struct{}{}:
		return nil
	default:
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case t.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return fmt.Errorf("sqlite: another writer has not ended after %s", patience)
	}
}

func (t *turns) pass() { <-t.turn }

// connection is what the driver's connections can do.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// turnConn takes a turn for each transaction that may write, and for each
// statement that is executed outside one.
type turnConn struct {
	connection
	*turns
	kept    *statements
	writing bool // a transaction holds the turn; database/sql uses a connection from one goroutine at a time
}

func (c *turnConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if opts.ReadOnly {
		return c.connection.BeginTx(ctx, opts)
	}
	if err := c.take(ctx); err != nil {
		return nil, err
	}
	tx, err := c.connection.BeginTx(ctx, opts)
	if err != nil {
		c.pass()
		return nil, err
	}
	c.writing = true
	return &turnTx{Tx: tx, of: c}, nil
}

func (c *turnConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !c.writing {
		if err := c.take(ctx); err != nil {
			return nil, err
		}
		defer c.pass()
	}
	return c.kept.exec(ctx, query, args)
}

func (c *turnConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.kept.query(ctx, query, args)
}

func (c *turnConn) Close() error {
	return errors.Join(c.kept.close(), c.connection.Close())
}

type turnTx struct {
	driver.Tx
	of *turnConn
}

func (t *turnTx) Commit() error {
	defer t.end()
	return t.Tx.Commit()
}

func (t *turnTx) Rollback() error {
	defer t.end()
	return t.Tx.Rollback()
}

func (t *turnTx) end() {
	t.of.writing = false
	t.of.pass()
}
