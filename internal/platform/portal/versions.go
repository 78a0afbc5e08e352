package portal

import (
	"cmp"
	"fmt"
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
)

type versionList struct {
	Versions []delivery.Version `json:"versions"`
}

func (p *Portal) listVersions(w http.ResponseWriter, r *http.Request) error {
	versions, err := p.cfg.Delivery.Versions(r.Context(), r.PathValue("name"))
	return p.answer(w, versionList{versions}, err)
}

func (p *Portal) rollback(w http.ResponseWriter, r *http.Request) error {
	var wanted struct {
		To string `json:"to"`
	}
	if err := readJSON(r, &wanted); err != nil {
		return err
	}
	access.Describe(r.Context(), r.PathValue("name"), "roll back to "+cmp.Or(wanted.To, "the version before"))
	done, err := p.cfg.Delivery.Rollback(r.Context(), r.PathValue("name"), wanted.To, caller(r))
	if err != nil {
		return err
	}
	access.Describe(r.Context(), r.PathValue("name"), fmt.Sprintf("roll back to %s in commit %s", done.To, done.Revision))
	writeJSON(w, p.log, http.StatusAccepted, done)
	return nil
}
