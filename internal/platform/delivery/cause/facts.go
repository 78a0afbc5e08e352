package cause

import (
	"fmt"
	"strings"
	"time"
)

// Facts are what was observed of one phase that failed or does not go on. What
// was not observed, or belongs to an earlier delivery, is left out.
type Facts struct {
	Phase  string
	Reason string // what the phase says already
	Failed bool   // else it goes on
	Live   bool   // an earlier version of the application is
	Now    time.Time

	Run      *Run
	Messages []string // of the Application: its operation, error conditions and the resources that failed
	Refused  string   // why the API server lets no pod be made
	Pods     []Pod    // on the image to deploy
	Nodes    []string // architectures of the cluster's nodes
	Events   []Event  // warnings about the application's objects, oldest first
	Log      []string // last lines of a container that ended, or that answers with an error
	Name     *Name
	Edge     *Edge
	Answer   *Answer
}

// Run is the workflow run.
type Run struct {
	Name       string
	Status     string // queued, in_progress, completed
	Conclusion string
	QueuedAt   time.Time
	Job, Step  string // that failed
	ExitCode   string
	Lines      []string // of the log, the last one decides
}

// Pod is one pod.
type Pod struct {
	Name          string
	Architecture  string // that it asks its node to have; empty: any
	Unschedulable string // what the scheduler says; empty: it has a node
	Containers    []Container
}

// Container is one container of a pod.
type Container struct {
	Name, Image string
	Waiting     string // reason, as CrashLoopBackOff
	Message     string // of the waiting
	Ended       *End   // how it ended last; nil: it never did
	Restarts    int
	StartedAt   time.Time // of the one that runs; zero: none
	Ready       bool
	Probe       string // what readiness asks, as `GET /readyz on port 8080`; empty: no probe
	Port        string // that the probe asks
	Memory      string // limit; empty: none
}

// End is how a container ended.
type End struct {
	Code    int
	Reason  string // Error, OOMKilled, Completed
	Message string
}

// Event is a warning of the cluster about an object.
type Event struct{ Kind, Name, Reason, Message string }

// Name is the answer of the zone's name server.
type Name struct {
	Host, Address, Reason string
	OK                    bool
}

// Edge is what the edge showed.
type Edge struct {
	TLS, Target bool
	Reason      string
}

// Answer is what a request from outside got.
type Answer struct {
	URL    string
	Code   int
	Edge   bool // the edge itself answered
	Reason string
}

// raw is everything observed, one fact a line, for a cause that is not known.
func raw(f Facts) []string {
	list := []string{"phase: " + f.Phase + ": " + f.Reason}
	if r := f.Run; r != nil {
		list = append(list, fmt.Sprintf("run %q: %s %s, job %q, step %q", r.Name, r.Status, r.Conclusion, r.Job, r.Step))
		list = append(list, r.Lines...)
	}
	for _, message := range f.Messages {
		list = append(list, "application: "+message)
	}
	if f.Refused != "" {
		list = append(list, "pods refused: "+f.Refused)
	}
	for _, pod := range f.Pods {
		list = append(list, rawPod(pod)...)
	}
	list = append(list, f.Log...)
	for _, e := range f.Events {
		list = append(list, "event: "+e.line())
	}
	return append(list, rawAddress(f)...)
}

func rawPod(p Pod) []string {
	list := []string{strings.TrimSuffix("pod "+p.Name+": "+p.Unschedulable, ": ")}
	for _, c := range p.Containers {
		text := fmt.Sprintf("container %s: ready %t, %d restarts", c.Name, c.Ready, c.Restarts)
		if c.Waiting != "" {
			text += ", waits: " + c.Waiting + " " + c.Message
		}
		if c.Ended != nil {
			text += fmt.Sprintf(", ended: %s, exit code %d %s", c.Ended.Reason, c.Ended.Code, c.Ended.Message)
		}
		list = append(list, text)
	}
	return list
}

func rawAddress(f Facts) (list []string) {
	if f.Name != nil {
		list = append(list, fmt.Sprintf("name %s: %s %s", f.Name.Host, f.Name.Address, f.Name.Reason))
	}
	if f.Edge != nil {
		list = append(list, fmt.Sprintf("edge: certificate %t, target %t %s", f.Edge.TLS, f.Edge.Target, f.Edge.Reason))
	}
	if f.Answer != nil {
		list = append(list, fmt.Sprintf("answer of %s: %d %s", f.Answer.URL, f.Answer.Code, f.Answer.Reason))
	}
	return list
}

func (e Event) line() string { return e.Reason + " " + e.Kind + "/" + e.Name + ": " + e.Message }
