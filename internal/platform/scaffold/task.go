package scaffold

import (
	"encoding/json"
	"time"

	"github.com/pronto-platform/pronto/internal/platform/scaffold/action"
	"github.com/pronto-platform/pronto/internal/platform/scaffold/snapshot"
)

// The states of a task and, but for open, of a step; a step may be skipped too.
const (
	StatusOpen       = "open"
	StatusProcessing = "processing"
	StatusCompleted  = "completed"
	StatusFailed     = "failed"
	StatusCancelled  = "cancelled"
	StatusSkipped    = "skipped"
)

// Task is one use of a template.
type Task struct {
	ID          string
	TemplateRef string
	Status      string
	CreatedBy   string // entity reference of the user
	CreatedAt   time.Time
	StartedAt   time.Time // zero before
	FinishedAt  time.Time // zero before
	Values      map[string]any
	Output      map[string]any
	Steps       []StepState
	Error       string

	heartbeatAt time.Time
	spec        taskSpec
	secrets     map[string]string
	sealed      string   // the secrets as the journal keeps them, see journal.open
	secretNames []string // of those it was given
	cancelling  bool
	cleaned     bool // what it had made was taken away
}

// Ended reports whether nothing of the task is left to do.
func (t Task) Ended() bool { return t.Status != StatusOpen && t.Status != StatusProcessing }

// Publishes reports whether a step of the task has made a repository or may yet.
func (t Task) Publishes() bool {
	for i, step := range t.spec.Steps {
		skipped := i < len(t.Steps) && t.Steps[i].Status == StatusSkipped
		if action.Makes(step.Action) && !skipped {
			return true
		}
	}
	return false
}

// recoverable is what Backstage's clients are told of a task: whether its
// template asks for tasks that were cut off or failed to be begun anew.
func (t Task) recoverable() bool { return t.spec.Recovery == recoverStartOver }

// StepState is how far a task's step is.
type StepState struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Action     string         `json:"action"`
	Status     string         `json:"status"`
	StartedAt  *time.Time     `json:"startedAt,omitempty"`
	FinishedAt *time.Time     `json:"finishedAt,omitempty"`
	Output     map[string]any `json:"output,omitempty"`
}

// taskSpec is the template as it was when the task began: a changed template
// does not change a task in flight.
type taskSpec struct {
	Dir    string        `json:"dir"`              // of the template, in its source
	Origin *snapshot.Ref `json:"origin,omitempty"` // the source; nil: the built-in templates
	Steps  []Step        `json:"steps"`
	Output any           `json:"output,omitempty"`
	// Recovery is EXPERIMENTAL_recovery.EXPERIMENTAL_strategy: none or startOver.
	Recovery string `json:"recovery,omitempty"`
}

func (t *Template) spec() taskSpec {
	return taskSpec{Dir: t.dir, Origin: t.origin, Steps: t.Steps, Output: t.Output, Recovery: t.recovery}
}

const (
	recoverNone      = "none"
	recoverStartOver = "startOver"
)

// Event is an entry of a task's log.
type Event struct {
	ID        int64     `json:"id"`
	TaskID    string    `json:"taskId"`
	Type      string    `json:"type"`
	CreatedAt time.Time `json:"createdAt"`
	Body      EventBody `json:"body"`

	Recoverable bool `json:"isTaskRecoverable,omitempty"`
}

// EventBody is what happened.
type EventBody struct {
	Message string         `json:"message"`
	StepID  string         `json:"stepId,omitempty"`
	Status  string         `json:"status,omitempty"`
	Output  map[string]any `json:"output,omitempty"`
	Error   *EventError    `json:"error,omitempty"`

	RecoverStrategy string `json:"recoverStrategy,omitempty"` // of a recovered event
}

// EventError is why a task failed.
type EventError struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

const (
	eventLog        = "log"
	eventCompletion = "completion"
	eventCancelled  = "cancelled"
	eventRecovered  = "recovered"
)

// MarshalJSON gives the SerializedTask of Backstage, without secrets.
func (t Task) MarshalJSON() ([]byte, error) {
	type info struct {
		EntityRef string `json:"entityRef"`
	}
	type user struct {
		Ref string `json:"ref,omitempty"`
	}
	type spec struct {
		APIVersion string         `json:"apiVersion"`
		Template   info           `json:"templateInfo"`
		Parameters map[string]any `json:"parameters"`
		Steps      []Step         `json:"steps"`
		Output     any            `json:"output,omitempty"`
		User       user           `json:"user"`
	}
	type state struct {
		Steps  []StepState    `json:"steps"`
		Output map[string]any `json:"output,omitempty"`
		Error  string         `json:"error,omitempty"`
		// Secrets are the names of those that a retry must be given.
		Secrets []string `json:"secrets,omitempty"`
	}
	var secrets []string
	if t.retryable() == nil {
		secrets = t.missingSecrets(nil, false)
	}
	return json.Marshal(struct {
		ID              string     `json:"id"`
		Spec            spec       `json:"spec"`
		Status          string     `json:"status"`
		CreatedAt       time.Time  `json:"createdAt"`
		LastHeartbeatAt *time.Time `json:"lastHeartbeatAt,omitempty"`
		CreatedBy       string     `json:"createdBy,omitempty"`
		State           state      `json:"state"`
	}{
		t.ID, spec{templateAPI, info{t.TemplateRef}, t.Values, t.spec.Steps, t.spec.Output, user{t.CreatedBy}}, t.Status,
		t.CreatedAt, timeOrNil(t.heartbeatAt), t.CreatedBy, state{append([]StepState{}, t.Steps...), t.Output, t.Error, secrets},
	})
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
