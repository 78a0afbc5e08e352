package scaffold

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/pronto-platform/pronto/internal/base/unrouted"
	"github.com/pronto-platform/pronto/internal/platform/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// Bounds of a submitted form, and of a template for a dry run, in bytes.
const (
	maxBody   = 1 << 20
	maxDryRun = 10 << 20
)

// bodies of requests; most may be absent.
var bodies = fault.Body{Limit: maxBody, Optional: true}

// Handler serves /api/scaffolder/ and what tasks have made, below /api/pronto/v1/.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	for route, handle := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema": s.getForm,
		"GET /api/scaffolder/v2/actions":                                              s.getActions,
		"POST /api/scaffolder/v2/tasks":                                               s.postTask,
		"GET /api/scaffolder/v2/tasks":                                                s.getTasks,
		"GET /api/scaffolder/v2/tasks/{id}":                                           s.getTask,
		"POST /api/scaffolder/v2/tasks/{id}/cancel":                                   s.postCancel,
		"POST /api/scaffolder/v2/tasks/{id}/retry":                                    s.postRetry,
		"GET /api/pronto/v1/tasks/{id}/made":                                          s.getMade,
		"POST /api/pronto/v1/tasks/{id}/clean":                                        s.postClean,
		"POST /api/scaffolder/v2/dry-run":                                             s.postDryRun,
		"POST /api/scaffolder/v2/autocomplete/{provider}/{resource}":                  s.postAutocomplete,
		"GET /api/scaffolder/v2/templating-extensions":                                s.getExtensions,
		"GET /api/pronto/v1/leftovers":                                                s.getLeftovers,
		"GET /api/scaffolder/v2/tasks/{id}/eventstream":                               s.getStream,
		"GET /api/scaffolder/v2/tasks/{id}/events":                                    s.getEvents,
	} {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			if err := handle(w, r); err != nil {
				s.refuse(w, r, err)
			}
		})
	}
	return unrouted.Handler(mux, s.unknown)
}

// unknown answers unknown paths and methods like every other error.
func (s *Service) unknown(w http.ResponseWriter, r *http.Request, allow string) {
	if allow != "" {
		s.answerError(w, r, http.StatusMethodNotAllowed, "MethodNotAllowedError", "Method "+r.Method+" is not allowed here; "+allow+" is")
		return
	}
	s.answerError(w, r, http.StatusNotFound, "NotFoundError", "Nothing is served at "+r.URL.Path)
}

func (s *Service) answer(w http.ResponseWriter, status int, body any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(encoded); err != nil {
		s.log.Debug("send an answer", "error", err)
	}
	return nil
}

// refuse answers an error in the shape that belongs to it.
func (s *Service) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var invalid *form.Error
	var named *fault.Error
	switch {
	case errors.As(err, &invalid):
		if err := s.answer(w, http.StatusBadRequest, map[string]any{"errors": invalid.Violations}); err != nil {
			s.log.Error("answer", "error", err)
		}
	case errors.As(err, &named):
		s.answerError(w, r, named.Status(), named.Name, named.Message)
	case r.Context().Err() != nil: // the caller is gone
	default:
		s.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		s.answerError(w, r, http.StatusInternalServerError, "InternalServerError", "The scaffolder has a fault; its log says more")
	}
}

func (s *Service) answerError(w http.ResponseWriter, r *http.Request, status int, name, message string) {
	err := s.answer(w, status, map[string]any{
		"error":    map[string]string{"name": name, "message": message},
		"request":  map[string]string{"method": r.Method, "url": r.URL.RequestURI()},
		"response": map[string]int{"statusCode": status},
	})
	if err != nil {
		s.log.Error("answer", "error", err)
	}
}
