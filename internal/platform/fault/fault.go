// Package fault holds the failures that a person is told of, by the names of
// Backstage's error catalogue.
package fault

import (
	"errors"
	"fmt"
	"net/http"
)

// The names of failures.
const (
	Input            = "InputError"              // what was given cannot be used
	Authentication   = "AuthenticationError"     // it is not known who asks
	NotAllowed       = "NotAllowedError"         // whoever asks may not do it
	NotFound         = "NotFoundError"           // there is no such thing
	MethodNotAllowed = "MethodNotAllowedError"   // not in this way
	Conflict         = "ConflictError"           // not as things stand
	TooLarge         = "PayloadTooLargeError"    // more than is taken
	TooManyRequests  = "TooManyRequestsError"    // not so soon again
	Unavailable      = "ServiceUnavailableError" // what is needed for it is not there
)

var statuses = map[string]int{
	Input: http.StatusBadRequest, Authentication: http.StatusUnauthorized, NotAllowed: http.StatusForbidden,
	NotFound: http.StatusNotFound, MethodNotAllowed: http.StatusMethodNotAllowed, Conflict: http.StatusConflict,
	TooLarge: http.StatusRequestEntityTooLarge, TooManyRequests: http.StatusTooManyRequests,
	Unavailable: http.StatusServiceUnavailable,
}

// Error is a failure with a name of Backstage's error catalogue and a sentence
// for the person.
type Error struct {
	Name    string
	Message string // safe to show
	Cause   error  // for the log; may be nil
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Status is the HTTP status that goes with the error's name.
func (e *Error) Status() int {
	if status, known := statuses[e.Name]; known {
		return status
	}
	return http.StatusInternalServerError
}

// Because is a failure of a name that hides its cause from the person.
func Because(cause error, name, format string, args ...any) error {
	return &Error{Name: name, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// Inputf is an InputError.
func Inputf(format string, args ...any) error { return Because(nil, Input, format, args...) }

// NotFoundf is a NotFoundError.
func NotFoundf(format string, args ...any) error { return Because(nil, NotFound, format, args...) }

// Conflictf is a ConflictError.
func Conflictf(format string, args ...any) error { return Because(nil, Conflict, format, args...) }

// NotAllowedf is a NotAllowedError.
func NotAllowedf(format string, args ...any) error { return Because(nil, NotAllowed, format, args...) }

// Authenticationf is an AuthenticationError.
func Authenticationf(format string, args ...any) error {
	return Because(nil, Authentication, format, args...)
}

// MethodNotAllowedf is a MethodNotAllowedError.
func MethodNotAllowedf(format string, args ...any) error {
	return Because(nil, MethodNotAllowed, format, args...)
}

// TooManyRequestsf is a TooManyRequestsError.
func TooManyRequestsf(format string, args ...any) error {
	return Because(nil, TooManyRequests, format, args...)
}

// Unavailablef is a ServiceUnavailableError.
func Unavailablef(format string, args ...any) error {
	return Because(nil, Unavailable, format, args...)
}

// Name is the name under which an error is shown.
func Name(err error) string {
	var named *Error
	if errors.As(err, &named) {
		return named.Name
	}
	return "Error"
}

// IsNotFound reports whether err says that there is no such thing.
func IsNotFound(err error) bool { return Name(err) == NotFound }
