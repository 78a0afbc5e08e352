package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	schema := fstest.MapFS{"00001_words.sql": {Data: []byte("-- +goose Up\nCREATE TABLE words (word TEXT NOT NULL);\n")}}
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), schema)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func count(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM words").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWritersTakeTurns(t *testing.T) {
	db := open(t)
	var writers sync.WaitGroup
	for n := range 100 {
		writers.Go(func() {
			if n%2 == 0 {
				if _, err := db.ExecContext(t.Context(), "INSERT INTO words VALUES ('alone')"); err != nil {
					t.Error(err)
				}
				return
			}
			tx, err := db.BeginTx(t.Context(), nil)
			if err == nil {
				_, err = tx.ExecContext(t.Context(), "INSERT INTO words VALUES ('in a transaction')")
			}
			if err == nil {
				err = tx.Commit()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if n := count(t, db); n != 100 {
		t.Errorf("%d words, want 100", n)
	}
}

func TestAWriterWaitsAsLongAsItsContextAndReadersDoNot(t *testing.T) {
	db := open(t)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "INSERT INTO words VALUES ('first')"); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(short, "INSERT INTO words VALUES ('late')"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a writer beside another: %v", err)
	}
	if _, err := db.BeginTx(short, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a transaction beside another: %v", err)
	}
	reader, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, db); n != 0 {
		t.Errorf("%d words before the commit", n)
	}
	if err := errors.Join(reader.Rollback(), tx.Rollback()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO words VALUES ('next')"); err != nil {
		t.Errorf("after a rollback: %v", err)
	}
}

// A transaction whose context ends is rolled back by database/sql; the turn goes on.
func TestACancelledTransactionPassesItsTurn(t *testing.T) {
	db := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := db.BeginTx(ctx, nil); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO words VALUES ('after')"); err != nil {
		t.Fatal(err)
	}
}
