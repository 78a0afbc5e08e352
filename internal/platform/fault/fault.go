// Package fault holds the failures that a person is told of, by the names of
// Backstage's error catalogue.
package fault

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is a failure with a name of Backstage's error catalogue and a sentence
// for the person.
type Error struct {
	Name    string // e.g. "InputError"
	Message string
	Cause   error // for the log; may be nil
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Status is the HTTP status that goes with the error's name.
func (e *Error) Status() int {
	switch e.Name {
	case "InputError":
		return http.StatusBadRequest
	case "NotFoundError":
		return http.StatusNotFound
	case "ConflictError":
		return http.StatusConflict
	case "NotAllowedError":
		return http.StatusForbidden
	case "ServiceUnavailableError":
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Inputf is an InputError: what was given cannot be used.
func Inputf(format string, args ...any) error {
	return &Error{Name: "InputError", Message: fmt.Sprintf(format, args...)}
}

// NotFoundf is a NotFoundError.
func NotFoundf(format string, args ...any) error {
	return &Error{Name: "NotFoundError", Message: fmt.Sprintf(format, args...)}
}

// Conflictf is a ConflictError: something is there already.
func Conflictf(format string, args ...any) error {
	return &Error{Name: "ConflictError", Message: fmt.Sprintf(format, args...)}
}

// NotAllowedf is a NotAllowedError: a template wants what none may.
func NotAllowedf(format string, args ...any) error {
	return &Error{Name: "NotAllowedError", Message: fmt.Sprintf(format, args...)}
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
func IsNotFound(err error) bool { return Name(err) == "NotFoundError" }
