package delivery

import (
	"time"

	"github.com/pronto-platform/pronto/internal/platform/delivery/cause"
)

// Facts is all that is known, at one instant, about one delivery of one
// application. A nil member has not been observed. Times are when the world
// says it happened where it says so, else when it was observed.
type Facts struct {
	Public      bool
	Live        bool // a version of the application is live, this one or an earlier
	Task        *TaskFact
	Repository  *RepositoryFact
	Entity      *EntityFact
	Push        *PushFact
	Run         *RunFact
	Image       *ImageFact
	Deploy      *DeployFact
	Application *ApplicationFact
	Rollout     *RolloutFact
	Ingress     *IngressFact
	Name        *NameFact
	Edge        *EdgeFact
	Answer      *AnswerFact
	RunRecorded int64         // the run whose jobs are in the delivery's record for good
	Events      []cause.Event // warnings about objects of the namespace, oldest first
	Ended       *EndedFact
	Serving     []string // the last lines of a pod that answers with an error
	Restoring   string   // what bringing a deleted application back does now; empty: it is done
	NewerPush   string   // revision of a later commit by a person; empty: this is the latest
}

// TaskFact is the scaffolder task that creates the application.
type TaskFact struct {
	ID        string
	Status    string // open, processing, completed, failed, cancelled
	CreatedAt time.Time
	Error     string
	StartedAt time.Time // zero before
	// FinishedAt is zero before; Steps are as the scaffolder told them last.
	FinishedAt time.Time
	Steps      []TaskStep
}

// RepositoryFact is the repository as the forge answered for it.
type RepositoryFact struct {
	Name   string // owner/name
	URL    string
	Commit string // head of the default branch; empty while there is none
}

// EntityFact is the catalog entry.
type EntityFact struct{ Ref string }

// PushFact is the push that brought the revision.
type PushFact struct {
	Revision string
	Message  string
	Author   string
	At       time.Time
	SkipCI   bool // the message asks for no workflow run
	// CommittedAt is when the commit was made, as it says itself; zero if not known.
	CommittedAt time.Time
	RollbackTo  string      // the revision that the message says it brings back
	Target      *TargetFact // what is known of RollbackTo; nil if nothing
}

// TargetFact is a revision that was live and is brought back.
type TargetFact struct {
	Revision string
	Answers  string // what the application answered as its revision; empty if nothing
	Image    string // repository with tag and digest
}

// RunFact is the workflow run of the revision.
type RunFact struct {
	ID         int64
	URL        string
	Name       string
	Status     string // queued, in_progress, completed, ...
	Conclusion string // success, failure, cancelled, ... when completed
	Workflow   int64  // its id, which is that of its file
	Dispatched bool   // somebody started it by hand
	StartedAt  time.Time
	FinishedAt time.Time
	Current    string // the step that runs now, as `test / Test`
	Failure    *RunFailure
	Attempt    int
	Jobs       []Job // with their steps, as they were read last
	JobsFinal  bool  // the jobs were read after the run's end
}

// RunFailure names what failed in a run.
type RunFailure struct {
	Job      string
	Step     string
	ExitCode string   // as the log says; empty if it does not
	Lines    []string // the deciding lines of the job's log
}

// ImageFact is the image as the registry answered for the revision's tag.
type ImageFact struct {
	Reference string // registry/repository:tag
	Digest    string
}

// DeployFact is deploy/deployment.yaml on the default branch.
type DeployFact struct {
	Digest   string // of the image it names; empty while it names none
	Revision string // the commit it was read at
}

// ApplicationFact is the Argo CD Application.
type ApplicationFact struct {
	Name      string
	Sync      string // Synced, OutOfSync, Unknown
	Revision  string
	Contains  bool // Revision is the deploy commit or a later one
	Health    string
	Operation string   // phase of the last operation: Running, Succeeded, Failed, Error
	Message   string   // of the failed operation or of an error condition
	Failures  []string // of the resources that the last operation could not apply
	Heal      *Heal    // the last operation, where it took back what was changed in the cluster
}

// Heal is a sync that took back what somebody changed in the cluster: Argo CD's
// self-heal. Its times are in whole seconds.
type Heal struct {
	StartedAt time.Time `json:"startedAt"`
	Attempt   int64     `json:"attempt"` // rises while the same is changed over and over
	// FinishedAt is zero while it goes on.
	FinishedAt time.Time `json:"-"`
}

// RolloutFact is the workload.
type RolloutFact struct {
	Digest   string // that the pod template names
	Ready    int    // pods on Digest that serve
	Desired  int
	Complete bool   // observed, updated, available, and no older pod in the endpoints
	Cause    string // why it does not go on, in plain words
	Fatal    bool   // Cause does not go away by waiting

	// What a rollout that is not complete shows of itself.
	Pods          []cause.Pod
	Refused       string   // why the API server does not let a pod be made
	Architectures []string // of the nodes
	Ended         *Ending  // a container that ended with an error
}

// IngressFact is the host rule that was asked for.
type IngressFact struct {
	Host      string
	CreatedAt time.Time
}

// NameFact is the answer of the zone's own name server.
type NameFact struct {
	Host    string
	Address string // what it answered
	OK      bool   // authoritative, and the address expected
	Reason  string
}

// EdgeFact is what a TLS handshake and a request at the edge showed.
type EdgeFact struct {
	Issuer   string
	NotAfter time.Time
	TLS      bool // the certificate chain was verified for the host
	Target   bool // a healthy target answered, not the edge itself
	Reason   string
}

// AnswerFact is one request from outside.
type AnswerFact struct {
	URL      string
	Code     int
	Revision string // of the X-Revision header; empty if there is none
	Edge     bool   // the edge itself answered
	Misses   int    // requests in a row, up to now, that got no good answer
	Reason   string // why it is no good answer
}

// fails reports whether the application itself answers with an error.
func (a *AnswerFact) fails() bool { return a != nil && !a.Edge && a.Code >= 500 }

// good reports whether the application itself answered and is not broken.
func (a *AnswerFact) good() bool { return a != nil && !a.Edge && a.Code > 0 && a.Code < 500 }
