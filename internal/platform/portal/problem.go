package portal

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/delivery/refusal"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// envelope is Backstage's shape of an error.
type envelope struct {
	Error    envelopeError    `json:"error"`
	Request  envelopeRequest  `json:"request"`
	Response envelopeResponse `json:"response"`
}

type envelopeError struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

type envelopeRequest struct {
	Method string `json:"method"`
	URL    string `json:"url"`
}

type envelopeResponse struct {
	StatusCode int `json:"statusCode"`
}

var errorNames = map[int]string{
	http.StatusBadRequest:            "InputError",
	http.StatusUnauthorized:          "AuthenticationError",
	http.StatusForbidden:             "NotAllowedError",
	http.StatusNotFound:              "NotFoundError",
	http.StatusMethodNotAllowed:      "MethodNotAllowedError",
	http.StatusConflict:              "ConflictError",
	http.StatusRequestEntityTooLarge: "PayloadTooLargeError",
	http.StatusTooManyRequests:       "TooManyRequestsError",
	http.StatusServiceUnavailable:    "ServiceUnavailableError",
}

var refusalStatus = map[refusal.Kind]int{
	refusal.Invalid:     http.StatusBadRequest,
	refusal.Missing:     http.StatusNotFound,
	refusal.Conflict:    http.StatusConflict,
	refusal.Unavailable: http.StatusServiceUnavailable,
}

// problem is an error with the status and the sentence for the caller.
func problem(status int, message string) error {
	return &access.RefusalError{Status: status, Message: message}
}

// classify turns any error into a status and a sentence; what it does not
// know is a fault of ours, whose cause only the log gets.
func classify(err error) (status int, message string) {
	var known *access.RefusalError
	var named *fault.Error
	var refused *refusal.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known.Status, known.Message
	case errors.As(err, &named):
		return named.Status(), named.Message
	case errors.As(err, &refused):
		return refusalStatus[refused.Kind], refused.Message
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, "the body is too large"
	case errors.Is(err, delivery.ErrNotFound), errors.Is(err, delivery.ErrRunNotFound):
		return http.StatusNotFound, err.Error()
	case errors.Is(err, delivery.ErrNotRunning):
		return http.StatusServiceUnavailable, err.Error()
	case errors.Is(err, delivery.ErrSignature):
		return http.StatusUnauthorized, err.Error()
	case errors.Is(err, delivery.ErrPayload):
		return http.StatusBadRequest, err.Error()
	}
	return http.StatusInternalServerError, "something failed on our side; the portal's log says what"
}

func writeProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to answer
	}
	status, message := classify(err)
	if status >= http.StatusInternalServerError {
		log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	name := errorNames[status]
	if name == "" {
		name = "Error"
	}
	writeJSON(w, log, status, envelope{envelopeError{name, message}, envelopeRequest{r.Method, r.URL.Path}, envelopeResponse{status}})
}

func writeJSON(w http.ResponseWriter, log *slog.Logger, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		log.Error("cannot write an answer", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(text); err != nil {
		log.Debug("the caller left", "error", err)
	}
}
