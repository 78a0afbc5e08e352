package portal

import (
	"errors"
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

type deletedList struct {
	Apps []delivery.Deleted `json:"apps"`
}

func (p *Portal) listDeleted(w http.ResponseWriter, r *http.Request) error {
	apps, err := p.cfg.Delivery.Deleted(r.Context())
	return p.answer(w, deletedList{apps}, err)
}

func (p *Portal) deletedApp(r *http.Request) (delivery.Deleted, error) {
	name := r.PathValue("name")
	app, err := p.findDeleted(r.Context(), name)
	if errors.Is(err, delivery.ErrNotFound) {
		err = fault.NotFoundf("there is no deleted application %q", name)
	}
	return app, err
}

func (p *Portal) restoreDeleted(w http.ResponseWriter, r *http.Request) error {
	view, err := p.cfg.Delivery.Undelete(r.Context(), r.PathValue("name"), caller(r))
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusAccepted, view)
	return nil
}
