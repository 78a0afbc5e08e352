package forge

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/pronto-platform/pronto/internal/base/secret"
	"github.com/pronto-platform/pronto/internal/estate/forge/webhook"
)

// hookHandler serves a hook route of a repository or of the organisation;
// base is the URL of its hooks.
type hookHandler func(w http.ResponseWriter, r *request, target webhook.Target, base string) error

func (f *Forge) hookRoutes(mux *http.ServeMux) {
	on := f.repoRoute(mux)
	both := func(method, path string, h hookHandler) {
		on(method, "/hooks"+path, levelAdmin, func(w http.ResponseWriter, r *request) error {
			return h(w, r, webhook.Target{Type: "repository", ID: r.repo.ID}, f.repoURL(r)+"/hooks")
		})
		mux.HandleFunc(method+" /api/v3/orgs/{org}/hooks"+path, f.known(func(w http.ResponseWriter, r *request) error {
			org, err := f.org(r)
			if err != nil {
				return err
			}
			if r.caller.kind != userCaller || !r.caller.account.Admin {
				return errNotFound
			}
			return h(w, r, webhook.Target{Type: "organization", ID: org.ID}, f.api()+"/orgs/"+org.Login+"/hooks")
		}))
	}
	both("GET", "", f.listHooks)
	both("POST", "", f.createHook)
	both("GET", "/{id}", f.getHook)
	both("PATCH", "/{id}", f.patchHook)
	both("DELETE", "/{id}", f.deleteHook)
	both("POST", "/{id}/pings", f.pingHook)
	both("GET", "/{id}/deliveries", f.listDeliveries)
	both("GET", "/{id}/deliveries/{delivery}", f.getDelivery)
	both("POST", "/{id}/deliveries/{delivery}/attempts", f.redeliver)
}

type hookInput struct {
	Name   string   `json:"name"`
	Active *bool    `json:"active"`
	Events []string `json:"events"`
	Config struct {
		URL         *string         `json:"url"`
		ContentType *string         `json:"content_type"`
		Secret      *string         `json:"secret"`
		InsecureSSL json.RawMessage `json:"insecure_ssl"` // "0", 0, "1" or 1
	} `json:"config"`
}

func (in hookInput) apply(h *webhook.Hook) error {
	if in.Active != nil {
		h.Active = *in.Active
	}
	if len(in.Events) > 0 {
		h.Events = in.Events
	}
	if in.Config.URL != nil {
		h.URL = *in.Config.URL
	}
	if in.Config.ContentType != nil {
		h.ContentType = *in.Config.ContentType
	}
	if in.Config.Secret != nil && *in.Config.Secret != hiddenSecret {
		h.Secret = secret.New(*in.Config.Secret)
	}
	if raw := string(in.Config.InsecureSSL); raw != "" {
		h.InsecureSSL = raw == "1" || raw == `"1"`
	}
	parsed, err := url.Parse(h.URL)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return invalid("Hook", "url", "custom", "url must be an absolute http or https URL")
	}
	if h.ContentType != "json" && h.ContentType != "form" {
		return invalid("Hook", "content_type", "custom", "content_type must be json or form")
	}
	return nil
}

const hiddenSecret = "********"

