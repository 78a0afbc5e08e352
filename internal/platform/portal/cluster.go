package portal

import (
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

func (p *Portal) listResources(w http.ResponseWriter, r *http.Request) error {
	list, err := p.cfg.Delivery.Resources(r.Context(), r.PathValue("name"))
	return p.answer(w, list, err)
}

// getMetrics measures once before it follows, so that a cluster that measures
// nothing is told as an error and not as a stream without events.
func (p *Portal) getMetrics(w http.ResponseWriter, r *http.Request) error {
	follow, err := boolParameter(r, "follow")
	if err != nil {
		return err
	}
	metrics, err := p.cfg.Delivery.Metrics(r.Context(), r.PathValue("name"))
	if err != nil || !follow {
		return p.answer(w, metrics, err)
	}
	stream, err := newEventStream(w)
	if err != nil {
		return err
	}
	shared := &sharedStream{stream: stream, kind: "metrics"}
	stop := shared.keepAlive()
	defer stop()
	err = p.cfg.Delivery.FollowMetrics(r.Context(), r.PathValue("name"), func(m delivery.Metrics) error { return shared.send(m) })
	if err != nil {
		p.log.Debug("a stream of metrics ended", "error", err)
	}
	return nil
}

func (p *Portal) getCapacity(w http.ResponseWriter, _ *http.Request) error {
	return p.answer(w, p.cfg.Delivery.Capacity(), nil)
}
