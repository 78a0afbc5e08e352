package store_test

import (
	"path/filepath"
	"testing"

	"github.com/pronto-platform/pronto/internal/platform/store"
)

func TestOpeningTwiceKeepsWhatWasStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "platform.db")
	first, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	const insert = `INSERT INTO catalog_locations (id, type, target, created_at) VALUES ('1', 'url', 'https://x/y', 0)`
	if _, err := first.ExecContext(t.Context(), insert); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	var count int
	if err := second.QueryRowContext(t.Context(), `SELECT count(*) FROM catalog_locations`).Scan(&count); err != nil || count != 1 {
		t.Errorf("locations after reopening = %d, %v; want 1", count, err)
	}
}
