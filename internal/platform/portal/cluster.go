package portal

import "net/http"

func (p *Portal) listResources(w http.ResponseWriter, r *http.Request) error {
	list, err := p.cfg.Delivery.Resources(r.Context(), r.PathValue("name"))
	return p.answer(w, list, err)
}
