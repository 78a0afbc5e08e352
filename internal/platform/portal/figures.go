package portal

import (
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

const (
	figureDays    = 30
	maxFigureDays = 365
)

func (p *Portal) getFigures(w http.ResponseWriter, r *http.Request) error {
	days, err := intParameter(r, "days", figureDays, 1, maxFigureDays)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	figures, err := p.cfg.Delivery.Figures(r.Context(), delivery.FiguresQuery{Days: days, App: q.Get("app"), Owner: q.Get("owner")})
	return p.answer(w, figures, err)
}
