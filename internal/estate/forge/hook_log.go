package forge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/pronto-platform/pronto/internal/estate/forge/webhook"
)

func deliveryJSON(a webhook.Attempt) obj {
	return obj{"id": a.ID, "guid": a.GUID, "delivered_at": a.At, "redelivery": a.Redelivery, "duration": a.Duration.Seconds(), "status": a.Status,
		"status_code": a.StatusCode, "event": a.Event, "action": orNil(a.Action), "installation_id": nil, "repository_id": a.RepositoryID}
}

func (f *Forge) listDeliveries(w http.ResponseWriter, r *request, target webhook.Target, base string) error {
	h, err := f.hook(r, target)
	if err != nil {
		return err
	}
	_, size := pageParams(r.URL.Query())
	before, err := strconv.ParseInt(r.URL.Query().Get("cursor"), 10, 64)
	if err != nil {
		before = 0 // GitHub ignores a malformed cursor
	}
	attempts, err := webhook.Attempts(r.Context(), f.db, h.ID, before, size+1)
	if err != nil {
		return err
	}
	if len(attempts) > size {
		attempts = attempts[:size]
		w.Header().Set("Link", fmt.Sprintf(`<%s/%d/deliveries?per_page=%d&cursor=%d>; rel="next"`, base, h.ID, size, attempts[size-1].ID))
	}
	list := []obj{}
	for _, a := range attempts {
		list = append(list, deliveryJSON(a))
	}
	writeJSON(w, r.Request, http.StatusOK, list)
	return nil
}

func (f *Forge) delivery(r *request, target webhook.Target) (webhook.Hook, int64, error) {
	h, err := f.hook(r, target)
	if err != nil {
		return h, 0, err
	}
	id, err := strconv.ParseInt(r.PathValue("delivery"), 10, 64)
	if err != nil {
		return h, 0, errNotFound
	}
	return h, id, nil
}

func (f *Forge) getDelivery(w http.ResponseWriter, r *request, target webhook.Target, _ string) error {
	h, id, err := f.delivery(r, target)
	if err != nil {
		return err
	}
	a, err := webhook.GetAttempt(r.Context(), f.db, h.ID, id)
	if err != nil {
		return err
	}
	body := deliveryJSON(a)
	body["request"] = obj{"headers": obj{"X-GitHub-Event": a.Event, "X-GitHub-Delivery": a.GUID}, "payload": json.RawMessage(a.Payload)}
	body["response"] = obj{"headers": obj{}, "payload": a.Response}
	writeJSON(w, r.Request, http.StatusOK, body)
	return nil
}

func (f *Forge) redeliver(w http.ResponseWriter, r *request, target webhook.Target, _ string) error {
	h, id, err := f.delivery(r, target)
	if err != nil {
		return err
	}
	if err := webhook.Redeliver(r.Context(), f.db, h.ID, id, time.Now()); err != nil {
		return err
	}
	f.dispatcher.Wake()
	writeJSON(w, r.Request, http.StatusAccepted, obj{})
	return nil
}
