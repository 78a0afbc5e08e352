package delivery

import "time"

// App is what is kept of an application besides its deliveries.
type App struct {
	ID          int64     `json:"-"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Owner       string    `json:"owner,omitempty"`
	Template    string    `json:"template,omitempty"`
	CreatedBy   string    `json:"createdBy,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
	Public      bool      `json:"public"`
	Entity      string    `json:"entity,omitempty"` // catalog entity reference
	Address     Address   `json:"address"`
	Deletion    *Deletion `json:"deletion,omitempty"`
	// Restoration is set while a deleted application is brought back.
	Restoration *Restoration `json:"restoration,omitempty"`
	// Workflow is the id of the one that built what was delivered; 0 until that
	// was looked for, negative where it cannot be known.
	Workflow int64 `json:"workflow,omitempty"`
	// Healed is the last self-heal that was seen, zero for none; nil until one
	// was looked for.
	Healed *Heal `json:"healed,omitempty"`
}

// Address is whether the public address holds, whichever revision answers.
type Address struct {
	Live     bool   `json:"live"`
	Revision string `json:"revision,omitempty"` // that answered last
	Reason   string `json:"reason,omitempty"`   // why it does not hold any more
}

// after is the address once answer was seen, which may complete d.
func (a Address) after(answer *AnswerFact, d Delivery) Address {
	switch {
	case d.Phase(Live).Status == Done && answer.good():
		return Address{Live: true, Revision: d.Revision}
	case a.Revision != "" && answer.good():
		return Address{Live: true, Revision: firstOf(answer.Revision, a.Revision)}
	case a.Live && answer != nil && answer.Misses >= liveMisses:
		return Address{Revision: a.Revision, Reason: answer.Reason}
	}
	return a
}

// View is an application as the API shows it.
type View struct {
	Name           string        `json:"name"`
	URL            string        `json:"url,omitempty"`
	Status         string        `json:"status"`
	Reason         string        `json:"reason,omitempty"`
	Host           string        `json:"host"`
	Public         bool          `json:"public"`
	Description    string        `json:"description,omitempty"`
	Owner          string        `json:"owner,omitempty"`
	Template       string        `json:"template,omitempty"`
	CreatedBy      string        `json:"createdBy,omitempty"`
	Repository     string        `json:"repository"`
	RepositoryName string        `json:"repositoryName"`
	Namespace      string        `json:"namespace"`
	CreatedAt      time.Time     `json:"createdAt"`
	LiveRevision   string        `json:"liveRevision,omitempty"`
	Delivery       *Delivery     `json:"delivery,omitempty"`
	Deletion       *DeletionView `json:"deletion,omitempty"`
}

// viewOf combines what is kept of an application with its latest delivery.
// checked is false after a restart until the address was asked again.
func viewOf(app App, d *Delivery, checked bool, names Names) View {
	v := View{
		Name: app.Name, Host: names.Host(app.Name), Public: app.Public, Description: app.Description,
		Owner: ownerRef(app.Owner), Template: app.Template, CreatedBy: app.CreatedBy, CreatedAt: app.CreatedAt,
		Repository: names.RepositoryURL(app.Name), RepositoryName: names.RepositoryPath(app.Name),
		Namespace: app.Name, Delivery: d, Status: string(InProgress),
	}
	if app.Address.Live && checked {
		v.LiveRevision = app.Address.Revision
		if app.Public {
			v.URL = names.AppURL(app.Name)
		}
	}
	if d != nil {
		v.Status, v.Reason = string(d.Status), d.Reason
	}
	switch {
	case app.Deletion != nil:
		v.Status, v.Deletion = "deleting", app.Deletion.view()
		v.URL, v.Reason = "", app.Deletion.reason()
	case v.Status == string(Superseded):
		v.Status = string(InProgress)
	case v.Status == string(OutcomeLive) && !checked:
		v.Status, v.Reason = string(InProgress), "after a restart: being asked whether it still answers"
	case v.LiveRevision != "" && v.Status != string(OutcomeLive):
		v.Reason = joinReason(v.Reason, stillLive(d))
	}
	return v
}

// stillLive says what answers while a delivery is not live.
func stillLive(d *Delivery) string {
	if d != nil && d.StartedBy.Kind == ByHeal {
		return "the application answers"
	}
	return "the old version is still live"
}

func joinReason(reason, more string) string {
	if reason == "" {
		return more
	}
	return reason + "; " + more
}

// at returns the view with the running times as of now.
func (v View) at(now time.Time) View {
	if v.Delivery == nil || v.Delivery.Status != InProgress {
		return v
	}
	d := v.Delivery.clone()
	d.Seconds = seconds(now.Sub(d.StartedAt))
	for i := range d.Phases {
		if p := &d.Phases[i]; p.Status == Running && p.StartedAt != nil {
			p.Seconds = seconds(now.Sub(*p.StartedAt))
		}
	}
	v.Delivery = &d
	return v
}
