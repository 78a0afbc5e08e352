package portal

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/access"
	"github.com/pronto-platform/pronto/internal/platform/delivery"
	"github.com/pronto-platform/pronto/internal/platform/fault"
)

type appList struct {
	Apps []delivery.View `json:"apps"`
}

func (p *Portal) listApps(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, p.log, http.StatusOK, appList{p.cfg.Delivery.List()})
	return nil
}

func (p *Portal) app(r *http.Request) (delivery.View, error) {
	name := r.PathValue("name")
	view, ok := p.find(name)
	if !ok {
		return view, fault.NotFoundf("there is no application %q", name)
	}
	return view, nil
}

func (p *Portal) getApp(w http.ResponseWriter, r *http.Request) error {
	view, err := p.app(r)
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusOK, view)
	return nil
}

func (p *Portal) deleteApp(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.app(r); err != nil {
		return err
	}
	user, _ := access.UserFrom(r.Context())
	view, err := p.cfg.Delivery.Delete(r.Context(), r.PathValue("name"), user.Ref)
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusAccepted, view)
	return nil
}

func (p *Portal) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.app(r); err != nil {
		return err
	}
	limit, err := intParameter(r, "limit", 50, 1, 200)
	if err != nil {
		return err
	}
	list, err := p.cfg.Delivery.Deliveries(r.Context(), r.PathValue("name"), limit)
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusOK, map[string]any{"deliveries": list})
	return nil
}

func (p *Portal) checkName(w http.ResponseWriter, r *http.Request) error {
	verdict, err := p.cfg.Delivery.ValidateName(r.Context(), r.PathValue("name"), r.URL.Query().Get("owner"))
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusOK, verdict)
	return nil
}

func (p *Portal) getPlatform(w http.ResponseWriter, r *http.Request) error {
	platform := p.cfg.Platform
	platform.Architectures = append([]string{}, p.cfg.Delivery.Architectures()...)
	platform.Parts, platform.Templates = []Part{}, []string{}
	if p.cfg.Parts != nil {
		platform.Parts = append(platform.Parts, p.cfg.Parts(r.Context())...)
	}
	if p.cfg.Templates != nil {
		templates, err := p.cfg.Templates(r.Context())
		if err != nil {
			return err
		}
		platform.Templates = append(platform.Templates, templates...)
	}
	writeJSON(w, p.log, http.StatusOK, platform)
	return nil
}

type me struct {
	access.User
	Owns        []string `json:"owns"`
	Permissions []string `json:"permissions"`
}

func (p *Portal) getMe(w http.ResponseWriter, r *http.Request) error {
	user, _ := access.UserFrom(r.Context())
	writeJSON(w, p.log, http.StatusOK, me{user, user.Owns(), access.Permissions(user.Role)})
	return nil
}

func (p *Portal) listTokens(w http.ResponseWriter, r *http.Request) error {
	user, _ := access.UserFrom(r.Context())
	list, err := p.cfg.Access.Tokens(r.Context(), user)
	if err != nil {
		return err
	}
	writeJSON(w, p.log, http.StatusOK, map[string]any{"tokens": list})
	return nil
}

type newToken struct {
	Name    string          `json:"name"`
	Days    *int            `json:"days"`
	Service *access.Service `json:"service"`
}

type createdToken struct {
	access.Token
	Value string `json:"token"`
}

const (
	defaultTokenDays = 90
	maxTokenDays     = 365
	maxTokenName     = 80
)

func (p *Portal) createToken(w http.ResponseWriter, r *http.Request) error {
	var wanted newToken
	if err := readJSON(r, &wanted); err != nil {
		return err
	}
	days := defaultTokenDays
	if wanted.Days != nil {
		days = *wanted.Days
	}
	name := strings.TrimSpace(wanted.Name)
	switch {
	case name == "" || len(name) > maxTokenName:
		return fault.Inputf("name: give the token a name of 1 to %d characters", maxTokenName)
	case days < 1 || days > maxTokenDays:
		return fault.Inputf("days: give a whole number from 1 to %d", maxTokenDays)
	}
	user, _ := access.UserFrom(r.Context())
	token, value, err := p.cfg.Access.CreateToken(r.Context(), user,
		access.NewToken{Name: name, Age: time.Duration(days) * 24 * time.Hour, Service: wanted.Service})
	if err != nil {
		return err
	}
	access.Describe(r.Context(), token.ID, fmt.Sprintf("%s token %q of %s, role %s, until %s", token.Kind, token.Name, token.Owner, token.Role, token.ExpiresAt.Format(time.DateOnly)))
	writeJSON(w, p.log, http.StatusCreated, createdToken{token, value.Reveal()})
	return nil
}

func (p *Portal) deleteToken(w http.ResponseWriter, r *http.Request) error {
	user, _ := access.UserFrom(r.Context())
	deleted, err := p.cfg.Access.DeleteToken(r.Context(), user, r.PathValue("id"))
	switch {
	case err != nil:
		return err
	case !deleted:
		return fault.NotFoundf("you have no such token")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// readJSON reads one JSON object with no members but those of into; how large
// it may be is bounded before.
func readJSON(r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return fault.Inputf("send the body as Content-Type: application/json")
	}
	return fault.Body{Limit: maxFileBody, Strict: true}.Read(r, into)
}

func intParameter(r *http.Request, name string, otherwise, least, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fault.Inputf("%s: %q is no whole number from %d to %d", name, text, least, most)
	}
	return n, nil
}
