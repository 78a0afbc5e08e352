package delivery

import (
	"encoding/hex"
	"strings"

	"github.com/google/uuid"
)

// newID is a delivery's id: 16 random bytes as 32 hexadecimal digits, which is
// also its W3C trace id.
func newID() string {
	id := uuid.New()
	return hex.EncodeToString(id[:])
}

// spellings are the ways in which an id may stand in the journal: deliveries
// of before have a UUID's dashes. Nothing for what is no id.
func spellings(id string) []string {
	parsed, err := uuid.Parse(id)
	if err != nil || len(strings.ReplaceAll(id, "-", "")) != 2*len(parsed) {
		return nil
	}
	return []string{hex.EncodeToString(parsed[:]), parsed.String()}
}
