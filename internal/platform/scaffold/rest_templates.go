package scaffold

import (
	"net/http"
	"strings"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/form"
)

func (s *Service) getForm(w http.ResponseWriter, r *http.Request) error {
	template, err := s.templates.get(r.PathValue("kind") + ":" + r.PathValue("namespace") + "/" + r.PathValue("name"))
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
