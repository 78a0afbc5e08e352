package delivery

import (
	"context"

	"github.com/pronto-platform/pronto/internal/platform/delivery/timeline"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

// Delivery returns one delivery of an application by its id; "latest" is the
// newest one.
func (s *Service) Delivery(ctx context.Context, name, id string) (Delivery, error) {
	t := s.known(name)
	if t == nil {
		return Delivery{}, ErrNotFound
	}
	app, err := ask(ctx, t, func(t *tracker) int64 { return t.app.ID })
	if err != nil {
		return Delivery{}, err
	}
	list := []Delivery{}
	if id == latestDelivery {
		list, err = s.journal.deliveries(ctx, app, 1)
	} else if ids := spellings(id); ids != nil {
		list, err = s.journal.read(ctx, `SELECT body FROM deliveries WHERE app_id = ? AND id IN (?, ?)`, app, ids[0], ids[1])
	}
	if err != nil {
		return Delivery{}, err
	}
	if len(list) == 0 {
		return Delivery{}, fault.NotFoundf("%s has no delivery %q", name, id)
	}
	return list[0], nil
}

const latestDelivery = "latest"

// Timeline returns one delivery with all that was recorded inside its phases.
func (s *Service) Timeline(ctx context.Context, name, id string) (timeline.Timeline, error) {
	d, err := s.Delivery(ctx, name, id)
	if err != nil {
		return timeline.Timeline{}, err
	}
	return s.timelineOf(ctx, d)
}

func (s *Service) timelineOf(ctx context.Context, d Delivery) (timeline.Timeline, error) {
	steps, err := s.journal.steps(ctx, d.ID)
	if err != nil {
		return timeline.Timeline{}, err
	}
	return timeline.Of(journeyOf(d), steps, s.cfg.Clock()), nil
}

func journeyOf(d Delivery) timeline.Journey {
	j := timeline.Journey{ID: d.ID, App: d.App, StartedBy: d.StartedBy.Kind, Status: string(d.Status), Reason: d.Reason, Revision: d.Revision,
		Message: d.Message, Author: d.Author, Image: d.Image, Start: d.StartedAt, End: d.FinishedAt}
	for _, p := range d.Phases {
		j.Phases = append(j.Phases, timeline.Phase{Name: p.Name, Status: string(p.Status), Reason: p.Reason,
			Start: p.StartedAt, End: p.FinishedAt, Evidence: p.Evidence})
	}
	return j
}
