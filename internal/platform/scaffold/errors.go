package scaffold

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
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

// errorName is the name under which an error is shown.
func errorName(err error) string {
	var named *Error
	if errors.As(err, &named) {
		return named.Name
	}
	return "Error"
}

// FieldError says what is wrong with one value of a form.
type FieldError struct {
	Path    string // dotted, e.g. "name"; empty for the form as a whole
	Message string
}

// Violation is a FieldError as Backstage answers it (the shape of the npm
// package jsonschema).
type Violation struct {
	Path     []string `json:"path"`
	Property string   `json:"property"`
	Message  string   `json:"message"`
	Schema   any      `json:"schema"`
	Instance any      `json:"instance"`
	Name     string   `json:"name"`
	Argument any      `json:"argument,omitempty"`
	Stack    string   `json:"stack"`
}

// ValidationError is a form with values that are not acceptable.
type ValidationError struct{ Violations []Violation }

func (e *ValidationError) Error() string {
	texts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		texts[i] = strings.TrimPrefix(v.Stack, "instance.")
	}
	return strings.Join(texts, "; ")
}
