package portal

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

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

// classify is the failure that an error is to the caller; what it does not
// know is a fault of ours, whose cause only the log gets.
func classify(err error) *fault.Error {
	var named *fault.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &named):
		return named
	case errors.As(err, &tooLarge):
		return &fault.Error{Name: fault.TooLarge, Message: "the body is too large", Cause: err}
	}
	return &fault.Error{Name: "Error", Message: "something failed on our side; the portal's log says what", Cause: err}
}

func writeProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to answer
	}
	told := classify(err)
	status := told.Status()
	if status >= http.StatusInternalServerError {
		log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err, "cause", told.Cause)
	}
	writeJSON(w, log, status, envelope{envelopeError{told.Name, told.Message}, envelopeRequest{r.Method, r.URL.Path}, envelopeResponse{status}})
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
