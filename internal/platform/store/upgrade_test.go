package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/pronto-platform/pronto/internal/base/sqlite"
	"github.com/pronto-platform/pronto/internal/platform/store"
)

// A delivery that was journalled before its end stood in columns is found by
// them after the upgrade.
func TestAnUpgradeFillsInWhenDeliveriesEnded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "platform.db")
	early := fstest.MapFS{}
	for _, name := range []string{"00001_scaffolder.sql", "00002_catalog.sql", "00020_delivery.sql", "00021_access.sql"} {
		text, err := os.ReadFile(filepath.Join("migrations", name))
		if err != nil {
			t.Fatal(err)
		}
		early[name] = &fstest.MapFile{Data: text}
	}
	old, err := sqlite.Open(t.Context(), path, early)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO delivery_apps (id, name, body) VALUES (1, 'a', '{"owner":"group:default/x"}'), (2, 'b', '{}')`,
		`INSERT INTO deliveries (id, app_id, sequence, status, body) VALUES
			('live', 1, 1, 'live', '{"finishedAt":"2026-01-02T03:04:05.678Z","phases":[{"name":"build","evidence":{}},
				{"name":"live","finishedAt":"2026-01-02T03:04:05.678Z","evidence":{"answeredAt":"2026-01-02T03:04:05Z"}}]}'),
			('failed', 2, 1, 'failed', '{"finishedAt":"2026-01-02T03:04:06Z","phases":[{"name":"live","evidence":{}}]}'),
			('going', 2, 2, 'in_progress', '{"phases":[{"name":"live","evidence":{}}]}')`,
	} {
		if _, err := old.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for id, want := range map[string][3]any{
		"live":   {int64(1767323045678), int64(1767323045678), "group:default/x"},
		"failed": {nil, int64(1767323046000), "group:default/platform"},
		"going":  {nil, nil, "group:default/platform"},
	} {
		var got [3]any
		if err := db.QueryRowContext(t.Context(), `SELECT live_at, ended_at, owner FROM deliveries WHERE id = ?`, id).Scan(&got[0], &got[1], &got[2]); err != nil || got != want {
			t.Errorf("%s = %v, %v; want %v", id, got, err, want)
		}
	}
}
