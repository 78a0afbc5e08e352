package portal

import (
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

func (p *Portal) getDevice(w http.ResponseWriter, r *http.Request) error {
	user, _ := access.UserFrom(r.Context())
	device, err := p.cfg.Access.Device(r.Context(), user, r.PathValue("code"))
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusOK, device)
	return nil
}

func (p *Portal) decideDevice(w http.ResponseWriter, r *http.Request) error {
	var decision struct {
		Approve *bool `json:"approve"`
	}
	if err := readJSON(r, &decision); err != nil {
		return err
	}
	if decision.Approve == nil {
		return fault.Inputf("approve: say true or false")
	}
	user, _ := access.UserFrom(r.Context())
	if err := p.cfg.Access.DecideDevice(r.Context(), user, r.PathValue("code"), *decision.Approve); err != nil {
		return err
	}
	if *decision.Approve {
		access.Describe(r.Context(), r.PathValue("code"), "signed the program in")
	} else {
		access.Describe(r.Context(), r.PathValue("code"), "refused the program")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
