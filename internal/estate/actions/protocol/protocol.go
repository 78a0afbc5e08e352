// Package protocol is what the runner and the server say to each other. The
// pod knows one registration token; all else comes with the assignment over
// the server's TLS. Everything a runner reports is an event with a sequence
// number, so a report that is sent twice changes nothing.
package protocol

import (
	"time"

	"github.com/nektos/act/pkg/exprparser"
	"github.com/nektos/act/pkg/model"
)

// Paths below the runner's base URL, all POST.
const (
	AcquirePath = "/acquire" // AcquireRequest -> Assignment, 204 when none is there yet, 410 when there never will be
	ReportPath  = "/report"  // Report -> ReportAnswer
)

// AcquireRequest asks for the job of the caller's registration token.
type AcquireRequest struct {
	// Instance is random per runner process: a token serves one process.
	Instance string `json:"instance"`
}

// Assignment is one job with all that is needed to run it.
type Assignment struct {
	JobID        int64                       `json:"job_id"`
	RunID        int64                       `json:"run_id"`
	Key          string                      `json:"key"` // in the workflow's jobs
	Name         string                      `json:"name"`
	WorkflowPath string                      `json:"workflow_path"`
	Source       string                      `json:"source"`
	Matrix       map[string]any              `json:"matrix,omitempty"`
	Inputs       map[string]any              `json:"inputs,omitempty"`
	GitHub       model.GithubContext         `json:"github"`
	Needs        map[string]exprparser.Needs `json:"needs,omitempty"`
	Secrets      map[string]string           `json:"secrets,omitempty"`
	Vars         map[string]string           `json:"vars,omitempty"`
	CA           string                      `json:"ca,omitempty"`      // PEM
	Resolve      []string                    `json:"resolve,omitempty"` // host:port:address, as http.curloptResolve in git-config(1)
	BuildKit     *BuildKit                   `json:"buildkit,omitempty"`
}

// BuildKit is the builder's address with the PEM material of mutual TLS.
type BuildKit struct {
	Address string `json:"address"`
	CA      string `json:"ca"`
	Cert    string `json:"cert"`
	Key     string `json:"key"`
}

// Report carries events in order of Seq, which begins at 1. Without events it
// is a heartbeat.
type Report struct {
	Instance string  `json:"instance"`
	Events   []Event `json:"events"`
}

// ReportAnswer confirms what is stored.
type ReportAnswer struct {
	LastSeq   int64 `json:"last_seq"`
	Cancelled bool  `json:"cancelled"`
}

// Event is a log line, a step's state or the job's end.
type Event struct {
	Seq  int64      `json:"seq"`
	Time time.Time  `json:"time"`
	Step int        `json:"step,omitempty"` // number of the step that a line or state belongs to
	Line *string    `json:"line,omitempty"`
	Set  *StepState `json:"set,omitempty"`
	Done *Result    `json:"done,omitempty"`
}

// StepState is a step's progress. Conclusion is empty while it runs.
type StepState struct {
	Name       string `json:"name"`
	Status     string `json:"status"` // in_progress or completed
	Conclusion string `json:"conclusion,omitempty"`
}

// Result is how a job ended.
type Result struct {
	Conclusion string            `json:"conclusion"` // success, failure, cancelled or timed_out
	Outputs    map[string]string `json:"outputs,omitempty"`
}
