package portal

import (
	"fmt"
	"net/http"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/delivery/source"
)

func (p *Portal) listFiles(w http.ResponseWriter, r *http.Request) error {
	list, err := p.cfg.Delivery.Files(r.Context(), r.PathValue("name"))
	return p.answer(w, list, err)
}

func (p *Portal) getFile(w http.ResponseWriter, r *http.Request) error {
	file, err := p.cfg.Delivery.File(r.Context(), r.PathValue("name"), r.URL.Query().Get("path"))
	return p.answer(w, file, err)
}

func (p *Portal) putFile(w http.ResponseWriter, r *http.Request) error {
	var change source.Change
	if err := readJSON(r, &change); err != nil {
		return err
	}
	access.Describe(r.Context(), r.PathValue("name"), "change "+change.Path)
	commit, err := p.cfg.Delivery.ChangeFile(r.Context(), r.PathValue("name"), change, caller(r))
	if err == nil {
		access.Describe(r.Context(), r.PathValue("name"), fmt.Sprintf("change %s in commit %s", change.Path, commit.Revision))
	}
	return p.answer(w, commit, err)
}

// answer writes what was asked for, unless there was an error.
func (p *Portal) answer(w http.ResponseWriter, body any, err error) error {
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusOK, body)
	return nil
}

// caller is who asks, as a commit names them.
func caller(r *http.Request) delivery.Person {
	user, _ := access.UserFrom(r.Context())
	return delivery.Person{Ref: user.Ref, Name: user.Name, Email: user.Email}
}
