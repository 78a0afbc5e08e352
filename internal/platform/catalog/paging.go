package catalog

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// position is where a page begins and how long it is (-1: without end).
type position struct {
	Offset int `json:"offset"`
	Limit  int `json:"limit"`
}

// cursor is the state of a by-query listing; it stands for the query, too.
type cursor struct {
	query
	position
}

// pageInfo names the pages before and after.
func pageInfo(at cursor, more bool) (map[string]string, error) {
	info := map[string]string{}
	add := func(key string, p position) error {
		encoded, err := encodeCursor(cursor{at.query, p})
		info[key] = encoded
		return err
	}
	if more && at.Limit > 0 {
		if err := add("nextCursor", position{at.Offset + at.Limit, at.Limit}); err != nil {
			return nil, err
		}
	}
	if at.Offset > 0 && at.Limit > 0 {
		return info, add("prevCursor", position{max(at.Offset-at.Limit, 0), at.Limit})
	}
	return info, nil
}

// encodeCursor writes what a cursor stands for as Backstage does: its client
// looks into cursors.
func encodeCursor(value any) (string, error) {
	encoded, err := json.Marshal(value)
	return base64.StdEncoding.EncodeToString(encoded), err
}

func decodeCursor(text string, into any) error {
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err == nil {
		err = json.Unmarshal(decoded, into)
	}
	if err != nil {
		return &fault.Error{Name: "InputError", Message: "Malformed cursor", Cause: err}
	}
	return nil
}

// wholeNumber reads a parameter that may be absent.
func wholeNumber(values url.Values, key string, least int, into *int) error {
	text := values.Get(key)
	if text == "" {
		return nil
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		return fault.Inputf("Invalid %s %q, must be a whole number", key, text)
	}
	*into = number
	return atLeast(key, number, least)
}

func atLeast(key string, number, least int) error {
	switch {
	case number >= least:
		return nil
	case least == 0:
		return fault.Inputf("Invalid %s, must be zero or greater", key)
	}
	return fault.Inputf("Invalid %s, must be greater than zero", key)
}
