// Package login signs the command in to a portal through a browser (RFC 8628)
// and keeps the tokens it gets in the user's own configuration directory.
package login

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
)

// Key is a token of one portal.
type Key struct {
	Token     secret.String
	ExpiresAt time.Time
	CA        string // file with the portal's certificate authority; empty: the machine's
}

// keptKey is a Key as it stands in the file.
type keptKey struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expiresAt"`
	CA        string    `json:"ca,omitempty"`
}

// Keys is a file of tokens, by the portal's address.
type Keys struct{ File string }

// UserKeys is the file of whoever runs the command.
func UserKeys() (Keys, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return Keys{}, fmt.Errorf("find your configuration directory: %w; set HOME or XDG_CONFIG_HOME", err)
	}
	return Keys{filepath.Join(dir, "pronto", "credentials.json")}, nil
}

// ErrNotSignedIn says that there is no token for a portal.
var ErrNotSignedIn = errors.New("not signed in")

// Find returns the token of a portal; portal "" is the only one there is.
func (k Keys) Find(portal string) (string, Key, error) {
	kept, err := k.read()
	if err != nil {
		return "", Key{}, err
	}
	if portal == "" {
		switch known := slices.Sorted(maps.Keys(kept)); len(known) {
		case 0:
			return "", Key{}, fmt.Errorf("%w: run pronto login --url https://portal.<domain>", ErrNotSignedIn)
		case 1:
			portal = known[0]
		default:
			return "", Key{}, fmt.Errorf("you are signed in to %s: name one of them in PRONTO_URL", strings.Join(known, " and "))
		}
	}
	found, ok := kept[portal]
	if !ok {
		return "", Key{}, fmt.Errorf("%w to %s: run pronto login --url %s", ErrNotSignedIn, portal, portal)
	}
	return portal, Key{secret.New(found.Token), found.ExpiresAt, found.CA}, nil
}

// Put keeps a portal's token; what was there before is forgotten.
func (k Keys) Put(portal string, key Key) error {
	return k.change(func(kept map[string]keptKey) {
		kept[portal] = keptKey{key.Token.Reveal(), key.ExpiresAt.UTC().Truncate(time.Second), key.CA}
	})
}

// Forget takes a portal's token out.
func (k Keys) Forget(portal string) error {
	return k.change(func(kept map[string]keptKey) { delete(kept, portal) })
}

func (k Keys) read() (map[string]keptKey, error) {
	raw, err := os.ReadFile(k.File)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]keptKey{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read your tokens: %w", err)
	}
	kept := map[string]keptKey{}
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w; remove it and run pronto login again", k.File, err)
	}
	return kept, nil
}

// change replaces the file in one step, readable by its owner only.
func (k Keys) change(edit func(map[string]keptKey)) error {
	kept, err := k.read()
	if err != nil {
		return err
	}
	edit(kept)
	raw, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return fmt.Errorf("keep your tokens: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(k.File), 0o700); err != nil {
		return fmt.Errorf("keep your tokens: %w", err)
	}
	fresh, err := os.CreateTemp(filepath.Dir(k.File), "credentials-*") // with mode 0600
	if err != nil {
		return fmt.Errorf("keep your tokens: %w", err)
	}
	defer func() { _ = os.Remove(fresh.Name()) }() // of no effect once it was renamed
	_, err = fresh.Write(raw)
	if err := errors.Join(err, fresh.Close()); err != nil {
		return fmt.Errorf("keep your tokens: %w", err)
	}
	return os.Rename(fresh.Name(), k.File)
}

// Portal is a portal's address in the one spelling under which its token is kept.
func Portal(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return "", fmt.Errorf("%q is no portal's address: use https://portal.<domain>", address)
	}
	return "https://" + strings.ToLower(u.Host), nil
}
