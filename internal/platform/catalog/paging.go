package catalog

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
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

func pageInfo(at cursor, more bool) (map[string]string, error) {
	info := map[string]string{}
	add := func(key string, offset int) error {
		encoded, err := encodeCursor(cursor{at.query, position{max(offset, 0), at.Limit}})
		info[key] = encoded
		return err
	}
	if more && at.Limit > 0 {
		if err := add("nextCursor", at.Offset+at.Limit); err != nil {
			return nil, err
		}
	}
	if at.Offset > 0 {
		return info, add("prevCursor", at.Offset-at.Limit)
	}
	return info, nil
}

func encodeCursor(value any) (string, error) {
	encoded, err := json.Marshal(value)
	return base64.RawURLEncoding.EncodeToString(encoded), err
}

func decodeCursor(text string, into any) error {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(decoded, into)
	}
	if err != nil {
		return &Error{"InputError", "Malformed cursor", err}
	}
	return nil
}

func parsePosition(values url.Values, at *position) error {
	for key, field := range map[string]*int{"limit": &at.Limit, "offset": &at.Offset} {
		text := values.Get(key)
		if text == "" {
			continue
		}
		number, err := strconv.Atoi(text)
		if err != nil || number < 0 {
			return inputErrorf("Invalid %s %q, must be a whole number that is not negative", key, text)
		}
		*field = number
	}
	return nil
}
