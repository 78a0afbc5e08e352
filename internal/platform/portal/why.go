package portal

import "net/http"

// getWhy says in one sentence where an application's latest delivery stands.
func (p *Portal) getWhy(w http.ResponseWriter, r *http.Request) error {
	why, err := p.cfg.Delivery.Why(r.PathValue("name"))
	return p.answer(w, why, err)
}
