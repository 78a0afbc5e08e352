// Package sqlite opens the database file of one part and brings its schema up
// to date. Each part owns its own file; none reads another's.
package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// A new connection reads the whole schema, so those of a burst are kept for the
// next; each has a page cache of up to 2 MiB.
const (
	idleConnections = 16
	idleTime        = time.Minute
)

// Open opens (creating if absent, mode 0600) the database at path and applies
// the goose migrations found at the root of migrations. It commits durably
// (WAL, synchronous=FULL), so what was committed survives kill -9 and power
// loss. Writers take turns in their order of arrival and fail after 10 s of
// waiting. What is deleted is overwritten, not only left out.
func Open(ctx context.Context, path string, migrations fs.FS) (*sql.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	base, err := sqlite.NewConnector(dsn(path))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	db := sql.OpenDB(newTurns(base))
	db.SetMaxIdleConns(idleConnections)
	db.SetConnMaxIdleTime(idleTime)
	if err := migrate(ctx, db, path, migrations); err != nil {
		return nil, fmt.Errorf("migrate database %s: %w", path, errorsJoinClose(err, db))
	}
	return db, nil
}

func dsn(path string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "secure_delete(ON)",
	}}
	return "file:" + path + "?" + q.Encode()
}

func migrate(ctx context.Context, db *sql.DB, path string, migrations fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}

func errorsJoinClose(err error, db *sql.DB) error {
	if closeErr := db.Close(); closeErr != nil {
		return fmt.Errorf("%w (and close: %w)", err, closeErr)
	}
	return err
}
