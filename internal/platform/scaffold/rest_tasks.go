package scaffold

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func (s *Service) postTask(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		TemplateRef string            `json:"templateRef"`
		Values      map[string]any    `json:"values"`
		Secrets     map[string]string `json:"secrets"`
	}
	if err := bodies.Read(r, &body); err != nil {
		return err
	}
	task, err := s.Create(r.Context(), CreateRequest{TemplateRef: body.TemplateRef, Values: body.Values, Secrets: body.Secrets})
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusCreated, map[string]string{"id": task.ID})
}

func (s *Service) postRetry(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Secrets map[string]string `json:"secrets"`
	}
	if err := bodies.Read(r, &body); err != nil {
		return err
	}
	s.describe(r, "retry")
	if err := s.Retry(r.Context(), r.PathValue("id"), body.Secrets); err != nil {
		return err
	}
	return s.answer(w, http.StatusCreated, map[string]string{"id": r.PathValue("id")})
}

// describe tells the audit trail what a task is about; one that is not there is
// found out by whoever wants to change it.
func (s *Service) describe(r *http.Request, verb string) {
	id := r.PathValue("id")
	if task, err := s.journal.get(r.Context(), id); err == nil {
		access.Describe(r.Context(), id, auditDetail(verb, task.TemplateRef, task.Values))
	}
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
	for _, order := range values["order"] {
		direction, field, _ := strings.Cut(order, ":")
		if !slices.Contains(orderFields, field) || (direction != "asc" && direction != "desc") {
			return q, fault.Inputf("order query parameter must be asc or desc, a colon, and one of %s; not %q", strings.Join(orderFields, ", "), order)
		}
		q.order = append(q.order, taskOrder{field, direction == "asc"})
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
	s.describe(r, "cancel")
	if err := s.Cancel(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, map[string]string{"status": StatusCancelled})
}

func (s *Service) getMade(w http.ResponseWriter, r *http.Request) error {
	made, err := s.Made(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, map[string]any{"made": made})
}

func (s *Service) postClean(w http.ResponseWriter, r *http.Request) error {
	s.describe(r, "clean what was made by")
	made, err := s.Clean(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, map[string]any{"made": made})
}

// freshLook is how long a list of leftovers may take to find out which of them
// were taken away by other means.
const freshLook = time.Second

func (s *Service) getLeftovers(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), freshLook)
	defer cancel()
	if err := s.lookAfter(ctx); err != nil {
		s.logGone(r.Context(), "look after leftovers", err) // what was written of them is still told
	}
	leftovers, err := s.Leftovers(r.Context())
	if err != nil {
		return err
	}
	return s.answer(w, http.StatusOK, map[string]any{"tasks": leftovers})
}
