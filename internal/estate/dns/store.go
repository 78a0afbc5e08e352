package dns

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// recordsFile keeps the zone for the next start, below Config.Dir.
const recordsFile = "records.json"

// stored is the file's content.
type stored struct {
	Serial  uint32            `json:"serial"`
	Records map[string]Record `json:"records"`
}

// load reads the zone of the last run; no file yet is an empty zone.
func load(dir string) (stored, error) {
	zone := stored{Serial: 1, Records: map[string]Record{}}
	data, err := os.ReadFile(filepath.Join(dir, recordsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return zone, nil
	}
	if err != nil {
		return zone, fmt.Errorf("read the zone: %w", err)
	}
	if err := json.Unmarshal(data, &zone); err != nil {
		return zone, fmt.Errorf("read the zone %s: %w", recordsFile, err)
	}
	return zone, nil
}

// save replaces the file in one step.
func save(dir string, zone stored) error {
	data, err := json.MarshalIndent(zone, "", "  ")
	if err != nil {
		return fmt.Errorf("write the zone: %w", err)
	}
	temporary := filepath.Join(dir, recordsFile+".new")
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the zone: %w", err)
	}
	_, writeErr := file.Write(data)
	if err := errors.Join(writeErr, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the zone: %w", err)
	}
	if err := os.Rename(temporary, filepath.Join(dir, recordsFile)); err != nil {
		return fmt.Errorf("write the zone: %w", err)
	}
	return nil
}
