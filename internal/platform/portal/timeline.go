package portal

import (
	"fmt"
	"io"
	"net/http"
)

func (p *Portal) getDelivery(w http.ResponseWriter, r *http.Request) error {
	d, err := p.cfg.Delivery.Delivery(r.Context(), r.PathValue("name"), r.PathValue("id"))
	return p.answer(w, d, err)
}

func (p *Portal) getTimeline(w http.ResponseWriter, r *http.Request) error {
	t, err := p.cfg.Delivery.Timeline(r.Context(), r.PathValue("name"), r.PathValue("id"))
	return p.answer(w, t, err)
}

// drawTimeline answers the timeline as a picture. It is somebody's text in an
// image: a page that it is opened as may run nothing.
func (p *Portal) drawTimeline(w http.ResponseWriter, r *http.Request) error {
	t, err := p.cfg.Delivery.Timeline(r.Context(), r.PathValue("name"), r.PathValue("id"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox")
	h.Set("Content-Disposition", fmt.Sprintf("inline; filename=\"%s-%.8s.svg\"", t.App, t.TraceID))
	h.Set("Cache-Control", "no-store")
	_, err = io.WriteString(w, t.SVG())
	return err
}
