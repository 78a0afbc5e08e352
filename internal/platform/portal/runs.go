package portal

import (
	"context"
	"fmt"
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

type runList struct {
	Runs []delivery.RunSummary `json:"runs"`
}

func (p *Portal) listRuns(w http.ResponseWriter, r *http.Request) error {
	runs, err := p.cfg.Delivery.WorkflowRuns(r.Context(), r.PathValue("name"))
	return p.answer(w, runList{runs}, err)
}

func (p *Portal) rerunRun(w http.ResponseWriter, r *http.Request) error {
	return onRun(w, r, "run again", p.cfg.Delivery.RerunWorkflow)
}

func (p *Portal) cancelRun(w http.ResponseWriter, r *http.Request) error {
	return onRun(w, r, "stop", p.cfg.Delivery.CancelWorkflow)
}

func onRun(w http.ResponseWriter, r *http.Request, verb string, act func(ctx context.Context, name string, id int64) error) error {
	id, err := runID(r)
	if err != nil {
		return err
	}
	access.Describe(r.Context(), r.PathValue("name"), fmt.Sprintf("%s workflow run %d", verb, id))
	if err := act(r.Context(), r.PathValue("name"), id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}
