package catalog

import (
	"errors"
	"fmt"
	"net/http"
)

// Error is a failure with a name of Backstage's error catalogue and a sentence
// for the person.
type Error struct {
	Name    string // InputError, NotFoundError, ConflictError, ServiceUnavailableError
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
	case "ServiceUnavailableError":
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func inputErrorf(format string, args ...any) error {
	return &Error{Name: "InputError", Message: fmt.Sprintf(format, args...)}
}

func notFoundf(format string, args ...any) error {
	return &Error{Name: "NotFoundError", Message: fmt.Sprintf(format, args...)}
}

func conflictf(format string, args ...any) error {
	return &Error{Name: "ConflictError", Message: fmt.Sprintf(format, args...)}
}

// IsNotFound reports whether err says that the catalog has no such thing.
func IsNotFound(err error) bool {
	var named *Error
	return errors.As(err, &named) && named.Name == "NotFoundError"
}
