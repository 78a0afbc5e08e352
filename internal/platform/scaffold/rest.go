package scaffold

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/fault"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

// maxBody bounds a submitted form.
const maxBody = 1 << 20

// Handler serves /api/scaffolder/.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	for route, handle := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema": s.getForm,
		"GET /api/scaffolder/v2/actions":                                              s.getActions,
		"POST /api/scaffolder/v2/tasks":                                               s.postTask,
		"GET /api/scaffolder/v2/tasks":                                                s.getTasks,
		"GET /api/scaffolder/v2/tasks/{id}":                                           s.getTask,
		"POST /api/scaffolder/v2/tasks/{id}/cancel":                                   s.postCancel,
		"GET /api/scaffolder/v2/tasks/{id}/eventstream":                               s.getStream,
		"GET /api/scaffolder/v2/tasks/{id}/events":                                    s.getEvents,
	} {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			if err := handle(w, r); err != nil {
				s.refuse(w, r, err)
			}
		})
	}
	return s.enveloped(mux)
}

// enveloped answers unknown paths and methods like every other error.
func (s *Service) enveloped(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		plain := &statusOnly{header: http.Header{}}
		mux.ServeHTTP(plain, r)
		if plain.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", plain.header.Get("Allow"))
			s.answerError(w, r, plain.status, "MethodNotAllowedError", "Method "+r.Method+" is not allowed here; "+plain.header.Get("Allow")+" is")
			return
		}
		s.answerError(w, r, http.StatusNotFound, "NotFoundError", "Nothing is served at "+r.URL.Path)
	})
}

// statusOnly takes the status that a mux would answer.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }

func (s *Service) getForm(w http.ResponseWriter, r *http.Request) error {
	template, err := s.template(r.PathValue("kind") + ":" + r.PathValue("namespace") + "/" + r.PathValue("name"))
	if err != nil {
		return err
	}
	pages, err := form.Fill(template.Pages, s.vars())
	if err != nil {
		return err
	}
	type page struct {
		Title       string         `json:"title"`
		Description string         `json:"description,omitempty"`
		Schema      map[string]any `json:"schema"`
	}
	steps := make([]page, len(pages))
	for i, p := range pages {
		steps[i] = page{form.Text(p, "title", "Please enter the following information"), form.Text(p, "description", ""), p}
	}
	answer := map[string]any{"title": template.Title, "steps": steps}
	if template.Description != "" {
		answer["description"] = template.Description
	}
	if template.presentation != nil {
		answer["presentation"] = template.presentation
	}
	return s.answer(w, http.StatusOK, answer)
}

func (s *Service) getActions(w http.ResponseWriter, _ *http.Request) error {
	list := make([]action.Action, 0, len(s.actions))
	for _, id := range strings.Split(joined(s.actions), ", ") {
		list = append(list, s.actions[id])
	}
	return s.answer(w, http.StatusOK, list)
}

func (s *Service) postTask(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		TemplateRef string            `json:"templateRef"`
		Values      map[string]any    `json:"values"`
		Secrets     map[string]string `json:"secrets"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		s.answerError(w, r, http.StatusRequestEntityTooLarge, "InputError", fmt.Sprintf("The body has more than %d bytes", maxBody))
		return nil
	case err != nil:
		return &fault.Error{Name: "InputError", Message: "The body is not the expected JSON object {templateRef, values}: " + err.Error(), Cause: err}
	}
	task, err := s.Create(r.Context(), CreateRequest{TemplateRef: body.TemplateRef, Values: body.Values, Secrets: body.Secrets})
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusCreated, map[string]string{"id": task.ID})
}

func (s *Service) getTasks(w http.ResponseWriter, r *http.Request) error {
	q, err := queryOf(r.URL.Query())
	if err != nil {
		return err
	}
	tasks, total, err := s.journal.list(r.Context(), q)
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, map[string]any{"tasks": tasks, "totalTasks": total})
}

func queryOf(values url.Values) (query, error) {
	q := query{createdBy: values["createdBy"], status: values["status"]}
	for name, into := range map[string]*int{"limit": &q.limit, "offset": &q.offset} {
		value := values.Get(name)
		if value == "" {
			continue
		}
		number, err := strconv.Atoi(value)
		if err != nil || number < 0 {
			return q, fault.Inputf("%s query parameter must be a number of 0 or more, not %q", name, value)
		}
		*into = number
	}
	switch order := values.Get("order"); order {
	case "", "desc:created_at":
	case "asc:created_at":
		q.ascending = true
	default:
		return q, fault.Inputf("order query parameter must be asc:created_at or desc:created_at, not %q", order)
	}
	return q, nil
}

func (s *Service) getTask(w http.ResponseWriter, r *http.Request) error {
	task, err := s.journal.get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, task)
}

func (s *Service) postCancel(w http.ResponseWriter, r *http.Request) error {
	if err := s.Cancel(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, map[string]string{"status": StatusCancelled})
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
