package client

import "time"

// App is an application as api/openapi/pronto.yaml describes it.
type App struct {
	Name           string    `json:"name"`
	URL            string    `json:"url,omitempty"`
	Status         string    `json:"status"` // in_progress, live, failed or deleting
	Reason         string    `json:"reason,omitempty"`
	Host           string    `json:"host"`
	Public         bool      `json:"public"`
	Description    string    `json:"description,omitempty"`
	Owner          string    `json:"owner,omitempty"`
	Template       string    `json:"template,omitempty"`
	CreatedBy      string    `json:"createdBy,omitempty"`
	Repository     string    `json:"repository"`
	RepositoryName string    `json:"repositoryName"`
	Namespace      string    `json:"namespace"`
	CreatedAt      time.Time `json:"createdAt"`
	LiveRevision   string    `json:"liveRevision,omitempty"`
	Delivery       *Delivery `json:"delivery,omitempty"`
	Deletion       *Deletion `json:"deletion,omitempty"`
}

// Settled says whether the latest delivery has ended. One that is live counts
// as ended once its address has answered since the platform started: until
// then the application is in progress.
func (a App) Settled() bool {
	d := a.Delivery
	return d != nil && d.Status != "in_progress" && (d.Status != "live" || a.Status != "in_progress")
}

// Delivery is the journey of one commit.
type Delivery struct {
	ID         string     `json:"id"`
	App        string     `json:"app"`
	Status     string     `json:"status"` // in_progress, live, failed or superseded
	Reason     string     `json:"reason,omitempty"`
	Revision   string     `json:"revision,omitempty"`
	Message    string     `json:"message,omitempty"`
	Author     string     `json:"author,omitempty"`
	Image      string     `json:"image,omitempty"`
	StartedBy  Origin     `json:"startedBy"`
	TaskID     string     `json:"taskId,omitempty"`
	RunID      int64      `json:"runId,omitempty"`
	RunURL     string     `json:"runUrl,omitempty"`
	StartedAt  time.Time  `json:"startedAt"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	Seconds    float64    `json:"seconds"`
	Phases     []Phase    `json:"phases"`
}

// Origin is what began a delivery.
type Origin struct {
	Kind  string `json:"kind"`            // form, push, rollback, restore, dispatch or self-heal
	To    string `json:"to,omitempty"`    // the revision that a rollback brings back
	Run   int64  `json:"run,omitempty"`   // of a dispatch: the workflow run
	By    string `json:"by,omitempty"`    // who started that
	Heals int64  `json:"heals,omitempty"` // of a self-heal: how often in a row
}

// Version is a revision that was live.
type Version struct {
	Revision   string    `json:"revision"`
	Message    string    `json:"message,omitempty"`
	Author     string    `json:"author,omitempty"`
	Image      string    `json:"image,omitempty"`
	DeliveryID string    `json:"deliveryId"`
	LiveAt     time.Time `json:"liveAt"`
	Seconds    float64   `json:"seconds"`
	Live       bool      `json:"live"`
	Rollback   Verdict   `json:"rollback"`
}

// Verdict is whether something may be done, and if not, why.
type Verdict struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty"`
}

// Rollback is the commit that brings an earlier revision back.
type Rollback struct {
	Revision string `json:"revision"`
	To       string `json:"to"`
}

// Phase is one of a delivery's five stations.
type Phase struct {
	Name         string         `json:"name"`   // create, build, sync, expose or live
	Status       string         `json:"status"` // waiting, running, done, failed or skipped
	StartedAt    *time.Time     `json:"startedAt,omitempty"`
	FinishedAt   *time.Time     `json:"finishedAt,omitempty"`
	Seconds      float64        `json:"seconds"`
	UsualSeconds float64        `json:"usualSeconds,omitempty"`
	Reason       string         `json:"reason,omitempty"`
	Cause        *Cause         `json:"cause,omitempty"`
	Evidence     map[string]any `json:"evidence"`
}

// Cause is why a phase failed or does not go on.
type Cause struct {
	Code     string   `json:"code"`
	Phase    string   `json:"phase"`
	Sentence string   `json:"sentence"`
	Remedy   string   `json:"remedy"`
	Lines    []string `json:"lines,omitempty"`
	Facts    []string `json:"facts,omitempty"`
}

// Why is where an application's latest delivery stands.
type Why struct {
	App      string `json:"app"`
	Status   string `json:"status"`
	Delivery string `json:"delivery,omitempty"`
	Revision string `json:"revision,omitempty"`
	Cause
}

// Deleted is a deleted application that can be brought back.
type Deleted struct {
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Owner       string    `json:"owner,omitempty"`
	Template    string    `json:"template,omitempty"`
	CreatedBy   string    `json:"createdBy,omitempty"`
	CreatedAt   time.Time `json:"createdAt"`
	DeletedAt   time.Time `json:"deletedAt"`
	DeletedBy   string    `json:"deletedBy,omitempty"`
	Until       time.Time `json:"until"` // when what is kept of it is removed
}

// Deletion is how far an application's removal has come.
type Deletion struct {
	StartedAt   time.Time      `json:"startedAt"`
	RequestedBy string         `json:"requestedBy,omitempty"`
	Steps       []DeletionStep `json:"steps"`
}

// DeletionStep is one thing that is removed and proved gone.
type DeletionStep struct {
	Name       string     `json:"name"`
	Status     string     `json:"status"` // waiting, running or done
	Reason     string     `json:"reason,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
}

// Platform is what the portal says of the whole system.
type Platform struct {
	Domain        string            `json:"domain"`
	Organization  string            `json:"organization"`
	Version       string            `json:"version"`
	URLs          map[string]string `json:"urls"`
	Architectures []string          `json:"architectures"`
	Templates     []string          `json:"templates"`
	Parts         []PlatformPart    `json:"parts"`
}

// PlatformPart is one part and its health.
type PlatformPart struct {
	Name   string     `json:"name"`
	Status string     `json:"status"` // starting, ready or failed
	Reason string     `json:"reason,omitempty"`
	Since  *time.Time `json:"since,omitempty"`
}

// Task is a scaffolder task.
type Task struct {
	ID        string    `json:"id"`
	Status    string    `json:"status"`
	CreatedAt time.Time `json:"createdAt"`
}
