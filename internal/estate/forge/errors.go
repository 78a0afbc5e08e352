package forge

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/pronto-platform/pronto/internal/estate/forge/gitstore"
	"github.com/pronto-platform/pronto/internal/estate/forge/webhook"
)

// apiError is an answer in GitHub's error shape.
type apiError struct {
	code    int
	message string
	details []errorDetail
	cause   error // for the log only
}

type errorDetail struct {
	Resource string `json:"resource,omitempty"`
	Field    string `json:"field,omitempty"`
	Code     string `json:"code"`
	Message  string `json:"message,omitempty"`
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.code, e.message) }
func (e *apiError) Unwrap() error { return e.cause }

func failure(code int, format string, args ...any) *apiError {
	return &apiError{code: code, message: fmt.Sprintf(format, args...)}
}

func invalid(resource, field, code, message string) *apiError {
	return &apiError{code: http.StatusUnprocessableEntity, message: "Validation Failed",
		details: []errorDetail{{resource, field, code, message}}}
}

var (
	errNotFound    = failure(http.StatusNotFound, "Not Found")
	errCredentials = failure(http.StatusUnauthorized, "Bad credentials")
	errAnonymous   = failure(http.StatusUnauthorized, "Requires authentication")
	errEmptyRepo   = failure(http.StatusConflict, "Git Repository is empty.")
)

func asAPIError(err error) *apiError {
	var known *apiError
	var protected *protectedError
	switch {
	case errors.As(err, &protected):
		return failure(http.StatusUnprocessableEntity, "%s", protected)
	case errors.As(err, &known):
		return known
	case errors.Is(err, gitstore.ErrNotFound), errors.Is(err, webhook.ErrNotFound):
		return errNotFound
	case errors.Is(err, gitstore.ErrConflict):
		return &apiError{code: http.StatusConflict, message: "Reference was updated meanwhile, try again", cause: err}
	case errors.Is(err, gitstore.ErrBadPath):
		return &apiError{code: http.StatusUnprocessableEntity, message: err.Error()}
	case errors.Is(err, gitstore.ErrTooLarge):
		return &apiError{code: http.StatusForbidden, message: "This API returns blobs up to 100 MB in size.", cause: err}
	default:
		return &apiError{code: http.StatusInternalServerError, message: "Server Error", cause: err}
	}
}

func (f *Forge) writeError(w http.ResponseWriter, r *http.Request, err error) {
	e := asAPIError(err)
	if e.code >= 500 {
		f.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	body := obj{"message": e.message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(e.code)}
	if len(e.details) > 0 {
		body["errors"] = e.details
	}
	writeJSON(w, r, e.code, body)
}