func (f *Forge) hookJSON(r *request, h webhook.Hook, base string) (obj, error) {
	self := base + "/" + strconv.FormatInt(h.ID, 10)
	config := obj{"url": h.URL, "content_type": h.ContentType, "insecure_ssl": map[bool]string{true: "1", false: "0"}[h.InsecureSSL]}
	if !h.Secret.IsZero() {
		config["secret"] = hiddenSecret
	}
	last := obj{"code": nil, "status": "unused", "message": nil}
	attempts, err := webhook.Attempts(r.Context(), f.db, h.ID, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(attempts) > 0 {
		last = obj{"code": attempts[0].StatusCode, "status": "active", "message": attempts[0].Status}
	}
	kind := map[string]string{"repository": "Repository", "organization": "Organization"}[h.Target.Type]
	return obj{"type": kind, "id": h.ID, "name": "web", "active": h.Active, "events": h.Events, "config": config,
		"created_at": h.Created, "updated_at": h.Updated, "url": self, "test_url": self + "/test", "ping_url": self + "/pings",
		"deliveries_url": self + "/deliveries", "last_response": last}, nil
}

func (f *Forge) answerHook(w http.ResponseWriter, r *request, code int, h webhook.Hook, base string) error {
	body, err := f.hookJSON(r, h, base)
	if err != nil {
		return err
	}
	writeJSON(w, r.Request, code, body)
	return nil
}

func (f *Forge) createHook(w http.ResponseWriter, r *request, target webhook.Target, base string) error {
	var body hookInput
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Second)
	h := webhook.Hook{Target: target, ContentType: "form", Events: []string{"push"}, Active: true, Created: now, Updated: now}
	if err := body.apply(&h); err != nil {
		return err
	}
	err := f.inTx(r.Context(), func(tx *sql.Tx) error {
		existing, err := webhook.List(r.Context(), tx, target)
		if err != nil {
			return err
		}
		for _, other := range existing {
			if other.URL == h.URL && other.ContentType == h.ContentType && slices.Equal(other.Events, h.Events) {
				return &apiError{code: http.StatusUnprocessableEntity, message: "Validation Failed",
					details: []errorDetail{{"Hook", "", "custom", "Hook already exists on this " + target.Type}}}
			}
		}
		if err := webhook.Create(r.Context(), tx, &h); err != nil {
			return err
		}
		return f.queuePing(r, tx, h, base)
	})
	if err != nil {
		return err
	}
	f.dispatcher.Wake()
	return f.answerHook(w, r, http.StatusCreated, h, base)
}

func (f *Forge) queuePing(r *request, db webhook.DB, h webhook.Hook, base string) error {
	body := obj{"zen": "Keep it logically awesome.", "hook_id": h.ID, "sender": f.accountJSON(r.caller.account), "hook": obj{
		"type": h.Target.Type, "id": h.ID, "name": "web", "active": h.Active, "events": h.Events,
		"config": obj{"url": h.URL, "content_type": h.ContentType}, "url": fmt.Sprintf("%s/%d", base, h.ID)}}
	if h.Target.Type == "repository" {
		body["repository"] = f.eventRepoJSON(r.repo)
	} else {
		body["organization"] = f.orgJSON(account{ID: orgID, Login: f.cfg.Organization})
	}
	payload, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return webhook.Enqueue(r.Context(), db, h, webhook.Event{Name: "ping", RepositoryID: r.repo.ID, Payload: payload}, time.Now())
}

func (f *Forge) listHooks(w http.ResponseWriter, r *request, target webhook.Target, base string) error {
	hooks, err := webhook.List(r.Context(), f.db, target)
	if err != nil {
		return err
	}
	list := []obj{}
	for _, h := range hooks {
		body, err := f.hookJSON(r, h, base)
		if err != nil {
			return err
		}
		list = append(list, body)
	}
	writeJSON(w, r.Request, http.StatusOK, page(f, w, r.Request, list))
	return nil
}

func (f *Forge) hook(r *request, target webhook.Target) (webhook.Hook, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return webhook.Hook{}, errNotFound
	}
	return webhook.Get(r.Context(), f.db, target, id)
}

func (f *Forge) getHook(w http.ResponseWriter, r *request, target webhook.Target, base string) error {
	h, err := f.hook(r, target)
	if err != nil {
		return err
	}
	return f.answerHook(w, r, http.StatusOK, h, base)
}

func (f *Forge) patchHook(w http.ResponseWriter, r *request, target webhook.Target, base string) error {
	h, err := f.hook(r, target)
	if err != nil {
		return err
	}
	var body hookInput
	if err := decode(w, r.Request, &body); err != nil {
		return err
	}
	if err := body.apply(&h); err != nil {
		return err
	}
	h.Updated = time.Now().UTC().Truncate(time.Second)
	if err := webhook.Update(r.Context(), f.db, h); err != nil {
		return err
	}
	return f.answerHook(w, r, http.StatusOK, h, base)
}

func (f *Forge) deleteHook(w http.ResponseWriter, r *request, target webhook.Target, _ string) error {
	h, err := f.hook(r, target)
	if err != nil {
		return err
	}
	if err := webhook.Delete(r.Context(), f.db, h.ID); err != nil {
		return err
	}
	return noContent(w)
}

func (f *Forge) pingHook(w http.ResponseWriter, r *request, target webhook.Target, base string) error {
	h, err := f.hook(r, target)
	if err != nil {
		return err
	}
	if err := f.queuePing(r, f.db, h, base); err != nil {
		return err
	}
	f.dispatcher.Wake()
	return noContent(w)
}
