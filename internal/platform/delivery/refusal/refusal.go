// Package refusal is the error of a request that is understood and not done,
// with a sentence for the person who made it.
package refusal

import "fmt"

// Kind is why a request is refused.
type Kind int

// The kinds of refusals.
const (
	Invalid     Kind = iota // a value breaks a rule; the sentence names the field and the fix
	Missing                 // there is no such thing
	Conflict                // not as things stand
	Unavailable             // what is needed for it is not there
)

// Error is a refusal.
type Error struct {
	Kind    Kind
	Message string // safe to show
	Cause   error  // for the log; may be nil
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a refusal without a cause.
func New(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Because makes a refusal that hides its cause from the person.
func Because(cause error, kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Cause: cause}
}
