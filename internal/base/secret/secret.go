// Package secret keeps credentials out of logs and pages: a String prints,
// formats and marshals as ***, and only Reveal gives its value.
package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"log/slog"
)

const mask = "***"

// String is a credential.
type String struct{ value string }

// New wraps a credential.
func New(value string) String { return String{value} }

// Random returns prefix followed by 32 random bytes in unpadded base64url.
func Random(prefix string) String {
	buf := make([]byte, 32)
	rand.Read(buf) // never fails, see crypto/rand
	return String{prefix + base64.RawURLEncoding.EncodeToString(buf)}
}

// Reveal returns the credential itself.
func (s String) Reveal() string { return s.value }

// IsZero reports whether there is no credential.
func (s String) IsZero() bool { return s.value == "" }

// Equal compares in constant time. An empty secret equals nothing.
func (s String) Equal(other string) bool {
	return s.value != "" && subtle.ConstantTimeCompare([]byte(s.value), []byte(other)) == 1
}

// String implements fmt.Stringer.
func (String) String() string { return mask }

// GoString implements fmt.GoStringer.
func (String) GoString() string { return mask }

// LogValue implements slog.LogValuer.
func (String) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalText implements encoding.TextMarshaler, so JSON and YAML carry the mask.
func (String) MarshalText() ([]byte, error) { return []byte(mask), nil }
