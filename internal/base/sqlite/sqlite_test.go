package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
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

// The same statement is open twice at a time, cut off by its context, and used
// again; one beyond those that are kept is prepared anew.
func TestStatementsAreUsedAgain(t *testing.T) {
	db := open(t)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"one", "two", "three"} {
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO words VALUES (?)", word); err != nil {
			t.Fatal(err)
		}
	}
	const all = "SELECT word FROM words ORDER BY rowid"
	pairs := func() (pairs []string) {
		outer, err := tx.QueryContext(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		defer outer.Close()
		for outer.Next() {
			var left, right string // right: closed before its end
			if err := errors.Join(outer.Scan(&left), tx.QueryRowContext(t.Context(), all).Scan(&right)); err != nil {
				t.Fatal(err)
			}
			pairs = append(pairs, left+right)
		}
		if err := outer.Err(); err != nil {
			t.Fatal(err)
		}
		return pairs
	}()
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if want := []string{"oneone", "twoone", "threeone"}; !slices.Equal(pairs, want) {
		t.Errorf("got %v, want %v", pairs, want)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	var word string
	if err := db.QueryRowContext(ended, all).Scan(&word); !errors.Is(err, context.Canceled) {
		t.Errorf("a query after its context's end: %v", err)
	}
	for n := range 2 * keptStatements {
		var got int
		if err := db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT count(*) + %d FROM words", n)).Scan(&got); err != nil || got != n+3 {
			t.Fatalf("statement %d: %d, %v", n, got, err)
		}
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO words VALUES (?)"); err == nil {
		t.Error("a statement kept the value of its last use")
	}
}

// A statement that was prepared before the schema changed sees the new one.
func TestStatementsFollowTheSchema(t *testing.T) {
	db := open(t)
	db.SetMaxOpenConns(1)
	columns := func() int {
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM words")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil || rows.Err() != nil {
			t.Fatal(err, rows.Err())
		}
		return len(names)
	}
	before := columns()
	if _, err := db.ExecContext(t.Context(), "ALTER TABLE words ADD COLUMN language TEXT"); err != nil {
		t.Fatal(err)
	}
	if after := columns(); before != 1 || after != 2 {
		t.Errorf("%d columns, then %d; want 1, then 2", before, after)
	}
}
