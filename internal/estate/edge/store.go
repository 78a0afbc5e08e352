package edge

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// tableFile is where the routing table waits for the next start, below Config.Dir.
const tableFile = "routes.json"

// loadTable reads the table of the last run, so that the edge serves before
// the API server answers. No file yet is an empty table.
func loadTable(dir string) (*Table, error) {
	table := &Table{Hosts: map[string][]Route{}}
	data, err := os.ReadFile(filepath.Join(dir, tableFile))
	if errors.Is(err, fs.ErrNotExist) {
		return table, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the routing table: %w", err)
	}
	if err := json.Unmarshal(data, table); err != nil {
		return nil, fmt.Errorf("read the routing table %s: %w", tableFile, err)
	}
	return table, nil
}

// saveTable replaces the file in one step: a kill at any instant leaves the
// old table or the new one.
func saveTable(dir string, table *Table) error {
	data, err := json.Marshal(table)
	if err != nil {
		return fmt.Errorf("write the routing table: %w", err)
	}
	temporary := filepath.Join(dir, tableFile+".new")
	if err := writeSynced(temporary, data); err != nil {
		return fmt.Errorf("write the routing table: %w", err)
	}
	if err := os.Rename(temporary, filepath.Join(dir, tableFile)); err != nil {
		return fmt.Errorf("write the routing table: %w", err)
	}
	return nil
}

func writeSynced(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, writeErr := file.Write(data)
	return errors.Join(writeErr, file.Sync(), file.Close())
}
