// Package store opens the one database of the platform half. The schema of
// every room lies in migrations; the queries live with the room that asks them.
package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/pronto-platform/pronto/internal/base/sqlite"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Open opens (creating if absent) the database at path and brings the rooms'
// tables and those of the job queue up to date.
func Open(ctx context.Context, path string) (*sql.DB, error) {
	migrations, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, path, migrations)
	if err != nil {
		return nil, err
	}
	if err := migrateQueue(ctx, db); err != nil {
		_ = db.Close() // the migration's error is the one to tell
		return nil, fmt.Errorf("migrate the job queue in %s: %w", path, err)
	}
	return db, nil
}

func migrateQueue(ctx context.Context, db *sql.DB) error {
	migrator, err := rivermigrate.New(riversqlite.New(db), nil)
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
